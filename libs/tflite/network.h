// Runs a TfliteModel on the CPU.
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

// One instance of a network: its buffers, one thread. Results depend on the input alone, so any instance of a
// model gives the same bits on the same CPU. Not thread-safe: each worker owns its own instance; the packed
// weights are shared by all replicas.
class Network {
 public:
  // Prepares what the wanted outputs need and leaves the rest out; `model` is not needed afterwards.
  // `outputs` are positions in model.outputs(). InvalidArgument when the model's shapes contradict one
  // another, Unimplemented for what BlazePose does not do.
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

  // The values of the i-th wanted output, row-major; valid until the next Run.
  absl::Span<const float> output(size_t i) const;
  const std::vector<int>& output_shape(size_t i) const;

  // Bytes that all replicas share, and bytes of this instance alone.
  size_t shared_bytes() const;
  size_t own_bytes() const;

 private:
  explicit Network(std::shared_ptr<const NetworkProgram> program);

  std::shared_ptr<const NetworkProgram> program_;
  std::unique_ptr<NetworkBuffers> buffers_;
};

}  // namespace trackfit::tflite

#endif  // TRACKFIT_TFLITE_NETWORK_H_
