#include "rpc/server.h"

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "grpc/health/v1/health.grpc.pb.h"
#include "integration/support/http_get.h"
#include "support/health_client.h"
#include "unit/rpc/scripted_service.h"

namespace trackfit::rpc {
namespace {

using ::testing::AllOf;
using testing::CheckHealth;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::HttpGet;
using ::testing::IsEmpty;

const std::string kName = v1::ExtractorService::service_full_name();

TEST(Server, HealthServiceAnswersForTheServerAndForItsService) {
  ScriptedServer server;
  EXPECT_EQ(CheckHealth(server.NewChannel(), ""), "SERVING");
  EXPECT_EQ(CheckHealth(server.NewChannel(), kName), "SERVING");
  EXPECT_EQ(CheckHealth(server.NewChannel(), "no.such.Service"), "NOT_FOUND");
}

TEST(Server, DrainLetsRunningStreamsFinishAndRefusesNewOnes) {
  ScriptedServer server;
  const auto stub = server.NewStub();
  grpc::ClientContext context;
  const auto stream = stub->ExtractStream(&context);
  stream->Write(MakeRequest(1));
  Response response;
  ASSERT_TRUE(stream->Read(&response));

  auto drained = std::async(std::launch::async, [&] { server.server().Drain(); });
  ASSERT_TRUE(Eventually([&] { return CheckHealth(server.NewChannel(), "") == "UNAVAILABLE"; }));
  grpc::ClientContext late_context;
  EXPECT_EQ(stub->ExtractStream(&late_context)->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);

  EXPECT_TRUE(stream->Write(MakeRequest(2)));
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.result().sequence(), 2u);
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(drained.wait_for(std::chrono::seconds(4)), std::future_status::ready);
}

TEST(Server, DrainEndsStreamsThatOutstayTheGracePeriod) {
  ServerOptions options = TestOptions();
  options.drain_grace = 0.1;
  ScriptedServer server({}, options);
  const auto stub = server.NewStub();
  grpc::ClientContext context;
  const auto stream = stub->ExtractStream(&context);
  stream->Write(MakeRequest(1));
  Response response;
  ASSERT_TRUE(stream->Read(&response));
  server.server().Drain();
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr("shutting down"));
  EXPECT_EQ(server.counts().handlers, 0);
}

TEST(Server, TellsClientsAtOnceToGoElsewhereWhenItDrains) {
  ScriptedServer server;
  const auto channel = server.NewChannel();
  const auto stub = v1::ExtractorService::NewStub(channel);
  grpc::ClientContext context;
  const auto stream = stub->ExtractStream(&context);
  stream->Write(MakeRequest(1));
  Response response;
  ASSERT_TRUE(stream->Read(&response));
  ASSERT_EQ(channel->GetState(false), GRPC_CHANNEL_READY);

  auto drained = std::async(std::launch::async, [&] { server.server().Drain(); });
  EXPECT_TRUE(Eventually([&] { return channel->GetState(false) != GRPC_CHANNEL_READY; }));
  EXPECT_EQ(server.runtime().streams().count(), 1) << "within the grace period";
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

TEST(Server, LetsNoCallHangThatComesWhileItBeginsToDrain) {
  ScriptedServer server;
  std::atomic<bool> over = false;
  std::map<grpc::StatusCode, int> codes;
  std::thread calls([&] {
    const auto stub = server.NewStub();
    while (!over) {
      grpc::ClientContext context;
      context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(2));
      v1::ExtractResponse response;
      ++codes[stub->Extract(&context, {}, &response).error_code()];
    }
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  server.server().Drain();
  over = true;
  calls.join();
  EXPECT_GT(codes[grpc::StatusCode::OK], 0);
  codes.erase(grpc::StatusCode::OK);
  codes.erase(grpc::StatusCode::UNAVAILABLE);
  codes.erase(grpc::StatusCode::CANCELLED);  // gRPC says so to a call that crosses its GOAWAY
  EXPECT_THAT(codes, IsEmpty());
}

TEST(Server, DoesNotWaitForWatchersOfItsHealth) {
  ScriptedServer server;
  const auto stub = grpc::health::v1::Health::NewStub(server.NewChannel());
  grpc::ClientContext context;
  const auto watch = stub->Watch(&context, {});
  grpc::health::v1::HealthCheckResponse response;
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.status(), grpc::health::v1::HealthCheckResponse::SERVING);

  const auto start = std::chrono::steady_clock::now();
  server.server().Drain();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.status(), grpc::health::v1::HealthCheckResponse::NOT_SERVING);
}

// What every connection attempt meets when nobody listens any more.
void StopListening(int port) {
  for (int descriptor = 3; descriptor < 1024; ++descriptor) {
    int listens = 0;
    socklen_t size = sizeof(listens);
    sockaddr_in address{};
    socklen_t address_size = sizeof(address);
    if (getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens != 0 &&
        getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &address_size) == 0 &&
        ntohs(address.sin_port) == port) {
      shutdown(descriptor, SHUT_RDWR);
    }
  }
}

