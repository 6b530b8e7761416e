// A plain client of the gateway, as an app would write it.
#ifndef TRACKFIT_TESTS_INTEGRATION_SUPPORT_ANALYZE_CLIENT_H_
#define TRACKFIT_TESTS_INTEGRATION_SUPPORT_ANALYZE_CLIENT_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <trackfit/v1/gateway.grpc.pb.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace trackfit::testing {

// Of a clip at 30 frames a second.
inline int64_t TimestampUs(uint64_t sequence) {
  return std::llround(static_cast<double>(sequence) * 1e6 / 30);
}

// What came back on one stream.
struct Analyzed {
  grpc::Status status;
  std::vector<v1::AnalyzeResponse> responses;

  std::vector<v1::FrameResult> FrameResults() const {
    std::vector<v1::FrameResult> results;
    for (const auto& response : responses) {
      if (response.has_frame_result()) results.push_back(response.frame_result());
    }
    return results;
  }
  std::vector<uint64_t> Answered() const {
    std::vector<uint64_t> sequences;
    for (const auto& result : FrameResults()) sequences.push_back(result.sequence());
    return sequences;
  }
  std::vector<v1::Repetition> Repetitions() const {
    std::vector<v1::Repetition> repetitions;
    for (const auto& response : responses) {
      if (response.has_repetition()) repetitions.push_back(response.repetition());
    }
    return repetitions;
  }
  std::vector<v1::Assessment> Assessments() const {
    std::vector<v1::Assessment> assessments;
    for (const auto& response : responses) {
      if (response.has_assessment()) assessments.push_back(response.assessment());
    }
    return assessments;
  }
  // All zero when the stream ended without one.
  v1::SessionSummary Summary() const {
    return responses.empty() ? v1::SessionSummary() : responses.back().summary();
  }
  // All that must not depend on timing or on other sessions, bit by bit: everything but the session's id and
  // how frame results, assessments and what the coach says are interleaved.
  std::string Fingerprint() const {
    std::string fingerprint;
    for (const auto& result : FrameResults()) fingerprint += result.SerializeAsString();
    for (const auto& assessment : Assessments()) fingerprint += assessment.SerializeAsString();
    for (const auto& response : responses) {
      if (response.has_repetition() || response.has_advice() || response.has_hint()) {
        fingerprint += response.SerializeAsString();
      }
    }
    return fingerprint + Summary().SerializeAsString();
  }
};

inline v1::AnalyzeRequest ConfigRequest(v1::SessionConfig config = {}) {
  v1::AnalyzeRequest request;
  *request.mutable_config() = std::move(config);
  return request;
}

inline v1::AnalyzeRequest FrameRequest(uint64_t sequence, std::string encoded) {
  v1::AnalyzeRequest request;
  request.mutable_frame()->set_sequence(sequence);
  request.mutable_frame()->set_timestamp_us(TimestampUs(sequence));
  request.mutable_frame()->set_encoded(std::move(encoded));
  return request;
}

// A configuration and `count` frames, sequences from 0, whose pictures depend on `taste`.
inline std::vector<v1::AnalyzeRequest> Clip(uint64_t count, const std::string& taste = "a") {
  std::vector<v1::AnalyzeRequest> requests = {ConfigRequest()};
  for (uint64_t i = 0; i < count; ++i) requests.push_back(FrameRequest(i, taste + std::to_string(i)));
  return requests;
}

// One Analyze stream; reads on its own thread until the stream ends.
class AnalyzeCall {
 public:
  using Metadata = std::map<std::string, std::string>;

  explicit AnalyzeCall(int port, std::chrono::seconds deadline = std::chrono::seconds(100))
      : AnalyzeCall(port, {}, deadline) {}
  AnalyzeCall(int port, const Metadata& metadata, std::chrono::seconds deadline = std::chrono::seconds(100))
      : AnalyzeCall(Channel(port), metadata, deadline) {}
  AnalyzeCall(const std::shared_ptr<grpc::Channel>& channel, const Metadata& metadata,
              std::chrono::seconds deadline = std::chrono::seconds(100))
      : stub_(v1::GatewayService::NewStub(channel)) {
    for (const auto& [key, value] : metadata) context_.AddMetadata(key, value);
    context_.set_deadline(std::chrono::system_clock::now() + deadline);
    stream_ = stub_->Analyze(&context_);
  }

  AnalyzeCall(const AnalyzeCall&) = delete;
  AnalyzeCall& operator=(const AnalyzeCall&) = delete;
  // Of a test that has failed on the way.
  ~AnalyzeCall() {
    if (!reader_.joinable()) return;
    context_.TryCancel();
    reader_.join();
  }

  void StartReading() {
    reader_ = std::thread([this] {
      for (v1::AnalyzeResponse response; stream_->Read(&response);) {
        if (response.has_repetition()) ++repetitions_;
        analyzed_.responses.push_back(std::move(response));
        ++received_;
      }
    });
  }
  // The next response, before StartReading(); an empty one when the stream is over.
  v1::AnalyzeResponse Receive() {
    v1::AnalyzeResponse response;
    if (stream_->Read(&response)) analyzed_.responses.push_back(response);
    return response;
  }
  // False when the stream is broken.
  bool Send(const v1::AnalyzeRequest& request) { return stream_->Write(request); }
  void Cancel() { context_.TryCancel(); }
  grpc::ClientContext& context() { return context_; }

  // Since StartReading().
  int received() const { return received_; }
  // Waits until so many responses have come, at most half a minute.
  bool WaitForResponses(int count) const { return WaitFor(received_, count); }
  // The same of repetitions.
  bool WaitForRepetitions(int count) const { return WaitFor(repetitions_, count); }

  // Half-closes and waits for the end.
  Analyzed Finish() {
    stream_->WritesDone();
    return Await();
  }
  // Waits for the end.
  Analyzed Await() {
    if (!reader_.joinable()) StartReading();
    reader_.join();
    analyzed_.status = stream_->Finish();
    return std::move(analyzed_);
  }

 private:
  static bool WaitFor(const std::atomic<int>& counted, int count) {
    for (int waited = 0; waited < 3000 && counted < count; ++waited) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return counted >= count;
  }

  static std::shared_ptr<grpc::Channel> Channel(int port) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE,
                     0);  // a small, fixed window: what is not read soon stops the sender
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    return grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials(),
                                     arguments);
  }

  std::unique_ptr<v1::GatewayService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::AnalyzeRequest, v1::AnalyzeResponse>> stream_;
  std::thread reader_;
  std::atomic<int> received_ = 0;
  std::atomic<int> repetitions_ = 0;
  Analyzed analyzed_;
};

// Sends everything as fast as it is taken.
inline Analyzed Analyze(int port, const std::vector<v1::AnalyzeRequest>& requests) {
  AnalyzeCall call(port);
  call.StartReading();
  for (const auto& request : requests) {
    if (!call.Send(request)) break;
  }
  return call.Finish();
}

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_INTEGRATION_SUPPORT_ANALYZE_CLIENT_H_
