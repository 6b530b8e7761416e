#include "model_store/served_models.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "model_store/canary.h"
#include "spelling/edit_distance.h"

namespace trackfit::model_store {

ServedModels::ServedModels(std::string default_model,
                           std::function<void(const std::string&, const std::string&)> on_choice)
    : default_model_(std::move(default_model)), on_choice_(std::move(on_choice)) {}

void ServedModels::Serve(const std::string& name, const Versions& versions, Clock::duration keep) {
  const auto until = Clock::now() + keep;
  std::vector<AssessorPtr> freed;  // outside the lock
  const std::lock_guard lock(mutex_);
  Model& model = models_[name];
  const Versions before = std::exchange(model.versions, versions);
  for (const AssessorPtr& old : {before.stable, before.canary}) {
    if (old == nullptr || old == versions.stable || old == versions.canary) continue;
    model.kept.push_back({old, old, until});
  }
  std::size_t held = 0;
  for (auto kept = model.kept.rbegin(); kept != model.kept.rend(); ++kept) {
    if (kept->held != nullptr && ++held > kKept) freed.push_back(std::exchange(kept->held, nullptr));
  }
}

AssessorPtr ServedModels::Find(const Model& model, const std::string& version) {
  const auto is_it = [&version](const AssessorPtr& assessor) {
    return assessor != nullptr && assessor->model_version() == version;
  };
  if (is_it(model.versions.stable)) return model.versions.stable;
  if (is_it(model.versions.canary)) return model.versions.canary;
  for (auto kept = model.kept.rbegin(); kept != model.kept.rend(); ++kept) {
    if (AssessorPtr old = kept->in_use.lock(); is_it(old)) return old;
  }
  return nullptr;
}

absl::StatusOr<AssessorPtr> ServedModels::Choose(const Wish& wish) const {
  const std::string& name = wish.model.empty() ? default_model_ : wish.model;
  AssessorPtr chosen;
  {
    const std::lock_guard lock(mutex_);
    const auto found = models_.find(name);
    if (found == models_.end()) {
      if (!wish.version.empty())
        return absl::UnavailableError(absl::StrCat("there is no model \"", wish.model, "\" here"));
      std::vector<std::string> names;
      for (const auto& [other, model] : models_) names.push_back(other);
      return absl::InvalidArgumentError(
          absl::StrCat("model is \"", wish.model, "\"", spelling::InsteadOf(wish.model, names)));
    }
    const Versions& versions = found->second.versions;
    if (!wish.version.empty()) chosen = Find(found->second, wish.version);
    if (chosen == nullptr) {
      const bool is_canary = versions.canary != nullptr && IsInCanary(wish.session_id, versions.canary_share);
      chosen = is_canary ? versions.canary : versions.stable;
    }
  }
  if (on_choice_) on_choice_(name, chosen->model_version());
  return chosen;
}

std::vector<ServedVersion> ServedModels::List() const {
  const std::lock_guard lock(mutex_);
  std::vector<ServedVersion> list;
  const auto add = [&list](const std::string& name, const Versions& versions) {
    const double canary = versions.canary == nullptr ? 0 : versions.canary_share;
    list.push_back({name, versions.stable, false, 1 - canary});
    if (versions.canary != nullptr) list.push_back({name, versions.canary, true, canary});
  };
  if (const auto first = models_.find(default_model_); first != models_.end())
    add(first->first, first->second.versions);
  for (const auto& [name, model] : models_) {
    if (name != default_model_) add(name, model.versions);
  }
  return list;
}

std::size_t ServedModels::Alive(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = models_.find(name);
  if (found == models_.end()) return 0;
  const auto& [versions, kept] = found->second;
  const auto alive = std::ranges::count_if(kept, [](const Kept& old) { return !old.in_use.expired(); });
  return static_cast<std::size_t>(alive) + (versions.canary == nullptr ? 1 : 2);
}

bool ServedModels::ForgetOld(Clock::time_point now) {
  std::vector<AssessorPtr> freed;  // outside the lock
  const std::lock_guard lock(mutex_);
  bool keeps = false;
  for (auto& [name, model] : models_) {
    for (Kept& kept : model.kept) {
      if (kept.held != nullptr && kept.until <= now) freed.push_back(std::exchange(kept.held, nullptr));
      keeps = keeps || kept.held != nullptr;
    }
    std::erase_if(model.kept, [](const Kept& kept) { return kept.in_use.expired(); });
  }
  return keeps;
}

}  // namespace trackfit::model_store
