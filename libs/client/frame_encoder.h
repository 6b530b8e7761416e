// Encodes an image as a Frame message.
#ifndef TRACKFIT_CLIENT_FRAME_ENCODER_H_
#define TRACKFIT_CLIENT_FRAME_ENCODER_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "media/frame_source.h"
#include "trackfit/v1/common.pb.h"

namespace trackfit::client {

struct EncodeOptions {
  int max_side = 1280;    // pixels, [16, 8192]; larger images are scaled down
  int jpeg_quality = 95;  // [1, 100]
  bool raw = false;       // send pixels instead of a JPEG

  // INVALID_ARGUMENT naming the flag and its limits.
  absl::Status Validate() const;
};

// INTERNAL when the image cannot be encoded.
absl::StatusOr<v1::Frame> EncodeFrame(const media::SourceFrame& frame, uint64_t sequence,
                                      const EncodeOptions& options);

}  // namespace trackfit::client

#endif  // TRACKFIT_CLIENT_FRAME_ENCODER_H_
