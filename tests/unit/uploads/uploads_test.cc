// Uploads over a real web server, with shell scripts in place of the program that reads them.
#include "uploads/uploads.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/client_socket.h"
#include "support/eventually.h"
#include "support/scratch_folder.h"
#include "web/http_server.h"

namespace trackfit::uploads {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using testing::ClientSocket;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using testing::Eventually;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string PostOf(const std::string& body) {
  return "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

class UploadsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    config_.folder = folder_.path();
    config_.environment = {"PATH=/usr/bin:/bin"};
    config_.on_outcome = [this](Outcome outcome, const absl::Status&) {
      const std::lock_guard lock(mutex_);
      outcomes_.push_back(outcome);
    };
    config_.on_active = [this](int active) { active_ = active; };
  }
  ~UploadsTest() override {
    if (uploads_) uploads_->Stop({});
    server_.reset();
  }

  // Begins to take uploads, with config_ as it is then.
  int Serve(const std::string& script) {
    uploads_ = std::make_unique<Uploads>(config_);
    web::HttpServerConfig web;
    web.post_pages["/"] = {.max_body_bytes = 100'000,
                           .on_post = [this, script](const web::HttpRequest&,
                                                     const std::shared_ptr<web::HttpExchange>& exchange) {
                             uploads_->Take(exchange, {.command = {"/bin/sh", "-c", script},
                                                       .environment = {"OF_THIS=upload"},
                                                       .held = held_});
                           }};
    server_ = *web::HttpServer::Start("127.0.0.1:0", std::move(web));
    return server_->port();
  }
  std::string Post(int port, const std::string& body = "a video") {
    const ClientSocket client(port);
    client.Send(PostOf(body));
    return client.ReceiveAll();
  }
  std::vector<Outcome> outcomes() {
    const std::lock_guard lock(mutex_);
    return outcomes_;
  }
  // A script that says that it runs, and then does nothing.
  std::string Sleeping() const { return "echo $$ > " + folder_.File("pid") + "; exec sleep 1000"; }
  bool AwaitSleeping() const {
    return Eventually([this] { return Sleeper() > 0; });
  }
  pid_t Sleeper() const {
    pid_t pid = 0;
    std::ifstream(folder_.File("pid")) >> pid;
    return pid;
  }

  const testing::ScratchFolder folder_;
  UploadsConfig config_;
  std::mutex mutex_;
  std::vector<Outcome> outcomes_;
  std::atomic<int> active_ = 0;
  std::shared_ptr<const void> held_ = std::make_shared<int>();
  std::unique_ptr<Uploads> uploads_;
  std::unique_ptr<web::HttpServer> server_;
};

TEST_F(UploadsTest, AnswersWithWhatTheProgramMakesOfTheFile) {
  const int port = Serve("wc -c < /proc/self/fd/0; echo done");
  EXPECT_THAT(Post(port, std::string(90'000, 'x')),
              AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("Content-Type: application/x-ndjson\r\n"),
                    HasSubstr("90000\n"), HasSubstr("done\n"), EndsWith("0\r\n\r\n")));
  EXPECT_TRUE(Eventually([this] { return active_ == 0; }));
  EXPECT_THAT(outcomes(), ElementsAre(Outcome::kComplete));
}

TEST_F(UploadsTest, GivesTheProgramWhatIsForItAloneAsLongAsItRuns) {
  const std::weak_ptr<const void> held = held_;
  EXPECT_THAT(Post(Serve("echo \"[$OF_THIS]\"")), HasSubstr("[upload]\n"));
  server_.reset();  // which holds what its handler gives to each
  held_.reset();
  EXPECT_TRUE(Eventually([&held] { return held.expired(); }));
}

TEST_F(UploadsTest, SendsEachLineWhenItIsThere) {
  const int port = Serve("echo first; printf half; sleep 1000");
  const ClientSocket client(port);
  client.Send(PostOf(""));
  EXPECT_THAT(client.Receive(), EndsWith("\r\n\r\n6\r\nfirst\n\r\n"));
  EXPECT_EQ(client.Receive(200), "");  // half a line
}

TEST_F(UploadsTest, AnswersNothingWhereTheProgramSaysNothing) {
  EXPECT_THAT(Post(Serve("exit 0")), AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), EndsWith("\r\n\r\n")));
}

TEST_F(UploadsTest, MakesAnErrorTheStatus) {
  const int port = Serve("echo noise >&2; echo 'this is \"no\" video' >&2; exit 67");
  EXPECT_THAT(Post(port),
              AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("Content-Type: application/json\r\n"),
                    EndsWith("\r\n\r\n"
                             R"({"error":{"code":"INVALID_ARGUMENT","message":"this is \"no\" video"}})"
                             "\n")));
  EXPECT_THAT(outcomes(), ElementsAre(Outcome::kRefused));
}

TEST_F(UploadsTest, MakesAnErrorTheLastLineBehindOthers) {
  const int port = Serve("echo '{}'; printf '{\"half'; echo 'servers are away' >&2; exit 78");
  EXPECT_THAT(Post(port), AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("\r\n{}\n\r\n"),
                                EndsWith(R"({"error":{"code":"UNAVAILABLE","message":"servers are away"}})"
                                         "\n\r\n0\r\n\r\n")));
  EXPECT_THAT(outcomes(), ElementsAre(Outcome::kFailed));
}

TEST_F(UploadsTest, ExplainsAProgramThatIsEnded) {
  EXPECT_THAT(Post(Serve("kill -SEGV $$")),
              AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("Segmentation fault")));
}

