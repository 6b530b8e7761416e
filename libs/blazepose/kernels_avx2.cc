// For x86 CPUs with AVX2 and FMA3 (since 2013); compiled with the options for these, see CMakeLists.txt.
#include "blazepose/kernels.inl"

namespace trackfit::blazepose {

const Kernels& Avx2Kernels() {
  static constexpr Kernels kKernels = MakeKernels("avx2");
  return kKernels;
}

}  // namespace trackfit::blazepose
