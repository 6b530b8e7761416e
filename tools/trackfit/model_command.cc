// `trackfit model`: imports upstream checkpoints, runs model archives on recorded inputs and describes them.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "command_line/exit_code.h"
#include "command_line/interrupt.h"
#include "commands.h"
#include "files/outputs.h"
#include "protogcn/archive_io.h"
#include "protogcn/checkpoint.h"
#include "protogcn/model.h"
#include "protogcn/recorded_run.h"
#include "skeleton/layout.h"

namespace trackfit::tools {
namespace {

struct ImportOptions {
  std::string checkpoint;
  std::string layout = "coco_20";
  std::string output;
  std::vector<std::string> classes;
  std::string normalization = "image";
  std::string version = "imported";
  int window = 100;
  bool trackfit_mapping = false;
};

struct RunOptions {
  std::string model;
  std::string input;
  std::string output_dir;
};

// --classes, or else the checkpoint's own names, or else class_0, class_1, ...
std::vector<std::string> ClassNames(const ImportOptions& options, const protogcn::ImportedNetwork& imported) {
  if (!options.classes.empty()) return options.classes;
  if (!imported.classes.empty()) return imported.classes;
  std::vector<std::string> names;
  names.reserve(imported.config.classes);
  for (int i = 0; i < imported.config.classes; ++i) names.push_back(absl::StrCat("class_", i));
  return names;
}

absl::Status Import(const ImportOptions& options) {
  const command_line::InterruptWatcher watcher(
      command_line::ExitOnInterrupt("trackfit model: stopped; nothing is written"));
  absl::Status checked =
      files::CheckOutputs({{"--output", options.output}}, {{"--checkpoint", options.checkpoint}});
  if (!checked.ok()) return command_line::UsageError(checked);
  const auto layout = skeleton::FindLayout(options.layout);
  if (!layout.ok()) return command_line::UsageError(layout.status());
  if (options.trackfit_mapping && layout->name != "coco_20") {
    return command_line::UsageError("--trackfit-mapping is for --layout coco_20");
  }
  auto imported = protogcn::ImportCheckpoint(options.checkpoint, *layout);
  if (!imported.ok()) return imported.status();
  imported->config.window = options.window;

  protogcn::ModelMetadata metadata;
  metadata.version = options.version;
  metadata.network = imported->config;
  metadata.classes = ClassNames(options, *imported);
  if (options.trackfit_mapping) metadata.joint_mapping = protogcn::TrackFitJointMapping();
  metadata.normalization = options.normalization;
  metadata.min_frames = std::min(metadata.min_frames, options.window);
  metadata.provenance = {{"checkpoint", std::filesystem::path(options.checkpoint).filename()}};
  return protogcn::SaveArchive(options.output, imported->network, metadata);
}

// Also creates the folder, to find out whether that is possible.
absl::Status CheckFiles(const RunOptions& options) {
  const std::filesystem::path folder = options.output_dir;
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return absl::InvalidArgumentError(absl::StrCat("--output-dir ", options.output_dir,
                                                   " cannot be created as a folder: ", error.message()));
  }
  std::vector<files::NamedFile> outputs;
  for (const char* name : protogcn::kRecordedOutputs) outputs.push_back({"--output-dir", folder / name});
  return files::CheckOutputs(outputs, {{"--model", options.model}, {"--input", options.input}});
}

absl::Status RunNetwork(const RunOptions& options) {
  const command_line::InterruptWatcher watcher(command_line::ExitOnInterrupt("trackfit model: stopped"));
  if (absl::Status status = CheckFiles(options); !status.ok()) return command_line::UsageError(status);
  protogcn::ConfigureThreads();
  return protogcn::RunRecorded(options.model, options.input, options.output_dir);
}

absl::Status Show(const std::string& model) {
  const auto metadata = protogcn::ReadMetadata(model);
  if (!metadata.ok()) return metadata.status();
  const protogcn::NetworkConfig& network = metadata->network;
  std::cout << "version        " << metadata->version << "\n"
            << "classes        " << absl::StrJoin(metadata->classes, ", ") << "\n"
            << "background     " << (metadata->background_class.empty() ? "none" : metadata->background_class)
            << "\n"
            << "layout         " << network.layout << " (" << network.nodes << " nodes)\n"
            << "joint mapping  " << (metadata->joint_mapping.empty() ? "the layout's" : "its own") << "\n"
            << "window         " << network.window << " frames at " << metadata->rate_hz << " Hz, at least "
            << metadata->min_frames << "\n"
            << "normalization  " << metadata->normalization << "\n"
            << "modality       " << metadata->modality << "\n"
            << "network        " << network.num_stages << " stages, " << network.base_channels << " to "
            << protogcn::FeatureChannels(network) << " channels, " << network.num_prototypes
            << " prototypes\n"
            << "calibrated     " << (metadata->calibration.empty() ? "no" : "yes") << ", temperature "
            << metadata->temperature << ", known: scale " << metadata->known_scale << ", offset "
            << metadata->known_offset << ", from " << metadata->known_threshold << "\n";
  for (size_t i = 0; i < metadata->calibration.size(); ++i) {
    const protogcn::FormModel& form = metadata->calibration[i].form;
    if (form.empty()) continue;
    std::cout << "form           " << metadata->classes[i] << ":";
    for (const auto& [measure, curve] : form.curves) std::cout << " " << skeleton::MeasureNames()[measure];
    std::cout << "\n";
  }
  for (const auto& [name, value] : metadata->provenance)
    std::cout << "provenance     " << name << ": " << value << "\n";
  for (const auto& [name, value] : metadata->metrics)
    std::cout << "metric         " << name << ": " << value << "\n";
  return absl::OkStatus();
}

CLI::App* AddImport(CLI::App& command, const std::shared_ptr<ImportOptions>& options) {
  CLI::App* import =
      command.add_subcommand("import", "Turn an upstream ProtoGCN checkpoint (.pth) into a model");
  import->add_option("--checkpoint", options->checkpoint, "Upstream's .pth file")
      ->required()
      ->check(CLI::ExistingFile);
  import->add_option("--layout", options->layout, "Nodes of the skeleton: coco_20 or blazepose_33")
      ->capture_default_str();
  import->add_option("--output", options->output, "Model archive to write")->required();
  import
      ->add_option("--classes", options->classes,
                   "Names of the classes in the order of the logits, separated by commas")
      ->delimiter(',');
  import
      ->add_option("--normalization", options->normalization,
                   "Normalization of the input: image (upstream's) or torso")
      ->capture_default_str();
  import->add_option("--window", options->window, "Frames per window")->capture_default_str();
  import->add_option("--model-version", options->version, "Name of this version")->capture_default_str();
  import->add_flag("--trackfit-mapping", options->trackfit_mapping,
                   "Use joints 19, 20, 31 for nodes 17, 18, 19, as Track-Fit's checkpoints were trained");
  return import;
}

CLI::App* AddRun(CLI::App& command, const std::shared_ptr<RunOptions>& options) {
  CLI::App* run = command.add_subcommand("run", "Run a model on a recorded input");
  run->add_option("--model", options->model, "Model archive")->required()->check(CLI::ExistingFile);
  run->add_option("--input", options->input, ".npy file, float32, (N, 1, T, V, 3)")
      ->required()
      ->check(CLI::ExistingFile);
  run->add_option("--output-dir", options->output_dir,
                  "Folder for logits.npy, pooled.npy, recon_mean.npy and response.npy")
      ->required();
  return run;
}

}  // namespace

Action ModelCommand(CLI::App& command) {
  const auto import_options = std::make_shared<ImportOptions>();
  const auto run_options = std::make_shared<RunOptions>();
  const auto shown = std::make_shared<std::string>();
  const CLI::App* import = AddImport(command, import_options);
  const CLI::App* run = AddRun(command, run_options);
  CLI::App* show = command.add_subcommand("show", "Print a model's metadata");
  show->add_option("--model", *shown, "Model archive")->required()->check(CLI::ExistingFile);
  command.require_subcommand(1);
  return [=] {
    if (import->parsed()) return Import(*import_options);
    return run->parsed() ? RunNetwork(*run_options) : Show(*shown);
  };
}

}  // namespace trackfit::tools
