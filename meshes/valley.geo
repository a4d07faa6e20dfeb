// The valley x*y = 1 between x = 1/4 and x = 4 and a strip on both sides of it, in coordinates
// along and across the curve: x = s*exp(t), y = s*exp(-t), so x*y = s^2 and the curve is s = 1.
// The cells follow the valley; two straight sides close it at t = +-log(4).
n_along = 16; // cells along the valley
n_across = 4; // and across it
t_end = Log(4);
s_inner = 0.3;
s_outer = 1.7;
n_points = 2 * n_along; // of the splines

For i In {0:n_points}
  t = t_end * (2 * i / n_points - 1);
  Point(1000 + i) = {s_inner * Exp(t), s_inner * Exp(-t), 0};
  Point(2000 + i) = {Exp(t), Exp(-t), 0};
  Point(3000 + i) = {s_outer * Exp(t), s_outer * Exp(-t), 0};
EndFor
For k In {1:3}
  Spline(k) = {1000 * k : 1000 * k + n_points};
EndFor
// the straight ends
Line(11) = {1000, 2000};
Line(12) = {2000, 3000};
Line(21) = {1000 + n_points, 2000 + n_points};
Line(22) = {2000 + n_points, 3000 + n_points};
For k In {1:2}
  Curve Loop(k) = {k, 20 + k, -(k + 1), -(10 + k)};
  Plane Surface(k) = {k};
EndFor
Transfinite Curve {1:3} = n_along + 1;
Transfinite Curve {11, 12, 21, 22} = n_across / 2 + 1;
Transfinite Surface {1, 2};
Recombine Surface {1, 2};
Physical Curve(1) = {1, 3, 11, 12, 21, 22};
Physical Surface(0) = {1, 2};
Mesh.MshFileVersion = 2.2;
