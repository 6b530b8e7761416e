// A gateway whose connections break, and which goes on with its session.
#ifndef TRACKFIT_TESTS_SUPPORT_BREAKING_GATEWAY_H_
#define TRACKFIT_TESTS_SUPPORT_BREAKING_GATEWAY_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "support/fake_gateway.h"

namespace trackfit::testing {

// The script of a FakeGateway that resumes its one session. It breaks streams as networks do: what it got
// last is lost, and so is what it answered last.
class BreakingGateway {
 public:
  explicit BreakingGateway(int breaks) : breaks_left_(breaks) {}

  grpc::Status operator()(grpc::ServerContext&, ServerStream& stream) {
    v1::AnalyzeRequest request;
    if (!stream.Read(&request)) return grpc::Status::OK;
    configs.push_back(request.config());
    ++streams;
    if (request.config().has_resume()) {
      if (forgets || request.config().resume().token() != "secret") {
        return {grpc::StatusCode::NOT_FOUND, "start a new session"};
      }
      v1::AnalyzeResponse resumed;
      if (received_) resumed.mutable_resumed()->set_next_sequence(*received_ + 1);
      resumed.mutable_resumed()->set_session_id("session");
      stream.Write(resumed);
      const uint64_t known = request.config().resume().last_number();
      for (uint64_t i = known - (repeats && known > 0 ? 1 : 0); i < told_.size(); ++i) stream.Write(told_[i]);
    } else {
      v1::AnalyzeResponse started;
      started.mutable_started()->set_resume_token("secret");
      started.mutable_started()->set_resume_seconds(seconds);
      Tell(stream, started, true);
    }
    for (int frames = 0; stream.Read(&request); ++frames) {
      const bool breaks = frames == 7 && breaks_left_-- > 0;
      if (breaks && breaks_left_ % 2 == 0) return Broken();  // before it has the frame
      const uint64_t sequence = request.frame().sequence();
      if (received_ && sequence != *received_ + 1) out_of_order = true;
      received_ = sequence;
      v1::AnalyzeResponse result;
      result.mutable_frame_result()->set_sequence(sequence);
      result.mutable_frame_result()->set_status(v1::FRAME_STATUS_POSE);
      ++answered_;
      Tell(stream, result, !breaks);
      if (breaks) return Broken();
    }
    v1::AnalyzeResponse summary;
    summary.mutable_summary()->set_frames(answered_);
    Tell(stream, summary, true);
    return grpc::Status::OK;
  }

  std::vector<v1::SessionConfig> configs;
  std::atomic<int> streams = 0;
  bool forgets = false;
  bool repeats = false;  // sends the last response that arrived once more
  bool out_of_order = false;
  double seconds = 10;

 private:
  static grpc::Status Broken() { return {grpc::StatusCode::UNAVAILABLE, "Socket closed"}; }
  void Tell(ServerStream& stream, v1::AnalyzeResponse response, bool arrives) {
    response.set_number(told_.size() + 1);
    told_.push_back(response);
    if (arrives) stream.Write(response);
  }

  int breaks_left_;
  std::optional<uint64_t> received_;
  uint64_t answered_ = 0;
  std::vector<v1::AnalyzeResponse> told_;
};

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_SUPPORT_BREAKING_GATEWAY_H_
