// `trackfit evaluate`: how good a model is on clips that it was not trained on, using the code that serves
// it.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/gateway_flags.h"
#include "coaching/knowledge.h"
#include "command_line/exit_code.h"
#include "command_line/interrupt.h"
#include "command_line/model_directory.h"
#include "command_line/progress.h"
#include "commands.h"
#include "dataset/folds.h"
#include "dataset/landmark_file.h"
#include "dataset/split.h"
#include "dataset/views.h"
#include "evaluation/evaluation_pictures.h"
#include "evaluation/report.h"
#include "files/outputs.h"
#include "files/partial_file.h"
#include "inference/protogcn_assessor.h"
#include "protogcn/model.h"
#include "video_evaluation/video_evaluation.h"

namespace trackfit::tools {
namespace {

using dataset::Clip;

// When evaluating a single model, the thresholds for each fold come from the other folds of the same clips.
constexpr int kThresholdFolds = 5;
constexpr int kClipsPerFault = 10;

struct EvaluateOptions {
  std::string model;
  std::string dataset;
  std::vector<std::string> landmarks;
  std::string split;
  std::optional<std::string> subset;
  std::vector<std::string> only;
  int folds = 0;
  std::vector<std::string> fold_models;
  std::optional<int> localisation;
  std::optional<int> threads;
  std::string exercises;
  bool no_coach = false;
  std::string json;
  std::string plots;
  video_evaluation::VideoEvaluationOptions videos;

  bool Wants(const std::string& section) const {
    return only.empty() || std::find(only.begin(), only.end(), section) != only.end();
  }
  std::string SubsetOrDefault() const { return subset.value_or("val"); }
  int ThreadsOrDefault() const { return threads.value_or(1); }
};

struct Data {
  std::vector<Clip> train;
  std::vector<Clip> val;
};

absl::StatusOr<Data> ReadData(const EvaluateOptions& options) {
  absl::StatusOr<std::vector<Clip>> train, val;
  if (!options.dataset.empty()) {
    const std::filesystem::path folder = options.dataset;
    train = dataset::ReadLandmarkFile(folder / "train.pt");
    val = dataset::ReadLandmarkFile(folder / "val.pt");
  } else if (!options.landmarks.empty() && !options.split.empty()) {
    const absl::StatusOr<dataset::Split> split = dataset::Split::Read(options.split);
    if (!split.ok()) return split.status();
    train = dataset::ReadSubset(options.landmarks, *split, dataset::Subset::kTrain);
    val = dataset::ReadSubset(options.landmarks, *split, dataset::Subset::kVal);
  } else {
    return command_line::UsageError("either --dataset or --landmarks with --split is required");
  }
  if (!train.ok()) return train.status();
  if (!val.ok()) return val.status();
  if (absl::Status apart = dataset::CheckGroupsApart(*train, *val); !apart.ok()) return apart;
  return Data{.train = *std::move(train), .val = *std::move(val)};
}

absl::StatusOr<evaluation::AssessorPtr> LoadAssessor(const std::string& path) {
  const absl::StatusOr<protogcn::ModelMetadata> metadata = protogcn::ReadMetadata(path);
  if (!metadata.ok()) return metadata.status();
  return inference::ProtogcnAssessor::Load(path, metadata->version);
}

// Of the coach that counts beside the model, as it is served; null when it is to be left out.
absl::StatusOr<evaluation::KnowledgePtr> LoadKnowledge(const EvaluateOptions& options) {
  if (options.no_coach) return nullptr;
  return coaching::Knowledge::Load(options.exercises.empty() ? command_line::DefaultExerciseDirectory()
                                                             : options.exercises);
}

// Shows a section's progress on stderr.
class SectionProgress {
 public:
  SectionProgress(std::string section, int threads, evaluation::KnowledgePtr knowledge = nullptr) {
    run_.threads = threads;
    run_.knowledge = std::move(knowledge);
    run_.on_progress = [this, section = std::move(section)](int done, int total) {
      if (!progress_) {
        // NOLINTNEXTLINE(modernize-make-unique): it cannot be moved
        progress_.reset(
            new command_line::Progress(command_line::StartProgress(section, total, false, "clips")));
      }
      progress_->Update(done);
    };
  }
  SectionProgress(const SectionProgress&) = delete;
  SectionProgress& operator=(const SectionProgress&) = delete;

  const evaluation::RunOptions& run() const { return run_; }

