// `trackfit dataset`: makes the sets that a model is trained and tested on.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <iostream>
#include <memory>
#include <opencv2/core/utility.hpp>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "commands.h"
#include "dataset/rendered_mannequins.h"
#include "interrupt.h"
#include "progress.h"
#include "protogcn/dataset.h"

namespace trackfit::tools {
namespace {

struct MannequinsOptions {
  int per_exercise = 36;
  uint64_t seed = 1;
  std::string output;
  MannequinOptions film;
  bool quiet = false;
};

absl::Status FilmThem(const MannequinsOptions& options) {
  std::atomic<bool> interrupted{false};
  const InterruptWatcher watcher([&](int) { interrupted = true; });
  cv::setNumThreads(1);  // the jobs keep the cores busy
  absl::StatusOr<MannequinStudio> studio =
      MannequinStudio::Open(PlanMannequins(options.per_exercise, options.seed), options.film);
  if (!studio.ok()) return studio.status();
  Progress progress = StartProgress(absl::StrCat("Filming ", studio->pending(), " mannequins"),
                                    studio->PendingFrames(), options.quiet);
  const auto clips = studio->Run({.interrupted = [&] { return interrupted.load(); },
                                  .on_frame = [&](int64_t frames) { progress.Update(frames); }});
  progress.Hide();
  if (!clips.ok()) return clips.status();
  return protogcn::WriteLandmarkFile(options.output, *clips);
}

}  // namespace

Action DatasetCommand(CLI::App& command) {
  const auto options = std::make_shared<MannequinsOptions>();
  CLI::App* film = command.add_subcommand("mannequins", "Draw mannequins and look at them with BlazePose");
  film->add_option("--mannequins", options->per_exercise, "Clips per exercise")->capture_default_str();
  film->add_option("--seed", options->seed, "Of people, clothes, cameras and tempo")->capture_default_str();
  film->add_option("--output", options->output, "Landmark file")->required();
  film->add_option("--cache", options->film.cache, "Folder")->required();
  film->add_option("--jobs", options->film.jobs, "Threads")->capture_default_str();
  command.require_subcommand(1);
  return [options] { return FilmThem(*options); };
}

}  // namespace trackfit::tools
