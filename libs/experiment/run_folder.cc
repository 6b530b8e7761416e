#include "experiment/run_folder.h"

#include <system_error>

#include "absl/strings/str_cat.h"
#include "files/outputs.h"

namespace trackfit::experiment {

namespace fs = std::filesystem;

std::string OutputOf(const std::vector<Setting>& settings) {
  std::string output;
  for (const Setting& setting : settings) {  // applied in this order
    if (setting.key == "output" && !setting.value.list) output = setting.value.items.front();
  }
  return output;
}

absl::StatusOr<RunConfig> ResolveRun(const std::vector<Setting>& settings, bool resume) {
  const std::string output = OutputOf(settings);
  const RunFolder folder(output);
  RunConfig config;
  const bool exists = !output.empty() && fs::exists(folder.state()) && fs::exists(folder.config());
  if (exists && !resume) {
    return absl::FailedPreconditionError(absl::StrCat(
        output, " holds a run already; --resume goes on with it, another output begins a new one"));
  }
  if (exists) {
    const auto begun = ReadSettings(folder.config().string());
    if (!begun.ok()) return begun.status();
    for (const Setting& setting : *begun) {
      if (absl::Status status = Apply(setting, config); !status.ok()) return status;
    }
  }
  const RunConfig begun = config;
  for (const Setting& setting : settings) {
    if (absl::Status status = Apply(setting, config); !status.ok()) return status;
  }
  if (exists) {
    if (absl::Status same = CheckSameRun(config, begun); !same.ok()) return same;
    return config;
  }
  if (absl::Status status = AdoptNetworkOfInit(config); !status.ok()) return status;
  return config;
}

absl::Status PrepareFolder(const RunConfig& config) {
  const RunFolder folder(config.output);
  std::error_code error;
  fs::create_directories(folder.path, error);
  if (error) {
    return absl::InvalidArgumentError(
        absl::StrCat("output ", config.output, " cannot be created as a folder: ", error.message()));
  }
  std::vector<files::NamedFile> inputs = {{"init", config.init}, {"data.split", config.data.split}};
  for (const std::string& path : config.data.landmarks) {
    for (files::NamedFile& file : files::FilesOf("data.landmarks", path, files::HasExtension(".pt")))
      inputs.push_back(std::move(file));
  }
  if (!config.data.dataset.empty()) {
    for (const char* name : {"train.pt", "val.pt"})
      inputs.push_back({"data.dataset", fs::path(config.data.dataset) / name});
  }
  std::vector<files::NamedFile> outputs;
  for (const fs::path& path :
       {folder.config(), folder.log(), folder.curves(), folder.state(), folder.best(), folder.model()}) {
    outputs.push_back({"output", path});
  }
  return files::CheckOutputs(outputs, inputs);
}

}  // namespace trackfit::experiment
