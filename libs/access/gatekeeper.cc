#include "access/gatekeeper.h"

#include <sys/stat.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "access/api_key.h"
#include "runtime/admission_gate.h"

namespace trackfit::access {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Begins no key of a file's: '!' is in no id.
constexpr char kGrantPrefix[] = "tf_!";

absl::Status TryAgain(const char* message, milliseconds after) {
  return runtime::WithRetryAfter(
      absl::ResourceExhaustedError(absl::StrCat(message, "; try again in ", after.count(), " ms")), after);
}

}  // namespace

Gatekeeper::Gatekeeper(GatekeeperConfig config, telemetry::Logger log, telemetry::Metrics& metrics)
    : config_(std::move(config)),
      log_(std::move(log)),
      metrics_(metrics),
      quotas_(metrics),
      attempts_(config_.attempts),
      hashing_({.workers = 1,
                .max_queued = static_cast<std::size_t>(config_.max_waiting),
                .on_exception = [this](const absl::Status& failed) {
                  log_.Error("exception in a check of a key", {{"reason", failed.message()}});
                }}) {
  // Registered from the start, at zero, so that rates have no gaps.
  for (const Outcome outcome : {Outcome::kOk, Outcome::kMissing, Outcome::kMalformed, Outcome::kWrong,
                                Outcome::kRevoked, Outcome::kExpired, Outcome::kBlocked, Outcome::kBusy}) {
    Authentications(outcome);
  }
  for (const char* outcome : {"loaded", "refused"}) Reloads(outcome);
  Look();
}

Gatekeeper::~Gatekeeper() { hashing_.Shutdown(); }

std::optional<absl::StatusOr<Caller>> Gatekeeper::Check(const std::string& key, const std::string& address,
                                                        Done done) {
  std::optional<Verdict> verdict;
  {
    const std::lock_guard lock(mutex_);
    verdict = KnownOf(key);
    if (!verdict) verdict = Attempt(key, address);
  }
  if (!verdict) {
    const absl::Status queued = hashing_.TrySubmit(
        [this, key, address, done = std::move(done)](int) { done(Count(Hash(key, address))); });
    if (queued.ok()) return std::nullopt;
    const std::lock_guard lock(mutex_);
    attempts_.Passed(address);
    verdict = Refuse(Outcome::kBusy, runtime::RetryAfter(queued).value_or(milliseconds(1000)));
  }
  return Count(*std::move(verdict));
}

absl::Status Gatekeeper::Precheck(const std::string& key, const std::string& address) {
  std::optional<Verdict> verdict;
  {
    const std::lock_guard lock(mutex_);
    verdict = KnownOf(key);
    const bool goes_on = !attempts_.WaitOf(address, steady_clock::now()) && MayBeRight(key);
    if (!verdict && !goes_on) verdict = Attempt(key, address);
  }
  if (!verdict || verdict->caller.ok()) return absl::OkStatus();
  return Count(*std::move(verdict)).status();
}

std::optional<Gatekeeper::Verdict> Gatekeeper::KnownOf(const std::string& key) const {
  if (key.empty()) return Refuse(Outcome::kMissing);
  if (absl::StartsWith(key, kGrantPrefix)) {
    const auto granted = grants_.find(key);
    if (granted != grants_.end()) return Verdict{Outcome::kOk, granted->second};
    return std::nullopt;
  }
  const auto parsed = ParseApiKey(key);
  if (!parsed) return std::nullopt;
  const auto found = keys_.find(parsed->id);
  if (found == keys_.end() || !found->second.digest) return std::nullopt;
  if (!KeyedDigest::Equal(*found->second.digest, digest_.Of(key))) return std::nullopt;
  return RightOf(found->second);
}

Gatekeeper::Verdict Gatekeeper::RightOf(const Known& known) const {
  if (known.revoked) return Refuse(Outcome::kRevoked);
  if (known.expires <= config_.now()) return Refuse(Outcome::kExpired);
  return {Outcome::kOk, known.caller};
}

