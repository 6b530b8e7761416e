// `trackfit train`: from landmark files to a model archive.
#include <ATen/Parallel.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "exit_code.h"
#include "training/multirun.h"
#include "training/run_config.h"
#include "training/training_run.h"

namespace trackfit::tools {
namespace {

struct TrainOptions {
  std::string config;
  std::vector<std::string> settings;
  bool resume = false;
  bool multirun = false;
  bool print_config = false;
  bool list_keys = false;
  int threads = 1;
<<<<<<< HEAD
  int joint_channels = 0;
  std::string normalization = "torso";
  int validate_every = 2;
  protogcn::SamplerConfig sampling;
  protogcn::TrainingConfig training;

  std::string StatePath() const { return output + ".state"; }
=======
>>>>>>> a59f836 (Configure training by YAML and key=value)
};

absl::Status UsageError(const absl::Status& status) {
  return status.ok() ? status : WithExitCode(status, kUsageExitCode);
}

absl::Status Run(const TrainOptions& options) {
  if (options.list_keys) {
    std::cout << KeyList();
    return absl::OkStatus();
  }
<<<<<<< HEAD
  return Data{.train = *std::move(train), .val = *std::move(val), .files = absl::StrJoin(files, ", ")};
}

protogcn::NetworkConfig NetworkFor(const TrainOptions& options, const skeleton::Layout& layout) {
  return {.layout = layout.name,
          .nodes = layout.nodes(),
          .bones = layout.bones,
          .window = options.sampling.shape.frames,
          .base_channels = options.base_channels,
          .num_stages = options.stages,
          .inflate_stages = options.widen,
          .down_stages = options.halve,
          .classes = static_cast<int>(protogcn::DefaultClasses().size()),
          .joint_channels = options.joint_channels};
}

absl::StatusOr<torch::jit::Module> MakeNetwork(const TrainOptions& options,
                                               const protogcn::NetworkConfig& config) {
  absl::StatusOr<torch::jit::Module> network = protogcn::BuildNetwork(config, options.training.seed);
  if (!network.ok() || options.init.empty()) return network;
  const absl::StatusOr<protogcn::Archive> archive = protogcn::LoadArchive(options.init);
  if (!archive.ok()) return archive.status();
  const int fresh = protogcn::CopyWeights(archive->network, *network);
  std::cout << "Weights from " << options.init << "; " << fresh << " tensors start afresh\n";
  return network;
}

void PrintData(const protogcn::WindowSampler& sampler) {
  using protogcn::SourceKind;
  std::cout << absl::StrFormat("%-22s%10s%10s%12s%11s\n", "class", "recorded", "rendered", "photo pairs",
                               "synthetic");
  for (size_t label = 0; label < sampler.classes().size(); ++label) {
    const auto count = [&](SourceKind kind) { return sampler.Count(static_cast<int>(label), kind); };
    std::cout << absl::StrFormat("%-22s%10d%10d%12d%11d\n", sampler.classes()[label],
                                 count(SourceKind::kRecorded), count(SourceKind::kRendered),
                                 count(SourceKind::kPhotoPair), count(SourceKind::kSynthetic));
  }
  std::cout << std::flush;
}

std::string Duration(double seconds) {
  const int whole = static_cast<int>(seconds);
  return absl::StrFormat("%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
}

// A line every few seconds, with the time that is left.
class StepReport {
 public:
  StepReport(const protogcn::TrainingConfig& config, int first_epoch)
      : config_(config), first_epoch_(first_epoch) {}

  void operator()(int epoch, int64_t step, const protogcn::Losses& mean) {
    const Clock::time_point now = Clock::now();
    const int64_t per_epoch = config_.steps_per_epoch();
    if (now < next_ && step < per_epoch) return;
    next_ = now + std::chrono::seconds(10);
    const double done = static_cast<double>((epoch - first_epoch_) * per_epoch + step);
    const double left = static_cast<double>((config_.epochs - epoch) * per_epoch - step);
    const double elapsed = std::chrono::duration<double>(now - start_).count();
    std::cout << absl::StrFormat(
                     "epoch %d/%d step %d/%d loss %.3f reconstruction %.3f accuracy %.3f names %.2f form "
                     "%.3f joints %.3f contrast %.2f left %s\n",
                     epoch + 1, config_.epochs, step, per_epoch, mean.classification, mean.reconstruction,
                     mean.accuracy, mean.names, mean.form, mean.joints, mean.contrast,
                     Duration(left * elapsed / done))
              << std::flush;
  }

 private:
  protogcn::TrainingConfig config_;
  int first_epoch_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point next_ = start_;
};

// Runs a network that is still in training; only its probabilities matter.
protogcn::WindowFunction Classify(torch::jit::Module& network, const protogcn::WindowShape& shape) {
  return [&network, shape](std::span<const float> window) -> absl::StatusOr<protogcn::Prediction> {
    try {
      torch::NoGradGuard no_grad;
      const torch::Tensor input = torch::tensor(at::ArrayRef<float>(window.data(), window.size()))
                                      .reshape({1, 1, shape.frames, -1, 3});
      const torch::Tensor probabilities =
          torch::softmax(protogcn::Forward(network, input).logits[0], 0).contiguous();
      const float* first = probabilities.data_ptr<float>();
      return protogcn::Prediction{.logits = {},
                                  .probabilities = {first, first + probabilities.numel()},
                                  .embedding = {},
                                  .joint_error = {}};
    } catch (const std::exception& error) {
      return absl::InternalError(absl::StrCat("validation failed: ", error.what()));
    }
  };
}

absl::StatusOr<protogcn::Evaluation> Validate(const std::vector<protogcn::Clip>& clips,
                                              const protogcn::ServedWindows& windows,
                                              const protogcn::WindowFunction& run) {
  const auto decisions = protogcn::Decide(clips, protogcn::DefaultClasses(), windows, run);
  if (!decisions.ok()) return decisions.status();
  return protogcn::Summarize(*decisions, protogcn::DefaultClasses());
}

absl::Status TrainEpochs(const TrainOptions& options, const protogcn::WindowSampler& sampler,
                         const Data& data, protogcn::Trainer& trainer) {
  StepReport report(options.training, trainer.epoch());
  while (!trainer.done()) {
    const int epoch = trainer.epoch();
    const auto losses = trainer.RunEpoch(
        sampler, [&](int64_t step, const protogcn::Losses& mean) { report(epoch, step, mean); });
    if (!losses.ok()) return losses.status();
    if (const absl::Status saved = trainer.Save(options.StatePath()); !saved.ok()) return saved;
    if (options.validate_every == 0 || trainer.epoch() % options.validate_every != 0) continue;
    const torch::jit::GraphOptimizerEnabledGuard plain_executor(false);  // too few windows to profile
    torch::jit::Module averaged = trainer.AveragedNetwork();
    const auto evaluation =
        Validate(data.val, {.shape = options.sampling.shape}, Classify(averaged, options.sampling.shape));
    if (!evaluation.ok()) return evaluation.status();
    std::cout
        << absl::StrFormat(
               "epoch %d validation: exercises %.3f (film %.3f, photo pairs %.3f), others rejected %.3f\n",
               trainer.epoch(), evaluation->exercises.Accuracy(), evaluation->sequences.Accuracy(),
               evaluation->photos.Accuracy(), evaluation->background.Accuracy())
        << std::flush;
  }
  return absl::OkStatus();
}

protogcn::ModelMetadata Describe(const TrainOptions& options, const protogcn::NetworkConfig& network,
                                 const Data& data) {
  const protogcn::TrainingConfig& training = options.training;
  protogcn::ModelMetadata metadata;
  metadata.version = options.version;
  metadata.network = network;
  metadata.classes = protogcn::DefaultClasses();
  metadata.background_class = protogcn::kBackgroundClass;
  metadata.rate_hz = options.sampling.shape.rate_hz;
  metadata.window_poses = options.sampling.shape.poses;
  metadata.normalization = skeleton::NormalizationName(options.sampling.shape.normalization);
  metadata.provenance = {
      {"data", data.files},
      {"synthetic_data", "mannequin of libs/synthesis, made anew for every window"},
      {"initial_weights",
       options.init.empty() ? "random" : std::filesystem::path(options.init).filename().string()},
      {"training",
       absl::StrFormat("%d epochs of %d windows, batch %d, learning rate %g, %d frozen epochs, seed %d, "
                       "weights averaged with decay %g, background share %g",
                       training.epochs, training.samples_per_epoch, training.batch_size,
                       training.learning_rate, training.freeze_epochs, training.seed, training.average_decay,
                       options.sampling.background_share)},
      {"selection",
       "the averaged weights after the last epoch of the run; no epoch was chosen by validation"}};
  return metadata;
}

// Prototypes from training clips, percentiles from held-out ones; both beside new movements of the mannequin.
absl::Status CalibrateModel(const TrainOptions& options, Data data, const protogcn::Model& model,
                            protogcn::ModelMetadata& metadata) {
  constexpr int kTrainWindows = 250, kHeldOutWindows = 150;  // per class
  const protogcn::WindowFunction run = [&](std::span<const float> window) { return model.Run(window); };
  const auto observe = [&](std::vector<protogcn::Clip> clips, int per_class,
                           uint64_t seed) -> absl::StatusOr<std::vector<protogcn::Observation>> {
    std::erase_if(clips, [](const protogcn::Clip& clip) { return !clip.correct(); });
    const auto sampler = protogcn::WindowSampler::Create(
        clips, metadata.classes, protogcn::CalibrationSampling(options.sampling.shape));
    if (!sampler.ok()) return sampler.status();
    return protogcn::Observe(*sampler, per_class * static_cast<int>(metadata.classes.size()), seed, run);
  };
  const auto train = observe(std::move(data.train), kTrainWindows, options.training.seed);
  if (!train.ok()) return train.status();
  const auto held_out = observe(std::move(data.val), kHeldOutWindows, options.training.seed + 1);
  if (!held_out.ok()) return held_out.status();
  if (const absl::Status status = protogcn::Calibrate(*train, *held_out, metadata); !status.ok())
    return status;
  const double fitted = protogcn::FitKnownThreshold(*held_out, metadata);
  if (fitted != metadata.known_threshold) {
    std::cout << absl::StrFormat(
        "The held-out executions suggest a threshold of the known of %.2f; it is held within [%.1f, %.1f]\n",
        fitted, protogcn::kMinKnownThreshold, protogcn::kMaxKnownThreshold);
  }
  return absl::OkStatus();
}

// The model as a server would load it; no file is left behind.
absl::StatusOr<std::unique_ptr<protogcn::Model>> AsServed(const TrainOptions& options,
                                                          const torch::jit::Module& network,
                                                          const protogcn::ModelMetadata& metadata) {
  const std::string draft = options.output + ".draft";
  if (const absl::Status saved = protogcn::SaveArchive(draft, network, metadata); !saved.ok()) return saved;
  absl::StatusOr<std::unique_ptr<protogcn::Model>> model = protogcn::Model::Load(draft);
  std::error_code ignored;
  std::filesystem::remove(draft, ignored);
  return model;
}

// Calibrates, then evaluates the calibrated model: its temperature weighs in where a clip has several
// windows.
absl::Status Finish(const TrainOptions& options, const protogcn::NetworkConfig& config, const Data& data,
                    const torch::jit::Module& network) {
  protogcn::ModelMetadata metadata = Describe(options, config, data);
  std::cout << "Calibrating\n" << std::flush;
  const auto raw = AsServed(options, network, metadata);
  if (!raw.ok()) return raw.status();
  if (const absl::Status status = CalibrateModel(options, data, **raw, metadata); !status.ok()) return status;

  const auto calibrated = AsServed(options, network, metadata);
  if (!calibrated.ok()) return calibrated.status();
  const auto evaluation =
      Validate(data.val, {.shape = options.sampling.shape, .min_frames = metadata.min_frames},
               [&](std::span<const float> window) { return (*calibrated)->Run(window); });
  if (!evaluation.ok()) return evaluation.status();
  metadata.metrics = {{"validation.exercises.accuracy", evaluation->exercises.Accuracy()},
                      {"validation.film.accuracy", evaluation->sequences.Accuracy()},
                      {"validation.photo_pairs.accuracy", evaluation->photos.Accuracy()},
                      {"validation.others.rejected", evaluation->background.Accuracy()}};
  if (const absl::Status saved = protogcn::SaveArchive(options.output, network, metadata); !saved.ok())
    return saved;
  std::error_code ignored;
  std::cout << protogcn::EvaluationToText(*evaluation)
            << absl::StrFormat("temperature %.3f, known from %.2f\nwrote %s (%d KiB)\n", metadata.temperature,
                               metadata.known_threshold, options.output,
                               std::filesystem::file_size(options.output, ignored) / 1024);
  return absl::OkStatus();
}

absl::Status Run(TrainOptions options) {
  at::set_num_threads(options.threads);
  const absl::StatusOr<skeleton::Layout> layout = skeleton::FindLayout(options.layout);
  if (!layout.ok()) return layout.status();
  options.sampling.shape.layout = *layout;
  options.sampling.shape.normalization = skeleton::ParseNormalization(options.normalization).value();
  absl::StatusOr<Data> data = ReadData(options);
  if (!data.ok()) return data.status();
  const absl::StatusOr<protogcn::WindowSampler> sampler =
      protogcn::WindowSampler::Create(data->train, protogcn::DefaultClasses(), options.sampling);
  if (!sampler.ok()) return sampler.status();
  PrintData(*sampler);

  const protogcn::NetworkConfig config = NetworkFor(options, *layout);
  absl::StatusOr<torch::jit::Module> network = MakeNetwork(options, config);
  if (!network.ok()) return network.status();
  const absl::StatusOr<std::unique_ptr<protogcn::Trainer>> trainer =
      protogcn::Trainer::Create(*std::move(network), options.training, sampler->names());
  if (!trainer.ok()) return trainer.status();
  if (options.resume && std::filesystem::exists(options.StatePath())) {
    if (const absl::Status status = (*trainer)->Resume(options.StatePath()); !status.ok()) return status;
    std::cout << "Resuming after epoch " << (*trainer)->epoch() << "\n";
=======
  at::set_num_threads(options.threads);
  std::vector<Setting> settings;
  if (!options.config.empty()) {
    auto file = ReadSettings(options.config);
    if (!file.ok()) return UsageError(file.status());
    settings = *std::move(file);
>>>>>>> a59f836 (Configure training by YAML and key=value)
  }
  if (options.multirun) {
    const auto sweep = ExpandSweep(options.settings);
    if (!sweep.ok()) return UsageError(sweep.status());
    const auto train = [&](const RunConfig& config, const std::string& label) {
      return TrainModel(config, options.resume, std::cout, label);
    };
    return TrainAll(settings, *sweep, options.resume, train, std::cout);
  }
  for (const std::string& argument : options.settings) {
    auto setting = ParseSetting(argument);
    if (!setting.ok()) return UsageError(setting.status());
    settings.push_back(*std::move(setting));
  }
  const auto config = ResolveRun(settings, options.resume);
  if (!config.ok()) return UsageError(config.status());
  if (options.print_config) {
    std::cout << ToYaml(*config);
    return absl::OkStatus();
  }
  return TrainModel(*config, options.resume, std::cout).status();
}

}  // namespace

Action TrainCommand(CLI::App& command) {
  const auto options = std::make_shared<TrainOptions>();
  command.add_option("settings", options->settings, "key=value, above what --config says")
      ->type_name("key=value");
  command.add_option("--config", options->config, "YAML file with keys; deploy/training holds some");
  command.add_flag("--resume", options->resume, "Go on with the run in the output folder, if there is one");
  CLI::Option* multirun = command.add_flag(
      "--multirun", options->multirun, "Train every combination of values in comma lists: key=a,b other=x,y");
  command
<<<<<<< HEAD
      .add_option("--freeze-epochs", training.freeze_epochs,
                  "First epochs in which only the classifier learns")
      ->capture_default_str();
  command.add_option("--samples-per-epoch", training.samples_per_epoch, "Windows drawn per epoch")
      ->capture_default_str();
  command.add_option("--batch-size", training.batch_size, "Windows per step")->capture_default_str();
  command.add_option("--learning-rate", training.learning_rate, "At its peak")->capture_default_str();
  command.add_option("--weight-decay", training.weight_decay, "Of matrices and kernels")
      ->capture_default_str();
  command
      .add_option("--label-smoothing", training.label_smoothing,
                  "Share of the target spread over all classes")
      ->capture_default_str();
  command
      .add_option("--background-share", options->sampling.background_share,
                  "Windows of other movements for each of one exercise")
      ->capture_default_str();
  command
      .add_option("--reconstruction-weight", training.reconstruction_weight,
                  "Of the graph reconstruction's loss")
      ->capture_default_str();
  command.add_option("--joint-channels", options->joint_channels);
  command.add_option("--normalization", options->normalization);
  command.add_option("--window", options->sampling.shape.frames);
  command.add_option("--names-weight", training.names_weight);
  command.add_option("--form-weight", training.form_weight);
  command.add_option("--joint-weight", training.joint_weight);
  command.add_option("--contrast-weight", training.contrast_weight);
  command.add_option("--reconstruction-start", training.reconstruction_start);
  command.add_option("--average-decay", training.average_decay);
  command.add_option("--disturbed-share", options->sampling.disturbed_share);
  command.add_option("--photo-share", options->sampling.photo_share);
  command.add_option("--synthetic-share", options->sampling.synthetic_share);
  command.add_option("--recorded-share", options->sampling.recorded_share);
  command.add_option("--seed", training.seed, "Of weights and samples")->capture_default_str();
=======
      .add_flag("--print-config", options->print_config,
                "Print all keys as they would be used, as YAML, and stop")
      ->excludes(multirun);
  command.add_flag("--list-keys", options->list_keys,
                   "Print all keys, what they are and their defaults, and stop");
>>>>>>> a59f836 (Configure training by YAML and key=value)
  command.add_option("--threads", options->threads, "Of this process")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command.footer(
      "Needs the keys output and data.landmarks with data.split (or data.dataset). Example:\n"
      "  trackfit train --config deploy/training/debug.yaml output=runs/debug data.landmarks=landmarks "
      "data.split=split.json");
  return [options] { return Run(*options); };
}

}  // namespace trackfit::tools
