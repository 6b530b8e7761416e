// What a session sends, on its way to whichever stream its client has at the moment.
#ifndef TRACKFIT_GATEWAY_CLIENT_RELAY_H_
#define TRACKFIT_GATEWAY_CLIENT_RELAY_H_

#include <handover/session_state.pb.h>
#include <trackfit/v1/gateway.pb.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "gateway/analysis_session.h"

namespace trackfit::gateway {

// What makes a session resumable.
struct Resumability {
  std::string token;  // told with SessionStarted
  std::chrono::milliseconds retention{0};
  size_t kept_bytes = 0;  // of the latest responses, serialized
};

// In a resumable session it numbers the responses and keeps the latest of them, for what was written to a
// connection that broke may not have arrived; in others it passes them on. Not thread-safe: belongs to the
// session's strand.
class ClientRelay final : public AnalysisClient {
 public:
  // Without resumability the session has one stream and ends with it.
  explicit ClientRelay(std::optional<Resumability> resumability);
  ClientRelay(const ClientRelay&) = delete;
  ClientRelay& operator=(const ClientRelay&) = delete;

  // AnalysisClient: numbered, kept, and sent to the stream, if there is one.
  void Send(v1::AnalyzeResponse response) override;
  void Finish(absl::Status status) override;

  // The stream from now on.
  void Attach(std::shared_ptr<AnalysisClient> stream);
  // The same for one that resumes: it gets `resumed`, what came after `last_number`, and the end, where that
  // has come. NOT_FOUND when some of it is not kept any more, INVALID_ARGUMENT when so much was never sent;
  // then nothing has changed.
  absl::Status Resume(std::shared_ptr<AnalysisClient> stream, v1::SessionResumed resumed,
                      uint64_t last_number);
  // There is none from now on.
  void Detach() { stream_ = nullptr; }

  // For another process, of a resumable session that has started and not failed. Restore() is for a new one.
  handover::RelayState State() const;
  void Restore(const handover::RelayState& state);

  const std::shared_ptr<AnalysisClient>& stream() const { return stream_; }  // null: none
  bool resumable() const { return resumability_.has_value(); }
  // Whether the client was told the token.
  bool started() const { return started_; }
  // The session's end, once it has come.
  const std::optional<absl::Status>& finished() const { return finished_; }
  // Of the responses that are kept.
  size_t bytes() const { return bytes_; }

 private:
  void Keep(std::string response);

  const std::optional<Resumability> resumability_;
  std::shared_ptr<AnalysisClient> stream_;
  uint64_t last_number_ = 0;
  std::deque<std::string> kept_;  // the last one has last_number_
  size_t bytes_ = 0;
  bool started_ = false;
  std::optional<absl::Status> finished_;
};

}  // namespace trackfit::gateway

#endif  // TRACKFIT_GATEWAY_CLIENT_RELAY_H_
