// `trackfit train`: trains a model archive on landmark files.
#include <CLI/CLI.hpp>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "command_line/exit_code.h"
#include "command_line/interrupt.h"
#include "commands.h"
#include "experiment/multirun.h"
#include "experiment/run_folder.h"
#include "experiment/settings.h"
#include "experiment/training_run.h"
#include "training/trainer.h"

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
};

absl::Status Run(const TrainOptions& options) {
  if (options.list_keys) {
    std::cout << experiment::KeyList();
    return absl::OkStatus();
  }
  const command_line::InterruptWatcher watcher(command_line::ExitOnInterrupt(
      "trackfit train: stopped; finished epochs are kept, and --resume continues from them"));
  training::SetThreads(options.threads);
  std::vector<experiment::Setting> settings;
  if (!options.config.empty()) {
    auto file = experiment::ReadSettings(options.config);
    if (!file.ok()) return command_line::UsageError(file.status());
    settings = *std::move(file);
  }
  if (options.multirun) {
    const auto sweep = experiment::ExpandSweep(options.settings);
    if (!sweep.ok()) return command_line::UsageError(sweep.status());
    const auto train = [&](const experiment::RunConfig& config, const std::string& label) {
      return experiment::TrainModel(config, options.resume, std::cout, label);
    };
    return experiment::TrainAll(settings, *sweep, options.resume, train, std::cout);
  }
  for (const std::string& argument : options.settings) {
    auto setting = experiment::ParseSetting(argument);
    if (!setting.ok()) return command_line::UsageError(setting.status());
    settings.push_back(*std::move(setting));
  }
  const auto config = experiment::ResolveRun(settings, options.resume);
  if (!config.ok()) return command_line::UsageError(config.status());
  if (options.print_config) {
    std::cout << experiment::ToYaml(*config);
    return absl::OkStatus();
  }
  if (config->output.empty())
    return command_line::UsageError("output is not set; it names the run's folder: output=FOLDER");
  return experiment::TrainModel(*config, options.resume, std::cout).status();
}

}  // namespace

Action TrainCommand(CLI::App& command) {
  const auto options = std::make_shared<TrainOptions>();
  command.add_option("settings", options->settings, "key=value, overriding --config")->type_name("key=value");
  command.add_option("--config", options->config, "YAML file with keys; deploy/training has examples");
  command.add_flag("--resume", options->resume, "Continue the run in the output folder, if there is one");
  CLI::Option* multirun = command.add_flag(
      "--multirun", options->multirun, "Train every combination of values in comma lists: key=a,b other=x,y");
  command
      .add_flag("--print-config", options->print_config,
                "Print all keys with the values that would be used, as YAML, and exit")
      ->excludes(multirun);
  command.add_flag("--list-keys", options->list_keys,
                   "Print all keys, their descriptions and defaults, and exit");
  command.add_option("--threads", options->threads, "Number of threads")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command.footer(
      "Needs the keys output and data.landmarks with data.split (or data.dataset). Example:\n"
      "  trackfit train --config deploy/training/debug.yaml output=runs/debug data.landmarks=landmarks "
      "data.split=split.json\n"
      "Ctrl-C ends it at once; no file in the folder is left incomplete, and --resume continues after the "
      "last "
      "finished epoch.");
  return [options] { return Run(*options); };
}

}  // namespace trackfit::tools
