// Reads a video of strangers.
#ifndef TRACKFIT_MEDIA_FOREIGN_VIDEO_H_
#define TRACKFIT_MEDIA_FOREIGN_VIDEO_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "media/frame_source.h"

namespace trackfit::media {

struct ForeignLimits {
  int64_t max_pixels = int64_t{4096} * 2304;  // of a frame
};

// As OpenVideo(), whose errors do not name the path; accepts only containers that hold their frames
// themselves, reads nothing but this file, and returns no frame that is larger. The first one is read
// already. INVALID_ARGUMENT where it is no video, has no frames, or larger ones; so may be the errors of
// Next(). Changes the environment for a moment: no other thread may use that meanwhile.
absl::StatusOr<std::unique_ptr<FrameSource>> OpenForeignVideo(const std::string& path,
                                                              std::optional<double> fps,
                                                              const ForeignLimits& limits = {});

}  // namespace trackfit::media

#endif  // TRACKFIT_MEDIA_FOREIGN_VIDEO_H_
