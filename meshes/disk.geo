// Disk of radius 3 around the origin in quadrilaterals: a square in the middle and four sectors
// around it, all with `n` cells a side, so that no cell is thin.
n = 3;
radius = 3;
half = 1.2; // of the square's diagonal

Point(1) = {0, 0, 0};
For i In {0:3}
  angle = (i + 0.5) * Pi / 2;
  Point(10 + i) = {half * Cos(angle), half * Sin(angle), 0};
  Point(20 + i) = {radius * Cos(angle), radius * Sin(angle), 0};
EndFor
For i In {0:3}
  next = (i + 1) % 4;
  Line(10 + i) = {10 + i, 10 + next};
  Circle(20 + i) = {20 + i, 1, 20 + next};
  Line(30 + i) = {10 + i, 20 + i};
EndFor
Curve Loop(1) = {10, 11, 12, 13};
Plane Surface(1) = {1};
For i In {0:3}
  next = (i + 1) % 4;
  Curve Loop(10 + i) = {30 + i, 20 + i, -(30 + next), -(10 + i)};
  Plane Surface(10 + i) = {10 + i};
EndFor
Transfinite Curve {10:13, 20:23, 30:33} = n + 1;
Transfinite Surface {1, 10:13};
Recombine Surface {1, 10:13};
Physical Curve(1) = {20:23};
Physical Surface(0) = {1, 10:13};
Mesh.MshFileVersion = 2.2;