std::optional<Gatekeeper::Verdict> Gatekeeper::Attempt(const std::string& key, const std::string& address) {
  if (const auto refusal = attempts_.Begin(address, steady_clock::now())) {
    if (!refusal->guesses) return Refuse(Outcome::kBusy, refusal->wait);
    if (attempts_.IsNews(address)) log_.Warning("too many wrong API keys", {{"address", address}});
    return Refuse(Outcome::kBlocked, refusal->wait);
  }
  if (MayBeRight(key)) return std::nullopt;
  attempts_.Failed(address, steady_clock::now());
  return Refuse(ParseApiKey(key) ? Outcome::kWrong : Outcome::kMalformed);
}

bool Gatekeeper::MayBeRight(const std::string& key) const {
  const auto parsed = ParseApiKey(key);
  return parsed && keys_.count(parsed->id) > 0;
}

Gatekeeper::Verdict Gatekeeper::Hash(const std::string& key, const std::string& address) {
  const auto parsed = ParseApiKey(key);  // it is one
  std::string hash;
  {
    const std::lock_guard lock(mutex_);
    if (auto known = KnownOf(key)) {  // somebody else has shown it meanwhile
      attempts_.Passed(address);
      return *std::move(known);
    }
    if (const auto found = keys_.find(parsed->id); found != keys_.end()) hash = found->second.caller.hash;
  }
  const bool right = !hash.empty() && IsSecretOf(parsed->secret, hash);
  const std::lock_guard lock(mutex_);
  const auto found = keys_.find(parsed->id);
  if (!right || found == keys_.end() || found->second.caller.hash != hash) {
    attempts_.Failed(address, steady_clock::now());
    return Refuse(Outcome::kWrong);
  }
  attempts_.Passed(address);
  found->second.digest = digest_.Of(key);
  return RightOf(found->second);
}

Gatekeeper::Verdict Gatekeeper::Refuse(Outcome outcome, milliseconds retry_after) const {
  const auto unauthenticated = [](const char* message) { return absl::UnauthenticatedError(message); };
  switch (outcome) {
    case Outcome::kOk:
      break;
    case Outcome::kMissing:
      return {outcome, unauthenticated("this gateway wants an API key: authorization: Bearer tf_...")};
    case Outcome::kMalformed:
      return {outcome, unauthenticated("what was sent as API key is none; keys are tf_<id>_<secret>")};
    case Outcome::kWrong:
      return {outcome, unauthenticated("this API key is wrong")};
    case Outcome::kRevoked:
      return {outcome, unauthenticated("this API key was revoked")};
    case Outcome::kExpired:
      return {outcome, unauthenticated("this API key has expired")};
    case Outcome::kBlocked:
      return {outcome, TryAgain("too many wrong API keys came from this address", retry_after)};
    case Outcome::kBusy:
      return {outcome, TryAgain("too many API keys wait to be checked", retry_after)};
  }
  return {outcome, absl::InternalError("this key is right")};
}

absl::StatusOr<Caller> Gatekeeper::Count(Verdict verdict) {
  Authentications(verdict.outcome).Increment();
  return std::move(verdict.caller);
}

prometheus::Counter& Gatekeeper::Authentications(Outcome outcome) {
  const auto name = [outcome] {
    switch (outcome) {
      case Outcome::kOk:
        return "ok";
      case Outcome::kMissing:
        return "missing";
      case Outcome::kMalformed:
        return "malformed";
      case Outcome::kWrong:
        return "wrong";
      case Outcome::kRevoked:
        return "revoked";
      case Outcome::kExpired:
        return "expired";
      case Outcome::kBlocked:
        return "blocked";
      case Outcome::kBusy:
        return "busy";
    }
    return "ok";
  };
  return metrics_.Counter("trackfit_gateway_authentications_total",
                          "API keys that were checked, by what came of it.", {{"outcome", name()}});
}