// Somebody else listens on the port from now on, and accepts nobody. Gives the socket.
int MakeDeaf(int port) {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  StopListening(port);
  const int deaf = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(deaf, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  EXPECT_EQ(bind(deaf, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(listen(deaf, 100), 0);
  return deaf;
}

TEST(Server, TellsClientsAtOnceThatItDrainsAlsoWhileItAsksItself) {
  ServerOptions options = TestOptions();
  options.self_check_interval = 0.01;
  ScriptedServer server({}, options);
  const auto channel = server.NewChannel();
  const auto stub = v1::ExtractorService::NewStub(channel);
  grpc::ClientContext context;
  const auto stream = stub->ExtractStream(&context);
  stream->Write(MakeRequest(1));
  Response response;
  ASSERT_TRUE(stream->Read(&response));
  const int deaf = MakeDeaf(server.server().port());
  std::this_thread::sleep_for(std::chrono::milliseconds(100));  // a probe of a second is under way

  const auto start = std::chrono::steady_clock::now();
  auto drained = std::async(std::launch::async, [&] { server.server().Drain(); });
  EXPECT_TRUE(Eventually([&] { return channel->GetState(false) != GRPC_CHANNEL_READY; }));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(500));
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
  drained.get();
  close(deaf);
}

TEST(Server, KnowsThatItCanBeReached) {
  ServerOptions options = TestOptions();
  options.metrics_listen = "127.0.0.1:0";
  options.self_check_interval = 0.01;
  ScriptedServer server({}, options);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_TRUE(server.server().reachable());
}

TEST(Server, KnowsThatItsPortIsDeaf) {
  ServerOptions options = TestOptions();
  options.self_check_interval = 0.01;
  ScriptedServer server({}, options);
  StopListening(server.server().port());
  EXPECT_TRUE(Eventually([&] { return !server.server().reachable(); }));
}

TEST(Server, EndsWithAnErrorWhenItsPagesCannotBeReachedAnyMore) {
  ServerOptions options = TestOptions();
  options.metrics_listen = "127.0.0.1:0";
  options.self_check_interval = 0.01;
  options.port_file = std::filesystem::path(::testing::TempDir()) / "trackfit_server_test_deaf.json";
  const auto runtime = *Runtime::Create("test", options);
  ScriptedService service(*runtime, nullptr, nullptr);
  TerminationSignal signal;
  auto status =
      std::async(std::launch::async, [&] { return ServeUntilSignal(signal, *runtime, service, kName); });
  ASSERT_TRUE(Eventually([&] { return std::filesystem::exists(options.port_file); }));
  StopListening(nlohmann::json::parse(std::ifstream(options.port_file))["metrics"]);
  ASSERT_EQ(status.wait_for(std::chrono::seconds(10)), std::future_status::ready);
  EXPECT_EQ(status.get(), 1);
  std::filesystem::remove(options.port_file);
}

TEST(Server, ClosesConnectionsWithoutCalls) {
  ServerOptions options = TestOptions();
  options.idle_timeout = 0.2;
  ScriptedServer server({}, options);
  const auto channel = server.NewChannel();
  EXPECT_EQ(CheckHealth(channel, ""), "SERVING");
  EXPECT_TRUE(Eventually([&] { return channel->GetState(false) == GRPC_CHANNEL_IDLE; }));
  EXPECT_EQ(CheckHealth(channel, ""), "SERVING");
}

TEST(Server, ShowsItsHealthAsAPage) {
  ServerOptions options = TestOptions();
  options.metrics_listen = "127.0.0.1:0";
  ScriptedServer server({}, options);
  EXPECT_THAT(HttpGet(server.server().metrics_port(), "/healthz"),
              AllOf(HasSubstr("200 OK"), EndsWith("\r\n\r\nSERVING\n")));
  server.server().Drain();
  EXPECT_THAT(HttpGet(server.server().metrics_port(), "/healthz"),
              AllOf(HasSubstr("503"), EndsWith("\r\n\r\nNOT_SERVING\n")));
}

TEST(Server, TakesNoMoreConnectionsThanDescriptorsLeaveRoomFor) {
  const ConnectionLimits few = LimitsFor(TestOptions(), 256);
  EXPECT_LE(few.connections + few.silent, 256 - 64);
  EXPECT_GE(few.per_peer, 8);
  ServerOptions options = TestOptions();
  options.max_connections = 100'000;
  EXPECT_LT(LimitsFor(options, 1024).connections, 1024);
  options.max_connections = 50;
  options.max_connections_per_peer = 7;
  EXPECT_EQ(LimitsFor(options, 1024).connections, 50);
  EXPECT_EQ(LimitsFor(options, 1024).per_peer, 7);
}

TEST(Server, NamesTheAddressThatIsTaken) {
  ScriptedServer server;
  ServerOptions options = TestOptions();
  options.listen = server.address();
  const auto runtime = *Runtime::Create("test", options);
  ScriptedService service(*runtime, nullptr, nullptr);
  const auto second = Server::Start(*runtime, service, kName);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(server.address()));
}

TEST(Server, WritesItsPortsToTheFile) {
  ServerOptions options = TestOptions();
  options.metrics_listen = "127.0.0.1:0";
  options.port_file = std::filesystem::path(::testing::TempDir()) / "trackfit_server_test_ports.json";
  ScriptedServer server({}, options);
  std::ifstream file(options.port_file);
  const auto ports = nlohmann::json::parse(file);
  EXPECT_EQ(ports["grpc"], server.server().port());
  EXPECT_EQ(ports["metrics"], server.server().metrics_port());
  EXPECT_GT(server.server().metrics_port(), 0);
  std::filesystem::remove(options.port_file);
}

TEST(Server, NamesItsSidePortsAndStopsThemFirst) {
  ServerOptions options = TestOptions();
  options.port_file = std::filesystem::path(::testing::TempDir()) / "trackfit_server_test_side.json";
  const auto runtime = *Runtime::Create("test", options);
  ScriptedService service(*runtime, nullptr, nullptr);
  std::atomic<int> stopped = 0;
  const auto server =
      *Server::Start(*runtime, service, kName, nullptr,
                     {{.name = "side",
                       .port = 123,
                       .probe = [](std::chrono::milliseconds) { return net::ProbeResult::kAlive; },
                       .stop = [&] { stopped += runtime->serving() ? 100 : 1; }}});
  EXPECT_EQ(nlohmann::json::parse(std::ifstream(options.port_file))["side"], 123);
  EXPECT_EQ(stopped, 0);
  server->Drain();
  EXPECT_EQ(stopped, 1);
  std::filesystem::remove(options.port_file);
}

TEST(Server, TellsOnceThatItDrains) {
  const auto runtime = *Runtime::Create("test", TestOptions());
  ScriptedService service(*runtime, nullptr, nullptr);
  std::atomic<int> drains = 0;
  {
    const auto server = *Server::Start(*runtime, service, kName, nullptr, {}, [&] { ++drains; });
    EXPECT_EQ(drains, 0);
    server->Drain();
    EXPECT_EQ(drains, 1);
  }
  EXPECT_EQ(drains, 1);
}

TEST(Server, EndsWhenASidePortIsDeaf) {
  ServerOptions options = TestOptions();
  options.self_check_interval = 0.01;
  const auto runtime = *Runtime::Create("test", options);
  ScriptedService service(*runtime, nullptr, nullptr);
  const auto server =
      *Server::Start(*runtime, service, kName, nullptr,
                     {{.name = "side",
                       .port = 123,
                       .probe = [](std::chrono::milliseconds) { return net::ProbeResult::kNoResponse; },
                       .stop = [] {}}});
  EXPECT_TRUE(Eventually([&] { return !server->reachable(); }));
}

TEST(Server, LargeRequestIsRefusedByTheConfiguredLimit) {
  ServerOptions options = TestOptions();
  options.max_message_mb = 1;
  ScriptedServer server({}, options);
  v1::ExtractRequest request;
  request.mutable_frame()->set_encoded(std::string(2 << 20, 'x'));
  v1::ExtractResponse response;
  grpc::ClientContext context;
  EXPECT_EQ(server.NewStub()->Extract(&context, request, &response).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST(UnaryCall, RunsInPartsUntilItIsDone) {
  std::atomic<int> parts = 0;
  ScriptedServer server(ScriptedHandler::Script(), TestOptions(),
                        [&](int) { return ++parts < 5 ? Progress::kMore : Progress::kDone; });
  v1::ExtractResponse response;
  grpc::ClientContext context;
  EXPECT_TRUE(server.NewStub()->Extract(&context, {}, &response).ok());
  EXPECT_EQ(parts, 5);
  EXPECT_TRUE(Eventually([&] {  // counted just after the answer has left
    const std::string page = server.runtime().metrics().Text();
    return page.find("trackfit_calls_total{code=\"OK\",method=\"Extract\"} 1") != std::string::npos;
  }));
}

TEST(UnaryCall, IsLetFinishByADrain) {
  std::atomic<int> parts = 0;
  ScriptedServer server(ScriptedHandler::Script(), TestOptions(), [&](int) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    return ++parts < 30 ? Progress::kMore
                        : Progress::kDone;  // longer than a drain waits for what is cancelled
  });
  auto answered = std::async(std::launch::async, [&] {
    v1::ExtractResponse response;
    grpc::ClientContext context;
    return server.NewStub()->Extract(&context, {}, &response);
  });
  ASSERT_TRUE(Eventually([&] { return parts > 0; }));
  server.server().Drain();
  const grpc::Status status = answered.get();
  EXPECT_TRUE(status.ok()) << status.error_message();
}

TEST(UnaryCall, EndsWithUnavailableWhenItOutstaysTheGracePeriod) {
  ServerOptions options = TestOptions();
  options.drain_grace = 0.1;
  std::atomic<int> parts = 0;
  ScriptedServer server(ScriptedHandler::Script(), options, [&](int) {
    ++parts;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return Progress::kMore;
  });
  auto answered = std::async(std::launch::async, [&] {
    v1::ExtractResponse response;
    grpc::ClientContext context;
    return server.NewStub()->Extract(&context, {}, &response);
  });
  ASSERT_TRUE(Eventually([&] { return parts > 0; }));
  server.server().Drain();
  const grpc::Status status = answered.get();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr("shutting down"));
}

TEST(UnaryCall, CountsAmongTheSessions) {
  ServerOptions options = TestOptions();
  options.max_sessions = 1;
  std::promise<void> release;
  std::atomic<int> parts = 0;
  ScriptedServer server(ScriptedHandler::Script(), options, [&](int) {
    ++parts;
    release.get_future().wait();
    return Progress::kDone;
  });
  auto first = std::async(std::launch::async, [&] {
    v1::ExtractResponse response;
    grpc::ClientContext context;
    return server.NewStub()->Extract(&context, {}, &response);
  });
  ASSERT_TRUE(Eventually([&] { return parts == 1; }));
  v1::ExtractResponse response;
  grpc::ClientContext context;
  EXPECT_EQ(server.NewStub()->Extract(&context, {}, &response).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(context.GetServerTrailingMetadata().count(kRetryAfterKey), 1u);
  release.set_value();
  EXPECT_TRUE(first.get().ok());
}

TEST(UnaryCall, IsRefusedWhenTooManyBytesWait) {
  ServerOptions options = TestOptions();
  options.workers = 1;
  options.max_message_mb = 1;
  options.max_queued_mb = 2;
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  ScriptedServer server(ScriptedHandler::Script(), options, [&](int) {
    released.wait();
    return Progress::kDone;
  });
  v1::ExtractRequest request;
  request.mutable_frame()->set_encoded(std::string(900'000, 'x'));
  const auto extract = [&] {
    v1::ExtractResponse response;
    grpc::ClientContext context;
    grpc::Status status = server.NewStub()->Extract(&context, request, &response);
    const std::size_t hints = context.GetServerTrailingMetadata().count(kRetryAfterKey);
    EXPECT_EQ(hints, status.ok() ? 0u : 1u);
    return status;
  };
  auto first = std::async(std::launch::async, extract);
  auto second = std::async(std::launch::async, extract);
  ASSERT_TRUE(Eventually([&] { return server.runtime().budget().used() > 1'800'000; }));
  const grpc::Status third = extract();
  EXPECT_EQ(third.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(third.error_message(), HasSubstr("max-queued-mb"));
  release.set_value();
  EXPECT_TRUE(first.get().ok());
  EXPECT_TRUE(second.get().ok());
  EXPECT_TRUE(Eventually([&] { return server.runtime().budget().used() == 0; }));
}

TEST(UnaryCall, EndsWithInternalWhenItsWorkThrowsAndTheServerGoesOn) {
  std::atomic<int> calls = 0;
  ScriptedServer server(ScriptedHandler::Script(), TestOptions(), [&](int) -> absl::StatusOr<Progress> {
    if (++calls == 1) throw std::runtime_error("the matrix is singular");
    return Progress::kDone;
  });
  const auto extract = [&] {
    v1::ExtractResponse response;
    grpc::ClientContext context;
    return server.NewStub()->Extract(&context, {}, &response);
  };
  const grpc::Status failed = extract();
  EXPECT_EQ(failed.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_THAT(failed.error_message(), HasSubstr("the matrix is singular"));
  EXPECT_TRUE(extract().ok());
  EXPECT_THAT(server.runtime().metrics().Text(), HasSubstr("trackfit_task_exceptions_total 1"));
}

TEST(UnaryCall, NoticesACancellationBetweenParts) {
  std::atomic<int> parts = 0;
  ScriptedServer server(ScriptedHandler::Script(), TestOptions(), [&](int) {
    ++parts;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return Progress::kMore;
  });
  v1::ExtractResponse response;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(100));
  EXPECT_EQ(server.NewStub()->Extract(&context, {}, &response).error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_TRUE(Eventually([&] {
    const int before = parts;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    return parts == before;
  }));
}

}  // namespace
}  // namespace trackfit::rpc
