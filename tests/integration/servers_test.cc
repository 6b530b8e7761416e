// What all three servers withstand, as real processes over real sockets: more connections than descriptors,
// and more requests than memory.
#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>
#include <trackfit/v1/gateway.grpc.pb.h>
#include <trackfit/v1/inferencer.grpc.pb.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "integration/support/analyze_client.h"
#include "integration/support/fake_upstreams.h"
#include "integration/support/http_get.h"
#include "integration/support/server_process.h"
#include "support/client_socket.h"
#include "support/health_client.h"

namespace trackfit {
namespace {

namespace fs = std::filesystem;
using testing::AnalyzeCall;
using ::testing::AnyOf;
using testing::CheckHealth;
using testing::ClientSocket;
using testing::FakeExtractor;
using testing::FakeInferencer;
using testing::FakeServer;
using ::testing::HasSubstr;
using testing::HttpGet;
using testing::ServerProcess;

// An HTTP/2 client's first words: the preface and empty SETTINGS.
const std::string kGreeting =
    std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") + std::string("\0\0\0\4\0\0\0\0\0", 9);

// "SERVING" or "NOT_SERVING" from whoever is reached, over a connection of its own.
std::string Health(const ServerProcess& server) {
  static std::atomic<int> count = 0;
  grpc::ChannelArguments arguments;
  arguments.SetInt("test.channel", ++count);
  return CheckHealth(
      grpc::CreateCustomChannel(server.address(), grpc::InsecureChannelCredentials(), arguments), "");
}

// Not everywhere: TRACKFIT_WITH_TORCH=OFF leaves out the inferencer.
bool IsBuilt(const std::string& program) { return fs::exists(fs::path(TRACKFIT_BINARIES) / program); }

class Servers : public ::testing::TestWithParam<std::string> {
 protected:
  static constexpr rlim_t kDescriptors = 256;

  void SetUp() override {
    if (!IsBuilt(GetParam())) GTEST_SKIP() << "built without LibTorch";
    std::vector<std::string> flags = {"--workers", "1", "--self-check-interval", "1"};
    if (GetParam() == "trackfit-gateway") {
      flags.insert(flags.end(), {"--extractor", "127.0.0.1:1", "--inferencer", "127.0.0.1:1"});
    } else if (!fs::exists("deploy/models/blazepose/pose_detection.tflite") ||
               !fs::exists("deploy/models/protogcn")) {
      GTEST_SKIP() << "no models; run tools/setup";
    }
    server_ = std::make_unique<ServerProcess>(GetParam(), flags, ServerProcess::Await::kListening,
                                              kDescriptors, ServerProcess::Terminal::kOwn);
    ASSERT_NE(server_->port(), 0);
  }

