// `trackfit evaluate`: how well a model recognises clips that it was not trained on.
#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "commands.h"
#include "protogcn/evaluation.h"
#include "protogcn/model.h"

namespace trackfit::tools {
namespace {

struct EvaluateOptions {
  std::string model;
  std::vector<std::string> landmarks;
  std::string split;
  std::string subset = "val";
  std::string json;
};

absl::StatusOr<protogcn::ServedWindows> WindowsOf(const protogcn::ModelMetadata& metadata) {
  const absl::StatusOr<skeleton::Layout> layout = skeleton::FindLayout(metadata.network.layout);
  if (!layout.ok()) return layout.status();
  const absl::StatusOr<skeleton::Normalization> normalization =
      skeleton::ParseNormalization(metadata.normalization);
  if (!normalization.ok()) return normalization.status();
  return protogcn::ServedWindows{.shape = {.layout = *layout,
                                           .normalization = *normalization,
                                           .frames = metadata.network.window,
                                           .rate_hz = metadata.rate_hz},
                                 .min_frames = metadata.min_frames};
}

absl::Status Run(const EvaluateOptions& options) {
  const absl::StatusOr<protogcn::Subset> subset = protogcn::ParseSubset(options.subset);
  if (!subset.ok()) return subset.status();
  const absl::StatusOr<protogcn::Split> split = protogcn::Split::Read(options.split);
  if (!split.ok()) return split.status();
  const absl::StatusOr<std::vector<protogcn::Clip>> clips =
      protogcn::ReadSubset(options.landmarks, *split, *subset);
  if (!clips.ok()) return clips.status();
  protogcn::ConfigureThreads();
  const absl::StatusOr<std::unique_ptr<protogcn::Model>> model = protogcn::Model::Load(options.model);
  if (!model.ok()) return model.status();
  const protogcn::ModelMetadata& metadata = (*model)->metadata();
  const absl::StatusOr<protogcn::ServedWindows> windows = WindowsOf(metadata);
  if (!windows.ok()) return windows.status();

  const auto decisions =
      protogcn::Decide(*clips, metadata.classes, *windows,
                       [&](std::span<const float> window) { return (*model)->Run(window); });
  if (!decisions.ok()) return decisions.status();
  if (decisions->empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--landmarks hold no clip of the subset ", options.subset));
  }
  const protogcn::Evaluation evaluation = protogcn::Summarize(*decisions, metadata.classes);
  std::cout << "Model " << metadata.version << ", subset " << options.subset << ", " << decisions->size()
            << " clips\n\n"
            << protogcn::EvaluationToText(evaluation) << std::flush;
  if (options.json.empty()) return absl::OkStatus();
  std::ofstream json(options.json);
  json << protogcn::EvaluationToJson(evaluation, *decisions).dump(2) << '\n';
  json.close();
  return json ? absl::OkStatus() : absl::UnavailableError(absl::StrCat("cannot write --json ", options.json));
}

}  // namespace

Action EvaluateCommand(CLI::App& command) {
  const auto options = std::make_shared<EvaluateOptions>();
  command.add_option("--model", options->model, "Model archive")->required()->check(CLI::ExistingFile);
  command.add_option("--landmarks", options->landmarks, "Landmark files")
      ->required()
      ->check(CLI::ExistingFile);
  command.add_option("--split", options->split, "Ids of the training and the validation clips (JSON)")
      ->required()
      ->check(CLI::ExistingFile);
  command.add_option("--subset", options->subset, "Which side of the split")
      ->check(CLI::IsMember({"train", "val"}))
      ->capture_default_str();
  command.add_option("--json", options->json, "Also write all figures and decisions to this file");
  return [options] { return Run(*options); };
}

}  // namespace trackfit::tools
