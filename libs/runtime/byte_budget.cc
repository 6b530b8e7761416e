#include "runtime/byte_budget.h"

#include <chrono>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "runtime/admission_gate.h"

namespace trackfit::runtime {
namespace {

constexpr std::chrono::milliseconds kRetryAfter{1000};
constexpr std::size_t kMegabyte = std::size_t{1} << 20;

}  // namespace

ByteBudget::ByteBudget(ByteBudgetConfig config) : config_(std::move(config)) {}

absl::StatusOr<ByteBudget::Lease> ByteBudget::Take(std::size_t bytes) {
  std::lock_guard lock(mutex_);
  if (used_ + bytes > config_.limit) {
    return WithRetryAfter(
        absl::ResourceExhaustedError(absl::StrCat(
            "the server holds ", used_ / kMegabyte, " of at most ", config_.limit / kMegabyte,
            " MB of requests that wait, and this one has ", bytes / kMegabyte, " MB (max-queued-mb)")),
        kRetryAfter);
  }
  return Add(bytes);
}

ByteBudget::Lease ByteBudget::TakeAnyway(std::size_t bytes) {
  std::lock_guard lock(mutex_);
  return Add(bytes);
}

ByteBudget::Lease ByteBudget::Add(std::size_t bytes) {
  used_ += bytes;
  if (config_.on_change) config_.on_change(used_);
  return Lease(this, bytes);
}

bool ByteBudget::HasRoomOrCall(std::size_t bytes, std::function<void()> on_room) {
  std::lock_guard lock(mutex_);
  if (used_ < config_.limit / 2 && waiting_.empty()) return true;
  waiting_.push_back({bytes, std::move(on_room)});
  return false;
}

void ByteBudget::CallWaiting() { Return(0); }

std::size_t ByteBudget::used() const {
  std::lock_guard lock(mutex_);
  return used_;
}

void ByteBudget::Return(std::size_t bytes) {
  std::vector<std::function<void()>> called;
  {
    std::lock_guard lock(mutex_);
    used_ -= bytes;
    if (config_.on_change) config_.on_change(used_);
    // All of them at once would bring more than there is room for.
    for (std::size_t coming = used_; !waiting_.empty() && coming < config_.limit / 2; waiting_.pop_front()) {
      coming += waiting_.front().bytes;
      called.push_back(std::move(waiting_.front().on_room));
    }
  }
  for (const auto& on_room : called) on_room();
}

}  // namespace trackfit::runtime
