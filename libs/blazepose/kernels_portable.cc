#include "blazepose/kernels.inl"

namespace trackfit::blazepose {

const Kernels& PortableKernels() {
  static constexpr Kernels kKernels = MakeKernels("portable");
  return kKernels;
}

}  // namespace trackfit::blazepose
