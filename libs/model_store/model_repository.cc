#include "inference/model_repository.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace trackfit::inference {
namespace {

struct Version {
  uint64_t number = 0;
  std::string name;
};

// Highest first.
std::vector<Version> FindVersions(const std::filesystem::path& root) {
  std::vector<Version> versions;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(root, error)) {
    Version version{0, entry.path().filename().string()};
    const bool digits = std::all_of(version.name.begin(), version.name.end(), absl::ascii_isdigit);
    if (digits && entry.is_directory(error) && absl::SimpleAtoi(version.name, &version.number)) {
      versions.push_back(std::move(version));
    }
  }
  std::sort(versions.begin(), versions.end(),
            [](const auto& a, const auto& b) { return a.number > b.number; });
  return versions;
}

std::string WhyEmpty(const std::filesystem::path& root) {
  const std::string repository = absl::StrCat("--model-repository ", root.string());
  std::error_code error;
  if (!std::filesystem::exists(root, error)) {
    return absl::StrCat(repository,
                        " does not exist; name the folder that holds <number>/model.pt, as "
                        "deploy/models/protogcn does");
  }
  if (!std::filesystem::is_directory(root, error))
    return absl::StrCat(repository, " is a file; name the folder that holds <number>/model.pt");
  if (std::filesystem::exists(root / "model.pt", error)) {
    return absl::StrCat(
        repository, " holds model.pt itself; versions lie in folders with a number: move it to ",
        (root / "1" / "model.pt").string(), ", or name the folder above, if this one is such");
  }
  return absl::StrCat(repository, " has no model; <number>/model.pt is expected");
}

}  // namespace

ModelRepository::ModelRepository(std::filesystem::path root, ModelLoader loader, telemetry::Logger log)
    : root_(std::move(root)), loader_(std::move(loader)), log_(std::move(log)) {}

absl::StatusOr<std::shared_ptr<const assessment::Assessor>> ModelRepository::LoadNewest() const {
  const std::vector<Version> versions = FindVersions(root_);
  std::string newest_reason;
  for (const Version& version : versions) {
    const bool is_last = version.number == versions.back().number;
    const std::string path = root_ / version.name / "model.pt";
    auto model = loader_(path, version.name);
    if (model.ok()) {
      log_.Info("model loaded", {{"version", version.name}, {"path", path}});
      return model;
    }
    if (newest_reason.empty()) newest_reason = std::string(model.status().message());
    log_.Error(is_last ? "model refused" : "model refused; trying the version before it",
               {{"version", version.name}, {"path", path}, {"reason", model.status().message()}});
  }
  if (versions.empty()) return absl::NotFoundError(WhyEmpty(root_));
  return absl::FailedPreconditionError(absl::StrCat("none of the ", versions.size(),
                                                    " models in --model-repository ", root_.string(),
                                                    " can be loaded; the newest: ", newest_reason));
}

}  // namespace trackfit::inference
