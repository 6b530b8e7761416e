#include "tflite/usable_kernels.h"

namespace trackfit::tflite {

#if defined(__x86_64__)
const Kernels& Avx2Kernels();    // in kernels_avx2.cc
const Kernels& Avx512Kernels();  // in kernels_avx512.cc

std::vector<const Kernels*> UsableKernels() {
  std::vector<const Kernels*> usable;
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq")) {
    usable.push_back(&Avx512Kernels());
  }
  if (avx2) usable.push_back(&Avx2Kernels());
  usable.push_back(&PortableKernels());
  return usable;
}
#else
std::vector<const Kernels*> UsableKernels() { return {&PortableKernels()}; }
#endif

const Kernels& BestKernels() {
  static const Kernels& best = *UsableKernels().front();
  return best;
}

}  // namespace trackfit::tflite
