#include "rpc/client_stream.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <future>
#include <string>
#include <thread>

#include "gateway/poison_watch.h"
#include "rpc/client_channel.h"
#include "scripted_service.h"
#include "support/tcp_forwarder.h"

namespace trackfit::rpc {
namespace {

using runtime::IsConnectionLost;
using runtime::LostServer;
using std::chrono::steady_clock;

// Speaks just enough HTTP/2 to be connected to, and is gone as soon as it has got a request: with or without
// having taken the stream first, which it does by sending initial metadata.
class CrashingServer {
 public:
  enum class Stream { kTaken, kNotTaken };

  explicit CrashingServer(Stream stream) : stream_(stream), listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(listener_, 1), 0);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this] { Serve(); });
  }
  CrashingServer(const CrashingServer&) = delete;
  CrashingServer& operator=(const CrashingServer&) = delete;
  ~CrashingServer() { shutdown(listener_, SHUT_RDWR); }

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  void Serve() {
    const int connection = accept(listener_, nullptr, nullptr);
    close(listener_);
    constexpr std::array<char, 9> kSettings = {0, 0, 0, 4, 0, 0, 0, 0, 0};
    EXPECT_EQ(write(connection, kSettings.data(), kSettings.size()), 9);
    std::string got;
    std::array<char, 4096> buffer{};
    while (got.find("picture") == std::string::npos) {
      const ssize_t size = read(connection, buffer.data(), buffer.size());
      if (size <= 0) break;
      got.append(buffer.data(), static_cast<size_t>(size));
    }
    if (stream_ == Stream::kTaken) {
      const std::string headers(
          "\x88\x5f\x10"
          "application/grpc");  // status 200, content-type
      const std::string frame = std::string("\0\0", 2) + static_cast<char>(headers.size()) +
                                std::string("\x01\x04\0\0\0\x01", 6) + headers;
      EXPECT_EQ(write(connection, frame.data(), frame.size()), static_cast<ssize_t>(frame.size()));
      shutdown(connection, SHUT_WR);  // what is sent arrives before the end does
      while (read(connection, buffer.data(), buffer.size()) > 0) continue;
    }
    close(connection);
  }

  const Stream stream_;
  int listener_;
  int port_ = 0;
  std::jthread thread_;
};

// How a stream ends that has sent one request.
absl::Status EndOfStream(
    const std::string& address, steady_clock::time_point deadline = steady_clock::time_point::max(),
    const std::function<void()>& on_response = [] {}) {
  const auto stub = v1::ExtractorService::NewStub(OpenChannel(address));
  OpenCalls calls;
  std::promise<absl::Status> end;
  const auto stream = ClientStream<Request, Response>::Open(
      [&stub](auto* context, auto* reactor) { stub->async()->ExtractStream(context, reactor); }, {}, deadline,
      calls,
      {.on_response = [&on_response](const Response&) { on_response(); },
       .on_written = [] {},
       .on_closed = [&end](absl::Status status) { end.set_value(std::move(status)); }});
  auto request = std::make_shared<Request>(MakeRequest(1));
  request->mutable_frame()->set_encoded("picture");
  stream->Write(request);
  return end.get_future().get();
}

TEST(ClientStream, TellsAConnectionThatIsLostUnderIt) {
  const CrashingServer server(CrashingServer::Stream::kTaken);
  const absl::Status status = EndOfStream(server.address());
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_TRUE(IsConnectionLost(status)) << status;
}

// As when a server has just died, and its connection is not known to be dead: requests are written, but no
// server ever had them.
TEST(ClientStream, TellsNoLossWhereNoServerHasTakenTheStream) {
  const CrashingServer server(CrashingServer::Stream::kNotTaken);
  const absl::Status status = EndOfStream(server.address());
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_FALSE(IsConnectionLost(status)) << status;
}

TEST(ClientStream, TellsNoLossWhereNobodyListens) {
  const absl::Status status = EndOfStream("127.0.0.1:1");
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_FALSE(IsConnectionLost(status)) << status;
}

TEST(ClientStream, TellsNoLossWhereTheServerSaysThatItIsUnavailable) {
  ScriptedServer server({.on_request = [](const Session& session, const Request&, InFlight) {
    session.responses->Finish(absl::UnavailableError("the server is shutting down"));
  }});
  const absl::Status status = EndOfStream(server.address());
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(status.message(), "the server is shutting down");
  EXPECT_FALSE(IsConnectionLost(status)) << status;
}

TEST(ClientStream, TellsWhichServerAConnectionLedTo) {
  ScriptedServer server;
  ScriptedServer other;
  const auto lost_server = [](ScriptedServer& of) {
    testing::TcpForwarder network(of.server().port());
    std::jthread cut;
    return LostServer(EndOfStream("127.0.0.1:" + std::to_string(network.port()),
                                  steady_clock::time_point::max(),
                                  [&] { cut = std::jthread([&network] { network.Cut(); }); }));
  };
  const std::string first = lost_server(server);
  EXPECT_THAT(first, ::testing::MatchesRegex("[0-9a-f]{16}"));
  EXPECT_EQ(lost_server(server), first);
  EXPECT_NE(lost_server(other), first);
}

TEST(ClientStream, TakesItsDeadlineToTheServer) {
  std::promise<steady_clock::time_point> seen;
  ScriptedServer server({.on_request = [&seen](const Session& session, const Request&, InFlight) {
    seen.set_value(session.deadline);
  }});
  const auto deadline = steady_clock::now() + std::chrono::milliseconds(500);
  EXPECT_TRUE(absl::IsDeadlineExceeded(EndOfStream(server.address(), deadline)));
  EXPECT_LT(std::chrono::abs(seen.get_future().get() - deadline), std::chrono::milliseconds(200));
}

TEST(ClientStream, HasNoDeadlineUnlessItIsGivenOne) {
  std::promise<steady_clock::time_point> seen;
  ScriptedServer server({.on_request = [&seen](const Session& session, const Request&, InFlight) {
    seen.set_value(session.deadline);
    session.responses->Finish(absl::OkStatus());
  }});
  EXPECT_TRUE(EndOfStream(server.address()).ok());
  EXPECT_GT(seen.get_future().get() - steady_clock::now(), std::chrono::hours(24 * 365));
}

}  // namespace
}  // namespace trackfit::rpc
