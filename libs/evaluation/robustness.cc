#include "evaluation/robustness.h"

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <numbers>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dataset/labels.h"
#include "evaluation/recognition.h"
#include "synthesis/random.h"

namespace trackfit::evaluation {
namespace {

using dataset::Clip;

constexpr double kRoll = 15 * std::numbers::pi / 180;
constexpr double kMissingShare = 0.1;

struct Variant {
  std::string name;
  std::function<PoseSequence(const PoseSequence&, const Clip&)> change;
};

std::vector<Variant> Variants() {
  std::vector<Variant> variants = {
      {"undisturbed", [](const PoseSequence& poses, const Clip&) { return poses; }}};
  for (const int rate : {10, 15, 24, 60}) {
    variants.push_back({absl::StrFormat("%d fps", rate),
                        [rate](const PoseSequence& poses, const Clip&) { return AtRate(poses, rate); }});
  }
  variants.push_back({"mirrored", [](const PoseSequence& poses, const Clip&) { return Mirrored(poses); }});
  variants.push_back(
      {"rolled +15 degrees", [](const PoseSequence& poses, const Clip&) { return Rolled(poses, kRoll); }});
  variants.push_back(
      {"rolled -15 degrees", [](const PoseSequence& poses, const Clip&) { return Rolled(poses, -kRoll); }});
  variants.push_back(
      {"legs out of the picture", [](const PoseSequence& poses, const Clip&) { return WithoutLegs(poses); }});
  variants.push_back({"10 % of poses missing", [](const PoseSequence& poses, const Clip& clip) {
                        const uint64_t seed = synthesis::NamedRandom(0).Bits(clip.id);
                        return WithMissingPoses(poses, kMissingShare, seed);
                      }});
  return variants;
}

}  // namespace

absl::StatusOr<std::vector<VariantResult>> MeasureRobustness(const AssessorPtr& assessor,
                                                             const std::vector<Clip>& clips,
                                                             const RunOptions& run) {
  const std::vector<std::string> classes = ClassesOf(*assessor);
  std::vector<std::pair<const Clip*, std::string>> exercises;
  for (const Clip& clip : clips) {
    const auto label = dataset::LabelOf(clip, classes);
    if (label && !label->stand_in && IsFound(clip.kind) &&
        label->index + 1 < static_cast<int>(classes.size()))
      exercises.emplace_back(&clip, classes[label->index]);
  }
  struct Outcome {
    std::string named;  // empty: no answer
    bool known = false;
  };
  const std::vector<Variant> variants = Variants();
  std::vector<std::vector<Outcome>> outcomes(exercises.size(), std::vector<Outcome>(variants.size()));
  const absl::Status status = ForEach(static_cast<int>(exercises.size()), run, [&](int i) -> absl::Status {
    const auto& [clip, exercise] = exercises[i];
    const PoseSequence poses = ToPoseSequence(*clip);
    for (size_t v = 0; v < variants.size(); ++v) {
      const auto overall = AssessPoses(assessor, variants[v].change(poses, *clip), "", run.knowledge);
      if (!overall.ok()) return overall.status();
      if (!*overall) continue;
      outcomes[i][v] = {.named = (*overall)->exercise, .known = (*overall)->known};
    }
    return absl::OkStatus();
  });
  if (!status.ok()) return status;

  std::vector<VariantResult> results;
  for (size_t v = 0; v < variants.size(); ++v) {
    VariantResult& result = results.emplace_back();
    result.name = variants[v].name;
    for (size_t i = 0; i < exercises.size(); ++i) {
      const auto& [clip, exercise] = exercises[i];
      const Outcome &before = outcomes[i].front(), &after = outcomes[i][v];
      if (before.named.empty()) continue;
      ++result.total;
      result.right += after.named == exercise && after.known ? 1 : 0;
      result.named += after.named == exercise ? 1 : 0;
      if (before.named == exercise && after.named != exercise) {
        const std::string instead = after.named.empty() ? "nothing" : after.named;
        result.lost.push_back(absl::StrCat(clip->id, ": ", exercise, " > ", instead));
      }
    }
  }
  return results;
}

std::string ToText(const std::vector<VariantResult>& variants) {
  std::string text;
  for (const VariantResult& variant : variants) {
    absl::StrAppendFormat(&text,
                          "  %-24s %d of %d right, %5.1f %%, %+5.1f points (named, known or not: %d)\n",
                          variant.name, variant.right, variant.total, 100 * variant.accuracy(),
                          100 * (variant.accuracy() - variants.front().accuracy()), variant.named);
    for (const std::string& clip : variant.lost)
      absl::StrAppend(&text, "    now named otherwise: ", clip, "\n");
  }
  return text;
}

nlohmann::json ToJson(const std::vector<VariantResult>& variants) {
  nlohmann::json json = nlohmann::json::array();
  for (const VariantResult& variant : variants) {
    json.push_back({{"name", variant.name},
                    {"right", variant.right},
                    {"named", variant.named},
                    {"lost", variant.lost},
                    {"total", variant.total},
                    {"accuracy", variant.accuracy()},
                    {"difference", variant.accuracy() - variants.front().accuracy()}});
  }
  return json;
}

}  // namespace trackfit::evaluation
