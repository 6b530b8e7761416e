#include "telemetry/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <thread>

#include "telemetry/metrics_endpoint.h"

namespace trackfit::telemetry {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// A connection to the port on this machine.
int Connect(int port) {
  const int connection = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  EXPECT_EQ(connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  return connection;
}

// Sends `request` and gives everything that comes back.
std::string Exchange(int port, const std::string& request) {
  const int connection = Connect(port);
  EXPECT_EQ(send(connection, request.data(), request.size(), 0), static_cast<ssize_t>(request.size()));
  std::string answer;
  char buffer[4096];
  for (ssize_t count; (count = recv(connection, buffer, sizeof(buffer), 0)) > 0;) {
    answer.append(buffer, static_cast<size_t>(count));
  }
  close(connection);
  return answer;
}

TEST(Metrics, SayWhatIsRunning) {
  const Metrics metrics("extractor", "1.2.3");
  EXPECT_THAT(metrics.Text(), HasSubstr("trackfit_build_info{service=\"extractor\",version=\"1.2.3\"} 1"));
}

TEST(Metrics, SameNameAndLabelsAreTheSameInstrument) {
  Metrics metrics("extractor", "1");
  EXPECT_EQ(&metrics.Counter("trackfit_frames_total", "Frames.", {{"status", "pose"}}),
            &metrics.Counter("trackfit_frames_total", "Frames.", {{"status", "pose"}}));
  EXPECT_NE(&metrics.Counter("trackfit_frames_total", "Frames.", {{"status", "pose"}}),
            &metrics.Counter("trackfit_frames_total", "Frames.", {{"status", "no_pose"}}));
}

TEST(CallGuard, CountsTheCallUnderItsLastCode) {
  Metrics metrics("extractor", "1");
  {
    CallGuard call(metrics, "Extract", WorkBuckets());
    call.set_code("OK");
    EXPECT_THAT(metrics.Text(), HasSubstr("trackfit_calls_started_total{method=\"Extract\"} 1"));
  }
  const std::string page = metrics.Text();
  EXPECT_THAT(page, HasSubstr("trackfit_calls_total{code=\"OK\",method=\"Extract\"} 1"));
  EXPECT_THAT(page, HasSubstr("trackfit_call_duration_seconds_count{method=\"Extract\"} 1"));
}

TEST(MetricsEndpoint, PicksAFreePortAndRefusesATakenOne) {
  const Metrics metrics("extractor", "1");
  const auto first = MetricsEndpoint::Start("127.0.0.1:0", metrics);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_GT((*first)->port(), 0);
  const std::string taken = "127.0.0.1:" + std::to_string((*first)->port());
  const auto second = MetricsEndpoint::Start(taken, metrics);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(taken));
}

TEST(MetricsEndpoint, ServesThePageAndNothingElse) {
  const Metrics metrics("extractor", "1");
  const auto endpoint = MetricsEndpoint::Start("127.0.0.1:0", metrics);
  ASSERT_TRUE(endpoint.ok()) << endpoint.status();
  const int port = (*endpoint)->port();

  const std::string page = Exchange(port, "GET /metrics HTTP/1.1\r\nHost: here\r\n\r\n");
  EXPECT_THAT(page, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(page, HasSubstr("\r\nContent-Type: text/plain; version=0.0.4"));
  EXPECT_THAT(page, EndsWith("\r\n\r\n" + metrics.Text()));
  EXPECT_THAT(Exchange(port, "GET /metrics?name=x HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(Exchange(port, "HEAD /metrics HTTP/1.1\r\n\r\n"), EndsWith("\r\n\r\n"));
  EXPECT_THAT(Exchange(port, "GET /secrets HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(Exchange(port, "POST /metrics HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 405"));
}

TEST(MetricsEndpoint, HangsUpOnRequestsWithoutEnd) {
  const Metrics metrics("extractor", "1");
  const auto endpoint = MetricsEndpoint::Start("127.0.0.1:0", metrics);
  ASSERT_TRUE(endpoint.ok()) << endpoint.status();
  EXPECT_EQ(Exchange((*endpoint)->port(), "GET /" + std::string(8187, 'x')), "");
  EXPECT_THAT(Exchange((*endpoint)->port(), "GET /metrics HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 200"));
}

TEST(MetricsEndpoint, EndsAtOnceWhileAClientSaysNothing) {
  const Metrics metrics("extractor", "1");
  auto endpoint = MetricsEndpoint::Start("127.0.0.1:0", metrics);
  ASSERT_TRUE(endpoint.ok()) << endpoint.status();
  const int silent = Connect((*endpoint)->port());
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  const auto start = std::chrono::steady_clock::now();
  endpoint->reset();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
  close(silent);
}

TEST(MetricsEndpoint, SaysWhyItCannotListen) {
  const Metrics metrics("extractor", "1");
  const auto endpoint = MetricsEndpoint::Start("no.such.host.invalid:9100", metrics);
  EXPECT_THAT(std::string(endpoint.status().message()), Not(HasSubstr("port")));
}

}  // namespace
}  // namespace trackfit::telemetry
