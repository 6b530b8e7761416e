#include "drawing/render.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <optional>

#include "absl/strings/str_cat.h"
#include "client/words.h"
#include "drawing/coach_timeline.h"
#include "drawing/overlay.h"
#include "drawing/timeline.h"
#include "media/video_file.h"

namespace trackfit::drawing {
namespace {

const int kH264 = cv::VideoWriter::fourcc('a', 'v', 'c', '1');
const int kMpeg4 = cv::VideoWriter::fourcc('m', 'p', '4', 'v');

constexpr int kMinShortSide = 480;
constexpr int kComfortableShortSide = 540;
constexpr int kMaxLongSide = 1920;
constexpr double kMaxEnlargement = 3;
constexpr int kRoundingPixels = 3;
constexpr float kGaugeSeconds = 0.25F;  // the gauge's needle needs about this long to follow

int Even(double length) { return std::max(16, static_cast<int>(std::lround(length / 2)) * 2); }

// Where an image of size `source` goes in one of size `size`: all of it but for rounding, or between bars
// where the shapes differ.
cv::Rect Place(cv::Size source, cv::Size size) {
  const double scale = std::min(static_cast<double>(size.width) / source.width,
                                static_cast<double>(size.height) / source.height);
  int width = static_cast<int>(std::lround(source.width * scale));
  int height = static_cast<int>(std::lround(source.height * scale));
  if (size.width - width <= kRoundingPixels) width = size.width;
  if (size.height - height <= kRoundingPixels) height = size.height;
  return {(size.width - width) / 2, (size.height - height) / 2, width, height};
}

cv::Mat Fit(const cv::Mat& image, cv::Size size) {
  const cv::Rect place = Place(image.size(), size);
  const int interpolation = place.width < image.cols ? cv::INTER_AREA : cv::INTER_CUBIC;
  cv::Mat fitted(size, CV_8UC3, cv::Scalar::all(0));
  cv::resize(image, fitted(place), place.size(), 0, 0, interpolation);
  return fitted;
}

v1::Pose FitPose(const v1::Pose& pose, cv::Size source, cv::Size size) {
  const cv::Rect2f place = Place(source, size);
  v1::Pose fitted = pose;
  for (v1::Landmark& landmark : *fitted.mutable_landmarks()) {
    landmark.set_x((place.x + landmark.x() * place.width) / static_cast<float>(size.width));
    landmark.set_y((place.y + landmark.y() * place.height) / static_cast<float>(size.height));
  }
  return fitted;
}

// The poses that the panel should not hide; a few hundred tell enough.
std::vector<const v1::Pose*> SamplePoses(const client::SessionRecord& record, size_t frames) {
  std::vector<const v1::Pose*> poses;
  const size_t step = std::max<size_t>(1, frames / 300);
  for (size_t sequence = 0; sequence < frames; sequence += step) {
    const v1::FrameResult* result = record.Result(sequence);
    if (result != nullptr && result->has_pose()) poses.push_back(&result->pose());
  }
  return poses;
}

// Lets the gauge glide from one assessment's score to the next.
class Needle {
 public:
  float Follow(const v1::Assessment* assessment, float seconds) {
    const bool judged = assessment != nullptr && client::IsJudged(*assessment);
    const float target = judged ? assessment->quality().score() : 0;
    const float pull = moving_ ? 1 - std::exp(-seconds / kGaugeSeconds) : 1;
    moving_ = judged;
    reading_ += (target - reading_) * pull;
    return reading_;
  }

 private:
  bool moving_ = false;  // it shows something to glide from
  float reading_ = 0;
};

absl::Status Render(media::FrameSource& source, const client::SessionRecord& record,
                    const std::vector<int64_t>& times_us, const std::string& path,
                    const std::function<bool(int64_t done)>& on_frame) {
  std::optional<Overlay> overlay;
  media::VideoFile video(path);
  bool whole = true;
  cv::Size size;
  Needle needle;
  int64_t drawn = 0;
  const Timeline timeline(record.assessments(), times_us);
  const CoachTimeline coach(record, times_us);
  for (size_t sequence = 0; sequence < times_us.size(); ++sequence) {
    absl::StatusOr<std::optional<media::SourceFrame>> frame = source.Next();
    if (!frame.ok()) return frame.status();
    if (!frame->has_value()) {
      return absl::DataLossError(absl::StrCat(source.info().name, " gave ", sequence, " of ", times_us.size(),
                                              " frames when it was read again"));
    }
    const cv::Mat& image = (*frame)->image;
    if (!overlay.has_value()) {
      size = RenderSize(image.size());
      absl::StatusOr<Overlay> created = Overlay::Create(timeline, size, coach);
      if (!created.ok()) return created.status();
      overlay.emplace(*std::move(created));
      overlay->PlacePanel(SamplePoses(record, times_us.size()));
      if (absl::Status status = video.Open(source.info().fps, size, {kH264, kMpeg4}); !status.ok())
        return status;
    }
    cv::Mat rendered = Fit(image, size);
    OverlayFrame view;
    view.time_us = times_us[sequence];
    view.assessment = timeline.At(sequence);
    view.coach = coach.At(sequence);
    view.score = needle.Follow(view.assessment, static_cast<float>(1 / source.info().fps));
    v1::Pose pose;
    std::vector<v1::Pose> others;
    if (const v1::FrameResult* result = record.Result(sequence); result != nullptr && result->has_pose()) {
      pose = FitPose(result->pose(), image.size(), size);
      view.pose = &pose;
      for (const v1::Pose& other : result->other_poses())
        others.push_back(FitPose(other, image.size(), size));
    }
    for (const v1::Pose& other : others) view.other_poses.push_back(&other);
    overlay->Draw(view, rendered);
    video.Write(rendered);
    whole = on_frame(++drawn);
    if (!whole) break;
  }
  if (drawn == 0) return absl::DataLossError(absl::StrCat(path, ": there is nothing to render"));
  return video.Finish([&] { return whole && on_frame(drawn); });
}

}  // namespace

cv::Size RenderSize(cv::Size source) {
  const double short_side = std::max(1, std::min(source.width, source.height));
  const double long_side = std::max(1, std::max(source.width, source.height));
  double scale =
      short_side < kMinShortSide ? std::min(kMaxEnlargement, kComfortableShortSide / short_side) : 1;
  scale = std::min(scale, kMaxLongSide / long_side);
  return {Even(source.width * scale), Even(source.height * scale)};
}

absl::Status RenderVideo(media::FrameSource& source, const client::SessionRecord& record,
                         const std::vector<int64_t>& times_us, const std::string& path,
                         const std::function<bool(int64_t done)>& on_frame) {
  try {
    return Render(source, record, times_us, path, on_frame);
  } catch (const cv::Exception& error) {
    return absl::InternalError(absl::StrCat("rendering ", path, ": ", error.what()));
  }
}

}  // namespace trackfit::drawing
