// For x86 CPUs with AVX2 and FMA3 (since 2013); CMakeLists.txt sets the compile options.
#include "tflite/kernels.inl"

namespace trackfit::tflite {

const Kernels& Avx2Kernels() {
  static constexpr Kernels kKernels = MakeKernels("avx2");
  return kKernels;
}

}  // namespace trackfit::tflite
