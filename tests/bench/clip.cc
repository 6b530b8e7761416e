#include "clip.h"

#include <opencv2/imgcodecs.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/frame_encoder.h"
#include "synthesis/camera.h"
#include "synthesis/motion.h"
#include "synthesis/renderer.h"

namespace trackfit::bench {
namespace {

constexpr double kFps = 30;

const char* NameOf(Encoding encoding) {
  if (encoding == Encoding::kJpeg) return "JPEG";
  return encoding == Encoding::kPng ? "PNG" : "raw BGR";
}

absl::StatusOr<v1::Frame> Encode(const cv::Mat& image, Encoding encoding) {
  if (encoding != Encoding::kPng) {
    return client::EncodeFrame({.image = image}, 0, {.jpeg_quality = 90, .raw = encoding == Encoding::kRaw});
  }
  v1::Frame frame;
  std::vector<unsigned char> png;
  if (!cv::imencode(".png", image, png)) return absl::InternalError("cannot encode a PNG");
  frame.set_encoded(png.data(), png.size());
  return frame;
}

}  // namespace

absl::StatusOr<Clip> Clip::Draw(int width, int height, Encoding encoding) {
  Clip clip;
  clip.description_ = absl::StrCat(width, "x", height, " ", NameOf(encoding));
  const auto motion = synthesis::SynthesizeMotion({.exercise = "squat",
                                                   .repetitions = 1,
                                                   .fps = kFps,
                                                   .tempo_variation = 0,
                                                   .lead_in_seconds = 0,
                                                   .lead_out_seconds = 0});
  if (!motion.ok()) return motion.status();
  synthesis::CameraOptions camera = synthesis::ShowcaseCamera(*motion, 1);
  camera.width = width;
  camera.height = height;
  const auto cameras = synthesis::MakeCameraPath(camera, *motion);
  if (!cameras.ok()) return cameras.status();
  const synthesis::Renderer renderer(*motion, synthesis::DrawAppearance(1));
  for (std::size_t i = 0; i < cameras->size(); ++i) {
    const auto image = renderer.Render(static_cast<int>(i), (*cameras)[i]);
    if (!image.ok()) return image.status();
    auto frame = Encode(*image, encoding);
    if (!frame.ok()) return frame.status();
    clip.frames_.push_back(*std::move(frame));
  }
  return clip;
}

v1::Frame Clip::At(uint64_t sequence) const {
  const uint64_t turn = frames_.size() - 1;
  const uint64_t step = sequence % (2 * turn);
  v1::Frame frame = frames_[step <= turn ? step : 2 * turn - step];
  frame.set_sequence(sequence);
  frame.set_timestamp_us(static_cast<int64_t>(static_cast<double>(sequence) * 1e6 / kFps));
  return frame;
}

std::size_t Clip::mean_bytes() const {
  std::size_t bytes = 0;
  for (const v1::Frame& frame : frames_) bytes += frame.ByteSizeLong();
  return bytes / frames_.size();
}

}  // namespace trackfit::bench