 private:
  evaluation::RunOptions run_;
  std::unique_ptr<command_line::Progress> progress_;
};

absl::Status EvaluateForm(const EvaluateOptions& options, const evaluation::AssessorPtr& assessor,
                          const Data& data, const std::vector<Clip>& clips, evaluation::Report& report) {
  const SectionProgress progress("form", options.ThreadsOrDefault());
  const auto groups = dataset::GroupedFolds(clips, kThresholdFolds);
  auto form = evaluation::JudgeForm(
      {assessor}, clips, [&](const Clip& clip) { return dataset::FoldOf(groups, clip); }, progress.run());
  if (!form.ok()) return form.status();
  report.form = *std::move(form);
  if (options.fold_models.empty()) return absl::OkStatus();

  std::vector<evaluation::AssessorPtr> assessors;
  for (const std::string& path : options.fold_models) {
    const auto fold_assessor = LoadAssessor(path);
    if (!fold_assessor.ok()) return fold_assessor.status();
    assessors.push_back(*fold_assessor);
  }
  const SectionProgress fold_progress("form by folds", options.ThreadsOrDefault());
  const auto folds = dataset::GroupedFolds(data.train, options.folds);
  auto by_folds = evaluation::JudgeForm(
      assessors, data.train, [&](const Clip& clip) { return dataset::FoldOf(folds, clip); },
      fold_progress.run());
  if (!by_folds.ok()) return by_folds.status();
  report.form_by_folds = *std::move(by_folds);
  report.folds = options.folds;
  return absl::OkStatus();
}

absl::StatusOr<evaluation::Report> Evaluate(const EvaluateOptions& options, const Data& data) {
  const absl::StatusOr<dataset::Subset> subset = dataset::ParseSubset(options.SubsetOrDefault());
  if (!subset.ok()) return subset.status();
  const std::vector<Clip>& all = *subset == dataset::Subset::kTrain ? data.train : data.val;
  const std::vector<Clip> clips = dataset::AsJudged(all);
  if (clips.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("there is no clip of the subset ", options.SubsetOrDefault()));
  }
  protogcn::ConfigureThreads();
  const absl::StatusOr<evaluation::AssessorPtr> assessor = LoadAssessor(options.model);
  if (!assessor.ok()) return assessor.status();
  const absl::StatusOr<evaluation::KnowledgePtr> knowledge = LoadKnowledge(options);
  if (!knowledge.ok()) return knowledge.status();

