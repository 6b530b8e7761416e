#include "gateway/resumable_sessions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/resume_token.h"

namespace trackfit::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FakeSession final : public ResumableSession {
 public:
  FakeSession(std::string name, std::vector<std::string>& let_go) : name_(std::move(name)), let_go_(let_go) {}
  size_t bytes() const override { return size; }
  std::string owner() const override { return whose; }
  void LetGo(std::shared_ptr<ResumableSession> self) override {
    EXPECT_EQ(self.get(), this);
    let_go_.push_back(name_);
  }

  size_t size = 100;
  std::string whose;

 private:
  const std::string name_;
  std::vector<std::string>& let_go_;
};

class ResumableSessionsTest : public ::testing::Test {
 protected:
  // A session whose token is its name, and which lost its stream now.
  std::shared_ptr<FakeSession> Keep(const std::string& name, Kept what = Kept::kWaiting) {
    auto session = std::make_shared<FakeSession>(name, let_go_);
    sessions_.Attach(name, session);
    EXPECT_TRUE(sessions_.Keep(name, session, what, now_));
    now_ += milliseconds(1);
    return session;
  }
  bool Has(const std::string& name) { return sessions_.Find(name).ok(); }

  std::vector<std::string> let_go_;
  int waiting_ = 0;
  std::vector<Resumption> outcomes_;
  ResumableSessions::TimePoint now_{seconds(1000)};
  ResumableSessions sessions_{{.retention = seconds(30),
                               .most_sessions = 3,
                               .most_bytes = 1000,
                               .on_waiting = [this](int waiting) { waiting_ = waiting; },
                               .on_outcome = [this](Resumption outcome) { outcomes_.push_back(outcome); }}};
};

TEST_F(ResumableSessionsTest, GivesASessionToWhoHasItsToken) {
  const std::weak_ptr<FakeSession> session = Keep("a");
  EXPECT_EQ(waiting_, 1);
  EXPECT_FALSE(session.expired()) << "nobody else keeps it";
  const auto found = sessions_.Find("a");
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(*found, session.lock());
  EXPECT_EQ(waiting_, 0);
  EXPECT_THAT(let_go_, IsEmpty());
}

TEST_F(ResumableSessionsTest, HideASessionFromOthersThanItsOwner) {
  Keep("a")->whose = "acme";
  EXPECT_TRUE(absl::IsNotFound(sessions_.Find("a", "other").status()));
  EXPECT_TRUE(absl::IsNotFound(sessions_.Find("a").status()));
  EXPECT_EQ(waiting_, 1);
  EXPECT_TRUE(sessions_.Find("a", "acme").ok());
}

TEST_F(ResumableSessionsTest, KnowNoOtherToken) {
  Keep("a");
  const auto found = sessions_.Find("b");
  EXPECT_EQ(found.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(found.status().message()), HasSubstr("start a new session"));
  EXPECT_FALSE(Has(""));
}

TEST_F(ResumableSessionsTest, FindASessionThatStillHasItsStream) {
  auto session = std::make_shared<FakeSession>("a", let_go_);
  sessions_.Attach("a", session);
  EXPECT_TRUE(Has("a"));
  session = nullptr;
  EXPECT_FALSE(Has("a")) << "its owner has dropped it";
}

TEST_F(ResumableSessionsTest, LetGoWhoseTimeIsOver) {
  Keep("a");
  now_ += seconds(29);
  sessions_.OnTick(now_);
  EXPECT_THAT(let_go_, IsEmpty());
  now_ += seconds(2);
  sessions_.OnTick(now_);
  EXPECT_THAT(let_go_, ElementsAre("a"));
  EXPECT_THAT(outcomes_, ElementsAre(Resumption::kExpired));
  EXPECT_EQ(waiting_, 0);
  EXPECT_FALSE(Has("a"));
}

TEST_F(ResumableSessionsTest, KeepASessionThatCameBackForAsLongAsItHasAStream) {
  const auto session = Keep("a");
  ASSERT_TRUE(Has("a"));
  sessions_.Attach("a", session);
  now_ += seconds(100);
  sessions_.OnTick(now_);
  EXPECT_THAT(let_go_, IsEmpty());
  EXPECT_TRUE(Has("a"));
}

