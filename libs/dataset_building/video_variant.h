// One recording as it might have reached a service instead: by another camera, encoder, network and
// BlazePose. Training learns what that does to landmarks, and a verdict should not depend on it.
#ifndef TRACKFIT_DATASET_BUILDING_VIDEO_VARIANT_H_
#define TRACKFIT_DATASET_BUILDING_VIDEO_VARIANT_H_

#include <cstdint>
#include <opencv2/core.hpp>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "media/frame_source.h"
#include "synthesis/random.h"

namespace trackfit::dataset_building {

// What is changed, in this order. The defaults change nothing.
struct VideoVariant {
  cv::Rect2d crop{0, 0, 1, 1};  // of the picture, as fractions
  bool mirrored = false;        // left and right exchanged
  double roll_degrees = 0;      // clockwise about the centre; what comes into view repeats the border
  double scale = 1;             // of both sides
  double blur = 0;              // standard deviation in pixels
  double contrast = 1;
  double brightness = 0;      // added to values of 0 to 255
  int jpeg_quality = 0;       // each picture is compressed again, [1, 100]; 0 = not
  double fps = 0;             // pictures per second at most; 0 = all
  double dropped = 0;         // share of pictures that never arrive
  std::string model{"full"};  // the landmark network that sees them
  uint64_t seed = 0;          // of what is dropped

  // Such as "mirrored, scale 0.62, jpeg 41, 15 fps, lite".
  std::string Describe() const;
};

// Variant `number` (from 1) of a clip. Each kind of change is in about a third of the variants; seven in ten
// are seen by "full", two by "lite", one by "heavy". The same for the same seed, id and number.
VideoVariant DrawVariant(uint64_t seed, const std::string& id, int number);

// A picture of the variant: 8-bit BGR, not empty. At least 32 pixels remain of each side.
cv::Mat ChangePicture(const cv::Mat& image, const VideoVariant& variant);

// The variant's pictures with the times of the original's.
class VariantSource : public media::FrameSource {
 public:
  // `source` must outlive this.
  VariantSource(media::FrameSource& source, VideoVariant variant);

  const media::SourceInfo& info() const override { return info_; }  // `fps` is the variant's
  absl::StatusOr<std::optional<media::SourceFrame>> Next() override;

 private:
  media::FrameSource& source_;
  VideoVariant variant_;
  media::SourceInfo info_;
  synthesis::NamedRandom random_;
  uint64_t frames_ = 0;
  std::optional<double> due_us_;  // time of the next picture that is kept
};

}  // namespace trackfit::dataset_building

#endif  // TRACKFIT_DATASET_BUILDING_VIDEO_VARIANT_H_
