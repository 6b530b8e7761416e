// `trackfit dataset`: builds the data sets that a model is trained and validated on.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <memory>
#include <opencv2/core/utility.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "command_line/exit_code.h"
#include "command_line/interrupt.h"
#include "command_line/progress.h"
#include "commands.h"
#include "dataset/landmark_file.h"
#include "dataset/split.h"
#include "dataset_building/bridge.h"
#include "dataset_building/dataset_builder.h"
#include "dataset_building/rendered_mannequins.h"
#include "files/outputs.h"

namespace trackfit::tools {
namespace {

struct MannequinFlags {
  int per_exercise = 0;
  uint64_t seed = 1;
  dataset_building::MannequinOptions studio;
  bool quiet = false;
};

struct BuildOptions {
  std::vector<std::string> landmarks;
  std::string split;
  std::string output;
  MannequinFlags mannequins;
  dataset_building::DatasetOptions data_set;
  bool no_repair = false;
  bool keep_hidden = false;
  bool json = false;
};

absl::StatusOr<std::vector<dataset::Clip>> RenderMannequins(const MannequinFlags& options) {
  std::atomic<bool> interrupted{false};
  const command_line::InterruptWatcher watcher([&](int) {
    interrupted = true;
    command_line::PrintNotice(
        "trackfit dataset: stopping; finished mannequins are kept; press Ctrl-C again to stop at once");
  });
  cv::setNumThreads(1);  // the jobs keep the cores busy
  absl::StatusOr<dataset_building::MannequinStudio> studio = dataset_building::MannequinStudio::Open(
      dataset_building::PlanMannequins(options.per_exercise, options.seed), options.studio);
  if (!studio.ok()) return studio.status();
  command_line::Progress progress = command_line::StartProgress(
      absl::StrCat("Rendering ", studio->pending(), " mannequins"), studio->PendingFrames(), options.quiet);
  return studio->Run({.interrupted = [&] { return interrupted.load(); },
                      .on_frame = [&](int64_t frames) { progress.Update(frames); }});
}

absl::StatusOr<std::vector<dataset::Clip>> ReadClips(const BuildOptions& options,
                                                     nlohmann::ordered_json& sources) {
  std::vector<dataset::Clip> all;
  for (const std::string& path : options.landmarks) {
    absl::StatusOr<std::vector<dataset::Clip>> clips = dataset::ReadLandmarks(path);
    if (!clips.ok()) return clips.status();
    sources.push_back(
        {{"name", std::filesystem::path(path).lexically_normal().string()}, {"clips", clips->size()}});
    std::move(clips->begin(), clips->end(), std::back_inserter(all));
  }
  return all;
}

void PrintReport(const dataset_building::JoinedDataset& dataset, const BuildOptions& options) {
  const std::vector<dataset_building::DatasetCount> counts = dataset_building::CountDataset(dataset);
  std::cout << dataset_building::DatasetTable(counts) << "\n"
            << dataset_building::AnomalyTable(dataset) << "\n";
  const auto print = [](const std::vector<std::string>& ids, const char* what) {
    if (!ids.empty()) std::cout << ids.size() << " clips " << what << ", for example " << ids.front() << "\n";
  };
  print(dataset.duplicates, "are duplicates: the first of each is kept");
  print(dataset.not_in_split, "are on neither side of the split");
  print(dataset.broken, "are broken and left out");
  print(dataset.upside_down, "show people upside down, probably because the video's orientation was ignored");
  for (const std::string& warning : dataset_building::WarningsOf(counts))
    std::cout << "warning: " << warning << "\n";
  std::cout << options.output << ": " << dataset.train.size() << " clips to train on, " << dataset.val.size()
            << " to validate\n";
}

// Also creates the output folder, to find out whether that is possible.
absl::Status CheckFiles(const BuildOptions& options) {
  const std::filesystem::path folder = options.output;
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return absl::InvalidArgumentError(
        absl::StrCat("--output ", options.output, " cannot be created as a folder: ", error.message()));
  }
  std::vector<files::NamedFile> inputs = {{"--split", options.split}};
  for (const std::string& path : options.landmarks) {
    for (files::NamedFile& file : files::FilesOf("--landmarks", path, files::HasExtension(".pt")))
      inputs.push_back(std::move(file));
  }
  std::vector<files::NamedFile> outputs;
  for (const char* name : {"train.pt", "val.pt", "splits.json", "dataset.json"})
    outputs.push_back({"--output", folder / name});
  return files::CheckOutputs(outputs, inputs);
}

absl::Status Build(BuildOptions options) {
  if (absl::Status status = CheckFiles(options); !status.ok()) return command_line::UsageError(status);
  options.data_set.repair = !options.no_repair;
  if (options.keep_hidden) options.data_set.rule.hidden_visibility = 0;
  if (options.mannequins.studio.cache.empty())
    options.mannequins.studio.cache = (std::filesystem::path(options.output) / "mannequins").string();
  const absl::StatusOr<dataset::Split> split = dataset::Split::Read(options.split);
  if (!split.ok()) return split.status();
  nlohmann::ordered_json sources = nlohmann::ordered_json::array();
  absl::StatusOr<std::vector<dataset::Clip>> clips = ReadClips(options, sources);
  if (!clips.ok()) return clips.status();
  if (options.mannequins.per_exercise > 0) {
    absl::StatusOr<std::vector<dataset::Clip>> mannequins = RenderMannequins(options.mannequins);
    if (!mannequins.ok()) return mannequins.status();
    sources.push_back({{"name", "mannequins"},
                       {"clips", mannequins->size()},
                       {"per_exercise", options.mannequins.per_exercise},
                       {"seed", options.mannequins.seed},
                       {"model", options.mannequins.studio.poses.model}});
    std::move(mannequins->begin(), mannequins->end(), std::back_inserter(*clips));
  }
  const absl::StatusOr<dataset_building::JoinedDataset> dataset =
      dataset_building::JoinClips(*std::move(clips), *split, options.data_set);
  if (!dataset.ok()) return dataset.status();
  nlohmann::ordered_json report = dataset_building::DatasetJson(*dataset, options.data_set);
  report["sources"] = std::move(sources);
  if (absl::Status status = dataset_building::WriteDataset(options.output, *dataset, report); !status.ok())
    return status;
  if (options.json)
    std::cout << report.dump(1) << "\n";
  else
    PrintReport(*dataset, options);
  return absl::OkStatus();
}

absl::Status RunBridge(const MannequinFlags& options) {
  const absl::StatusOr<std::vector<dataset::Clip>> clips = RenderMannequins(options);
  if (!clips.ok()) return clips.status();
  const absl::StatusOr<dataset_building::Bridge> bridge = dataset_building::MeasureBridge(
      dataset_building::PlanMannequins(options.per_exercise, options.seed), *clips);
  if (!bridge.ok()) return bridge.status();
  for (const auto& [name, measure] : {std::pair{"BlazePose on rendered mannequins", &bridge->blazepose},
                                      std::pair{"synthesis::LandmarkNoise on the truth", &bridge->noise}}) {
    std::cout << name << "\n" << measure->ViewTable() << "\n" << measure->PartTable() << "\n";
  }
  return absl::OkStatus();
}

void DeclareMannequins(CLI::App& command, MannequinFlags& mannequins) {
  mannequins.studio.jobs = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  command
      .add_option("--mannequins", mannequins.per_exercise,
                  "Mannequins per exercise to render and extract with BlazePose; a quarter as many per "
                  "background motion")
      ->check(CLI::Range(0, 10'000))
      ->capture_default_str();
  command.add_option("--seed", mannequins.seed, "Seed of the mannequins: people, clothes, tempo, cameras")
      ->capture_default_str();
  command.add_option("--model", mannequins.studio.poses.model, "Landmark model: lite, full or heavy")
      ->check(CLI::IsMember({"lite", "full", "heavy"}))
      ->capture_default_str();
  command.add_option("--models-dir", mannequins.studio.poses.models_dir, "Folder of the BlazePose models")
      ->envname("TRACKFIT_MODELS_DIR")
      ->capture_default_str();
  command.add_option("--jobs", mannequins.studio.jobs, "Mannequins processed at a time, one per core")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command.add_flag("--quiet", mannequins.quiet, "No progress");
}

CLI::App* AddBuild(CLI::App& command, const std::shared_ptr<BuildOptions>& options) {
  CLI::App* build =
      command.add_subcommand("build", "Join landmark files, landmarks of videos, and mannequins");
  build->add_option("--landmarks", options->landmarks, "Landmark files, or folders of them")
      ->required()
      ->check(CLI::ExistingPath);
  build
      ->add_option("--split", options->split,
                   "JSON file with the ids of both sides and the groups of the validation side")
      ->required()
      ->check(CLI::ExistingFile);
  build
      ->add_option(
          "--output", options->output,
          "Folder for train.pt, val.pt, splits.json and dataset.json, as `trackfit train` expects it")
      ->required();
  DeclareMannequins(*build, options->mannequins);
  build->add_option("--cache", options->mannequins.studio.cache,
                    "Folder for finished mannequins; default: OUTPUT/mannequins");
  for (const char* flag : {"--seed", "--model", "--jobs", "--cache"})
    build->get_option(flag)->needs(build->get_option("--mannequins"));
  build->add_flag("--no-repair", options->no_repair, "Count anomalous skeletons but do not repair them");
  build->add_flag("--keep-hidden", options->keep_hidden, "Keep joints that are never visible");
  build->add_flag("--json", options->json, "Print dataset.json instead of tables");
  build->footer(
      "`trackfit extract --format landmarks` makes landmark files of videos. Of clips with the same id the\n"
      "first is kept. Anomalies in training clips are repaired; validation clips stay as recorded.\n"
      "docs/datasets.md has the rules.");
  return build;
}

CLI::App* AddBridge(CLI::App& command, const std::shared_ptr<MannequinFlags>& options) {
  CLI::App* bridge = command.add_subcommand(
      "bridge",
      "Measure BlazePose's errors on rendered mannequins, and how well simulated noise matches them");
  options->per_exercise = 8;
  DeclareMannequins(*bridge, *options);
  bridge->add_option("--cache", options->studio.cache, "Folder for finished mannequins")->required();
  return bridge;
}

}  // namespace

Action DatasetCommand(CLI::App& command) {
  const auto build = std::make_shared<BuildOptions>();
  const auto bridge = std::make_shared<MannequinFlags>();
  const CLI::App* build_command = AddBuild(command, build);
  AddBridge(command, bridge);
  command.require_subcommand(1);
  return [=] { return build_command->parsed() ? Build(*build) : RunBridge(*bridge); };
}

}  // namespace trackfit::tools