absl::StatusOr<std::unique_ptr<Gatekeeper::Grant>> Gatekeeper::MakeGrant(
    const Caller& caller, std::unique_ptr<Quotas::Place> place) {
  const absl::StatusOr<ApiKey> random = NewApiKey();
  if (!random.ok()) return random.status();
  std::string key = absl::StrCat(kGrantPrefix, random->id, random->secret);
  {
    const std::lock_guard lock(mutex_);
    Caller granted = caller;
    granted.counts = false;
    grants_.emplace(key, std::move(granted));
  }
  return std::make_unique<Grant>(*this, std::move(key), std::move(place));
}

Gatekeeper::Grant::Grant(Gatekeeper& gatekeeper, std::string key, std::unique_ptr<Quotas::Place> place)
    : gatekeeper_(gatekeeper), key_(std::move(key)), place_(std::move(place)) {}

Gatekeeper::Grant::~Grant() {
  const std::lock_guard lock(gatekeeper_.mutex_);
  gatekeeper_.grants_.erase(key_);
}

void Gatekeeper::OnTick(steady_clock::time_point now) {
  {
    const std::lock_guard lock(mutex_);
    if (looking_ || (next_look_ && now < *next_look_)) return;
    next_look_ = now + config_.interval;
    looking_ = true;
  }
  hashing_.Submit([this](int) {
    Look();
    EndWhatIsOver();
    const std::lock_guard lock(mutex_);
    looking_ = false;
  });
}

Gatekeeper::FileId Gatekeeper::IdOf(const std::string& file) {
  struct stat status {};
  if (stat(file.c_str(), &status) != 0) return {};
  return {static_cast<uint64_t>(status.st_dev), static_cast<uint64_t>(status.st_ino), status.st_size,
          status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

void Gatekeeper::Look() {
  const std::lock_guard look(look_mutex_);
  FileId id = IdOf(config_.file);
  const bool told = seen_ == id;
  if (told && id.size >= 0) return;
  const absl::StatusOr<KeyFile> keys = ReadKeyFile(config_.file);
  seen_ = id;
  if (keys.ok()) return Install(*keys);
  if (!told) Reject(keys.status());
}

void Gatekeeper::Reject(const absl::Status& status) {
  Reloads("refused").Increment();
  log_.Error("the file of API keys cannot be used; what was read before holds",
             {{"reason", status.message()}});
}

void Gatekeeper::Install(const KeyFile& keys) {
  std::map<std::string, Known> known;
  for (const Tenant& tenant : keys.tenants) {
    for (const StoredKey& key : tenant.keys) {
      known[key.id] = {{tenant.name, key.id, key.hash}, key.ExpiresAt(), key.revoked, std::nullopt};
    }
  }
  std::size_t count = 0;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [id, key] : known) {
      const auto before = keys_.find(id);
      if (before != keys_.end() && before->second.caller.hash == key.caller.hash)
        key.digest = before->second.digest;
    }
    keys_.swap(known);
    count = keys_.size();
  }
  quotas_.SetLimits(keys);
  EndWhatIsOver();
  Reloads("loaded").Increment();
  log_.Info("API keys", {{"file", config_.file}, {"tenants", keys.tenants.size()}, {"keys", count}});
}

void Gatekeeper::EndWhatIsOver() {
  quotas_.EndWhere([this](const Caller& caller) { return WhyOver(caller); });
}

absl::Status Gatekeeper::WhyOver(const Caller& caller) {
  const std::lock_guard lock(mutex_);
  const auto found = keys_.find(caller.key);
  const bool is_same = found != keys_.end() && found->second.caller.hash == caller.hash &&
                       found->second.caller.tenant == caller.tenant;
  return is_same ? RightOf(found->second).caller.status() : Refuse(Outcome::kRevoked).caller.status();
}

prometheus::Counter& Gatekeeper::Reloads(const char* outcome) {
  return metrics_.Counter("trackfit_gateway_key_reloads_total", "Times that the file of API keys was read.",
                          {{"outcome", outcome}});
}

}  // namespace trackfit::access
