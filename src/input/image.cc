#include "input/image.h"

#include <fstream>
#include <stdexcept>
#include <vtkDataArray.h>
#include <vtkImageData.h>
#include <vtkMatrix3x3.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkXMLImageDataReader.h>

namespace lowland
{
namespace
{
std::vector<std::vector<double>> components_of(vtkDataArray &array)
{
  std::vector<std::vector<double>> components(array.GetNumberOfComponents());
  for (std::size_t k = 0; k < components.size(); ++k)
    for (vtkIdType p = 0; p < array.GetNumberOfTuples(); ++p)
      components[k].push_back(array.GetComponent(p, k));
  return components;
}
} // namespace

Image read_image(const std::string &file)
{
  if (!std::ifstream(file))
    throw std::runtime_error("the file " + file + " cannot be read");
  vtkNew<vtkXMLImageDataReader> reader;
  if (!reader->CanReadFile(file.c_str()))
    throw std::runtime_error(file + " is not a VTK image file (.vti)");
  reader->SetFileName(file.c_str());
  vtkObject::GlobalWarningDisplayOff(); // one message, and that is ours
  reader->Update();
  vtkObject::GlobalWarningDisplayOn();
  vtkImageData &data = *reader->GetOutput();
  if (reader->GetErrorCode() != 0 || data.GetNumberOfPoints() == 0)
    throw std::runtime_error(file + " is damaged: VTK cannot read it");
  if (!data.GetDirectionMatrix()->IsIdentity())
    throw std::runtime_error(file + " has a grid that is not parallel to the axes");

  Image image;
  const int *const extent = data.GetExtent();
  for (unsigned int i = 0; i < 3; ++i)
  {
    image.sizes[i] = extent[2 * i + 1] - extent[2 * i] + 1;
    image.spacing[i] = data.GetSpacing()[i];
    image.origin[i] = data.GetOrigin()[i] + extent[2 * i] * image.spacing[i];
  }
  vtkPointData &arrays = *data.GetPointData();
  for (int k = 0; k < arrays.GetNumberOfArrays(); ++k)
    if (vtkDataArray *const array = arrays.GetArray(k); array && array->GetName())
      image.arrays[array->GetName()] = components_of(*array);
  return image;
}
} // namespace lowland
