// `trackfit evaluate`: how well a model recognises clips that it was not trained on.
#include <CLI/CLI.hpp>
#include <algorithm>
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

absl::Status Run(const EvaluateOptions& options) {
  const absl::StatusOr<protogcn::Subset> subset = protogcn::ParseSubset(options.subset);
  if (!subset.ok()) return subset.status();
  const absl::StatusOr<protogcn::Split> split = protogcn::Split::Read(options.split);
  if (!split.ok()) return split.status();
  const auto train = protogcn::ReadSubset(options.landmarks, *split, protogcn::Subset::kTrain);
  if (!train.ok()) return train.status();
  const auto val = protogcn::ReadSubset(options.landmarks, *split, protogcn::Subset::kVal);
  if (!val.ok()) return val.status();
  if (const absl::Status apart = protogcn::CheckGroupsApart(*train, *val); !apart.ok()) return apart;
  const std::vector<protogcn::Clip>& clips = *subset == protogcn::Subset::kTrain ? *train : *val;
  protogcn::ConfigureThreads();
  const absl::StatusOr<std::unique_ptr<protogcn::Model>> model = protogcn::Model::Load(options.model);
  if (!model.ok()) return model.status();
  const protogcn::ModelMetadata& metadata = (*model)->metadata();
  const absl::StatusOr<protogcn::WindowShape> shape = protogcn::WindowShapeOf(metadata);
  if (!shape.ok()) return shape.status();

  const auto decisions = protogcn::Decide(
      clips, metadata.classes, {.shape = *shape, .min_frames = metadata.min_frames},
      [&](std::span<const float> window) { return (*model)->Run(window); }, metadata.background_class);
  if (!decisions.ok()) return decisions.status();
  if (decisions->empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--landmarks hold no clip of the subset ", options.subset));
  }
  protogcn::Evaluation evaluation =
      protogcn::Summarize(*decisions, metadata.classes, metadata.background_class);
  evaluation.left_out =
      static_cast<int>(std::count_if(clips.begin(), clips.end(), protogcn::MovesLikeAClass));
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
  command.add_option("--landmarks", options->landmarks, "Landmark files, or folders of them")
      ->required()
      ->check(CLI::ExistingPath);
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
