// What a server tells the service manager that started it, and what operators tell it by signals, as real
// processes.
#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "integration/support/fake_upstreams.h"
#include "integration/support/server_process.h"
#include "support/eventually.h"
#include "support/health_client.h"
#include "support/notify_socket.h"

namespace trackfit {
namespace {

using ::testing::Each;
using testing::Eventually;
using testing::FakeExtractor;
using testing::FakeInferencer;
using testing::FakeServer;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::NotifySocket;
using testing::ServerProcess;

// A gateway, watched by a service manager.
class Supervision : public ::testing::Test {
 protected:
  void Start(const std::string& extractor, const std::string& inferencer,
             const std::string& log_level = "info") {
    setenv("NOTIFY_SOCKET", manager_.address().c_str(), 1);
    setenv("WATCHDOG_USEC", "400000", 1);
    gateway_ = std::make_unique<ServerProcess>(
        "trackfit-gateway", std::vector<std::string>{"--extractor", extractor, "--inferencer", inferencer,
                                                     "--log-level", log_level, "--drain-grace", "0"});
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    ASSERT_NE(gateway_->port(), 0);
  }
  // Whether it is told, now or soon; what else is told is forgotten.
  bool IsTold(const std::string& what) {
    return Eventually([&] {
      for (const std::string& text : manager_.Take()) {
        if (text.find(what) != std::string::npos) return true;
      }
      return false;
    });
  }
  bool Logs(const std::string& what) {
    return Eventually([&] { return gateway_->Log().find(what) != std::string::npos; });
  }

  NotifySocket manager_;
  std::unique_ptr<ServerProcess> gateway_;
};

TEST_F(Supervision, HearsFromAServerThatServesUntilItEnds) {
  FakeServer<FakeExtractor> extractor;
  FakeServer<FakeInferencer> inferencer;
  Start(extractor.address(), inferencer.address());
  EXPECT_TRUE(IsTold("READY=1"));
  const auto channel = grpc::CreateChannel(gateway_->address(), grpc::InsecureChannelCredentials());
  EXPECT_EQ(testing::CheckHealth(channel, ""), "SERVING");
  EXPECT_TRUE(IsTold("WATCHDOG=1"));
  EXPECT_TRUE(IsTold("WATCHDOG=1"));
  gateway_->SendTerm();
  EXPECT_TRUE(IsTold("STOPPING=1\nSTATUS=draining\nEXTEND_TIMEOUT_USEC=20000000"));
  EXPECT_EQ(gateway_->Wait(), 0);
}

TEST_F(Supervision, HearsNothingFromAServerThatHangs) {
  FakeServer<FakeExtractor> extractor;
  FakeServer<FakeInferencer> inferencer;
  Start(extractor.address(), inferencer.address());
  ASSERT_TRUE(IsTold("WATCHDOG=1"));
  kill(gateway_->pid(), SIGSTOP);
  waitpid(gateway_->pid(), nullptr, WUNTRACED);
  manager_.Take();
  std::this_thread::sleep_for(std::chrono::milliseconds(400));
  EXPECT_THAT(manager_.Take(), IsEmpty());
  kill(gateway_->pid(), SIGCONT);
  EXPECT_TRUE(IsTold("WATCHDOG=1"));
}

TEST_F(Supervision, WaitsForAServerThatCannotServeYet) {
  Start("127.0.0.1:1", "127.0.0.1:1");
  std::vector<std::string> told;
  EXPECT_TRUE(Eventually([&] {
    for (std::string& text : manager_.Take()) told.push_back(std::move(text));
    return told.size() >= 3;
  }));
  EXPECT_THAT(told, Each(HasSubstr("EXTEND_TIMEOUT_USEC=30000000")));
  gateway_->SendTerm();
  EXPECT_TRUE(IsTold("STOPPING=1"));
}

TEST_F(Supervision, LogsMoreAndLessBySignal) {
  Start("127.0.0.1:1", "127.0.0.1:1", "error");
  EXPECT_EQ(gateway_->Log(), "");
  for (const char* level : {"warning", "info", "debug"}) {
    kill(gateway_->pid(), SIGUSR1);
    EXPECT_TRUE(Logs("log_level=" + std::string(level)));
  }
  for (const char* level : {"info", "warning"}) {
    kill(gateway_->pid(), SIGUSR2);
    EXPECT_TRUE(Eventually([&] {
      const std::string log = gateway_->Log();
      return log.substr(log.find("log_level=debug")).find("log_level=" + std::string(level)) != log.npos;
    }));
  }
  gateway_->SendTerm();
  EXPECT_EQ(gateway_->Wait(), 0);
  EXPECT_EQ(gateway_->Log().find("draining"), std::string::npos) << "which is of level info";
}

}  // namespace
}  // namespace trackfit
