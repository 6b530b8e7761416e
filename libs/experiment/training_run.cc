#include "experiment/training_run.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "command_line/exit_code.h"
#include "dataset/folds.h"
#include "dataset/views.h"
#include "drawing/curves.h"
#include "evaluation/metrics.h"
#include "evaluation/recognition.h"
#include "exercises/vocabulary.h"
#include "experiment/epoch_log.h"
#include "experiment/run_folder.h"
#include "experiment/settings.h"
#include "experiment/training_data.h"
#include "files/partial_file.h"
#include "inference/protogcn_assessor.h"
#include "protogcn/archive_io.h"
#include "protogcn/model.h"
#include "protogcn/network.h"
#include "training/calibration.h"
#include "training/form_fitting.h"
#include "training/trainer.h"

namespace trackfit::experiment {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr const char* kScore = "selection.score";
constexpr const char* kScoreEpoch = "selection.epoch";

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Calibration and validation have independent parts; training has not.
int Cores() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

// The parts of a run that do not change while it is in progress.
struct Run {
  RunConfig config;
  RunFolder folder;
  protogcn::WindowShape shape;
  protogcn::NetworkConfig network;
  TrainingData data;
  std::string weights;            // the source of the initial ones, for the provenance
  bool points_at_joints = false;  // the initial weights include a trained joint head
  std::ostream& out;
  std::string label;

