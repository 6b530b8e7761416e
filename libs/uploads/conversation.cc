#include "uploads/conversation.h"

#include <utility>

namespace trackfit::uploads {

std::shared_ptr<Conversation> Conversation::Start(std::shared_ptr<web::HttpExchange> exchange) {
  std::shared_ptr<Conversation> conversation(new Conversation(std::move(exchange)));
  // The exchange does not own it, for it owns the exchange.
  const std::weak_ptr<Conversation> weak = conversation;
  conversation->exchange_->Start({
      .on_body =
          [weak](std::string piece) {
            const auto self = weak.lock();
            if (self == nullptr) return;
            const std::lock_guard lock(self->mutex_);
            self->piece_ = std::move(piece);
            self->changed_.notify_all();
          },
      .on_sent =
          [weak] {
            const auto self = weak.lock();
            if (self == nullptr) return;
            const std::lock_guard lock(self->mutex_);
            self->sending_ = false;
            self->changed_.notify_all();
          },
      .on_lost =
          [weak](absl::Status status) {
            const auto self = weak.lock();
            if (self == nullptr) return;
            {
              const std::lock_guard lock(self->mutex_);
              self->lost_ = true;
              self->changed_.notify_all();
            }
            self->Abort(std::move(status));
          },
  });
  return conversation;
}

template <class Condition>
absl::Status Conversation::WaitFor(const Condition& condition, TimePoint deadline) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_until(lock, deadline, [&] { return !status_.ok() || condition(); })) {
    return absl::DeadlineExceededError("the time for this upload is up");
  }
  return status_;
}

absl::StatusOr<std::string> Conversation::ReadBody(TimePoint deadline) {
  exchange_->Read();
  absl::Status come = WaitFor([this] { return piece_.has_value(); }, deadline);
  if (!come.ok()) return come;
  const std::lock_guard lock(mutex_);
  std::string piece = *std::move(piece_);
  piece_.reset();
  return piece;
}

absl::Status Conversation::Send(const web::HttpResponse& head, std::string piece, TimePoint deadline) {
  {
    const std::lock_guard lock(mutex_);
    if (!status_.ok()) return status_;
    sending_ = true;
  }
  if (!std::exchange(has_begun_, true)) exchange_->Begin(head);
  exchange_->Send(std::move(piece));
  return WaitFor([this] { return !sending_; }, deadline);
}

bool Conversation::IsSent(std::unique_lock<std::mutex>& lock, TimePoint deadline) {
  return changed_.wait_until(lock, deadline, [this] { return lost_ || !sending_; }) && !lost_;
}

bool Conversation::SendLast(std::string piece, TimePoint deadline) {
  std::unique_lock lock(mutex_);
  if (!IsSent(lock, deadline)) return false;
  sending_ = true;
  exchange_->Send(std::move(piece));
  return IsSent(lock, deadline);
}

void Conversation::Respond(web::HttpResponse response, TimePoint deadline) {
  std::unique_lock lock(mutex_);
  sending_ = true;
  exchange_->Respond(std::move(response));
  IsSent(lock, deadline);
}

void Conversation::End(TimePoint deadline) {
  std::unique_lock lock(mutex_);
  sending_ = true;
  exchange_->End();
  IsSent(lock, deadline);
}

void Conversation::WhenOver(std::function<void()> call) {
  const std::lock_guard lock(mutex_);
  when_over_ = std::move(call);
  if (!status_.ok() && when_over_) when_over_();
}

absl::Status Conversation::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

void Conversation::Abort(absl::Status status) {
  const std::lock_guard lock(mutex_);
  if (!status_.ok()) return;
  status_ = std::move(status);
  changed_.notify_all();
  if (when_over_) when_over_();
}

}  // namespace trackfit::uploads