  std::unique_ptr<ServerProcess> server_;
};

TEST_P(Servers, AnswerWhileAndAfterMoreConnectionsThanDescriptorsAreIdle) {
  const auto reached = AnyOf("SERVING", "NOT_SERVING");  // a gateway without upstreams is not ready
  {
    std::vector<ClientSocket> idle;
    for (rlim_t i = 0; i < 2 * kDescriptors; ++i) {
      idle.emplace_back(server_->port());
      idle.emplace_back(server_->metrics_port());
      ASSERT_TRUE(idle.back().connected());
    }
    EXPECT_THAT(Health(*server_), reached);
    EXPECT_THAT(HttpGet(server_->metrics_port(), "/metrics"),
                HasSubstr("trackfit_connections_refused_total"));
  }
  EXPECT_THAT(Health(*server_), reached);
  EXPECT_THAT(HttpGet(server_->metrics_port(), "/metrics"), HasSubstr("200 OK"));
}

TEST_P(Servers, AnswerOthersWhileOnePeerHoldsAllConnectionsThatItGets) {
  const auto reached = AnyOf("SERVING", "NOT_SERVING");
  {
    std::vector<ClientSocket> greedy;
    for (rlim_t i = 0; i < 2 * kDescriptors; ++i) {
      greedy.emplace_back(server_->port(), "127.0.0.2");
      ASSERT_TRUE(greedy.back().connected());
      greedy.back().Send(kGreeting);
    }
    EXPECT_THAT(Health(*server_), reached);
    EXPECT_THAT(HttpGet(server_->metrics_port(), "/metrics"),
                HasSubstr("trackfit_connections_refused_total{reason=\"too_many_of_peer\"}"));
    std::this_thread::sleep_for(std::chrono::seconds(3));  // the server asks itself whether it can be reached
  }
  EXPECT_THAT(Health(*server_), reached);
  EXPECT_THAT(server_->Log(), HasSubstr("max-connections-per-peer"));
  server_->SendTerm();
  EXPECT_EQ(server_->Wait(), 0);
}

TEST_P(Servers, DrainWhenTheTerminalHangsUp) {
  server_->CloseTerminal();
  EXPECT_EQ(server_->Wait(), 0);
  EXPECT_THAT(server_->Log(), HasSubstr("draining"));
}

INSTANTIATE_TEST_SUITE_P(Programs, Servers,
                         ::testing::Values("trackfit-gateway", "trackfit-extractor", "trackfit-inferencer"),
                         [](const auto& program) {
                           return program.param.substr(std::string("trackfit-").size());
                         });

// Else clients would never notice replicas that came later: they look up names only when a connection ends.
TEST(Connections, AreMadeAnewAfterAWhileAndTheirStreamsGoOn) {
  FakeServer<FakeExtractor> extractor;
  FakeServer<FakeInferencer> inferencer;
  ServerProcess gateway("trackfit-gateway", {"--extractor", extractor.address(), "--inferencer",
                                             inferencer.address(), "--max-connection-age", "1"});
  ASSERT_NE(gateway.port(), 0);
  const auto channel = grpc::CreateChannel(gateway.address(), grpc::InsecureChannelCredentials());
  const auto stub = v1::GatewayService::NewStub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(1));
  const auto stream = stub->Analyze(&context);
  const auto is_answered = [&](uint64_t sequence) {
    stream->Write(testing::FrameRequest(sequence, "a"));
    for (v1::AnalyzeResponse response; stream->Read(&response);) {
      if (response.has_frame_result()) return response.frame_result().sequence() == sequence;
    }
    return false;
  };
  stream->Write(testing::ConfigRequest());
  ASSERT_TRUE(is_answered(0));

  ASSERT_TRUE(channel->WaitForStateChange(GRPC_CHANNEL_READY,
                                          std::chrono::system_clock::now() + std::chrono::seconds(30)));

  EXPECT_TRUE(is_answered(1));
  EXPECT_THAT(CheckHealth(channel, ""), AnyOf("SERVING", "NOT_SERVING"));
  EXPECT_TRUE(is_answered(2));
  stream->WritesDone();
  for (v1::AnalyzeResponse response; stream->Read(&response);) {
  }
  EXPECT_TRUE(stream->Finish().ok());
}

// Megabytes: "VmRSS" is what a process has in memory, "VmHWM" the most that it has had.
int MemoryOf(const ServerProcess& server, const std::string& what) {
  std::ifstream file("/proc/" + std::to_string(server.pid()) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(what + ":", 0) == 0) return std::stoi(line.substr(what.size() + 1)) / 1024;
  }
  return -1;
}

class Memory : public ::testing::TestWithParam<v1::DeliveryMode> {};