  void Say(const std::string& text) const {
    for (const auto& line : absl::StrSplit(text, '\n')) out << label << line << '\n';
    out << std::flush;
  }
  std::string background() const {
    const auto& classes = config.data.classes;
    const std::string& name = exercises::Builtin().background();
    return std::find(classes.begin(), classes.end(), name) != classes.end() ? name : "";
  }
};

using Figures = std::vector<std::pair<std::string, double>>;

// The columns of log.csv that the trainer fills. A new loss of the trainer is added here.
Figures LossFigures(const training::Losses& losses) {
  return {{"loss", losses.classification}, {"names", losses.names},
          {"form", losses.form},           {"joints", losses.joints},
          {"contrast", losses.contrast},   {"reconstruction", losses.reconstruction},
          {"accuracy", losses.accuracy}};
}

// --- validation

struct Validation {
  Figures figures;   // the columns of log.csv
  double score = 0;  // by which the best epoch is chosen
  std::string text;  // for people
};
constexpr const char* kScoreMeaning = "mean of exercises named right and the AUROC of known against unknown";

// The names of Validation::figures, for epochs without one.
constexpr const char* kFigureNames[] = {"validation.loss",
                                        "validation.exercises.accuracy",
                                        "validation.film.accuracy",
                                        "validation.photo_pairs.accuracy",
                                        "validation.others.rejected",
                                        "validation.known.auroc"};

// The figures of the network as it would be served.
absl::StatusOr<Validation> Validate(const Run& run, const protogcn::Network& network,
                                    const protogcn::ModelMetadata& metadata) {
  auto model = protogcn::Model::FromNetwork(network, metadata);
  if (!model.ok()) return model.status();
  const auto assessor = inference::ProtogcnAssessor::FromModel(*std::move(model), metadata.version);
  if (!assessor.ok()) return assessor.status();
  const auto decisions = evaluation::Decide(*assessor, run.data.val, {.threads = Cores()});
  if (!decisions.ok()) return decisions.status();
  const evaluation::Recognition recognition = evaluation::Summarise(*decisions);
  double loss = 0;
  for (const evaluation::ClipDecision& clip : decisions->clips) {
    constexpr float kLeast = 1e-7F;
    loss -= std::log(std::max(clip.probabilities[clip.truth], kLeast)) /
            static_cast<double>(decisions->clips.size());
  }
  const double exercises = recognition.exercises_named.Accuracy(), auroc = recognition.known_auroc;
  const double values[] = {loss,
                           exercises,
                           recognition.videos.Accuracy(),
                           recognition.photos.Accuracy(),
                           recognition.others.Accuracy(),
                           auroc};
  static_assert(std::size(values) == std::size(kFigureNames));
  Validation validation;
  // Without clips of other movements there is no AUROC.
  for (size_t i = 0; i < std::size(values); ++i) {
    if (std::isfinite(values[i])) validation.figures.emplace_back(kFigureNames[i], values[i]);
  }
  validation.score = std::isfinite(auroc) ? (exercises + auroc) / 2 : exercises;
  validation.text = evaluation::ToText(recognition);
  return validation;
}

// --- progress

void PrintData(const Run& run, const training::WindowSampler& sampler) {
  using dataset::SourceKind;
  std::string text = absl::StrFormat("%-22s%10s%10s%12s%11s%11s", "class", "recorded", "rendered",
                                     "photo pairs", "synthetic", "mannequin");
  for (size_t label = 0; label < sampler.classes().size(); ++label) {
    const auto count = [&](SourceKind kind) { return sampler.Count(static_cast<int>(label), kind); };
    absl::StrAppendFormat(&text, "\n%-22s%10d%10d%12d%11d%11d", sampler.classes()[label],
                          count(SourceKind::kRecorded), count(SourceKind::kRendered),
                          count(SourceKind::kPhotoPair), count(SourceKind::kSynthetic),
                          count(SourceKind::kMannequin));
  }
  run.Say(text);
}

std::string Duration(double seconds) {
  const int whole = static_cast<int>(seconds);
  return absl::StrFormat("%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
}

// A line every few seconds, with the remaining time.
class StepReport {
 public:
  StepReport(const Run& run, int first_epoch) : run_(run), first_epoch_(first_epoch) {}

  void operator()(int epoch, int64_t step, const training::Losses& mean) {
    const Clock::time_point now = Clock::now();
    const training::TrainingConfig& training = run_.config.training;
    const int64_t per_epoch = training.steps_per_epoch();
    const bool last = step == per_epoch && epoch + 1 == training.epochs;
    if (now < next_ && !last) return;
    next_ = now + std::chrono::seconds(10);
    const double done = static_cast<double>((epoch - first_epoch_) * per_epoch + step);
    const double left = static_cast<double>((training.epochs - epoch) * per_epoch - step);
    std::string text = absl::StrFormat("epoch %d/%d step %d/%d", epoch + 1, training.epochs, step, per_epoch);
    for (const auto& [name, value] : LossFigures(mean)) absl::StrAppendFormat(&text, " %s %.3f", name, value);
    run_.Say(absl::StrCat(text, " left ", Duration(left * SecondsSince(start_) / done)));
  }

 private:
  const Run& run_;
  int first_epoch_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point next_ = start_;
};

// --- the network and its metadata

absl::StatusOr<protogcn::Network> MakeNetwork(Run& run) {
  absl::StatusOr<protogcn::Network> network = protogcn::BuildNetwork(run.network, run.config.training.seed);
  run.weights = "random";
  if (!network.ok() || run.config.init.empty()) return network;
  const absl::StatusOr<protogcn::Archive> archive = protogcn::LoadArchive(run.config.init);
  if (!archive.ok()) return archive.status();
  run.points_at_joints = archive->metadata.joint_error == protogcn::JointErrorSource::kHead &&
                         archive->metadata.network.joint_channels == run.network.joint_channels &&
                         archive->metadata.network.joint_head == run.network.joint_head;
  const bool same_classes = archive->metadata.classes == run.config.data.classes;
  const protogcn::CopiedWeights count = protogcn::CopyWeights(archive->network, *network, same_classes);
  run.weights = absl::StrCat(fs::path(run.config.init).filename().string(), ": ", count.copied,
                             " tensors copied, ", count.kept, " newly initialised",
                             same_classes ? "" : ", among them the classifier, whose classes differ");
  run.Say(absl::StrCat("Weights of ", run.weights));
  if (run.config.training.epochs == 0 && count.kept > 0) {
    return absl::InvalidArgumentError(absl::StrCat("training.epochs is 0, but ", count.kept,
                                                   " tensors of the network do not come from ",
                                                   run.config.init));
  }
  return network;
}

protogcn::ModelMetadata Describe(const Run& run, const std::string& selection) {
  const training::TrainingConfig& training = run.config.training;
  protogcn::ModelMetadata metadata;
  metadata.version = run.config.version;
  metadata.network = run.network;
  metadata.classes = run.config.data.classes;
  metadata.background_class = run.background();
  if (run.config.joint_mapping != "layout") metadata.joint_mapping = run.shape.layout.sources;
  metadata.rate_hz = run.shape.rate_hz;
  metadata.window_poses = run.config.window_poses;
  metadata.min_frames = std::min(metadata.min_frames, run.shape.poses);
  metadata.normalization = skeleton::NormalizationName(run.shape.normalization);
  metadata.modality = skeleton::ModalityName(run.shape.modality);
  if (run.config.training.joint_weight > 0 || run.points_at_joints)
    metadata.joint_error = protogcn::JointErrorSource::kHead;
  metadata.provenance = {
      {"data", run.data.files},
      {"synthetic_data", "mannequin of libs/synthesis, made anew for every window"},
      {"initial_weights", run.weights},
      {"training",
       absl::StrFormat("%d epochs of %d windows, batch %d, learning rate %g, %d frozen epochs, seed %d, "
                       "weights averaged with decay %g, background share %g",
                       training.epochs, training.samples_per_epoch, training.batch_size,
                       training.learning_rate, training.freeze_epochs, training.seed, training.average_decay,
                       run.config.sampling.background_share)},
      {"selection", selection}};
  return metadata;
}

// --- best epoch

struct Best {
  double score = 0;
  int epoch = 0;
};

// Of two equal scores the later one wins.
absl::Status KeepIfBest(const Run& run, const Validation& validation, const training::Trainer& trainer,
                        std::optional<Best>& best) {
  if (run.config.keep != "best" || (best.has_value() && validation.score < best->score))
    return absl::OkStatus();
  const Best found{.score = validation.score, .epoch = trainer.epoch()};
  protogcn::ModelMetadata metadata = Describe(run, "the best epoch so far, not calibrated");
  for (const auto& [name, value] : validation.figures) metadata.metrics[name] = value;
  metadata.metrics[kScore] = found.score;
  metadata.metrics[kScoreEpoch] = found.epoch;
  if (absl::Status saved =
          protogcn::SaveArchive(run.folder.best().string(), trainer.AveragedNetwork(), metadata);
      !saved.ok()) {
    return saved;
  }
  best = found;
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Best>> BestSoFar(const Run& run) {
  if (run.config.keep != "best" || !fs::exists(run.folder.best())) return std::optional<Best>();
  const auto metadata = protogcn::ReadMetadata(run.folder.best().string());
  if (!metadata.ok()) return metadata.status();
  const auto score = metadata->metrics.find(kScore), epoch = metadata->metrics.find(kScoreEpoch);
  if (score == metadata->metrics.end() || epoch == metadata->metrics.end()) {
    return absl::InvalidArgumentError(absl::StrCat(run.folder.best().string(), " does not name its epoch"));
  }
  return std::optional<Best>({.score = score->second, .epoch = static_cast<int>(epoch->second)});
}

// --- the run

absl::Status Log(EpochLog& log, int epoch, double rate, const training::Losses& losses,
                 const std::optional<Validation>& validation, const std::optional<Best>& best,
                 double seconds) {
  LogRow row = {{"epoch", epoch}, {"learning_rate", rate}};
  for (const auto& [name, value] : LossFigures(losses)) row.emplace_back(name, value);
  for (const char* name : kFigureNames) {
    std::optional<double> value;
    if (validation.has_value()) {
      for (const auto& [known, figure] : validation->figures) {
        if (known == name) value = figure;
      }
    }
    row.emplace_back(name, value);
  }
  row.emplace_back(kScore, validation.has_value() ? std::optional<double>(validation->score) : std::nullopt);
  row.emplace_back("best_epoch", best.has_value() ? std::optional<double>(best->epoch) : std::nullopt);
  row.emplace_back("seconds", seconds);
  return log.Append(row);
}

// The state is written last: once it is there, the epoch is also in log.csv and, if it was the best, in
// best.pt.
absl::Status TrainEpochs(const Run& run, const training::WindowSampler& sampler, training::Trainer& trainer,
                         std::optional<Best>& best) {
  auto log = EpochLog::Open(run.folder.log(), trainer.epoch());
  if (!log.ok()) return log.status();
  StepReport report(run, trainer.epoch());
  while (!trainer.done()) {
    const Clock::time_point start = Clock::now();
    const int epoch = trainer.epoch();
    const double rate = trainer.LearningRate();
    const auto losses = trainer.RunEpoch(
        sampler, [&](int64_t step, const training::Losses& mean) { report(epoch, step, mean); });
    if (!losses.ok()) return losses.status();
    const int every = run.config.validate_every;
    std::optional<Validation> validation;
    if (trainer.done() || (every > 0 && trainer.epoch() % every == 0)) {
      auto found = Validate(run, trainer.AveragedNetwork(), Describe(run, "still in training"));
      if (!found.ok()) return found.status();
      validation = *std::move(found);
      std::string text = absl::StrCat("epoch ", trainer.epoch(), " validation:");
      for (const auto& [name, value] : validation->figures)
        absl::StrAppendFormat(&text, " %s %.3f", name.substr(name.find('.') + 1), value);
      run.Say(text);
      if (absl::Status kept = KeepIfBest(run, *validation, trainer, best); !kept.ok()) return kept;
    }
    if (absl::Status status =
            Log(*log, trainer.epoch(), rate, *losses, validation, best, SecondsSince(start));
        !status.ok()) {
      return status;
    }
    if (absl::Status status = drawing::DrawCurves(run.folder.log().string(), run.folder.curves().string());
        !status.ok())
      return status;
    if (absl::Status status = trainer.Save(run.folder.state()); !status.ok()) return status;
  }
  return absl::OkStatus();
}

// For every exercise with clips labelled correct and incorrect, if what is fitted to them holds for other
// people: the model is fitted to training clips, its table to held-out ones.
void CalibrateForm(const Run& run, protogcn::ModelMetadata& metadata) {
  constexpr double kLeastAuroc = 0.75;  // by chance 0.5; less says little about the next person
  constexpr int kFolds = 5;
  const std::vector<dataset::Clip> train = dataset::AsJudged(run.data.train);
  const std::vector<dataset::Clip> held_out = dataset::AsJudged(run.data.val);
  const std::map<std::string, int> folds = dataset::GroupedFolds(train, kFolds);
  for (size_t label = 0; label < metadata.classes.size(); ++label) {
    const auto measured = [&](const std::vector<dataset::Clip>& clips) {
      return training::MeasureLabelled(clips, metadata.classes, static_cast<int>(label),
                                       metadata.poses_per_window(), metadata.rate_hz, folds);
    };
    const std::vector<training::MeasuredClip> labelled = measured(train);
    protogcn::FormModel form = training::FitForm(labelled);
    std::vector<float> logits = training::CorrectLogits(form, measured(held_out));
    const std::string clips = absl::StrFormat("%d labelled clips", labelled.size());
    const auto [correct, incorrect] = training::JudgedByOtherFolds(labelled);
    const double auroc = evaluation::Auroc(correct, incorrect);
    std::string found;
    if (form.empty() || logits.empty()) {
      found = absl::StrCat("judged by its cosine, ", clips, " are too few");
    } else if (std::isnan(auroc)) {
      found = absl::StrCat("judged by its cosine, ", clips, " are of too few groups");
    } else if (auroc < kLeastAuroc) {
      found = absl::StrFormat("judged by its cosine, %s do not tell about other people (AUROC %.2f)", clips,
                              auroc);
    } else {
      metadata.calibration[label].form = std::move(form);
      metadata.calibration[label].form_logit = training::Quantiles(std::move(logits), 101);
      found = absl::StrFormat("fitted to %s (of other people AUROC %.2f)", clips, auroc);
    }
    if (!labelled.empty()) run.Say(absl::StrCat("Form of ", metadata.classes[label], ": ", found));
  }
}

// Prototypes from training clips, percentiles from held-out ones; both together with new movements of the
// mannequin.
absl::Status CalibrateModel(const Run& run, const protogcn::Model& model, protogcn::ModelMetadata& metadata) {
  constexpr int kTrainWindows = 250, kHeldOutWindows = 150;  // per class
  const training::WindowFunction function = [&](std::span<const float> window) { return model.Run(window); };
  const auto observe = [&](std::vector<dataset::Clip> clips, int per_class,
                           uint64_t seed) -> absl::StatusOr<std::vector<training::Observation>> {
    std::erase_if(clips, [](const dataset::Clip& clip) { return !clip.correct(); });
    const auto sampler =
        training::WindowSampler::Create(clips, metadata.classes, training::CalibrationSampling(run.shape));
    if (!sampler.ok()) return sampler.status();
    return training::Observe(*sampler, per_class * static_cast<int>(metadata.classes.size()), seed, function,
                             Cores());
  };
  const uint64_t seed = run.config.training.seed;
  const auto train = observe(run.data.train, kTrainWindows, seed);
  if (!train.ok()) return train.status();
  const auto held_out = observe(run.data.val, kHeldOutWindows, seed + 1);
  if (!held_out.ok()) return held_out.status();
  if (absl::Status status = training::Calibrate(*train, *held_out, metadata); !status.ok()) return status;
  CalibrateForm(run, metadata);
  const double fitted = training::FitKnownThreshold(*held_out, metadata);
  if (fitted != metadata.known_threshold) {
    run.Say(absl::StrFormat(
        "The held-out executions suggest a known_threshold of %.2f; it is limited to [%.1f, %.1f]", fitted,
        training::kMinKnownThreshold, training::kMaxKnownThreshold));
  }
  return absl::OkStatus();
}

std::string Selection(const Run& run, const std::optional<Best>& best) {
  const int epochs = run.config.training.epochs;
  if (!best.has_value())
    return "the averaged weights after the last epoch of the run; no epoch was chosen by validation";
  return absl::StrFormat(
      "the averaged weights after epoch %d of %d: the best by %s (%.4f) on the validation clips, looked at "
      "every %d epochs; the validation figures are of the clips that chose it",
      best->epoch, epochs, kScoreMeaning, best->score, std::max(run.config.validate_every, 1));
}

// Calibrates, then evaluates the calibrated model: the temperature matters for clips of several windows.
absl::StatusOr<RunResult> Finish(const Run& run, const training::Trainer& trainer,
                                 const std::optional<Best>& best) {
  protogcn::Network network = trainer.AveragedNetwork();
  if (best.has_value()) {
    auto archive = protogcn::LoadArchive(run.folder.best().string());
    if (!archive.ok()) return archive.status();
    network = archive->network;
  }
  protogcn::ModelMetadata metadata = Describe(run, Selection(run, best));
  run.Say(absl::StrCat("Calibrating ", metadata.provenance["selection"]));
  const auto raw = protogcn::Model::FromNetwork(network, metadata);
  if (!raw.ok()) return raw.status();
  if (const absl::Status status = CalibrateModel(run, **raw, metadata); !status.ok()) return status;

  const auto validation = Validate(run, network, metadata);
  if (!validation.ok()) return validation.status();
  for (const auto& [name, value] : validation->figures) metadata.metrics[name] = value;
  const std::string path = run.folder.model().string();
  if (const absl::Status saved = protogcn::SaveArchive(path, network, metadata); !saved.ok()) return saved;
  std::error_code ignored;
  run.Say(absl::StrCat(
      validation->text,
      absl::StrFormat("temperature %.3f, known: scale %.2f, offset %.2f, from %.2f\nwrote %s (%d KiB)",
                      metadata.temperature, metadata.known_scale, metadata.known_offset,
                      metadata.known_threshold, path, fs::file_size(path, ignored) / 1024)));
  return RunResult{
      .metrics = metadata.metrics, .epoch = best.has_value() ? best->epoch : trainer.epoch(), .seconds = 0};
}

absl::StatusOr<RunResult> Go(const RunConfig& config, bool resume, std::ostream& out,
                             const std::string& label) {
  const Clock::time_point start = Clock::now();
  if (config.training.epochs == 0 && config.init.empty())
    return absl::InvalidArgumentError("training.epochs is 0, but init names no model to calibrate");
  const auto shape = ShapeOf(config);
  if (!shape.ok()) return shape.status();
  const auto network_config = NetworkOf(config);
  if (!network_config.ok()) return network_config.status();
  if (absl::Status checked = PrepareFolder(config); !checked.ok()) return command_line::UsageError(checked);
  auto data = ReadTrainingData(config.data);
  if (!data.ok()) return data.status();
  Run run{.config = config,
          .folder = RunFolder(config.output),
          .shape = *shape,
          .network = *network_config,
          .data = *std::move(data),
          .weights = "",
          .out = out,
          .label = label};
  run.config.sampling.shape = *shape;
  const auto sampler =
      training::WindowSampler::Create(run.data.train, run.config.data.classes, run.config.sampling);
  if (!sampler.ok()) return sampler.status();
  PrintData(run, *sampler);

  auto network = MakeNetwork(run);
  if (!network.ok()) return network.status();
  const auto trainer = training::Trainer::Create(*network, config.training, sampler->names());
  if (!trainer.ok()) return trainer.status();
  std::optional<Best> best;
  if (resume && fs::exists(run.folder.state())) {
    if (const absl::Status status = (*trainer)->Resume(run.folder.state()); !status.ok()) return status;
    auto so_far = BestSoFar(run);
    if (!so_far.ok()) return so_far.status();
    best = *so_far;
    run.Say(absl::StrCat("Resuming after epoch ", (*trainer)->epoch()));
  } else if (resume) {
    run.Say(absl::StrCat("There is nothing to resume in ", config.output, ": starting a new run"));
  }
  if (const absl::Status status = files::ReplaceFile(run.folder.config(), ToYaml(config)); !status.ok())
    return status;
  if (const absl::Status status = TrainEpochs(run, *sampler, **trainer, best); !status.ok()) return status;
  auto result = Finish(run, **trainer, best);
  if (result.ok()) result->seconds = SecondsSince(start);
  return result;
}

}  // namespace

absl::StatusOr<RunResult> TrainModel(const RunConfig& config, bool resume, std::ostream& out,
                                     const std::string& label) {
  if (config.output.empty())
    return absl::InvalidArgumentError("output is not set; it names the run's folder");
  try {
    return Go(config, resume, out, label);
  } catch (const std::exception& error) {
    const std::string what = error.what();
    return absl::InternalError(what.substr(0, what.find("\nException raised from")));  // LibTorch's backtrace
  }
}

}  // namespace trackfit::experiment
