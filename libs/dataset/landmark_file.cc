#include "dataset/landmark_file.h"

#include <torch/serialize.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "files/partial_file.h"
#include "torch_files/torch_file.h"

namespace trackfit::dataset {
namespace {

using skeleton::kJointCount;
using skeleton::Pose;

constexpr int64_t kFormat = 1;

absl::StatusOr<std::vector<char>> ReadBytes(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream)
    return absl::NotFoundError(absl::StrCat("cannot open ", path.string(),
                                            ", a landmark file; `trackfit extract --format landmarks` and "
                                            "`trackfit dataset build` write such"));
  std::vector<char> bytes((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  return bytes;
}

using Dict = c10::impl::GenericDict;

constexpr const char* kKind = "kind";
constexpr const char* kWrongJoints = "wrong_joints";
constexpr const char* kRepetitions = "repetitions";
constexpr const char* kRepetitionCount = "repetition_count";
constexpr const char* kCoordinates = "coordinates";
constexpr const char* kMetric = "metric";
constexpr const char* kVariant = "variant";

std::string Text(const Dict& dict, const char* key) { return dict.at(key).toStringRef(); }

std::vector<skeleton::Joint> WrongJointsOf(const Dict& dict) {
  std::vector<skeleton::Joint> joints;
  if (!dict.contains(kWrongJoints)) return joints;
  const auto& names = skeleton::JointNames();
  const c10::IValue listed = dict.at(kWrongJoints);
  for (const c10::IValue& item : listed.toListRef()) {
    const auto found = std::find(names.begin(), names.end(), item.toStringRef());
    TORCH_CHECK(found != names.end(), kWrongJoints, " of clip ", Text(dict, "id"), " names \"",
                item.toStringRef(), "\", which is no joint");
    joints.push_back(static_cast<skeleton::Joint>(found - names.begin()));
  }
  return joints;
}

std::optional<int> RepetitionCountOf(const Dict& dict) {
  if (!dict.contains(kRepetitionCount)) return std::nullopt;
  const int64_t count = dict.at(kRepetitionCount).toInt();
  if (count < 0) return std::nullopt;
  return static_cast<int>(count);
}

std::vector<FrameSpan> RepetitionsOf(const Dict& dict) {
  std::vector<FrameSpan> repetitions;
  if (!dict.contains(kRepetitions)) return repetitions;
  const torch::Tensor spans = dict.at(kRepetitions).toTensor().to(torch::kInt).contiguous();
  TORCH_CHECK(spans.dim() == 2 && spans.size(1) == 2, kRepetitions, " of clip ", Text(dict, "id"),
              " have shape ", spans.sizes(), ", not [N, 2]");
  const auto values = spans.accessor<int32_t, 2>();
  for (int64_t i = 0; i < spans.size(0); ++i) repetitions.push_back({values[i][0], values[i][1]});
  return repetitions;
}

SourceKind KindOf(const Dict& dict, const Clip& clip) {
  if (dict.contains(kKind)) {
    const absl::StatusOr<SourceKind> kind = ParseSourceKind(Text(dict, kKind));
    TORCH_CHECK(kind.ok(), "clip ", clip.id, ": ", kind.status().message());
    return *kind;
  }
  return clip.poses.size() == 2 && clip.fps == 0 ? SourceKind::kPhotoPair : KindOfUnlabelled(clip.source);
}

Clip ToClip(const Dict& dict) {
  Clip clip{.id = Text(dict, "id"),
            .source = Text(dict, "source"),
            .exercise = Text(dict, "exercise"),
            .form = Text(dict, "form"),
            .fault = Text(dict, "fault"),
            .group = Text(dict, "group"),
            .fps = dict.at("fps").toDouble(),
            .kind = SourceKind::kRecorded,
            .poses = {},
            .wrong_joints = WrongJointsOf(dict),
            .repetition_count = RepetitionCountOf(dict),
            .repetitions = RepetitionsOf(dict),
            .metric = dict.contains(kCoordinates) && Text(dict, kCoordinates) == kMetric,
            .variant = dict.contains(kVariant) ? Text(dict, kVariant) : ""};
  const torch::Tensor landmarks = dict.at("landmarks").toTensor().to(torch::kFloat).contiguous();
  TORCH_CHECK(landmarks.dim() == 3 && landmarks.size(1) == kJointCount && landmarks.size(2) == 4,
              "landmarks of clip ", clip.id, " have shape ", landmarks.sizes(), ", not [T, 33, 4]");
  TORCH_CHECK(clip.fps >= 0 && std::isfinite(clip.fps), "fps of clip ", clip.id, " is ", clip.fps);
  const auto values = landmarks.accessor<float, 3>();
  clip.poses.resize(landmarks.size(0));
  for (int64_t t = 0; t < landmarks.size(0); ++t) {
    Pose& pose = clip.poses[t];
    pose.sequence = t;
    pose.timestamp_us = clip.fps > 0 ? std::llround(static_cast<double>(t) * 1e6 / clip.fps) : 0;
    pose.image_width = static_cast<int>(dict.at("width").toInt());
    pose.image_height = static_cast<int>(dict.at("height").toInt());
    pose.score = 1;
    for (int j = 0; j < kJointCount; ++j) {
      const auto v = values[t][j];
      pose.landmarks[j] = {v[0], v[1], v[2], std::isfinite(v[3]) ? v[3] : 0.0F, 0.0F};
    }
  }
  clip.kind = KindOf(dict, clip);
  return clip;
}

torch::Tensor TensorOf(const std::vector<FrameSpan>& spans) {
  torch::Tensor tensor = torch::empty({static_cast<int64_t>(spans.size()), 2}, torch::kInt);
  auto values = tensor.accessor<int32_t, 2>();
  for (size_t i = 0; i < spans.size(); ++i) {
    values[static_cast<int64_t>(i)][0] = spans[i].first;
    values[static_cast<int64_t>(i)][1] = spans[i].last;
  }
  return tensor;
}

Dict FromClip(const Clip& clip) {
  Dict dict(c10::StringType::get(), c10::AnyType::get());
  dict.insert("id", clip.id);
  dict.insert("source", clip.source);
  dict.insert(kKind, std::string(SourceKindName(clip.kind)));
  dict.insert("exercise", clip.exercise);
  dict.insert("form", clip.form);
  dict.insert("fault", clip.fault);
  dict.insert("group", clip.group);
  dict.insert("fps", clip.fps);
  dict.insert("width", int64_t{clip.poses.empty() ? 0 : clip.poses.front().image_width});
  dict.insert("height", int64_t{clip.poses.empty() ? 0 : clip.poses.front().image_height});
  torch::Tensor landmarks = torch::empty({static_cast<int64_t>(clip.poses.size()), kJointCount, 4});
  auto values = landmarks.accessor<float, 3>();
  for (size_t t = 0; t < clip.poses.size(); ++t) {
    for (int j = 0; j < kJointCount; ++j) {
      const skeleton::Landmark& landmark = clip.poses[t].landmarks[j];
      values[t][j][0] = landmark.x;
      values[t][j][1] = landmark.y;
      values[t][j][2] = landmark.z;
      values[t][j][3] = landmark.visibility;
    }
  }
  dict.insert("landmarks", landmarks);
  if (!clip.variant.empty()) dict.insert(kVariant, clip.variant);
  if (clip.metric) dict.insert(kCoordinates, std::string(kMetric));
  if (clip.repetition_count) dict.insert(kRepetitionCount, int64_t{*clip.repetition_count});
  if (!clip.repetitions.empty()) dict.insert(kRepetitions, TensorOf(clip.repetitions));
  if (clip.wrong_joints.empty()) return dict;
  c10::impl::GenericList joints(c10::AnyType::get());
  for (const skeleton::Joint joint : clip.wrong_joints)
    joints.push_back(std::string(skeleton::JointNames()[joint]));
  dict.insert(kWrongJoints, joints);
  return dict;
}

}  // namespace

absl::StatusOr<std::vector<Clip>> ReadLandmarkFile(const std::filesystem::path& path) {
  const absl::StatusOr<std::vector<char>> bytes = ReadBytes(path);
  if (!bytes.ok()) return bytes.status();
  const absl::StatusOr<c10::IValue> loaded = torch_files::LoadPickle(*bytes);
  if (!loaded.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path.string(), " is no landmark file: ", loaded.status().message()));
  }
  try {
    const Dict file = loaded->toGenericDict();
    const int64_t format = file.at("format").toInt();
    if (format != kFormat) {
      return absl::InvalidArgumentError(
          absl::StrCat(path.string(), ": format is ", format, "; this program reads format ", kFormat));
    }
    std::vector<Clip> clips;
    const c10::IValue listed = file.at("clips");
    for (const c10::IValue& item : listed.toListRef()) clips.push_back(ToClip(item.toGenericDict()));
    return clips;
  } catch (const c10::Error& error) {
    return absl::InvalidArgumentError(
        absl::StrCat(path.string(), " is no landmark file: ", error.what_without_backtrace()));
  } catch (const std::exception& error) {  // a missing key
    return absl::InvalidArgumentError(absl::StrCat(path.string(), " is no landmark file: ", error.what()));
  }
}

