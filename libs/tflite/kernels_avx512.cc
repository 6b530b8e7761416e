// For x86 CPUs with AVX-512 F, VL and DQ (servers since 2017); CMakeLists.txt sets the compile options.
#include "tflite/kernels.inl"

namespace trackfit::tflite {

const Kernels& Avx512Kernels() {
  static constexpr Kernels kKernels = MakeKernels("avx512");
  return kKernels;
}

}  // namespace trackfit::tflite