TEST_F(ResumableSessionsTest, EvictTheOldestBeyondTheirNumber) {
  for (const char* name : {"a", "b", "c", "d"}) Keep(name);
  EXPECT_THAT(let_go_, ElementsAre("a"));
  EXPECT_THAT(outcomes_, ElementsAre(Resumption::kEvicted));
  EXPECT_EQ(waiting_, 3);
}

TEST_F(ResumableSessionsTest, EvictFinishedOnesFirst) {
  Keep("a");
  Keep("b", Kept::kFinished);
  Keep("c");
  EXPECT_EQ(waiting_, 2);
  Keep("d");
  EXPECT_THAT(let_go_, ElementsAre("b"));
  EXPECT_THAT(outcomes_, IsEmpty()) << "nobody is missed by a session that was over";
}

TEST_F(ResumableSessionsTest, EvictTheOldestBeyondTheirBytes) {
  Keep("a");
  const auto growing = Keep("b");
  growing->size = 901;
  sessions_.OnTick(now_);
  EXPECT_THAT(let_go_, ElementsAre("a"));
  growing->size = 1001;
  sessions_.OnTick(now_);
  EXPECT_THAT(let_go_, ElementsAre("a", "b")) << "alone it is too large, too";
}

TEST_F(ResumableSessionsTest, MakeRoomForThoseWhoAreThere) {
  Keep("a");
  Keep("b");
  Keep("done", Kept::kFinished);
  sessions_.MakeRoom(1);
  EXPECT_THAT(let_go_, ElementsAre("a"));
  sessions_.MakeRoom(0);
  EXPECT_THAT(let_go_, ElementsAre("a", "b"));
  EXPECT_TRUE(Has("done")) << "which needs no place";
}

TEST_F(ResumableSessionsTest, ForgetASessionThatIsOver) {
  const auto session = Keep("a");
  sessions_.Forget("a");
  EXPECT_FALSE(Has("a"));
  EXPECT_EQ(waiting_, 0);
  EXPECT_THAT(let_go_, IsEmpty());
}

TEST_F(ResumableSessionsTest, LetAllGoWhenTheServerEnds) {
  Keep("a");
  const auto attached = std::make_shared<FakeSession>("b", let_go_);
  sessions_.Attach("b", attached);
  sessions_.Close();
  EXPECT_THAT(let_go_, ElementsAre("a"));
  EXPECT_FALSE(sessions_.Keep("b", attached, Kept::kWaiting, now_));
  EXPECT_EQ(waiting_, 0);
  EXPECT_THAT(outcomes_, IsEmpty());
}

TEST(ResumableSessions, KeepNoneWithoutRetention) {
  std::vector<std::string> let_go;
  ResumableSessions sessions({.retention = seconds(0)});
  const auto session = std::make_shared<FakeSession>("a", let_go);
  EXPECT_FALSE(sessions.Keep("a", session, Kept::kWaiting, {}));
}

TEST(ResumeToken, IsLongAndEachTimeAnother) {
  const auto one = NewResumeToken(), other = NewResumeToken();
  ASSERT_TRUE(one.ok() && other.ok());
  EXPECT_EQ(one->size(), 32U);
  EXPECT_EQ(one->find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_NE(*one, *other);
}

TEST_F(ResumableSessionsTest, ListsThoseWithAStreamFirstAndThenWhoCameLast) {
  const auto oldest = Keep("oldest"), newer = Keep("newer");
  const auto there = std::make_shared<FakeSession>("there", let_go_);
  sessions_.Attach("there", there);
  sessions_.Attach("gone", std::make_shared<FakeSession>("gone", let_go_));
  EXPECT_THAT(sessions_.All(), ElementsAre(there, newer, oldest));
  sessions_.Close();
  EXPECT_THAT(sessions_.All(), IsEmpty());
}

}  // namespace
}  // namespace trackfit::gateway
