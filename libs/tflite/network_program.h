// A network compiled for execution: its steps in order, the memory layout of its tensors, and its packed
// weights.
#ifndef TRACKFIT_TFLITE_NETWORK_PROGRAM_H_
#define TRACKFIT_TFLITE_NETWORK_PROGRAM_H_

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "tflite/kernels.h"
#include "tflite/network_plan.h"
#include "tflite/row_schedule.h"
#include "tflite/tflite_model.h"

namespace trackfit::tflite {

struct FreeFloats {
  void operator()(float* floats) const { std::free(floats); }
};
using FloatArray = std::unique_ptr<float[], FreeFloats>;

// Zero-initialised, aligned to a cache line; in huge pages where there are enough floats to fill half of one.
FloatArray AllocateFloats(size_t count);

// A tensor's layout in memory: a ring buffer of rows, each with columns of zeros on both sides.
struct TensorLayout {
  TensorShape shape;
  int pixel_floats = 0;
  int left_columns = 0;
  int right_columns = 0;
  int rows_kept = 0;  // size of the ring buffer: row r is stored at r % rows_kept
  size_t offset = 0;  // floats, of the ring buffer

  size_t RowFloats() const {
    return static_cast<size_t>(left_columns + shape.width + right_columns) *
           static_cast<size_t>(pixel_floats);
  }
  // Size of the ring buffer, rounded up to whole cache lines.
  size_t Floats() const;
};

struct PackedNode {
  PlanNode node;
  size_t weights = 0;                     // where its packed weights start
  std::vector<InterpolationTap> columns;  // resize
};

// Immutable once made, so safe to share between threads.
struct NetworkProgram {
  // Returns the errors of PlanNetwork().
  static absl::StatusOr<std::shared_ptr<const NetworkProgram>> Make(const TfliteModel& model,
                                                                    const std::vector<int>& outputs,
                                                                    const Kernels& kernels);

  const Kernels* kernels = nullptr;
  NetworkPlan plan;
  std::vector<PackedNode> nodes;
  std::vector<RowStep> steps;
  std::vector<TensorLayout> tensors;
  FloatArray weights;
  size_t weight_floats = 0;
  // Buffer sizes that each instance needs:
  size_t tensor_floats = 0;
  size_t widest_row = 0;       // floats
  size_t max_step_inputs = 0;  // input pointers of one step
  size_t max_step_pixels = 0;  // output pixels of one step

 private:
  void PlaceTensors();
  void PlaceWeights(const TfliteModel& model);
  void MeasureSteps();
};

}  // namespace trackfit::tflite

#endif  // TRACKFIT_TFLITE_NETWORK_PROGRAM_H_
