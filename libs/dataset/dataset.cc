#include "dataset/dataset.h"

#include <torch/serialize.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <system_error>
#include <unordered_map>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "files/partial_file.h"
#include "skeleton/resample.h"
#include "torch_files/torch_file.h"

namespace trackfit::dataset {
namespace {

using skeleton::kJointCount;
using skeleton::Pose;

constexpr int64_t kFormat = 1;
constexpr int64_t kMaxGapUs = 500'000;
constexpr float kStandInWeight = 0.5F;

// Movements that a skeleton cannot tell from one of the seven exercises, as the background clips name them.
constexpr std::string_view kDuplicateNames[] = {
    // bench press
    "floor press", "board press", "chain press", "neck press", "pin presses", "decline smith press",
    "smith machine decline press", "close-grip dumbbell press", "incline dumbbell press",
    "incline dumbbell bench", "incline cable chest press", "reverse triceps bench press",
    // pull-up
    "chins", "mixed grip chin", "chin-up", "pull-up", "muscle up",
    // push-up
    "drop push", "push up to",
    // lat pulldown
    "high pulley row",
    // tricep pushdown
    "cable one arm tricep extension",
    // squat
    "kneeling squat", "split squats",
    // biceps curl
    "cable_curl", "preacher_curl", "concentration_curl"};

// Published sources of people who are not real, whose files have no kind.
constexpr std::string_view kRenderedSources[] = {
    "hakan18-eng/FitnessAndroidApp (drawn 3-D, black background)",
    "hpleesz/FitnessApp (3-D avatar)",
    "jpratap344-sketch/itsyou-exercise-assets (line drawing)",
    "mmuno/gymnai-exercise-images (MIT, AI-generated)",
    "saadanza12/anvoxfit-exercise-videos (grey 3-D figure)",
    "saipavan-blip/Daily-Use (AI figure)"};

// Whether some word of `text` begins with `words`: "chins" is in "close-grip chins", not in "urchins".
bool Names(const std::string& text, std::string_view words) {
  for (size_t at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) {
    if (at == 0 || !absl::ascii_isalpha(static_cast<unsigned char>(text[at - 1]))) return true;
  }
  return false;
}

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
            .wrong_joints = WrongJointsOf(dict)};
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
  if (clip.wrong_joints.empty()) return dict;
  c10::impl::GenericList joints(c10::AnyType::get());
  for (const skeleton::Joint joint : clip.wrong_joints)
    joints.push_back(std::string(skeleton::JointNames()[joint]));
  dict.insert(kWrongJoints, joints);
  return dict;
}

bool AnybodySeen(const Pose& pose) {
  return std::any_of(pose.landmarks.begin(), pose.landmarks.end(),
                     [](const skeleton::Landmark& landmark) { return std::isfinite(landmark.x); });
}

bool IsBackground(const Clip& clip) {
  return clip.exercise == kBackgroundClass || clip.exercise == "dumbbell_row";
}

}  // namespace

const char* SourceKindName(SourceKind kind) {
  switch (kind) {
    case SourceKind::kRecorded:
      return "recorded";
    case SourceKind::kRendered:
      return "rendered";
    case SourceKind::kPhotoPair:
      return "photo pair";
    case SourceKind::kSynthetic:
      return "synthetic";
    case SourceKind::kMannequin:
      return "mannequin";
  }
  return "";
}

absl::StatusOr<SourceKind> ParseSourceKind(const std::string& name) {
  std::vector<std::string> known;
  for (const SourceKind kind : kSourceKinds) {
    if (name == SourceKindName(kind)) return kind;
    known.push_back(absl::StrCat("\"", SourceKindName(kind), "\""));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("kind \"", name, "\" is unknown; known are ", absl::StrJoin(known, ", ")));
}

SourceKind KindOfUnlabelled(const std::string& source) {
  const std::string name = source.substr(0, source.find(';'));
  if (name == kMannequinSource) return SourceKind::kMannequin;
  const bool rendered =
      std::find(std::begin(kRenderedSources), std::end(kRenderedSources), name) != std::end(kRenderedSources);
  return rendered ? SourceKind::kRendered : SourceKind::kRecorded;
}

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

absl::StatusOr<Subset> ParseSubset(const std::string& name) {
  if (name == "train") return Subset::kTrain;
  if (name == "val") return Subset::kVal;
  return absl::InvalidArgumentError(
      absl::StrCat("subset \"", name, "\" is unknown; known are \"train\" and \"val\""));
}

