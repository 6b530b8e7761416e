// Runs a TfliteModel on the CPU, on one thread.
#ifndef TRACKFIT_TFLITE_NETWORK_H_
#define TRACKFIT_TFLITE_NETWORK_H_

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tflite/kernels.h"
#include "tflite/tflite_model.h"

namespace trackfit::tflite {

struct NetworkBuffers;
struct NetworkProgram;

// One instance of a network, with its own buffers. Results depend on the input alone, so all instances of a
// model are bit-identical on the same CPU. Not thread-safe: each worker owns an instance; replicas share the
// packed weights.
class Network {
 public:
  // Compiles only what the requested outputs need; `model` is not needed afterwards. `outputs` are positions
  // in model.outputs(). InvalidArgument when the model's shapes are inconsistent, Unimplemented for features
  // that BlazePose does not use.
  static absl::StatusOr<Network> Create(const TfliteModel& model, const std::vector<int>& outputs,
                                        const Kernels& kernels = BestKernels());

  Network(Network&&) noexcept;
  Network& operator=(Network&&) noexcept;
  ~Network();

  // Another instance with the same weights, for another thread.
  Network Replica() const;

  // The input, NHWC, to be filled before each Run.
  absl::Span<float> input();
  const std::vector<int>& input_shape() const;

  void Run();

  // The values of the i-th requested output, row-major; valid until the next Run.
  absl::Span<const float> output(size_t i) const;
  const std::vector<int>& output_shape(size_t i) const;

  // Bytes shared by all replicas, and bytes of this instance alone.
  size_t shared_bytes() const;
  size_t own_bytes() const;

 private:
  explicit Network(std::shared_ptr<const NetworkProgram> program);

  std::shared_ptr<const NetworkProgram> program_;
  std::unique_ptr<NetworkBuffers> buffers_;
};

}  // namespace trackfit::tflite

#endif  // TRACKFIT_TFLITE_NETWORK_H_
