// Serves the newest models of a repository that changes.
#ifndef TRACKFIT_MODEL_STORE_MODEL_STORE_H_
#define TRACKFIT_MODEL_STORE_MODEL_STORE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "model_store/model_metrics.h"
#include "model_store/model_repository.h"
#include "model_store/model_trial.h"
#include "model_store/served_models.h"
#include "telemetry/log.h"

namespace trackfit::model_store {

// Makes an assessor of the archive at `path`; `version` is the name of its folder. INVALID_ARGUMENT: it is a
// model, but none that sessions could use.
using ModelLoader =
    std::function<absl::StatusOr<AssessorPtr>(const std::string& path, const std::string& version)>;

struct ModelStoreOptions {
  std::filesystem::path root;
  TrialOptions trial{};
  // A file that was written less than this ago may be in the making: the next look takes it.
  std::chrono::milliseconds settle{1000};
  // For which replaced versions are there for sessions that were promised one.
  std::chrono::milliseconds keep{10'000};
};

// Of each model it serves the highest version that works, beside the highest that has a file `canary`, for
// that one's share of new sessions. A version must load and pass its trial (model_trial.h; the speed of
// lower numbers than the served one is not held against them, for whoever goes back means it). One that does
// not is refused: logged, counted and not tried again until its file changes; what is served stays. So it
// does when nothing is left on disk that works. A version's file that changes while it is served is ignored.
//
// Start() and Look() take seconds and are called by one thread at a time; served() is thread-safe.
class ModelStore {
 public:
  static constexpr std::size_t kMaxModels = 32;  // further names are ignored, with a line in the log
  // Of one model in memory, because sessions still use them; then a newer one waits until one of them is
  // free.
  static constexpr std::size_t kMaxVersions = 12;

  // The metrics outlive it.
  ModelStore(ModelStoreOptions options, ModelLoader loader, telemetry::Logger log,
             telemetry::Metrics& metrics);

  // The first look, which waits for no file. NOT_FOUND when there is no version of the default model,
  // FAILED_PRECONDITION when none of them works.
  absl::Status Start();

  // True when the next look should follow soon.
  bool Look();

  const std::shared_ptr<const ServedModels>& served() const { return for_sessions_; }

 private:
  struct Loaded {
    std::string version;
    std::uint64_t number = 0;
    FileState state;
    AssessorPtr plain;     // for trials, which are not counted
    AssessorPtr measured;  // for sessions
  };
  struct Model {
    Loaded stable;
    Loaded canary;
    double canary_share = 0;
    bool missing_told = false;  // that nothing on disk works
    bool full_told = false;     // that a newer version waits
  };
  struct Refused {
    FileState state;
    std::string message;
  };

  void UpdateAll(const std::vector<ModelFolder>& folders);
  void Update(const ModelFolder& folder);
  // The version if it is served or can be; else its `measured` is null.
  Loaded Obtain(const std::string& name, const VersionFolder& version, Model& model);
  absl::StatusOr<AssessorPtr> Load(const VersionFolder& version, Refusal& reason) const;
  void ServeFrom(const std::string& name, Model& model, Loaded stable, Loaded canary, double share);
  bool MayBeInTheMaking(const FileState& state) const;
  bool IsRefused(const std::filesystem::path& path, const FileState& state) const;
  void Refuse(const std::string& name, const std::string& version, const std::filesystem::path& path,
              const FileState& state, const RefusedModel& why);
  void WarnOfChange(const std::string& name, const VersionFolder& version, const Loaded& loaded);
  void ForgetGone(const std::vector<ModelFolder>& folders);

  const ModelStoreOptions options_;
  const ModelLoader loader_;
  const telemetry::Logger log_;
  ModelMetrics metrics_;
  const ModelRepository repository_;
  const std::shared_ptr<ServedModels> served_;
  const std::shared_ptr<const ServedModels> for_sessions_;

  bool starting_ = false;
  bool soon_ = false;  // of the look under way
  bool unreadable_told_ = false;
  bool many_told_ = false;
  std::map<std::string, Model> models_;
  std::map<std::filesystem::path, Refused> refused_;
  std::map<std::filesystem::path, FileState> changed_told_;
};

}  // namespace trackfit::model_store

#endif  // TRACKFIT_MODEL_STORE_MODEL_STORE_H_