  evaluation::Report report;
  report.model_version = (*assessor)->model_version();
  report.subset = options.SubsetOrDefault();
  std::error_code ignored;
  report.archive_bytes = static_cast<int64_t>(std::filesystem::file_size(options.model, ignored));
  if (options.Wants("recognition")) {
    const SectionProgress progress("recognition", options.ThreadsOrDefault(), *knowledge);
    auto decisions = evaluation::Decide(*assessor, clips, progress.run());
    if (!decisions.ok()) return decisions.status();
    report.decisions = *std::move(decisions);
  }
  if (options.Wants("form")) {
    const absl::Status status = EvaluateForm(options, *assessor, data, clips, report);
    if (!status.ok()) return status;
  }
  const int clips_per_fault = options.localisation.value_or(kClipsPerFault);
  if (options.Wants("localisation") && clips_per_fault > 0) {
    const SectionProgress progress("localisation", options.ThreadsOrDefault());
    auto localisation = evaluation::Localise(*assessor, clips, clips_per_fault, progress.run());
    if (!localisation.ok()) return localisation.status();
    report.localisation = *std::move(localisation);
  }
  if (options.Wants("robustness")) {
    const SectionProgress progress("robustness", options.ThreadsOrDefault(), *knowledge);
    auto robustness = evaluation::MeasureRobustness(*assessor, clips, progress.run());
    if (!robustness.ok()) return robustness.status();
    report.robustness = *std::move(robustness);
  }
  if (options.Wants("variants")) {
    const SectionProgress progress("variants", options.ThreadsOrDefault(), *knowledge);
    auto stability = evaluation::MeasureStability(*assessor, all, progress.run());
    if (!stability.ok()) return stability.status();
    report.stability = *std::move(stability);
  }
  if (options.Wants("speed")) {
    const auto speed = evaluation::MeasureSpeed(*assessor);
    if (!speed.ok()) return speed.status();
    report.speed = *speed;
  }
  return report;
}

// Rejects flags without effect, because --only excludes their section.
absl::Status CheckSections(const EvaluateOptions& options) {
  const auto idle = [](const char* flag, const char* section) {
    return absl::InvalidArgumentError(
        absl::StrCat(flag, " is for the section ", section, ", which --only excludes"));
  };
  if (!options.fold_models.empty() && !options.Wants("form")) return idle("--fold-models", "form");
  if (options.localisation.has_value() && !options.Wants("localisation"))
    return idle("--localisation", "localisation");
  if (!options.plots.empty() && !options.Wants("recognition") && !options.Wants("form"))
    return idle("--plots", "recognition or form");
  if (!options.Wants("recognition") && !options.Wants("robustness") && !options.Wants("variants")) {
    if (options.no_coach) return idle("--no-coach", "recognition, robustness or variants");
    if (!options.exercises.empty()) return idle("--exercises", "recognition, robustness or variants");
  }
  if (options.threads.has_value() && options.only == std::vector<std::string>{"speed"})
    return absl::InvalidArgumentError("--threads does nothing for --only speed, which measures one thread");
  return absl::OkStatus();
}

// Also creates the folder for the plots, to find out whether that is possible.
absl::Status CheckFiles(const EvaluateOptions& options) {
  std::vector<files::NamedFile> inputs = {{"--model", options.model}, {"--split", options.split}};
  if (!options.dataset.empty()) {
    for (const char* name : {"train.pt", "val.pt"})
      inputs.push_back({"--dataset", std::filesystem::path(options.dataset) / name});
  }
  for (const std::string& path : options.landmarks) {
    for (files::NamedFile& file : files::FilesOf("--landmarks", path, files::HasExtension(".pt")))
      inputs.push_back(std::move(file));
  }
  for (const std::string& path : options.fold_models) inputs.push_back({"--fold-models", path});
  std::vector<files::NamedFile> outputs = {{"--json", options.json}};
  if (!options.plots.empty()) {
    std::error_code error;
    std::filesystem::create_directories(options.plots, error);
    if (error) {
      return absl::InvalidArgumentError(
          absl::StrCat("--plots ", options.plots, " cannot be created as a folder: ", error.message()));
    }
    for (const char* name : evaluation::kEvaluationPictures)
      outputs.push_back({"--plots", std::filesystem::path(options.plots) / name});
  }
  return files::CheckOutputs(outputs, inputs);
}

absl::Status Run(const EvaluateOptions& options) {
  if (options.model.empty()) return command_line::UsageError("either --model or --videos is required");
  if (absl::Status status = CheckSections(options); !status.ok()) return command_line::UsageError(status);
  const command_line::InterruptWatcher watcher(
      command_line::ExitOnInterrupt("trackfit evaluate: stopped; nothing is written"));
  if (options.folds != static_cast<int>(options.fold_models.size())) {
    return command_line::UsageError(absl::StrCat("--folds is ", options.folds, ", but --fold-models names ",
                                                 options.fold_models.size(),
                                                 " models; one each is required"));
  }
  if (absl::Status status = CheckFiles(options); !status.ok()) return command_line::UsageError(status);
  const absl::StatusOr<Data> data = ReadData(options);
  if (!data.ok()) return data.status();
  const absl::StatusOr<evaluation::Report> report = Evaluate(options, *data);
  if (!report.ok()) return report.status();
  std::cout << evaluation::ToText(*report) << std::flush;
  if (!options.json.empty()) {
    absl::Status written = files::ReplaceFile(options.json, evaluation::ToJson(*report).dump(2) + "\n");
    if (!written.ok()) return written;
  }
  if (!options.plots.empty()) {
    const auto pictures = evaluation::DrawEvaluation(*report, options.plots);
    if (!pictures.ok()) return pictures.status();
    for (const std::string& picture : *pictures) std::cout << "wrote " << picture << "\n";
  }
  return absl::OkStatus();
}

absl::Status RunVideos(const EvaluateOptions& options) {
  if (options.subset.has_value() && options.split.empty()) {
    return command_line::UsageError(
        "--subset names a side of --split, which is missing; give both, or neither to play all videos");
  }
  std::atomic<bool> interrupted{false};
  const command_line::InterruptWatcher watcher([&](int) {
    interrupted = true;
    command_line::PrintNotice("trackfit evaluate: stopping");
  });
  const absl::Status outputs =
      files::CheckOutputs({{"--json", options.json}, {"--verdicts", options.videos.verdicts}},
                          {{"--list", options.videos.sources.list}, {"--split", options.split}});
  if (!outputs.ok()) return command_line::UsageError(outputs);
  video_evaluation::VideoEvaluationOptions videos = options.videos;
  videos.sources.split = options.split;
  videos.sources.subset = options.SubsetOrDefault();
  videos.json = options.json;
  return video_evaluation::EvaluateVideos(
      videos, [&] { return interrupted.load(); }, std::cout, std::cerr);
}

CLI::Option* DeclareVideos(CLI::App& command, video_evaluation::VideoEvaluationOptions& options) {
  const auto add = [&](const char* name, auto& value, const char* help) {
    return command.add_option(name, value, help)->group("Through running servers")->capture_default_str();
  };
  CLI::Option* videos = add("--videos", options.sources.folder,
                            "Instead of a model: play the videos in this folder to a gateway")
                            ->check(CLI::ExistingDirectory);
  add("--list", options.sources.list,
      "CSV with the columns file (relative to --videos), id, exercise, form, group, fps, source; also fault, "
      "view, kind. Default: all videos in the folder, each of the exercise that its folder is named after")
      ->check(CLI::ExistingFile)
      ->needs(videos);
  add("--gateway", options.run.client.gateway, "The gateway")->type_name("HOST:PORT")->needs(videos);
  options.run.client.tls.Register(command, tls::ClientFlags::Environment::kRead);
  client::DeclareKey(command, options.run.client.api_key, "Through running servers")->needs(videos);
  add("--sessions", options.run.sessions, "Videos played at a time")->check(CLI::Range(1, 64))->needs(videos);
  add("--verdicts", options.verdicts,
      "Keep each video's verdict in this file at once; what is in it already is not played again")
      ->type_name("FILE.jsonl")
      ->needs(videos);
  return videos;
}

}  // namespace

