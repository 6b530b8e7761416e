// Runs a TfliteModel on the CPU through XNNPACK, the engine that TensorFlow Lite and MediaPipe use.
#ifndef TRACKFIT_BLAZEPOSE_NETWORK_H_
#define TRACKFIT_BLAZEPOSE_NETWORK_H_

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "blazepose/tflite_model.h"

namespace trackfit::blazepose {

// One instance of a network: its packed weights, its buffers, one thread. Results depend on the input alone,
// so any instance of a model gives the same bits. Not thread-safe: each worker owns its own instance; the
// model is shared.
class Network {
 public:
  // Builds what the wanted outputs need and leaves the rest out. `outputs` are positions in model->outputs().
  // InvalidArgument when the model's shapes contradict one another, Internal when XNNPACK refuses it.
  static absl::StatusOr<Network> Create(std::shared_ptr<const TfliteModel> model,
                                        const std::vector<int>& outputs);

  Network(Network&&) noexcept;
  Network& operator=(Network&&) noexcept;
  ~Network();

  // The input, NHWC, to be filled before each Run.
  absl::Span<float> input();
  const std::vector<int>& input_shape() const;

  absl::Status Run();

  // The values of the i-th wanted output, row-major; valid until the next Run.
  absl::Span<const float> output(size_t i) const;
  const std::vector<int>& output_shape(size_t i) const;

 private:
  struct State;
  explicit Network(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace trackfit::blazepose

#endif  // TRACKFIT_BLAZEPOSE_NETWORK_H_
