#include "dataset_building/clip_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "dataset/landmark_file.h"
#include "dataset_building/pose_grid.h"
#include "skeleton/layout.h"

namespace trackfit::dataset_building {
namespace {

using skeleton::Pose;

struct FormatInfo {
  ClipFormat format;
  const char* name;
  const char* ending;
};

constexpr FormatInfo kFormats[] = {{ClipFormat::kJsonLines, "jsonl", ".jsonl"},
                                   {ClipFormat::kLandmarks, "landmarks", ".pt"},
                                   {ClipFormat::kTrackfitJson, "trackfit-json", ".json"}};

const FormatInfo& InfoOf(ClipFormat format) {
  return *std::find_if(std::begin(kFormats), std::end(kFormats),
                       [&](const FormatInfo& info) { return info.format == format; });
}

// Shortest digits that give the same float when read back.
void AppendNumber(float value, std::string& text) {
  char digits[32];
  const std::to_chars_result end = std::to_chars(std::begin(digits), std::end(digits), value);
  text.append(digits, end.ptr);
}

class TextFile {
 public:
  explicit TextFile(const std::string& path) : path_(path), stream_(path, std::ios::binary) {}

  bool is_open() const { return stream_.is_open(); }

  absl::Status Append(const std::string& text) {
    stream_ << text;
    return Good();
  }

  absl::Status Close() {
    stream_.close();
    return Good();
  }

 private:
  absl::Status Good() const {
    return stream_ ? absl::OkStatus() : absl::DataLossError(absl::StrCat(path_, ": write failed"));
  }

  std::string path_;
  std::ofstream stream_;
};

void AppendPoint(std::initializer_list<float> numbers, std::string& text) {
  text += text.back() == '[' ? "[" : ",[";
  for (const float number : numbers) {
    if (text.back() != '[') text += ',';
    AppendNumber(number, text);
  }
  text += ']';
}

class JsonLinesWriter : public ClipWriter {
 public:
  explicit JsonLinesWriter(TextFile file) : file_(std::move(file)) {}

  absl::Status Write(const media::SourceFrame& frame, const std::optional<Pose>& pose) override {
    std::string text =
        absl::StrCat("{\"frame\":", frames_++, ",\"timestamp_us\":", frame.timestamp_us, ",\"pose\":");
    if (!pose) return file_.Append(text + "null}\n");
    text += "{\"landmarks\":[";
    for (const skeleton::Landmark& l : pose->landmarks)
      AppendPoint({l.x, l.y, l.z, l.visibility, l.presence}, text);
    text += "],\"world_landmarks\":[";
    for (const skeleton::WorldLandmark& l : pose->world_landmarks)
      AppendPoint({l.x, l.y, l.z, l.visibility}, text);
    text += "],\"score\":";
    AppendNumber(pose->score, text);
    return file_.Append(text + "}}\n");
  }

  absl::Status Finish() override { return file_.Close(); }

 private:
  TextFile file_;
  int64_t frames_ = 0;
};

struct PixelJoint {
  float x = 0;
  float y = 0;
  float confidence = 0;
};

// Format and arithmetic: jihyun-0611/track-fit, scripts/extract_keypoint_mediapipe.py (2025).
class TrackfitJsonWriter : public ClipWriter {
 public:
  TrackfitJsonWriter(TextFile file, TrackfitJoints joints)
      : file_(std::move(file)), sources_(skeleton::Coco20().sources) {
    if (joints == TrackfitJoints::kTrunk) return;
    sources_[17] = {skeleton::kLeftIndex};
    sources_[18] = {skeleton::kRightIndex};
    sources_[19] = {skeleton::kLeftFootIndex};
  }

  absl::Status Write(const media::SourceFrame& frame, const std::optional<Pose>& pose) override {
    std::string text = absl::StrCat(frames_ == 0 ? "[\n" : ",\n", "{\"frame_idx\":", frames_, ",\"poses\":[");
    ++frames_;
    if (pose) AppendPose(*pose, frame.image.size(), text);
    return file_.Append(text + "]}");
  }

  absl::Status Finish() override {
    if (absl::Status status = file_.Append("\n]\n"); !status.ok()) return status;
    return file_.Close();
  }

 private:
  static constexpr float kSeen = 0.3F;  // less visible joints do not count for the box

  PixelJoint JointOf(const std::vector<int>& sources, const Pose& pose, cv::Size image) const {
    double x = 0, y = 0, visibility = 0;
    for (const int joint : sources) {
      x += pose.landmarks[joint].x;
      y += pose.landmarks[joint].y;
      visibility += pose.landmarks[joint].visibility;
    }
    const double count = static_cast<double>(sources.size());
    return {static_cast<float>(x / count * image.width), static_cast<float>(y / count * image.height),
            static_cast<float>(visibility / count)};
  }

