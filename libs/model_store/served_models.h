// Which version of which model a session gets.
#ifndef TRACKFIT_MODEL_STORE_SERVED_MODELS_H_
#define TRACKFIT_MODEL_STORE_SERVED_MODELS_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "assessment/assessor.h"

namespace trackfit::model_store {

using AssessorPtr = std::shared_ptr<const assessment::Assessor>;

// What new sessions of a model get.
struct Versions {
  AssessorPtr stable;
  AssessorPtr canary{};     // null: none
  double canary_share = 0;  // of new sessions
};

struct ServedVersion {
  std::string model;
  AssessorPtr assessor;
  bool is_canary = false;
  double share = 1;  // of new sessions
};

// Thread-safe. A session keeps the assessor that it was given, so that a version is freed when it is no
// longer served and its last session has ended.
class ServedModels {
 public:
  using Clock = std::chrono::steady_clock;

  struct Wish {
    std::string model;      // empty: the default one
    std::string version{};  // empty: whichever
    std::string session_id{};
  };

  // `on_choice`, called for each session with the model and the version that it gets, may be empty.
  explicit ServedModels(
      std::string default_model,
      std::function<void(const std::string& model, const std::string& version)> on_choice = nullptr);

  // New sessions of the model get these from now on; `versions.stable` is not null. Of those that they
  // replace the last kKept are kept for `keep`, because gateways tell clients a version before they ask for
  // it.
  static constexpr std::size_t kKept = 4;
  void Serve(const std::string& model, const Versions& versions, Clock::duration keep);

  // The wished version if it is served, kept or still in use by a session; else the canary for its share of
  // sessions, else the stable one. When there is no such model: INVALID_ARGUMENT naming the field `model` and
  // the names there are, or UNAVAILABLE where the wish names a version, because another server knew it.
  absl::StatusOr<AssessorPtr> Choose(const Wish& wish) const;

  // The default model's stable version first, then its canary, then the others' likewise, by name.
  std::vector<ServedVersion> List() const;

  // Versions of a model that are in memory: served, kept, or in use by a session.
  std::size_t Alive(const std::string& model) const;

  // Lets go of what has been kept long enough. False: there is no more.
  bool ForgetOld(Clock::time_point now);

 private:
  struct Kept {
    AssessorPtr held;  // null once it has been kept long enough
    std::weak_ptr<const assessment::Assessor> in_use;
    Clock::time_point until;
  };
  struct Model {
    Versions versions;
    std::vector<Kept> kept;  // oldest first
  };

  static AssessorPtr Find(const Model& model, const std::string& version);

  const std::string default_model_;
  const std::function<void(const std::string&, const std::string&)> on_choice_;
  mutable std::mutex mutex_;
  std::map<std::string, Model> models_;
};

}  // namespace trackfit::model_store

#endif  // TRACKFIT_MODEL_STORE_SERVED_MODELS_H_
