#include "coach_evaluation/form_run.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "coach_evaluation/form_figures.h"
#include "coach_evaluation/form_frames.h"
#include "coach_evaluation/form_limits.h"
#include "dataset/landmark_file.h"
#include "files/partial_file.h"

namespace trackfit::coach_evaluation {
namespace {

namespace fs = std::filesystem;

// Far from the seeds that other mannequins have.
constexpr uint64_t kMannequinSeeds = 1'000'000;

struct Labelled {
  std::vector<FormSample> samples;
  std::vector<FrameFigures> frames;
};

absl::StatusOr<Labelled> ReadLabelled(const repetitions::Catalogue& catalogue, const FaultTable& faults,
                                      const FormSources& sources) {
  Labelled labelled;
  const auto add = [&](const std::string& name, std::vector<dataset::Clip> clips) {
    std::erase_if(clips, [&](const dataset::Clip& clip) {
      return std::ranges::count(sources.except_groups, clip.group) > 0;
    });
    std::vector<FormSample> more = FormSamples(catalogue, faults, name, clips, sources.options);
    std::move(more.begin(), more.end(), std::back_inserter(labelled.samples));
    std::vector<FrameFigures> frames = FiguresOfFrames(catalogue, faults, name, clips);
    std::move(frames.begin(), frames.end(), std::back_inserter(labelled.frames));
  };
  for (const std::string& path : sources.landmarks) {
    auto clips = dataset::ReadLandmarks(path);
    if (!clips.ok()) return clips.status();
    add(fs::path(path).lexically_normal().stem().string(), *std::move(clips));
  }
  if (sources.mannequins_per_fault > 0) {
    auto clips =
        FaultyMannequins(catalogue, sources.mannequins_per_fault, sources.options.seed * kMannequinSeeds);
    if (!clips.ok()) return clips.status();
    add("mannequins", *std::move(clips));
  }
  return labelled;
}

absl::Status WriteLimits(const fs::path& path, const repetitions::Exercise& exercise,
                         const FittedLimits& limits) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return absl::NotFoundError(absl::StrCat("cannot read ", path.string()));
  const auto written = WithLimits(text.str(), exercise, limits);
  if (!written.ok()) return written.status();
  return files::ReplaceFile(path.string(), *written);
}

}  // namespace

absl::StatusOr<FormResult> EvaluateForm(const repetitions::Catalogue& catalogue, const FormSources& sources,
                                        bool leave_one_group_out) {
  const auto faults = FaultTable::Read(sources.faults);
  if (!faults.ok()) return faults.status();
  const auto labelled = ReadLabelled(catalogue, *faults, sources);
  if (!labelled.ok()) return labelled.status();
  const std::vector<FormSample>& samples = labelled->samples;
  const std::vector<FormFigures> figures = FiguresOfForm(
      leave_one_group_out ? JudgeLeaveOneGroupOut(samples, *faults) : JudgeAsShipped(samples), *faults);
  return FormResult{FormText(figures) + FramesText(labelled->frames), FormJson(figures),
                    FramesJson(labelled->frames)};
}

absl::StatusOr<std::string> CalibrateForm(const std::string& folder, const std::vector<std::string>& only,
                                          const FormSources& sources, bool dry_run) {
  const auto catalogue = repetitions::Catalogue::Load(folder);
  if (!catalogue.ok()) return catalogue.status();
  const auto faults = FaultTable::Read(sources.faults);
  if (!faults.ok()) return faults.status();
  const auto labelled = ReadLabelled(**catalogue, *faults, sources);
  if (!labelled.ok()) return labelled.status();
  std::string text;
  for (const repetitions::Exercise& exercise : (*catalogue)->exercises()) {
    if (!only.empty() && std::ranges::count(only, exercise.name) == 0) continue;
    std::vector<const FormSample*> own;
    for (const FormSample& sample : labelled->samples) {
      if (sample.exercise == &exercise) own.push_back(&sample);
    }
    const FittedLimits limits = FitLimits(own, *faults);
    for (const auto& [key, fitted] : limits) {
      absl::StrAppendFormat(
          &text, "%s, %s, criterion %d: good from %.3g to %.3g, slightly off up to %.3g beyond; %s\n",
          exercise.name, key.first, key.second + 1, fitted.good.low, fitted.good.high, fitted.slightly,
          fitted.source);
    }
    if (dry_run || limits.empty()) continue;
    const fs::path path = fs::path(folder) / (exercise.name + ".yaml");
    if (const absl::Status written = WriteLimits(path, exercise, limits); !written.ok()) return written;
  }
  return text;
}

}  // namespace trackfit::coach_evaluation
