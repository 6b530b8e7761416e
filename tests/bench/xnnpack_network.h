// The same networks on XNNPACK, the engine of TensorFlow Lite and MediaPipe: what ours is compared with.
#ifndef TRACKFIT_TESTS_BENCH_XNNPACK_NETWORK_H_
#define TRACKFIT_TESTS_BENCH_XNNPACK_NETWORK_H_

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tflite/tflite_model.h"

namespace trackfit::bench {

// One instance of a network: its packed weights, its buffers, one thread. Results depend on the input alone,
// so any instance of a model gives the same bits. Not thread-safe: each worker owns its own instance; the
// model is shared.
class XnnpackNetwork {
 public:
  // Builds what the wanted outputs need and leaves the rest out. `outputs` are positions in model->outputs().
  // InvalidArgument when the model's shapes contradict one another, Internal when XNNPACK refuses it.
  static absl::StatusOr<XnnpackNetwork> Create(std::shared_ptr<const tflite::TfliteModel> model,
                                               const std::vector<int>& outputs);

  XnnpackNetwork(XnnpackNetwork&&) noexcept;
  XnnpackNetwork& operator=(XnnpackNetwork&&) noexcept;
  ~XnnpackNetwork();

  // The input, NHWC, to be filled before each Run.
  absl::Span<float> input();
  const std::vector<int>& input_shape() const;

  absl::Status Run();

  // The values of the i-th wanted output, row-major; valid until the next Run.
  absl::Span<const float> output(size_t i) const;
  const std::vector<int>& output_shape(size_t i) const;

 private:
  struct State;
  explicit XnnpackNetwork(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace trackfit::bench

#endif  // TRACKFIT_TESTS_BENCH_XNNPACK_NETWORK_H_
