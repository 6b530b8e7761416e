// Makes the contract's Frame out of a picture.
#ifndef TRACKFIT_TOOLS_FRAME_ENCODER_H_
#define TRACKFIT_TOOLS_FRAME_ENCODER_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "frame_source.h"
#include "trackfit/v1/common.pb.h"

namespace trackfit::tools {

struct EncodeOptions {
  int max_side = 1280;    // pixels, [16, 8192]; larger pictures are shrunk, smaller ones stay
  int jpeg_quality = 95;  // [1, 100]
  bool raw = false;       // send pixels instead of a JPEG

  // INVALID_ARGUMENT naming the flag and its limits.
  absl::Status Validate() const;
};

// INTERNAL when the picture cannot be encoded.
absl::StatusOr<v1::Frame> EncodeFrame(const SourceFrame& frame, uint64_t sequence,
                                      const EncodeOptions& options);

}  // namespace trackfit::tools

#endif  // TRACKFIT_TOOLS_FRAME_ENCODER_H_
