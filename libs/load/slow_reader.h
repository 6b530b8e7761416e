// A client that hardly reads: it must cost the servers no memory, and the others nothing at all.
#ifndef TRACKFIT_LOAD_SLOW_READER_H_
#define TRACKFIT_LOAD_SLOW_READER_H_

#include <grpcpp/client_context.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "load/recording.h"
#include "load/session.h"
#include "trackfit/v1/gateway.grpc.pb.h"

namespace trackfit::load {

// Sends frames as fast as flow control lets it, and reads an answer every `pause`. Two threads of its own.
class SlowReader {
 public:
  // What it is made of must outlive it.
  SlowReader(v1::GatewayService::Stub& stub, const Recording& recording, const SessionOptions& options,
             std::chrono::milliseconds pause);
  SlowReader(const SlowReader&) = delete;
  SlowReader& operator=(const SlowReader&) = delete;
  // Vanishes.
  ~SlowReader();

  uint64_t sent() const { return sent_; }  // taken by the transport
  uint64_t read() const { return read_; }

 private:
  using Stream = grpc::ClientReaderWriter<v1::AnalyzeRequest, v1::AnalyzeResponse>;

  std::unique_ptr<Stream> Open(v1::GatewayService::Stub& stub, const std::string& api_key);
  void Write(v1::SessionConfig config, const Recording& recording);
  void Read(std::chrono::milliseconds pause);

  grpc::ClientContext context_;
  std::unique_ptr<Stream> stream_;
  std::atomic<uint64_t> sent_{0};
  std::atomic<uint64_t> read_{0};
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread writer_;
  std::thread reader_;
};

}  // namespace trackfit::load

#endif  // TRACKFIT_LOAD_SLOW_READER_H_
