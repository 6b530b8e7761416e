#include "gateway/client_relay.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace trackfit::gateway {

ClientRelay::ClientRelay(std::optional<Resumability> resumability) : resumability_(std::move(resumability)) {}

void ClientRelay::Send(v1::AnalyzeResponse response) {
  if (resumability_) {
    if (response.has_started()) {
      started_ = true;
      v1::SessionStarted& started = *response.mutable_started();
      started.set_resume_token(resumability_->token);
      started.set_resume_seconds(std::chrono::duration<double>(resumability_->retention).count());
    }
    response.set_number(++last_number_);
    Keep(response.SerializeAsString());
  }
  if (stream_) stream_->Send(std::move(response));
}

void ClientRelay::Finish(absl::Status status) {
  finished_ = std::move(status);
  if (stream_) stream_->Finish(*finished_);
}

void ClientRelay::Attach(std::shared_ptr<AnalysisClient> stream) { stream_ = std::move(stream); }

absl::Status ClientRelay::Resume(std::shared_ptr<AnalysisClient> stream, v1::SessionResumed resumed,
                                 uint64_t last_number) {
  if (last_number > last_number_) {
    return absl::InvalidArgumentError(absl::StrCat("config.resume.last_number is ", last_number,
                                                   "; this session has sent ", last_number_, " responses"));
  }
  const uint64_t missing = last_number_ - last_number;
  if (missing > kept_.size()) {
    return absl::NotFoundError(absl::StrCat(
        "config.resume.last_number is ", last_number, "; of the responses behind it only those from ",
        last_number_ - kept_.size() + 1, " on are kept; start a new session"));
  }
  Attach(std::move(stream));
  v1::AnalyzeResponse first;
  *first.mutable_resumed() = std::move(resumed);
  stream_->Send(std::move(first));
  for (size_t i = kept_.size() - missing; i < kept_.size(); ++i) {
    v1::AnalyzeResponse response;
    response.ParseFromString(kept_[i]);
    stream_->Send(std::move(response));
  }
  if (finished_) stream_->Finish(*finished_);
  return absl::OkStatus();
}

handover::RelayState ClientRelay::State() const {
  handover::RelayState state;
  state.set_last_number(last_number_);
  for (const std::string& response : kept_) state.add_kept(response);
  state.set_finished(finished_.has_value());
  return state;
}

void ClientRelay::Restore(const handover::RelayState& state) {
  started_ = true;
  last_number_ = state.last_number();
  for (const std::string& response : state.kept()) Keep(response);
  if (state.finished()) finished_ = absl::OkStatus();
}

void ClientRelay::Keep(std::string response) {
  kept_.push_back(std::move(response));
  bytes_ += kept_.back().size();
  while (bytes_ > resumability_->kept_bytes) {
    bytes_ -= kept_.front().size();
    kept_.pop_front();
  }
}

}  // namespace trackfit::gateway
