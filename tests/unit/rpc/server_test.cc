#include "rpc/server.h"

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <nlohmann/json.hpp>

#include "support/health_client.h"
#include "unit/rpc/scripted_service.h"

namespace trackfit::rpc {
namespace {

using testing::CheckHealth;
using ::testing::HasSubstr;

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
  ASSERT_TRUE(Eventually([&] { return CheckHealth(server.NewChannel(), "") == "NOT_SERVING"; }));
  EXPECT_EQ(CheckHealth(server.NewChannel(), kName), "NOT_SERVING");
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
