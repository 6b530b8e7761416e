#include "tflite/kernels.h"

namespace trackfit::tflite {

#if defined(__x86_64__)
const Kernels& Avx2Kernels();  // in kernels_avx2.cc

const Kernels& BestKernels() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? Avx2Kernels() : PortableKernels();
}
#else
const Kernels& BestKernels() { return PortableKernels(); }
#endif

}  // namespace trackfit::tflite
