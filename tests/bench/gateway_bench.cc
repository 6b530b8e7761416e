// What the gateway adds to a frame's latency: a real gateway in front of servers that answer at once, over
// gRPC and over WebSocket, beside clients that ask the same extractor directly.
#include <trackfit/v1/gateway.grpc.pb.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <functional>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clip.h"
#include "integration/support/fake_upstreams.h"
#include "integration/support/server_process.h"
#include "rpc/client_channel.h"
#include "support/health_client.h"
#include "support/percentile.h"
#include "support/web_socket_client.h"

namespace trackfit::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kRate = 30;  // frames a second of a session
constexpr int kWarmUp = 30;   // frames of a session that are not measured

struct Flags {
  int sessions = 8;
  double seconds = 5;
  int passes = 5;
};

struct Targets {
  std::string extractor, gateway;
  int http_port = 0;
};

// Latencies of one session: frames are sent by one thread, answers come on another.
class Latencies {
 public:
  void Sent() {
    const std::lock_guard lock(mutex_);
    sent_.push_back(Clock::now());
  }
  void Answered() {
    const auto now = Clock::now();
    const std::lock_guard lock(mutex_);
    milliseconds_.push_back(
        std::chrono::duration<double, std::milli>(now - sent_[milliseconds_.size()]).count());
  }
  // Without those of the warm-up.
  std::vector<double> Take() {
    const std::lock_guard lock(mutex_);
    const auto first = std::min<std::size_t>(kWarmUp, milliseconds_.size());
    return {milliseconds_.begin() + static_cast<std::ptrdiff_t>(first), milliseconds_.end()};
  }
  bool complete() const {
    const std::lock_guard lock(mutex_);
    return milliseconds_.size() == sent_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Clock::time_point> sent_;
  std::vector<double> milliseconds_;
};

// A client that sends frames; its answers come on a thread of its own.
class Client {
 public:
  virtual ~Client() = default;
  virtual void Send(v1::Frame frame) = 0;
  // Half-closes, and waits for what is left.
  virtual void Finish() = 0;
  Latencies& latencies() { return latencies_; }

 private:
  Latencies latencies_;
};

// Over a gRPC stream.
template <class Request, class Response>
class GrpcClient final : public Client {
 public:
  using Stream = grpc::ClientReaderWriter<Request, Response>;

  // `stub` is what the call is made on. Of the responses those count that `answers` a frame.
  template <class Stub>
  GrpcClient(std::shared_ptr<Stub> stub, std::unique_ptr<Stream> (Stub::*call)(grpc::ClientContext*),
             std::function<bool(const Response&)> answers)
      : stub_(stub), stream_((stub.get()->*call)(&context_)), reader_([this, answers = std::move(answers)] {
          for (Response response; stream_->Read(&response);) {
            if (answers(response)) latencies().Answered();
          }
        }) {
    Request request;
    request.mutable_config();
    stream_->Write(request);
  }
  void Send(v1::Frame frame) override {
    Request request;
    *request.mutable_frame() = std::move(frame);
    latencies().Sent();
    stream_->Write(request);
  }
  void Finish() override {
    stream_->WritesDone();
    reader_.join();
    stream_->Finish();
  }

 private:
  const std::shared_ptr<void> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<Stream> stream_;
  std::jthread reader_;
};

std::unique_ptr<Client> ConnectToExtractor(const Targets& targets) {
  std::shared_ptr<v1::ExtractorService::Stub> stub =
      v1::ExtractorService::NewStub(rpc::OpenChannel(targets.extractor));
  return std::make_unique<GrpcClient<v1::ExtractStreamRequest, v1::ExtractStreamResponse>>(
      stub, &v1::ExtractorService::Stub::ExtractStream,
      [](const v1::ExtractStreamResponse& response) { return response.has_result(); });
}

std::unique_ptr<Client> ConnectToGateway(const Targets& targets) {
  std::shared_ptr<v1::GatewayService::Stub> stub =
      v1::GatewayService::NewStub(rpc::OpenChannel(targets.gateway));
  return std::make_unique<GrpcClient<v1::AnalyzeRequest, v1::AnalyzeResponse>>(
      stub, &v1::GatewayService::Stub::Analyze,
      [](const v1::AnalyzeResponse& response) { return response.has_frame_result(); });
}

class WebSocketSession final : public Client {
 public:
  explicit WebSocketSession(const Targets& targets)
      : socket_(targets.http_port), reader_([this] { Read(); }) {
    v1::AnalyzeRequest request;
    request.mutable_config();
    socket_.SendBinary(request.SerializeAsString());
  }
  void Send(v1::Frame frame) override {
    v1::AnalyzeRequest request;
    *request.mutable_frame() = std::move(frame);
    latencies().Sent();
    socket_.SendBinary(request.SerializeAsString());
  }
  void Finish() override {
    socket_.SendBinary("");
    reader_.join();
  }