TEST_P(Memory, OfAGatewayIsBoundedWhateverItsClientsSend) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizer keeps freed memory";
#endif
  constexpr int kQueuedMb = 96;
  constexpr int kTransportMb =
      384;  // with less than some three pictures a client, gRPC ends streams by itself
  constexpr int kClients = 8;
  constexpr int kPictureMb = 12;
  FakeServer<FakeExtractor> extractor;
  FakeServer<FakeInferencer> inferencer;
  extractor.service().pause_ms = 200;  // much slower than the clients
  ServerProcess gateway(
      "trackfit-gateway",
      {"--extractor", extractor.address(), "--inferencer", inferencer.address(), "--max-queued-mb",
       std::to_string(kQueuedMb), "--max-transport-mb", std::to_string(kTransportMb), "--drain-grace", "0"});
  ASSERT_NE(gateway.port(), 0);
  const int before = MemoryOf(gateway, "VmRSS");

  std::vector<std::thread> clients;
  std::atomic<int> sent = 0;
  std::atomic<int> broken = 0;
  std::atomic<bool> over = false;
  v1::SessionConfig config;
  config.set_delivery(GetParam());
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([&] {
      AnalyzeCall call(gateway.port());
      call.StartReading();
      call.Send(testing::ConfigRequest(config));
      v1::AnalyzeRequest request = testing::FrameRequest(0, "");
      v1::RawImage& raw = *request.mutable_frame()->mutable_raw();
      raw.set_width(3840);
      raw.set_height(2160);
      raw.set_format(v1::RawImage::PIXEL_FORMAT_NV12);
      raw.set_data(std::string(3840 * 2160 * 3 / 2, 'x'));
      for (uint64_t sequence = 0; !over; ++sequence) {
        request.mutable_frame()->set_sequence(sequence);
        request.mutable_frame()->set_timestamp_us(testing::TimestampUs(sequence));
        if (!call.Send(request)) {
          if (!over) ++broken;
          break;
        }
        ++sent;
      }
      call.Cancel();
      call.Await();
    });
  }
  std::this_thread::sleep_for(std::chrono::seconds(8));
  over = true;
  const int most = MemoryOf(gateway, "VmHWM");
  const int answered = extractor.service().frames;
  gateway.Kill();
  for (std::thread& client : clients) client.join();
  RecordProperty("frames_sent", sent);
  RecordProperty("frames_answered", answered);
  RecordProperty("megabytes", most - before);
  EXPECT_EQ(broken, 0) << "streams ended though their clients did nothing wrong";
  EXPECT_GE(answered, 5 * kClients);
  EXPECT_LE(most - before, 3 * kQueuedMb + kTransportMb + kClients * kPictureMb);
}

INSTANTIATE_TEST_SUITE_P(Deliveries, Memory,
                         ::testing::Values(v1::DELIVERY_MODE_LOSSLESS, v1::DELIVERY_MODE_LIVE),
                         [](const auto& mode) {
                           return mode.param == v1::DELIVERY_MODE_LIVE ? "Live" : "Lossless";
                         });

// As many poses as a call may have, with everything that a pose may have: some 70 MB.
v1::InferRequest LargestClip() {
  v1::InferRequest request;
  for (int i = 0; i < 36'000; ++i) {
    v1::Pose& pose = *request.add_poses();
    pose.set_sequence(static_cast<uint64_t>(i));
    pose.set_timestamp_us(testing::TimestampUs(static_cast<uint64_t>(i)));
    for (int joint = 0; joint < skeleton::kJointCount; ++joint) {
      for (v1::Landmark* landmark : {pose.add_landmarks(), pose.add_world_landmarks()}) {
        landmark->set_x(0.1F);
        landmark->set_y(0.2F);
        landmark->set_z(0.3F);
        landmark->set_visibility(0.9F);
        landmark->set_presence(0.9F);
      }
    }
  }
  return request;
}

TEST(InferencerMemory, IsBoundedHoweverManyClipsCome) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizer keeps freed memory";
#endif
  if (!IsBuilt("trackfit-inferencer")) GTEST_SKIP() << "built without LibTorch";
  if (!fs::exists("deploy/models/protogcn")) GTEST_SKIP() << "no trained model";
  constexpr int kQueuedMb = 192;
  constexpr int kTransportMb = 384;
  constexpr int kClients = 12;
  ServerProcess inferencer("trackfit-inferencer",
                           {"--workers", "1", "--max-queued-mb", std::to_string(kQueuedMb),
                            "--max-transport-mb", std::to_string(kTransportMb), "--drain-grace", "0"});
  ASSERT_NE(inferencer.port(), 0);
  const int before = MemoryOf(inferencer, "VmRSS");

  const v1::InferRequest request = LargestClip();
  std::atomic<int> refused = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([&] {
      const auto stub = v1::InferencerService::NewStub(
          grpc::CreateChannel(inferencer.address(), grpc::InsecureChannelCredentials()));
      grpc::ClientContext context;
      context.set_deadline(std::chrono::system_clock::now() +
                           std::chrono::seconds(30));  // to send it on a busy machine
      v1::InferResponse response;
      if (stub->Infer(&context, request, &response).error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED) {
        ++refused;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  const int most = MemoryOf(inferencer, "VmHWM");
  inferencer.Kill();
  RecordProperty("megabytes", most - before);
  EXPECT_GE(refused, kClients - 3);
  EXPECT_LT(refused, kClients);
  EXPECT_THAT(inferencer.Log(), HasSubstr("max-queued-mb"));
  EXPECT_LE(most - before, 5 * kQueuedMb + kTransportMb);
}

}  // namespace
}  // namespace trackfit
