#include "dataset_building/video_variant.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace trackfit::dataset_building {
namespace {

constexpr double kShare = 1.0 / 3;  // of the variants, of each kind of change
constexpr int kMinSide = 32;
constexpr double kRoundingUs = 1000;  // of a container's times
constexpr double kRates[] = {10, 12, 15, 20, 24};

int Pixels(double fraction, int side) { return static_cast<int>(std::lround(fraction * side)); }

cv::Mat Cropped(const cv::Mat& image, const cv::Rect2d& crop) {
  const int width = std::max(kMinSide, Pixels(crop.width, image.cols));
  const int height = std::max(kMinSide, Pixels(crop.height, image.rows));
  const cv::Rect whole(0, 0, image.cols, image.rows);
  return image(cv::Rect(Pixels(crop.x, image.cols), Pixels(crop.y, image.rows), width, height) & whole);
}

cv::Mat Rolled(const cv::Mat& image, double degrees) {
  const cv::Point2f centre(0.5F * static_cast<float>(image.cols - 1),
                           0.5F * static_cast<float>(image.rows - 1));
  cv::Mat rolled;
  // OpenCV turns counterclockwise.
  cv::warpAffine(image, rolled, cv::getRotationMatrix2D(centre, -degrees, 1), image.size(), cv::INTER_LINEAR,
                 cv::BORDER_REPLICATE);
  return rolled;
}

cv::Mat Scaled(const cv::Mat& image, double scale) {
  const cv::Size size(std::max(kMinSide, Pixels(scale, image.cols)),
                      std::max(kMinSide, Pixels(scale, image.rows)));
  cv::Mat scaled;
  cv::resize(image, scaled, size, 0, 0, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
  return scaled;
}

cv::Mat Compressed(const cv::Mat& image, int quality) {
  std::vector<uchar> bytes;
  cv::imencode(".jpg", image, bytes, {cv::IMWRITE_JPEG_QUALITY, quality});
  return cv::imdecode(bytes, cv::IMREAD_COLOR);
}

}  // namespace

std::string VideoVariant::Describe() const {
  std::vector<std::string> parts;
  if (crop != cv::Rect2d(0, 0, 1, 1))
    parts.push_back(absl::StrFormat("crop %.2f %.2f %.2f %.2f", crop.x, crop.y, crop.width, crop.height));
  if (mirrored) parts.emplace_back("mirrored");
  if (roll_degrees != 0) parts.push_back(absl::StrFormat("roll %.0f", roll_degrees));
  if (scale != 1) parts.push_back(absl::StrFormat("scale %.2f", scale));
  if (blur > 0) parts.push_back(absl::StrFormat("blur %.1f", blur));
  if (contrast != 1 || brightness != 0)
    parts.push_back(absl::StrFormat("light %.2f %+.0f", contrast, brightness));
  if (jpeg_quality > 0) parts.push_back(absl::StrCat("jpeg ", jpeg_quality));
  if (fps > 0) parts.push_back(absl::StrFormat("%.0f fps", fps));
  if (dropped > 0) parts.push_back(absl::StrFormat("%.0f %% dropped", 100 * dropped));
  parts.push_back(model);
  return absl::StrJoin(parts, ", ");
}

VideoVariant DrawVariant(uint64_t seed, const std::string& id, int number) {
  const synthesis::NamedRandom random(synthesis::NamedRandom(seed).Bits(id, static_cast<uint64_t>(number)));
  const auto happens = [&](const char* name) { return random.Uniform(name) < kShare; };
  VideoVariant variant;
  variant.seed = random.Bits("dropped pictures");
  if (happens("crop")) {
    const double left = random.Uniform("left", 0, 0.1), top = random.Uniform("top", 0, 0.08);
    variant.crop = {left, top, 1 - left - random.Uniform("right", 0, 0.1),
                    1 - top - random.Uniform("bottom", 0, 0.08)};
  }
  variant.mirrored = happens("mirror");
  if (happens("roll")) variant.roll_degrees = random.Uniform("degrees", -12, 12);
  if (happens("scale")) variant.scale = std::exp(random.Uniform("factor", std::log(0.4), std::log(1.3)));
  if (happens("blur")) variant.blur = random.Uniform("sigma", 0.4, 1.5);
  if (happens("light")) {
    variant.contrast = std::exp(random.Uniform("contrast", std::log(0.7), std::log(1.3)));
    variant.brightness = random.Uniform("brightness", -40, 40);
  }
  // Whatever reaches a service was compressed, often twice.
  if (random.Uniform("jpeg") < 2 * kShare)
    variant.jpeg_quality = static_cast<int>(random.Uniform("quality", 25, 95));
  if (happens("rate"))
    variant.fps = kRates[static_cast<size_t>(random.Uniform("fps") * static_cast<double>(std::size(kRates)))];
  if (happens("drop")) variant.dropped = random.Uniform("share", 0.02, 0.2);
  const double model = random.Uniform("model");
  variant.model = model < 0.7 ? "full" : model < 0.9 ? "lite" : "heavy";
  return variant;
}

cv::Mat ChangePicture(const cv::Mat& image, const VideoVariant& variant) {
  cv::Mat changed = Cropped(image, variant.crop);
  if (variant.mirrored) {
    cv::Mat mirrored;
    cv::flip(changed, mirrored, 1);
    changed = mirrored;
  }
  if (variant.roll_degrees != 0) changed = Rolled(changed, variant.roll_degrees);
  if (variant.scale != 1) changed = Scaled(changed, variant.scale);
  if (variant.blur > 0) {
    cv::Mat blurred;
    cv::GaussianBlur(changed, blurred, {}, variant.blur);
    changed = blurred;
  }
  if (variant.contrast != 1 || variant.brightness != 0) {
    cv::Mat lit;
    changed.convertTo(lit, -1, variant.contrast, variant.brightness);
    changed = lit;
  }
  return variant.jpeg_quality > 0 ? Compressed(changed, variant.jpeg_quality) : changed;
}

VariantSource::VariantSource(media::FrameSource& source, VideoVariant variant)
    : source_(source), variant_(std::move(variant)), info_(source.info()), random_(variant_.seed) {
  if (variant_.fps > 0) info_.fps = std::min(info_.fps, variant_.fps);
}

absl::StatusOr<std::optional<media::SourceFrame>> VariantSource::Next() {
  for (;;) {
    absl::StatusOr<std::optional<media::SourceFrame>> frame = source_.Next();
    if (!frame.ok() || !frame->has_value()) return frame;
    const auto time_us = static_cast<double>((*frame)->timestamp_us);
    // The first picture is always there, so that times begin alike.
    const bool arrives = frames_ == 0 || random_.Uniform("picture", frames_) >= variant_.dropped;
    ++frames_;
    if (variant_.fps > 0) {
      const double step_us = 1e6 / variant_.fps;
      if (due_us_ && time_us + kRoundingUs < *due_us_) continue;
      due_us_ = std::max(due_us_.value_or(time_us), time_us - step_us) + step_us;
    }
    if (!arrives) continue;
    (*frame)->image = ChangePicture((*frame)->image, variant_);
    return frame;
  }
}

}  // namespace trackfit::dataset_building
