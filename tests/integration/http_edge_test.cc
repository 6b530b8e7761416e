// The gateway's web port over real sockets, with stand-ins for the servers behind it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "integration/support/analyze_client.h"
#include "integration/support/gateway_fixture.h"
#include "integration/support/http_get.h"
#include "integration/support/web_socket_analyze.h"
#include "support/scratch_folder.h"
#include "support/web_socket_client.h"

namespace trackfit {
namespace {

using ::testing::AllOf;
using testing::Analyzed;
using testing::AnalyzeOverWebSocket;
using testing::Clip;
using testing::ConfigRequest;
using testing::FrameRequest;
using ::testing::HasSubstr;
using testing::HttpGet;
using ::testing::StartsWith;
using testing::WebSocketClient;

using HttpEdgeTest = testing::GatewayFixture;

TEST_F(HttpEdgeTest, GivesOverAWebSocketWhatGrpcGives) {
  const Analyzed grpc = testing::Analyze(gateway().port(), Clip(150));
  const Analyzed web = AnalyzeOverWebSocket(gateway().http_port(), Clip(150));
  ASSERT_TRUE(grpc.status.ok()) << grpc.status.error_message();
  ASSERT_TRUE(web.status.ok()) << web.status.error_message();
  EXPECT_EQ(web.Fingerprint(), grpc.Fingerprint());
  EXPECT_EQ(web.Summary().frames(), 150U);
  const std::string counted = "trackfit_calls_total{code=\"OK\",method=\"Analyze\"} 2";
  for (int waited = 0; waited < 500 && gateway().MetricsText().find(counted) == std::string::npos; ++waited) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_THAT(gateway().MetricsText(), HasSubstr(counted));
}

TEST_F(HttpEdgeTest, EndsWithTheNameOfTheFieldThatBreaksTheProtocol) {
  const Analyzed analyzed = AnalyzeOverWebSocket(gateway().http_port(), {FrameRequest(0, "a")});
  EXPECT_EQ(analyzed.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(analyzed.status.error_message(), HasSubstr("config"));
}

TEST_F(HttpEdgeTest, SharesTheLimitOfSessionsWithGrpc) {
  options_.server.max_sessions = 1;
  testing::AnalyzeCall call(gateway().port());
  ASSERT_TRUE(call.Send(ConfigRequest()));
  call.StartReading();
  ASSERT_TRUE(call.WaitForResponses(1));
  const Analyzed refused = AnalyzeOverWebSocket(gateway().http_port(), Clip(1));
  EXPECT_EQ(refused.status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(refused.status.error_message(), HasSubstr("try again in 1000 ms"));
  call.Finish();
}

TEST_F(HttpEdgeTest, KeepsPagesFromElsewhereOut) {
  options_.http.allowed_origins = "https://app.example.com";
  const int port = gateway().http_port();
  EXPECT_THAT(WebSocketClient(port, "Origin: http://evil.example\r\n").answer(), StartsWith("HTTP/1.1 403 "));
  EXPECT_TRUE(WebSocketClient(port, "Origin: https://app.example.com\r\n").open());
  EXPECT_TRUE(WebSocketClient(port, "Origin: http://localhost:" + std::to_string(port) + "\r\n").open());
}

TEST_F(HttpEdgeTest, SaysWhetherTheGatewayServesAndWhatItCounts) {
  EXPECT_THAT(HttpGet(gateway().http_port(), "/healthz"), HasSubstr("503"));
  ASSERT_TRUE(gateway().BecomesReady());
  EXPECT_THAT(HttpGet(gateway().http_port(), "/healthz"), AllOf(HasSubstr("200"), HasSubstr("SERVING")));
  EXPECT_THAT(HttpGet(gateway().http_port(), "/metrics"), HasSubstr("trackfit_gateway_http_connections"));
}

TEST_F(HttpEdgeTest, ServesTheAppOrSaysHowToGetIt) {
  options_.http.web_root = "/no/such/folder";
  EXPECT_THAT(HttpGet(gateway().http_port(), "/"), AllOf(HasSubstr("404"), HasSubstr("--web-root")));
  gateway_.reset();
  const testing::ScratchFolder folder;
  std::ofstream(folder.File("index.html")) << "<!doctype html>";
  options_.http.web_root = folder.path();
  EXPECT_THAT(HttpGet(gateway().http_port(), "/"), AllOf(HasSubstr("200"), HasSubstr("<!doctype html>")));
}

TEST_F(HttpEdgeTest, RefusesFlagsThatAreWrong) {
  const auto error = [](auto change) {
    gateway_server::GatewayOptions options;
    change(options.http);
    return std::string(options.Validate().message());
  };
  using Http = gateway_server::HttpOptions;
  EXPECT_EQ(error([](Http&) {}), "");
  EXPECT_EQ(error([](Http& http) { http.listen = ""; }), "");
  EXPECT_THAT(error([](Http& http) { http.listen = "8080"; }),
              HasSubstr("--http-listen is \"8080\"; it has no host"));
  EXPECT_THAT(error([](Http& http) { http.listen = "0.0.0.0:8000"; }),
              HasSubstr("--listen and --http-listen both are 0.0.0.0:8000"));
  EXPECT_THAT(error([](Http& http) { http.allowed_origins = "app.example.com"; }),
              HasSubstr("--http-allowed-origins: \"app.example.com\" is no origin"));
  EXPECT_THAT(error([](Http& http) { http.key = "key.pem"; }), HasSubstr("need each other"));
}

TEST_F(HttpEdgeTest, TellsItsClientsThatItGoesAwayAfterTheGracePeriod) {
  WebSocketClient client(gateway().http_port());
  client.SendBinary(ConfigRequest().SerializeAsString());
  ASSERT_TRUE(client.ReceiveBinary().has_value());
  const auto drained = std::async(std::launch::async, [this] { gateway().server().Drain(); });
  std::string reason;
  EXPECT_EQ(client.AwaitClose(&reason), 1001);
  EXPECT_EQ(reason, "the server is shutting down");
}

}  // namespace
}  // namespace trackfit
