// For x86 CPUs with AVX2 and FMA3 (since 2013); compiled with the options for these, see CMakeLists.txt.
#include "tflite/kernels.inl"

namespace trackfit::tflite {

const Kernels& Avx2Kernels() {
  static constexpr Kernels kKernels = MakeKernels("avx2");
  return kKernels;
}

}  // namespace trackfit::tflite
