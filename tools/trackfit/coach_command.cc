// `trackfit coach`: how good the coach is.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coach_evaluation/counting.h"
#include "coach_evaluation/counting_report.h"
#include "coach_evaluation/form_run.h"
#include "coach_evaluation/mannequins.h"
#include "command_line/exit_code.h"
#include "command_line/model_directory.h"
#include "commands.h"
#include "dataset/landmark_file.h"
#include "files/partial_file.h"
#include "repetitions/exercise.h"

namespace trackfit::tools {
namespace {

using coach_evaluation::CountedClip;

struct EvaluateOptions {
  std::string exercises;
  std::vector<std::string> landmarks;
  std::vector<std::string> idle;
  std::string counts;
  coach_evaluation::CountingOptions counting;
  coach_evaluation::MannequinOptions mannequins{.per_exercise = 0, .seed = 1};
  bool each_clip = false;
  coach_evaluation::FormSources form;
  bool leave_one_group_out = false;
  std::string json;
};

struct CalibrateOptions {
  std::string exercises;
  std::vector<std::string> only;
  coach_evaluation::FormSources form;
  bool dry_run = false;
};

void Append(std::vector<CountedClip> more, std::vector<CountedClip>& clips) {
  std::move(more.begin(), more.end(), std::back_inserter(clips));
}

std::string NameOf(const std::string& path) {
  return std::filesystem::path(path).lexically_normal().stem().string();
}

absl::Status CountMannequins(const EvaluateOptions& options, const repetitions::Catalogue& catalogue,
                             std::vector<CountedClip>& exercising, std::vector<CountedClip>& idle) {
  if (options.mannequins.per_exercise == 0) return absl::OkStatus();
  const auto clips = coach_evaluation::ExercisingMannequins(catalogue, options.mannequins);
  if (!clips.ok()) return clips.status();
  Append(coach_evaluation::Count(catalogue, "mannequins", *clips, options.counting), exercising);
  const auto idling = coach_evaluation::IdlingMannequins(options.mannequins);
  if (!idling.ok()) return idling.status();
  Append(coach_evaluation::CountIdle(catalogue, "idling mannequins", *idling, options.counting), idle);
  return absl::OkStatus();
}

absl::Status Evaluate(EvaluateOptions options) {
  if (options.landmarks.empty() && options.idle.empty() && options.mannequins.per_exercise == 0 &&
      !options.form.any())
    return command_line::UsageError(
        "one of --landmarks, --idle, --mannequins, --form and --faulty-mannequins is required");
  const auto catalogue = repetitions::Catalogue::Load(options.exercises);
  if (!catalogue.ok()) return catalogue.status();
  if (!options.counts.empty()) {
    auto counts = coach_evaluation::ReadCounts(options.counts);
    if (!counts.ok()) return counts.status();
    options.counting.counts = *std::move(counts);
  }
  std::vector<CountedClip> exercising;
  std::vector<CountedClip> idle;
  for (const std::string& path : options.landmarks) {
    const auto clips = dataset::ReadLandmarks(path);
    if (!clips.ok()) return clips.status();
    Append(coach_evaluation::Count(**catalogue, NameOf(path), *clips, options.counting), exercising);
  }
  for (const std::string& path : options.idle) {
    const auto clips = dataset::ReadLandmarks(path);
    if (!clips.ok()) return clips.status();
    Append(coach_evaluation::CountIdle(**catalogue, NameOf(path), *clips, options.counting), idle);
  }
  if (absl::Status counted = CountMannequins(options, **catalogue, exercising, idle); !counted.ok())
    return counted;
  if (!exercising.empty())
    std::cout << "Counting\n" << coach_evaluation::CountingTable(exercising, options.each_clip);
  if (!idle.empty()) {
    std::cout << (exercising.empty() ? "" : "\n") << "Counting where nobody exercises\n"
              << coach_evaluation::CountingTable(idle, options.each_clip);
  }
  nlohmann::ordered_json json = {{"counting", coach_evaluation::CountingJson(exercising)},
                                 {"counting_idle", coach_evaluation::CountingJson(idle)}};
  if (options.form.any()) {
    const auto form = coach_evaluation::EvaluateForm(**catalogue, options.form, options.leave_one_group_out);
    if (!form.ok()) return form.status();
    std::cout << (exercising.empty() && idle.empty() ? "" : "\n") << "Form\n" << form->text;
    json["form"] = form->repetitions;
    json["form_frames"] = form->frames;
  }
  if (options.json.empty()) return absl::OkStatus();
  return files::ReplaceFile(options.json, json.dump(1) + "\n");
}

absl::Status Calibrate(const CalibrateOptions& options) {
  if (!options.form.any())
    return command_line::UsageError("one of --form and --faulty-mannequins is required");
  const auto fitted =
      coach_evaluation::CalibrateForm(options.exercises, options.only, options.form, options.dry_run);
  if (!fitted.ok()) return fitted.status();
  std::cout << *fitted;
  return absl::OkStatus();
}

void DeclareForm(CLI::App& command, coach_evaluation::FormSources& form) {
  form.faults = "deploy/evaluation/form_faults.yaml";
  command
      .add_option("--form", form.landmarks,
                  "Landmark files, or folders of them, with clips labelled correct or incorrect")
      ->check(CLI::ExistingPath);
  command.add_option("--faults", form.faults, "Which conditions tell which fault of these clips (YAML)")
      ->capture_default_str();
  command.add_option("--except-group", form.except_groups, "Groups of these clips to leave out");
  command
      .add_option("--turned", form.options.turned_degrees,
                  "See those of real 3-D from so many degrees aside, as BlazePose would; may be repeated")
      ->check(CLI::Range(-180.0, 180.0));
  command
      .add_option("--faulty-mannequins", form.mannequins_per_fault,
                  "Also so many synthesised clips of each fault, and as many without any")
      ->check(CLI::Range(0, 10'000));
  command.add_option("--form-seed", form.options.seed, "Of these mannequins, and of the noise")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
}

}  // namespace

Action CoachCommand(CLI::App& command) {
  command.require_subcommand(1);
  CLI::App* evaluate =
      command.add_subcommand("evaluate", "Measure how well repetitions are counted and form is judged");
  const auto options = std::make_shared<EvaluateOptions>();
  options->exercises = command_line::DefaultExerciseDirectory();
  evaluate->add_option("--exercises", options->exercises, "Folder of the exercises (*.yaml)")
      ->check(CLI::ExistingDirectory)
      ->capture_default_str();
  evaluate
      ->add_option("--landmarks", options->landmarks,
                   "Landmark files, or folders of them, with clips whose repetitions are known")
      ->check(CLI::ExistingPath);
  evaluate
      ->add_option("--idle", options->idle,
                   "The same with clips in which nobody exercises: every exercise must be counted 0 times")
      ->check(CLI::ExistingPath);
  evaluate
      ->add_option("--counts", options->counts,
                   "CSV with the columns id and reps, for clips whose files have no counts; with a column "
                   "reps_sure, rows with y in it")
      ->check(CLI::ExistingFile);
  evaluate
      ->add_option("--unknown-rate", options->counting.unknown_rate_hz,
                   "Frames per second of clips whose files do not say")
      ->check(CLI::Range(1.0, 240.0))
      ->capture_default_str();
  evaluate
      ->add_option("--mannequins", options->mannequins.per_exercise,
                   "Also so many synthesised clips of each exercise, and of idling")
      ->check(CLI::Range(0, 10'000))
      ->capture_default_str();
  evaluate->add_option("--seed", options->mannequins.seed, "Of the mannequins")->capture_default_str();
  evaluate->add_flag("--each-clip", options->each_clip, "Also print the clips with another count");
  evaluate->add_option("--json", options->json, "Also write the figures and all repetitions to this file");
  DeclareForm(*evaluate, options->form);
  evaluate->add_flag("--leave-one-group-out", options->leave_one_group_out,
                     "Judge the form of each group by ranges that are fitted to the other groups");

  CLI::App* calibrate =
      command.add_subcommand("calibrate", "Fit the exercises' ranges of good form to labelled repetitions");
  const auto calibration = std::make_shared<CalibrateOptions>();
  calibration->exercises = command_line::DefaultExerciseDirectory();
  calibrate
      ->add_option("--exercises", calibration->exercises,
                   "Folder of the exercises (*.yaml), which are written")
      ->check(CLI::ExistingDirectory)
      ->capture_default_str();
  calibrate->add_option("--only", calibration->only, "Exercises to fit; all where none is named");
  DeclareForm(*calibrate, calibration->form);
  calibrate->add_flag("--dry-run", calibration->dry_run, "Only print the ranges");
  return [options, calibration, calibrate] {
    return calibrate->parsed() ? Calibrate(*calibration) : Evaluate(*options);
  };
}

}  // namespace trackfit::tools