absl::StatusOr<std::vector<Clip>> ReadLandmarks(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return ReadLandmarkFile(path);
  std::vector<std::filesystem::path> files;
  for (std::filesystem::recursive_directory_iterator it(path, error), end; !error && it != end;
       it.increment(error)) {
    if (it->path().extension() == ".pt") files.push_back(it->path());
  }
  if (error) return absl::NotFoundError(absl::StrCat(path.string(), ": ", error.message()));
  if (files.empty())
    return absl::InvalidArgumentError(absl::StrCat(path.string(), " holds no landmark files (*.pt)"));
  std::sort(files.begin(), files.end());
  std::vector<Clip> all;
  for (const std::filesystem::path& file : files) {
    absl::StatusOr<std::vector<Clip>> clips = ReadLandmarkFile(file);
    if (!clips.ok()) return clips.status();
    std::move(clips->begin(), clips->end(), std::back_inserter(all));
  }
  return all;
}

absl::Status WriteLandmarkFile(const std::filesystem::path& path, const std::vector<Clip>& clips) {
  std::vector<char> bytes;
  try {
    c10::impl::GenericList list(c10::AnyType::get());
    for (const Clip& clip : clips) list.push_back(FromClip(clip));
    Dict file(c10::StringType::get(), c10::AnyType::get());
    file.insert("format", kFormat);
    file.insert("clips", list);
    bytes = torch::pickle_save(file);
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("cannot encode the landmarks: ", error.what()));
  }
  return files::ReplaceFile(path, {bytes.data(), bytes.size()});
}

}  // namespace trackfit::dataset
