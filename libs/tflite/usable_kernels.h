// Which kernels a CPU has; apart from kernels.h because nothing of the standard library may be compiled with
// them.
#ifndef TRACKFIT_TFLITE_USABLE_KERNELS_H_
#define TRACKFIT_TFLITE_USABLE_KERNELS_H_

#include <vector>

#include "tflite/kernels.h"

namespace trackfit::tflite {

// Those that this CPU supports, the fastest first; never empty.
std::vector<const Kernels*> UsableKernels();

}  // namespace trackfit::tflite

#endif  // TRACKFIT_TFLITE_USABLE_KERNELS_H_
