// A page of pixels on which everything is placed by hand: panels, lines, areas and measured text.
// Lengths are pixels of the finished picture, from its lower left corner.
#pragma once

#include "colours.h"

#include <vtkPolyData.h>
#include <vtkRenderWindow.h>
#include <vtkRenderer.h>

#include <memory>
#include <string>
#include <vector>

namespace lowland
{
struct Point2
{
  double x = 0, y = 0;
};
using Polyline = std::vector<Point2>;

/// A rectangle.
struct Box
{
  double left = 0, bottom = 0, width = 0, height = 0;

  double right() const { return left + width; }
  double top() const { return bottom + height; }
  Point2 centre() const { return {left + width / 2, bottom + height / 2}; }
};

struct LineStyle
{
  Colour colour = black;
  double width = 1;
  double opacity = 1;
  bool dashed = false;
};

enum class Align
{
  low, ///< text begins at the point (or stands on it)
  middle,
  high ///< text ends at the point (or hangs from it)
};

struct TextStyle
{
  double size = 15;
  Colour colour = black;
  bool bold = false;
  Align horizontal = Align::low, vertical = Align::low;
  bool upright = false; ///< turned by 90 degrees, read from below
};

/// A rectangle of the page to draw on; what leaves it is cut off.
class Canvas
{
public:
  /// Coordinates of what is drawn are pixels from the lower left corner of `box`.
  Canvas(vtkRenderWindow *window, const Box &box, int layer);

  const Box &box() const { return box_; }
  void fill(const Box &area, const Colour &colour, double opacity = 1);
  void line(const Polyline &points, const LineStyle &style = {});
  void lines(const std::vector<Polyline> &lines, const LineStyle &style);
  /// Cells coloured by their active point scalars; `mesh` lies in pixels.
  void coloured(vtkPolyData *mesh, const ColourScale &scale);
  /// Cells in one colour.
  void plain(vtkPolyData *mesh, const LineStyle &style);
  void disc(Point2 centre, double radius, const Colour &colour);
  void text(const std::string &text, Point2 at, const TextStyle &style = {});

private:
  vtkSmartPointer<vtkPolyData> lifted(vtkPolyData *mesh);

  Box box_;
  vtkSmartPointer<vtkRenderer> renderer_;
  double height_ = 0; ///< what is drawn later lies higher
};

/// The extent of a text in pixels, before turning.
Point2 text_extent(const std::string &text, const TextStyle &style);
/// `text` broken into lines of at most `width`, at blanks where there are any.
std::vector<std::string> lines_within(const std::string &text, const TextStyle &style,
                                      double width);
/// The style, with letters so small that `text` is no wider than `width`.
TextStyle fitting(const std::string &text, TextStyle style, double width);

class Page
{
public:
  Page(int width, int height);

  int width() const { return width_; }
  int height() const { return height_; }
  /// The canvas over the whole page, on top of all others.
  Canvas &front() { return *front_; }
  /// A canvas over part of the page.
  Canvas panel(const Box &box);
  /// An empty three-dimensional scene over part of the page.
  vtkSmartPointer<vtkRenderer> scene(const Box &box);
  /// Throws OutputError if the file cannot be written.
  void write(const std::string &file);

private:
  int width_, height_;
  vtkSmartPointer<vtkRenderWindow> window_;
  std::unique_ptr<Canvas> front_;
};
} // namespace lowland
