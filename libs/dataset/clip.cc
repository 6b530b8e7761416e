#include "dataset/clip.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "exercises/vocabulary.h"
#include "skeleton/resample.h"

namespace trackfit::dataset {
namespace {

using skeleton::Pose;

constexpr int64_t kMaxGapUs = 500'000;
constexpr char kVariantMark = '~';

bool AnybodySeen(const Pose& pose) {
  return std::any_of(pose.landmarks.begin(), pose.landmarks.end(),
                     [](const skeleton::Landmark& landmark) { return std::isfinite(landmark.x); });
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
  return exercises::Builtin().IsRendered(name) ? SourceKind::kRendered : SourceKind::kRecorded;
}

std::string VariantId(const std::string& original, int number) {
  return absl::StrCat(original, std::string(1, kVariantMark), number);
}

std::string OriginalId(const std::string& id) {
  const size_t mark = id.rfind(kVariantMark);
  const bool numbered = mark != std::string::npos && mark + 1 < id.size() &&
                        id.find_first_not_of("0123456789", mark + 1) == std::string::npos;
  return numbered ? id.substr(0, mark) : id;
}

std::vector<Clip> Originals(std::vector<Clip> clips) {
  std::erase_if(clips, [](const Clip& clip) { return OriginalId(clip.id) != clip.id; });
  return clips;
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
