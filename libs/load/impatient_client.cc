#include "load/impatient_client.h"

#include <grpcpp/client_context.h>

#include <chrono>
#include <random>

#include "absl/strings/str_cat.h"
#include "client/gateway_flags.h"

namespace trackfit::load {
namespace {

constexpr int kShortestMs = 50, kLongestMs = 1000;
// After each call: a gateway that is away answers at once.
constexpr std::chrono::milliseconds kPause{20};

}  // namespace

ImpatientClient::ImpatientClient(v1::GatewayService::Stub& stub, const Recording& recording,
                                 const SessionOptions& options, uint64_t seed)
    : thread_([this, &stub, &recording, options, seed] { Run(stub, recording, options, seed); }) {}

ImpatientClient::~ImpatientClient() { Stop(); }

void ImpatientClient::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void ImpatientClient::Run(v1::GatewayService::Stub& stub, const Recording& recording,
                          const SessionOptions& options, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<int> patience_ms(kShortestMs, kLongestMs);
  for (std::unique_lock lock(mutex_); !stopping_;
       stop_.wait_for(lock, kPause, [this] { return stopping_; })) {
    lock.unlock();
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(patience_ms(random)));
    client::AddKey(options.api_key, context);
    const auto stream = stub.Analyze(&context);
    v1::AnalyzeRequest request;
    *request.mutable_config() = options.config;
    v1::AnalyzeResponse response;
    for (uint64_t sequence = 0; stream->Write(request) && stream->Read(&response); ++sequence) {
      request = recording.FrameRequest(sequence);
    }
    const grpc::Status status = stream->Finish();
    ++calls_;
    switch (status.error_code()) {
      case grpc::StatusCode::DEADLINE_EXCEEDED:
      case grpc::StatusCode::RESOURCE_EXHAUSTED:
      case grpc::StatusCode::UNAVAILABLE:
        break;
      default:
        faults_.push_back(absl::StrCat("a call with a deadline ended with ",
                                       static_cast<int>(status.error_code()), ": ", status.error_message()));
    }
    lock.lock();
  }
}

}  // namespace trackfit::load