 private:
  void Read() {
    while (const auto frame = socket_.Receive()) {
      if (frame->opcode == testing::WebSocketClient::kClose) return;
      v1::AnalyzeResponse response;
      if (frame->opcode == testing::WebSocketClient::kBinary && response.ParseFromString(frame->payload) &&
          response.has_frame_result()) {
        latencies().Answered();
      }
    }
  }

  testing::WebSocketClient socket_;
  std::jthread reader_;
};

std::unique_ptr<Client> ConnectToWebPort(const Targets& targets) {
  return std::make_unique<WebSocketSession>(targets);
}

struct Row {
  const char* path;
  std::unique_ptr<Client> (*connect)(const Targets&);
  std::vector<double> p50, p95, p99;  // of each pass
};

// Plays the clip to so many clients, their frames spread over a frame's time.
absl::StatusOr<std::vector<double>> Measure(const Row& row, const Targets& targets, const Clip& clip,
                                            const Flags& flags) {
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < flags.sessions; ++i) clients.push_back(row.connect(targets));
  const auto frames = static_cast<uint64_t>(std::llround(flags.seconds * kRate)) + kWarmUp;
  const auto start = Clock::now();
  for (uint64_t frame = 0; frame < frames; ++frame) {
    for (std::size_t i = 0; i < clients.size(); ++i) {
      const double due =
          (static_cast<double>(frame) + static_cast<double>(i) / static_cast<double>(clients.size())) / kRate;
      v1::Frame next = clip.At(frame);
      std::this_thread::sleep_until(
          start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(due)));
      clients[i]->Send(std::move(next));
    }
  }
  std::vector<double> milliseconds;
  for (const auto& client : clients) {
    client->Finish();
    if (!client->latencies().complete()) return absl::DataLossError("a frame was not answered");
    const std::vector<double> some = client->latencies().Take();
    milliseconds.insert(milliseconds.end(), some.begin(), some.end());
  }
  return milliseconds;
}

absl::Status Run(const Flags& flags) {
  const auto clip = Clip::Draw(480, 640, Encoding::kJpeg);
  if (!clip.ok()) return clip.status();
  testing::FakeServer<testing::FakeExtractor> extractor;
  testing::FakeServer<testing::FakeInferencer> inferencer;
  const testing::ServerProcess gateway(
      "trackfit-gateway",
      {"--extractor", extractor.address(), "--inferencer", inferencer.address(), "--log-level", "error"});
  if (gateway.port() == 0) return absl::UnavailableError("the gateway does not start");
  const auto channel = rpc::OpenChannel(gateway.address());
  for (int waited = 0; testing::CheckHealth(channel, "") != "SERVING"; ++waited) {
    if (waited == 100) return absl::UnavailableError("the gateway is not ready after 10 s");
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }

  const Targets targets{extractor.address(), gateway.address(), gateway.http_port()};
  Row rows[] = {{"extractor alone, gRPC", ConnectToExtractor, {}, {}, {}},
                {"gateway, gRPC", ConnectToGateway, {}, {}, {}},
                {"gateway, WebSocket", ConnectToWebPort, {}, {}, {}}};
  for (int pass = 0; pass < flags.passes; ++pass) {
    for (Row& row : rows) {
      const auto measured = Measure(row, targets, *clip, flags);
      if (!measured.ok()) return measured.status();
      row.p50.push_back(testing::Percentile(*measured, 0.50));
      row.p95.push_back(testing::Percentile(*measured, 0.95));
      row.p99.push_back(testing::Percentile(*measured, 0.99));
    }
  }
  std::cout << absl::StrFormat(
      "%d sessions at %g frames a second (%s, %d KB), in turn, medians of %d times %g s. The servers behind "
      "answer at once.\n\n"
      "| path | p50 ms | p95 ms | p99 ms | added p50 | added p99 |\n|---|---|---|---|---|---|\n",
      flags.sessions, kRate, clip->description(), clip->mean_bytes() / 1024, flags.passes, flags.seconds);
  for (const Row& row : rows) {
    const double p50 = testing::Median(row.p50), p99 = testing::Median(row.p99);
    const bool alone = &row == &rows[0];
    std::cout << absl::StrFormat("| %s | %.2f | %.2f | %.2f | %s | %s |\n", row.path, p50,
                                 testing::Median(row.p95), p99,
                                 alone ? "–" : absl::StrFormat("%.2f", p50 - testing::Median(rows[0].p50)),
                                 alone ? "–" : absl::StrFormat("%.2f", p99 - testing::Median(rows[0].p99)));
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace trackfit::bench

int main(int argc, char** argv) {
  trackfit::bench::Flags flags;
  CLI::App app{"Measures what the gateway adds to a frame's latency", "gateway_bench"};
  app.add_option("--sessions", flags.sessions, "Clients at a time")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--seconds", flags.seconds, "Time measured of each path in each pass")
      ->check(CLI::Range(0.1, 3600.0))
      ->capture_default_str();
  app.add_option("--passes", flags.passes, "Measurements of each path, taken in turn")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = trackfit::bench::Run(flags);
  if (!status.ok()) std::cerr << "gateway_bench: " << status.message() << "\n";
  return status.ok() ? 0 : 1;
}