  // Nothing where no joint is seen.
  void AppendPose(const Pose& pose, cv::Size image, std::string& text) const {
    constexpr float kFar = std::numeric_limits<float>::max();
    float left = kFar, top = kFar, right = -kFar, bottom = -kFar, confidence = 0;
    std::string joints;
    bool seen = false;
    for (const std::vector<int>& sources : sources_) {
      const PixelJoint joint = JointOf(sources, pose, image);
      confidence += joint.confidence / static_cast<float>(sources_.size());
      joints += joints.empty() ? "{\"x\":" : ",{\"x\":";
      AppendNumber(joint.x, joints);
      joints += ",\"y\":";
      AppendNumber(joint.y, joints);
      joints += ",\"confidence\":";
      AppendNumber(joint.confidence, joints);
      joints += '}';
      if (joint.confidence < kSeen) continue;
      seen = true;
      left = std::min(left, joint.x);
      top = std::min(top, joint.y);
      right = std::max(right, joint.x);
      bottom = std::max(bottom, joint.y);
    }
    if (!seen) return;
    absl::StrAppend(&text, "{\"id\":0,\"keypoints\":[", joints, "],\"bbox\":[", static_cast<int>(left), ",",
                    static_cast<int>(top), ",", static_cast<int>(right), ",", static_cast<int>(bottom),
                    "],\"confidence\":");
    AppendNumber(confidence, text);
    text += '}';
  }

  TextFile file_;
  std::vector<std::vector<int>> sources_;
  int64_t frames_ = 0;
};

class LandmarkWriter : public ClipWriter {
 public:
  LandmarkWriter(std::string path, const SourceClip& clip, const ClipWriterOptions& options)
      : path_(std::move(path)), model_(options.model), clips_{MakeClip(clip, options.fps)} {}

  absl::Status Write(const media::SourceFrame& frame, const std::optional<Pose>& pose) override {
    clips_.back().poses.push_back(pose ? *pose : NobodyAt(frame.timestamp_us, frame.image.size()));
    return absl::OkStatus();
  }

  absl::Status NextClip(const SourceClip& clip, double fps) override {
    clips_.push_back(MakeClip(clip, fps));
    return absl::OkStatus();
  }

  absl::Status Finish() override {
    for (dataset::Clip& clip : clips_) {
      absl::StatusOr<std::vector<Pose>> grid = OnGrid(clip.poses, clip.fps);
      if (!grid.ok()) return grid.status();
      clip.poses = *std::move(grid);
    }
    return dataset::WriteLandmarkFile(path_, clips_);
  }

 private:
  dataset::Clip MakeClip(const SourceClip& clip, double fps) const {
    return {.id = clip.id,
            .source = absl::StrCat(clip.source, "; landmarks by trackfit (", model_, ")"),
            .exercise = clip.exercise,
            .form = clip.form,
            .fault = FaultOf(clip),
            .group = clip.group,
            .fps = fps,
            .kind = clip.kind,
            .poses = {},
            .variant = clip.variant};
  }

  std::string path_;
  std::string model_;  // before the clips, which name it
  std::vector<dataset::Clip> clips_;
};

}  // namespace

absl::Status ClipWriter::NextClip(const SourceClip& clip, double) {
  return absl::InvalidArgumentError(
      absl::StrCat("only landmark files hold several clips, such as ", clip.id));
}

std::string EndingOf(ClipFormat format) { return InfoOf(format).ending; }

std::string ClipFormatName(ClipFormat format) { return InfoOf(format).name; }

absl::StatusOr<ClipFormat> ParseClipFormat(const std::string& name) {
  for (const FormatInfo& info : kFormats) {
    if (info.name == name) return info.format;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("format \"", name, "\" is unknown; known are jsonl, landmarks and trackfit-json"));
}

absl::StatusOr<std::unique_ptr<ClipWriter>> OpenClipWriter(const std::string& path, const SourceClip& clip,
                                                           const ClipWriterOptions& options) {
  if (options.format == ClipFormat::kLandmarks) return std::make_unique<LandmarkWriter>(path, clip, options);
  TextFile file(path);
  if (!file.is_open()) return absl::InvalidArgumentError(absl::StrCat(path, " cannot be written"));
  if (options.format == ClipFormat::kTrackfitJson)
    return std::make_unique<TrackfitJsonWriter>(std::move(file), options.joints);
  return std::make_unique<JsonLinesWriter>(std::move(file));
}

}  // namespace trackfit::dataset_building