Action EvaluateCommand(CLI::App& command) {
  const auto options = std::make_shared<EvaluateOptions>();
  auto* model = command.add_option("--model", options->model, "Model archive")->check(CLI::ExistingFile);
  auto* videos = DeclareVideos(command, options->videos)->excludes(model);
  auto* dataset = command
                      .add_option("--dataset", options->dataset,
                                  "Folder with train.pt and val.pt, as `trackfit dataset build` writes it")
                      ->check(CLI::ExistingDirectory);
  command.add_option("--landmarks", options->landmarks, "Landmark files, or folders of them; with --split")
      ->check(CLI::ExistingPath)
      ->excludes(dataset, videos);
  command.add_option("--split", options->split, "Ids of the training and the validation clips (JSON)")
      ->check(CLI::ExistingFile)
      ->excludes(dataset);
  command.add_option("--subset", options->subset, "Which side of the split")
      ->check(CLI::IsMember({"train", "val"}))
      ->default_str("val");
  command.add_option("--only", options->only, "Sections to evaluate; default: all")
      ->delimiter(',')
      ->check(CLI::IsMember({"recognition", "form", "localisation", "robustness", "variants", "speed"}));
  command
      .add_option("--folds", options->folds,
                  "Also judge the form of the training clips, in this many grouped folds")
      ->check(CLI::Range(2, 100));
  command
      .add_option("--fold-models", options->fold_models,
                  "One model per fold, trained without the clips of that fold")
      ->check(CLI::ExistingFile);
  command
      .add_option("--localisation", options->localisation,
                  "Clips of every fault of the mannequin, and up to 20 times as many real clips; 0 = none")
      ->check(CLI::Range(0, 10'000))
      ->default_str(absl::StrCat(kClipsPerFault));
  auto* exercises = command
                        .add_option("--exercises", options->exercises,
                                    "Folder of what the coach knows, which counts beside the model")
                        ->default_str(command_line::DefaultExerciseDirectory());
  command.add_flag("--no-coach", options->no_coach, "Decide by windows alone, without it")
      ->excludes(exercises);
  command.add_option("--threads", options->threads, "Number of threads")
      ->check(CLI::Range(1, 256))
      ->default_str("1");
  command.add_option("--json", options->json, "Also write all figures and decisions to this file");
  command.add_option("--plots", options->plots, "Also draw the figures into this folder (PNG)");
  for (const char* flag : {"--dataset", "--only", "--folds", "--fold-models", "--localisation", "--exercises",
                           "--no-coach", "--threads", "--plots"})
    command.get_option(flag)->excludes(videos);
  return [options] { return options->videos.sources.folder.empty() ? Run(*options) : RunVideos(*options); };
}

}  // namespace trackfit::tools