absl::StatusOr<Split> Split::Read(const std::filesystem::path& path) {
  std::ifstream stream(path);
  if (!stream) return absl::NotFoundError(absl::StrCat("cannot open ", path.string()));
  Split split;
  try {
    const nlohmann::json json = nlohmann::json::parse(stream);
    for (const auto& [side, ids] : {std::pair{"train", &split.train_}, std::pair{"val", &split.val_}}) {
      for (const char* list : {"landmarks", "videos"}) {
        for (const std::string id : json.at(side).value(list, nlohmann::json::array())) ids->insert(id);
      }
    }
    for (const std::string group : json.value("val_groups", nlohmann::json::array()))
      split.val_groups_.insert(group);
  } catch (const nlohmann::json::exception&) {
    return absl::InvalidArgumentError(absl::StrCat(
        path.string(), " is no split: it must be JSON with the lists of ids that docs/datasets.md shows"));
  }
  for (const std::string& id : split.val_) {
    if (split.train_.count(id) > 0) {
      return absl::InvalidArgumentError(
          absl::StrCat(path.string(), ": ", id, " is both in train and in val"));
    }
  }
  return split;
}

std::optional<Subset> Split::SubsetOf(const Clip& clip) const {
  if (clip.kind == SourceKind::kMannequin) return Subset::kTrain;  // of nobody
  if (val_.count(clip.id) > 0) return Subset::kVal;
  if (train_.count(clip.id) > 0 && val_groups_.count(clip.group) == 0) return Subset::kTrain;
  return std::nullopt;
}

std::vector<Clip> Split::Select(std::vector<Clip> clips, Subset subset) const {
  std::erase_if(clips, [&](const Clip& clip) { return SubsetOf(clip) != subset; });
  return clips;
}

absl::Status CheckGroupsApart(const std::vector<Clip>& train, const std::vector<Clip>& val) {
  std::unordered_map<std::string, std::string> trained;  // group -> one of its clips
  for (const Clip& clip : train) trained.emplace(clip.group, clip.id);
  for (const Clip& clip : val) {
    const auto found = trained.find(clip.group);
    if (clip.group.empty() || found == trained.end()) continue;
    return absl::InvalidArgumentError(absl::StrCat("group \"", clip.group,
                                                   "\" is on both sides of the split: ", found->second,
                                                   " is in train, ", clip.id, " in val"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Clip>> ReadSubset(const std::vector<std::string>& paths, const Split& split,
                                             Subset subset, std::vector<int>* counts) {
  std::vector<Clip> all;
  for (const std::string& path : paths) {
    absl::StatusOr<std::vector<Clip>> clips = ReadLandmarks(path);
    if (!clips.ok()) return clips.status();
    std::vector<Clip> selected = split.Select(*std::move(clips), subset);
    if (counts != nullptr) counts->push_back(static_cast<int>(selected.size()));
    std::move(selected.begin(), selected.end(), std::back_inserter(all));
  }
  return all;
}

const std::vector<std::string>& DefaultClasses() {
  static const std::vector<std::string> kClasses = {
      "barbell_biceps_curl", "bench_press", "lat_pulldown", "push_up",
      "tricep_pushdown",     "squat",       "pull_up",      kBackgroundClass};
  return kClasses;
}

std::optional<ClassLabel> LabelOf(const Clip& clip, const std::vector<std::string>& classes,
                                  const std::string& background) {
  if (MovesLikeAClass(clip)) return std::nullopt;
  const bool curl = clip.exercise == "dumbbell_biceps_curl" || clip.exercise == "cable_curl" ||
                    clip.exercise == "other_curl";
  std::string name = clip.exercise;
  if (curl) name = "barbell_biceps_curl";
  if (IsBackground(clip)) name = background;
  const auto found = std::find(classes.begin(), classes.end(), name);
  if (found == classes.end()) return std::nullopt;
  return ClassLabel{.index = static_cast<int>(found - classes.begin()),
                    .weight = curl ? kStandInWeight : 1.0F,
                    .stand_in = curl};
}

bool MovesLikeAClass(const Clip& clip) {
  return IsBackground(clip) && std::any_of(std::begin(kDuplicateNames), std::end(kDuplicateNames),
                                           [&](std::string_view part) { return Names(clip.fault, part); });
}

std::vector<std::vector<Pose>> UniformPieces(const Clip& clip, double rate_hz) {
  const double fps = clip.fps > 0 ? clip.fps : rate_hz;
  skeleton::Resampler resampler(rate_hz, kMaxGapUs);
  std::vector<std::vector<Pose>> pieces(1);
  for (size_t i = 0; i < clip.poses.size(); ++i) {
    if (!AnybodySeen(clip.poses[i])) continue;
    Pose pose = clip.poses[i];
    pose.timestamp_us = std::llround(static_cast<double>(i) * 1e6 / fps);
    skeleton::Resampler::Result result = resampler.Push(pose);
    if (result.gap) pieces.emplace_back();
    pieces.back().insert(pieces.back().end(), result.poses.begin(), result.poses.end());
  }
  std::erase_if(pieces, [](const std::vector<Pose>& piece) { return piece.size() < 2; });
  return pieces;
}

}  // namespace trackfit::dataset
