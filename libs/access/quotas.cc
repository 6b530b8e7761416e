#include "access/quotas.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "runtime/admission_gate.h"

namespace trackfit::access {
namespace {

constexpr std::chrono::milliseconds kRetryAfter{2000};

prometheus::Counter& Refusals(telemetry::Metrics& metrics, const char* limit) {
  return metrics.Counter(
      "trackfit_gateway_key_refusals_total",
      "Sessions refused, and frames delayed or dropped, because of a limit of their key or "
      "tenant.",
      {{"limit", limit}});
}

absl::Status TooMany(const char* whose, int limit) {
  return runtime::WithRetryAfter(
      absl::ResourceExhaustedError(absl::StrCat("this ", whose, " has its ", limit,
                                                limit == 1 ? " session" : " sessions",
                                                " at a time; try again in ", kRetryAfter.count(), " ms")),
      kRetryAfter);
}

}  // namespace

void TokenBucket::SetRate(double per_second) {
  if (rate_ == per_second) return;
  rate_ = per_second;
  tokens_ = rate_;
}

bool TokenBucket::Has(TimePoint now) {
  if (rate_ == 0) return true;
  if (filled_ && now > *filled_) {
    tokens_ = std::min(rate_, tokens_ + rate_ * std::chrono::duration<double>(now - *filled_).count());
  }
  if (!filled_ || now > *filled_) filled_ = now;
  return tokens_ >= 1;
}

void TokenBucket::Take() {
  if (rate_ > 0) --tokens_;
}

// Registered from the start, at zero, so that rates have no gaps.
Quotas::Quotas(telemetry::Metrics& metrics) : metrics_(metrics) {
  for (const char* limit : {"sessions", "frames"}) Refusals(metrics_, limit);
}

void Quotas::SetLimits(const KeyFile& keys) {
  const std::lock_guard lock(mutex_);
  Meters old_keys = std::exchange(keys_, {});
  Meters old_tenants = std::exchange(tenants_, {});
  const auto keep = [](Meters& old, Meters& now, const std::string& name, const Limits& limits) {
    const std::shared_ptr<Meter> meter = MeterOf(old, name);
    meter->limits = limits;
    meter->frames.SetRate(limits.frames_per_second);
    now[name] = meter;
  };
  for (const Tenant& tenant : keys.tenants) {
    keep(old_tenants, tenants_, tenant.name, tenant.limits);
    for (const StoredKey& key : tenant.keys) keep(old_keys, keys_, key.id, key.limits);
  }
}

absl::StatusOr<std::unique_ptr<Quotas::Place>> Quotas::Admit(const Caller& caller, End end) {
  std::vector<End> made_room;
  absl::Status refused;
  std::unique_lock lock(mutex_);
  Holder holder{caller, std::move(end), MeterOf(keys_, caller.key), MeterOf(tenants_, caller.tenant)};
  for (const auto& [meter, whose] : {std::pair(holder.key, "key"), std::pair(holder.tenant, "tenant")}) {
    if (!caller.counts || !IsFull(*meter)) continue;
    const auto leaves = WhoMakesRoom(*meter);
    if (leaves == holders_.end()) {
      refused = TooMany(whose, meter->limits.sessions);
      break;
    }
    Release(*leaves);
    leaves->ended = true;
    made_room.push_back(leaves->end);
  }
  auto held = holders_.end();
  if (refused.ok()) {
    if (caller.counts) Hold(holder);
    held = holders_.insert(holders_.end(), std::move(holder));
  }
  lock.unlock();
  for (const End& leave : made_room) {
    leave(absl::ResourceExhaustedError(
        "another session of this key or tenant needed the place of this one, whose client was away"));
  }
  if (refused.ok()) return std::make_unique<Place>(*this, held, caller);
  Refusals(metrics_, "sessions").Increment();
  return refused;
}

void Quotas::EndWhere(const std::function<absl::Status(const Caller&)>& why) {
  std::vector<std::pair<End, absl::Status>> over;
  {
    const std::lock_guard lock(mutex_);
    for (Holder& holder : holders_) {
      if (holder.ended) continue;
      absl::Status reason = why(holder.caller);
      if (reason.ok()) continue;
      holder.ended = true;
      over.emplace_back(holder.end, std::move(reason));
    }
  }
  for (auto& [end, reason] : over) end(std::move(reason));
}

std::shared_ptr<Quotas::Meter> Quotas::MeterOf(Meters& meters, const std::string& name) {
  std::shared_ptr<Meter>& meter = meters[name];
  if (meter == nullptr) meter = std::make_shared<Meter>();
  return meter;
}

bool Quotas::IsFull(const Meter& meter) {
  return meter.limits.sessions > 0 && meter.sessions >= meter.limits.sessions;
}

Quotas::Holders::iterator Quotas::WhoMakesRoom(const Meter& meter) {
  return std::ranges::find_if(holders_, [&meter](const Holder& holder) {
    return holder.waiting && holder.holds && (holder.key.get() == &meter || holder.tenant.get() == &meter);
  });
}

void Quotas::Hold(Holder& holder) {
  holder.holds = true;
  ++holder.key->sessions;
  ++holder.tenant->sessions;
  ShowSessions(holder);
}

void Quotas::Release(Holder& holder) {
  if (!std::exchange(holder.holds, false)) return;
  --holder.key->sessions;
  --holder.tenant->sessions;
  ShowSessions(holder);
}

void Quotas::Leave(Holders::iterator holder) {
  End end;  // what it holds dies without the mutex
  const std::lock_guard lock(mutex_);
  Release(*holder);
  end = std::move(holder->end);
  holders_.erase(holder);
}

void Quotas::ShowSessions(const Holder& holder) {
  metrics_
      .Gauge("trackfit_gateway_tenant_sessions",
             "Sessions of a tenant's keys, those included whose client is away.",
             {{"tenant", holder.caller.tenant}})
      .Set(holder.tenant->sessions);
}

Quotas::Place::Place(Quotas& quotas, Holders::iterator holder, const Caller& caller)
    : quotas_(quotas),
      holder_(holder),
      tenant_(caller.tenant),
      frames_(quotas.metrics_.Counter("trackfit_gateway_tenant_frames_total",
                                      "Frames and poses of a tenant's sessions that were passed on.",
                                      {{"tenant", caller.tenant}})),
      refused_frames_(Refusals(quotas.metrics_, "frames")) {}

Quotas::Place::~Place() { quotas_.Leave(holder_); }

void Quotas::Place::SetWaiting(bool waiting) {
  const std::lock_guard lock(quotas_.mutex_);
  holder_->waiting = waiting;
  quotas_.holders_.splice(quotas_.holders_.end(), quotas_.holders_, holder_);
}

void Quotas::Place::MoveTo(const Caller& caller) {
  const std::lock_guard lock(quotas_.mutex_);
  const bool held = holder_->holds;
  quotas_.Release(*holder_);
  holder_->caller = caller;
  holder_->key = MeterOf(quotas_.keys_, caller.key);
  if (held) quotas_.Hold(*holder_);
}

bool Quotas::Place::TakeFrame(TimePoint now) {
  {
    const std::lock_guard lock(quotas_.mutex_);
    if (!holder_->key->frames.Has(now) || !holder_->tenant->frames.Has(now)) return false;
    holder_->key->frames.Take();
    holder_->tenant->frames.Take();
  }
  frames_.Increment();
  return true;
}

void Quotas::Place::CountRefusedFrame() { refused_frames_.Increment(); }

}  // namespace trackfit::access