TEST_F(UploadsTest, FailsWithoutItsProgram) {
  uploads_ = std::make_unique<Uploads>(config_);
  web::HttpServerConfig web;
  web.post_pages["/"].on_post = [this](const web::HttpRequest&,
                                       const std::shared_ptr<web::HttpExchange>& exchange) {
    uploads_->Take(exchange, {.command = {"/no/such/program"}});
  };
  server_ = *web::HttpServer::Start("127.0.0.1:0", std::move(web));
  EXPECT_THAT(Post(server_->port()), AllOf(StartsWith("HTTP/1.1 500 "), HasSubstr("/no/such/program")));
  EXPECT_THAT(outcomes(), ElementsAre(Outcome::kFailed));
}

TEST_F(UploadsTest, RefusesAFileThatIsTooLarge) {
  EXPECT_THAT(Post(Serve("echo ran"), std::string(100'001, 'x')),
              AllOf(StartsWith("HTTP/1.1 413 "), HasSubstr("OUT_OF_RANGE")));
  EXPECT_THAT(outcomes(), ElementsAre(Outcome::kTooLarge));
}

TEST_F(UploadsTest, RefusesMoreThanItMayTake) {
  config_.max_uploads = 1;
  const int port = Serve(Sleeping());
  const ClientSocket first(port);
  first.Send(PostOf("a video"));
  ASSERT_TRUE(AwaitSleeping());
  EXPECT_THAT(Post(port), AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("Retry-After: 5\r\n"),
                                HasSubstr("RESOURCE_EXHAUSTED"), HasSubstr("try again in 5000 ms")));
  EXPECT_THAT(outcomes(), ElementsAre(Outcome::kBusy));
}

TEST_F(UploadsTest, EndsWhatTakesTooLong) {
  config_.timeout = milliseconds(300);
  EXPECT_THAT(Post(Serve(Sleeping())),
              AllOf(StartsWith("HTTP/1.1 504 "), HasSubstr("longer than the 0.3 s")));
  EXPECT_THAT(outcomes(), ElementsAre(Outcome::kTimedOut));
  EXPECT_NE(kill(Sleeper(), 0), 0);
}

TEST_F(UploadsTest, EndsAFileThatTakesTooLongToCome) {
  config_.timeout = milliseconds(300);
  const ClientSocket client(Serve("echo ran"));
  client.Send("POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 10\r\n\r\nhalf");
  EXPECT_THAT(client.ReceiveAll(), StartsWith("HTTP/1.1 408 "));
}

TEST_F(UploadsTest, EndsTheProgramOfAClientThatLeaves) {
  const int port = Serve(Sleeping());
  {
    const ClientSocket client(port);
    client.Send(PostOf("a video"));
    ASSERT_TRUE(AwaitSleeping());
  }
  EXPECT_TRUE(Eventually([this] { return active_ == 0; }));
  EXPECT_NE(kill(Sleeper(), 0), 0);
  EXPECT_THAT(outcomes(), ElementsAre(Outcome::kAbandoned));
  std::filesystem::remove(folder_.File("pid"));
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(UploadsTest, LetsTheProgramOfASlowReaderWait) {
  const std::string written = folder_.File("written");
  const ClientSocket client(Serve("head -c 30000000 /dev/zero | tr '\\0' '\\n'; touch " + written));
  client.Send(PostOf("a video"));
  std::this_thread::sleep_for(milliseconds(500));
  EXPECT_FALSE(std::filesystem::exists(written));
  EXPECT_GT(client.ReceiveAll().size(), 30'000'000U);
  EXPECT_TRUE(std::filesystem::exists(written));
}

TEST_F(UploadsTest, EndsAtADrainWhatHasNotCome) {
  const int port = Serve("echo ran");
  const ClientSocket client(port);
  client.Send("POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 10\r\n\r\nhalf");
  ASSERT_TRUE(Eventually([this] { return active_ == 1; }));
  uploads_->Drain();
  EXPECT_THAT(client.ReceiveAll(), AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("shutting down")));
  EXPECT_THAT(Post(port), StartsWith("HTTP/1.1 503 "));
}

TEST_F(UploadsTest, LetsProgramsEndAtADrain) {
  const std::string go_on = folder_.File("go_on");
  const int port = Serve("echo begun; until [ -e " + go_on + " ]; do sleep 0.05; done; echo done");
  const ClientSocket client(port);
  client.Send(PostOf("a video"));
  EXPECT_THAT(client.Receive(), HasSubstr("begun"));
  uploads_->Drain();
  std::ofstream(go_on) << "";
  EXPECT_THAT(client.ReceiveAll(), AllOf(HasSubstr("done"), EndsWith("0\r\n\r\n")));
}

TEST_F(UploadsTest, EndsProgramsAfterTheGracePeriod) {
  const int port = Serve("echo begun; " + Sleeping());
  const ClientSocket client(port);
  client.Send(PostOf("a video"));
  EXPECT_THAT(client.Receive(), HasSubstr("begun"));
  ASSERT_TRUE(AwaitSleeping());
  uploads_->Stop(milliseconds(100));
  EXPECT_NE(kill(Sleeper(), 0), 0);
  EXPECT_THAT(client.ReceiveAll(), AllOf(HasSubstr("the server is shutting down"), EndsWith("0\r\n\r\n")));
}

}  // namespace
}  // namespace trackfit::uploads
