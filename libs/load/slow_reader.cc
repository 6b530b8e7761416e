#include "load/slow_reader.h"

#include <utility>

#include "client/gateway_flags.h"

namespace trackfit::load {

SlowReader::SlowReader(v1::GatewayService::Stub& stub, const Recording& recording,
                       const SessionOptions& options, std::chrono::milliseconds pause)
    : stream_(Open(stub, options.api_key)),
      writer_([this, config = options.config, &recording] { Write(config, recording); }),
      reader_([this, pause] { Read(pause); }) {}

SlowReader::~SlowReader() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  context_.TryCancel();
  writer_.join();
  reader_.join();
  stream_->Finish();
}

std::unique_ptr<SlowReader::Stream> SlowReader::Open(v1::GatewayService::Stub& stub,
                                                     const std::string& api_key) {
  client::AddKey(api_key, context_);
  return stub.Analyze(&context_);
}

void SlowReader::Write(v1::SessionConfig config, const Recording& recording) {
  v1::AnalyzeRequest request;
  *request.mutable_config() = std::move(config);
  for (uint64_t sequence = 0; stream_->Write(request); ++sequence) {
    sent_ = sequence;
    request = recording.FrameRequest(sequence);
  }
}

void SlowReader::Read(std::chrono::milliseconds pause) {
  v1::AnalyzeResponse response;
  while (stream_->Read(&response)) {
    ++read_;
    std::unique_lock lock(mutex_);
    if (stop_.wait_for(lock, pause, [this] { return stopping_; })) return;
  }
}

}  // namespace trackfit::load
