// The `trackfit` command line: a client of the gateway, and the workbench for landmarks and models.
#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <map>
#include <string>

#include "command.h"
#include "command_line/exit_code.h"
#include "command_line/parse.h"
#include "commands.h"

namespace {

using trackfit::tools::Action;

struct Entry {
  const char* name;
  const char* description;
  Action (*make)(CLI::App& command);
};

constexpr int kHelpColumn = 36;

constexpr Entry kCommands[] = {
    {"analyze", "Recognise an exercise, count and judge its repetitions, and say what to change",
     trackfit::tools::AnalyzeCommand},
    {"coach", "Measure how good the coach is", trackfit::tools::CoachCommand},
    {"dataset", "Build training and validation sets from landmark files, videos and rendered mannequins",
     trackfit::tools::DatasetCommand},
    {"evaluate", "Measure how good a model is on clips it was not trained on",
     trackfit::tools::EvaluateCommand},
    {"extract", "Extract the skeletons from videos and pictures, in-process, for data sets and training",
     trackfit::tools::ExtractCommand},
    {"load", "Play many clients to a gateway, and check and time every answer", trackfit::tools::LoadCommand},
    {"reference", "Record how an exercise is done well, to compare repetitions with",
     trackfit::tools::ReferenceCommand},
    {"report", "Make a page of an analysis: sets, repetitions, findings, curves",
     trackfit::tools::ReportCommand},
    {"synthesize", "Render a clip of an exercising mannequin, with its ground truth",
     trackfit::tools::SynthesizeCommand},
    {"train", "Train a model on landmark files", trackfit::tools::TrainCommand},
    {"model", "Import, run and describe model archives", trackfit::tools::ModelCommand},
};

// Catches the exceptions of OpenCV, LibTorch and the standard library.
absl::Status Run(const Action& action) {
  try {
    return action();
  } catch (const std::exception& error) {
    const std::string what = error.what();
    return absl::InternalError(what.substr(0, what.find("\nException raised from")));  // LibTorch's backtrace
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"TrackFit: recognises exercises, judges their form, and names the joints that are off",
               "trackfit"};
  app.set_version_flag("--version", TRACKFIT_VERSION);
  app.require_subcommand(1);
  app.get_formatter()->column_width(kHelpColumn);
  app.get_formatter()->label("SUBCOMMAND", "COMMAND");
  app.get_formatter()->label("Subcommands", "Commands");

  std::map<const CLI::App*, Action> actions;
  for (const Entry& entry : kCommands) {
    CLI::App* command = app.add_subcommand(entry.name, entry.description);
    actions[command] = entry.make(*command);
  }
  app.footer("`trackfit COMMAND --help` explains a command.");
  if (const auto ended = trackfit::command_line::Parse(app, argc, argv)) return *ended;

  const CLI::App* chosen = app.get_subcommands().front();
  const absl::Status status = Run(actions.at(chosen));
  if (!status.ok()) std::cerr << "trackfit " << chosen->get_name() << ": " << status.message() << "\n";
  return trackfit::command_line::FlushOutput("trackfit", trackfit::command_line::ExitCodeOf(status));
}
