#include "tflite/kernels.inl"

namespace trackfit::tflite {

const Kernels& PortableKernels() {
  static constexpr Kernels kKernels = MakeKernels("portable");
  return kKernels;
}

}  // namespace trackfit::tflite
