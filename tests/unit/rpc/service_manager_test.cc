#include "rpc/service_manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include "support/notify_socket.h"

namespace trackfit::rpc {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::NotifySocket;

class ServiceManagerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    setenv("NOTIFY_SOCKET", socket_.address().c_str(), 1);
    Unset();
  }
  void TearDown() override {
    unsetenv("NOTIFY_SOCKET");
    Unset();
  }
  void Unset() {
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
  }

  NotifySocket socket_;
};

TEST_F(ServiceManagerTest, HearsOnceThatTheServerServesAndWhenItEnds) {
  ServiceManager manager;
  manager.Live(true);
  manager.Live(true);
  EXPECT_THAT(socket_.Take(), ElementsAre("READY=1\nSTATUS=serving"));
  manager.Stop(milliseconds(1500));
  EXPECT_THAT(socket_.Take(), ElementsAre("STOPPING=1\nSTATUS=draining\nEXTEND_TIMEOUT_USEC=1500000"));
}

TEST_F(ServiceManagerTest, GivesAServerThatDoesNotServeYetMoreTime) {
  ServiceManager manager;
  manager.Live(false);
  EXPECT_THAT(socket_.Take(), ElementsAre(HasSubstr("EXTEND_TIMEOUT_USEC=30000000")));
  manager.Live(false);  // at once: no need to say it again
  EXPECT_THAT(socket_.Take(), IsEmpty());
  manager.Live(true);
  EXPECT_THAT(socket_.Take(), ElementsAre(HasSubstr("READY=1")));
}

TEST_F(ServiceManagerTest, HearsOfALifeOfItsOwnWatchdogOnly) {
  setenv("WATCHDOG_USEC", "40000", 1);
  setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
  ServiceManager watched;
  EXPECT_EQ(watched.Pace(), milliseconds(10));
  watched.Live(true);
  EXPECT_THAT(socket_.Take(), ElementsAre(HasSubstr("READY=1"), "WATCHDOG=1"));
  usleep(10'000);
  watched.Live(true);
  EXPECT_THAT(socket_.Take(), ElementsAre("WATCHDOG=1"));

  setenv("WATCHDOG_PID", "1", 1);
  ServiceManager somebody_elses;
  EXPECT_EQ(somebody_elses.Pace(), milliseconds(1000));
  somebody_elses.Live(true);
  EXPECT_THAT(socket_.Take(), ElementsAre(HasSubstr("READY=1")));
}

TEST_F(ServiceManagerTest, IsToldAgainWhatItCouldNotTake) {
  ServiceManager manager;
  socket_.Fill();
  manager.Live(true);
  socket_.Take();
  manager.Live(true);
  EXPECT_THAT(socket_.Take(), ElementsAre(HasSubstr("READY=1")));
}

TEST_F(ServiceManagerTest, NeedNotBeThere) {
  unsetenv("NOTIFY_SOCKET");
  ServiceManager nobody;
  nobody.Live(true);
  nobody.Stop(milliseconds(1));
  for (const char* wrong : {"", "/nonexistent/socket", "@"}) {
    setenv("NOTIFY_SOCKET", wrong, 1);
    ServiceManager manager;
    manager.Live(true);
  }
  setenv("NOTIFY_SOCKET", std::string(200, 'x').c_str(), 1);
  ServiceManager manager;
  manager.Live(true);
  EXPECT_THAT(socket_.Take(), IsEmpty());
}

}  // namespace
}  // namespace trackfit::rpc
