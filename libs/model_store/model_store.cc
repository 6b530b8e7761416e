#include "model_store/model_store.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "model_store/measured_assessor.h"
#include "runtime/guard.h"

namespace trackfit::model_store {

ModelStore::ModelStore(ModelStoreOptions options, ModelLoader loader, telemetry::Logger log,
                       telemetry::Metrics& metrics)
    : options_(std::move(options)),
      loader_(std::move(loader)),
      log_(std::move(log)),
      metrics_(metrics),
      repository_(options_.root),
      served_(std::make_shared<ServedModels>(repository_.default_name(),
                                             [this](const std::string& model, const std::string& version) {
                                               metrics_.CountSession(model, version);
                                             })),
      for_sessions_(served_) {}

absl::Status ModelStore::Start() {
  const auto folders = repository_.Read();
  if (!folders.ok() || folders->front().versions.empty()) return repository_.WhyEmpty();
  starting_ = true;
  Look();
  starting_ = false;
  const auto model = models_.find(repository_.default_name());
  if (model != models_.end() && model->second.stable.measured != nullptr) return absl::OkStatus();
  const VersionFolder& newest = folders->front().versions.front();
  auto why = refused_.find(newest.path);
  if (why == refused_.end() && newest.canary) why = refused_.find(newest.canary->path);
  return absl::FailedPreconditionError(absl::StrCat(
      "none of the ", folders->front().versions.size(), " models in --model-repository ",
      options_.root.string(),
      " can be served; the newest: ", why == refused_.end() ? "it has just changed" : why->second.message));
}

bool ModelStore::Look() {
  soon_ = false;
  auto folders = repository_.Read();
  if (folders.ok()) {
    unreadable_told_ = false;
    UpdateAll(*folders);
    ForgetGone(*folders);
  } else if (!std::exchange(unreadable_told_, true)) {
    log_.Error("cannot read the model repository; what is served stays",
               {{"reason", folders.status().message()}});
  }
  const bool keeps = served_->ForgetOld(ServedModels::Clock::now());
  return soon_ || keeps;
}

void ModelStore::UpdateAll(const std::vector<ModelFolder>& folders) {
  std::set<std::string> gone;
  for (const auto& [name, model] : models_) gone.insert(name);
  for (const ModelFolder& folder : folders) {
    gone.erase(folder.name);
    if (models_.contains(folder.name) || models_.size() < kMaxModels) {
      Update(folder);
    } else if (!std::exchange(many_told_, true)) {
      log_.Warning("too many models; further ones are ignored",
                   {{"model", folder.name}, {"limit", kMaxModels}});
    }
  }
  for (const std::string& name : gone) Update({name, {}});
}

void ModelStore::Update(const ModelFolder& folder) {
  Model& model = models_[folder.name];
  Loaded stable;
  Loaded canary;
  double share = 0;
  for (const VersionFolder& version : folder.versions) {
    if (version.canary) {
      if (canary.measured != nullptr) continue;  // a higher one is tried
      const auto& file = *version.canary;
      if (MayBeInTheMaking(file.state)) {
        soon_ = true;  // until then all stays as it was
        if (version.name == model.stable.version) {
          stable = model.stable;
          break;
        }
        if (version.name == model.canary.version) {
          canary = model.canary;
          share = model.canary_share;
        }
        continue;
      }
      if (!file.share.ok()) {
        Refuse(folder.name, version.name, file.path, file.state,
               {Refusal::kCanaryFile, std::string(file.share.status().message())});
        continue;
      }
    }
    Loaded loaded = Obtain(folder.name, version, model);
    if (loaded.measured == nullptr) continue;
    if (!version.canary) {
      stable = std::move(loaded);
      break;
    }
    canary = std::move(loaded);
    share = *version.canary->share;
  }
  const bool missing = stable.measured == nullptr;
  if (missing) stable = model.stable.measured != nullptr ? model.stable : std::exchange(canary, {});
  if (stable.measured == nullptr) {
    models_.erase(folder.name);
    return;
  }
  const bool stays = missing && !starting_ && !soon_ && canary.version != stable.version;
  if (stays && !model.missing_told) {
    log_.Warning("no version on disk works; what is served stays",
                 {{"model", folder.name}, {"version", stable.version}});
  }
  model.missing_told = stays;
  if (canary.version == stable.version) canary = {};
  ServeFrom(folder.name, model, std::move(stable), std::move(canary), share);
}

void ModelStore::ServeFrom(const std::string& name, Model& model, Loaded stable, Loaded canary,
                           double share) {
  if (canary.measured == nullptr) share = 0;
  if (stable.measured == model.stable.measured && canary.measured == model.canary.measured &&
      share == model.canary_share) {
    return;
  }
  const Loaded old_stable = std::exchange(model.stable, std::move(stable));
  const Loaded old_canary = std::exchange(model.canary, std::move(canary));
  model.canary_share = share;
  served_->Serve(name, {model.stable.measured, model.canary.measured, share}, options_.keep);
  for (const Loaded& old : {old_stable, old_canary}) {
    if (old.measured != nullptr) metrics_.SetShare(name, old.version, false, 0);
  }
  metrics_.SetShare(name, model.stable.version, true, 1 - share);
  if (model.canary.measured != nullptr) metrics_.SetShare(name, model.canary.version, true, share);
  log_.Info("model served", {{"model", name},
                             {"version", model.stable.version},
                             {"before", old_stable.version},
                             {"canary", model.canary.version},
                             {"canary_share", share}});
}

ModelStore::Loaded ModelStore::Obtain(const std::string& name, const VersionFolder& version, Model& model) {
  for (const Loaded& loaded : {model.stable, model.canary}) {
    if (loaded.measured == nullptr || loaded.version != version.name) continue;
    WarnOfChange(name, version, loaded);
    return loaded;
  }
  if (MayBeInTheMaking(version.state)) {
    soon_ = true;
    return {};
  }
  if (IsRefused(version.path, version.state)) return {};
  const bool is_newer = model.stable.plain != nullptr && version.number > model.stable.number;
  const bool is_full = is_newer && served_->Alive(name) >= kMaxVersions;
  if (is_full && !model.full_told) {
    log_.Warning("a new version waits: sessions still use too many old ones",
                 {{"model", name}, {"version", version.name}, {"limit", kMaxVersions}});
  }
  model.full_told = is_full;
  if (is_full) return {};
  RefusedModel why;
  const auto plain = Load(version, why.reason);
  if (!plain.ok()) {
    why.message = std::string(plain.status().message());
    Refuse(name, version.name, version.path, version.state, why);
    return {};
  }
  std::optional<RefusedModel> refused;
  const absl::Status tried = runtime::Guard(
      [&] { refused = Try(**plain, is_newer ? model.stable.plain.get() : nullptr, options_.trial); },
      "the model");
  if (!tried.ok()) refused = RefusedModel{Refusal::kWrongAnswers, std::string(tried.message())};
  if (refused) {
    Refuse(name, version.name, version.path, version.state, *refused);
    return {};
  }
  metrics_.CountLoad(name);
  log_.Info("model loaded", {{"model", name}, {"version", version.name}, {"path", version.path.string()}});
  return {version.name, version.number, version.state, *plain,
          std::make_shared<MeasuredAssessor>(*plain, name, metrics_)};
}

absl::StatusOr<AssessorPtr> ModelStore::Load(const VersionFolder& version, Refusal& reason) const {
  absl::StatusOr<AssessorPtr> model = absl::InternalError("it was not loaded");
  const absl::Status loaded =
      runtime::Guard([&] { model = loader_(version.path.string(), version.name); }, "loading");
  if (!loaded.ok()) model = loaded;
  reason = absl::IsInvalidArgument(model.status()) ? Refusal::kUnfit : Refusal::kBroken;
  return model;
}

bool ModelStore::MayBeInTheMaking(const FileState& state) const {
  if (starting_) return false;
  const auto age = std::filesystem::file_time_type::clock::now() - state.modified;
  return age.count() >= 0 && age < options_.settle;  // clocks of file servers may be ahead
}

bool ModelStore::IsRefused(const std::filesystem::path& path, const FileState& state) const {
  const auto found = refused_.find(path);
  return found != refused_.end() && found->second.state == state;
}

void ModelStore::Refuse(const std::string& name, const std::string& version,
                        const std::filesystem::path& path, const FileState& state, const RefusedModel& why) {
  if (IsRefused(path, state)) return;
  refused_[path] = {state, why.message};
  metrics_.CountRefusal(why.reason);
  log_.Error("model refused until its file changes", {{"model", name},
                                                      {"version", version},
                                                      {"path", path.string()},
                                                      {"why", Name(why.reason)},
                                                      {"reason", why.message}});
}

void ModelStore::WarnOfChange(const std::string& name, const VersionFolder& version, const Loaded& loaded) {
  if (version.state == loaded.state || MayBeInTheMaking(version.state)) return;
  const auto told = changed_told_.find(version.path);
  if (told != changed_told_.end() && told->second == version.state) return;
  changed_told_[version.path] = version.state;
  log_.Warning("the file of a served version has changed; put a new model under a new number",
               {{"model", name}, {"version", version.name}, {"path", version.path.string()}});
}

void ModelStore::ForgetGone(const std::vector<ModelFolder>& folders) {
  std::set<std::filesystem::path> there;
  for (const ModelFolder& folder : folders) {
    for (const VersionFolder& version : folder.versions) {
      there.insert(version.path);
      if (version.canary) there.insert(version.canary->path);
    }
  }
  const auto is_gone = [&there](const auto& entry) { return !there.contains(entry.first); };
  std::erase_if(refused_, is_gone);
  std::erase_if(changed_told_, is_gone);
}

}  // namespace trackfit::model_store
