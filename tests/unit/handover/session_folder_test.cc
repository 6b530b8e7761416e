#include "handover/session_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "support/scratch_folder.h"

namespace trackfit::handover {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

SessionState SessionOf(const std::string& token) {
  SessionState session;
  session.set_session_id("session of " + token);
  session.set_token(token);
  session.mutable_relay()->set_last_number(2);
  session.mutable_relay()->add_kept("a response");
  session.mutable_analysis()->set_rate_hz(30);
  return session;
}

class SessionFolderTest : public ::testing::Test {
 protected:
  SessionFolderTest() { fs::permissions(scratch_.path(), fs::perms::owner_all); }

  std::vector<fs::path> Files() const {
    const fs::directory_iterator files(scratch_.path());
    return {begin(files), end(files)};
  }
  std::string Content(const fs::path& file) const {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  }
  // The only file there is becomes this.
  void Change(const std::string& content) {
    ASSERT_THAT(Files(), SizeIs(1));
    std::ofstream(Files().front(), std::ios::binary) << content;
  }
  void Change(const std::function<void(SessionFile&)>& change) {
    SessionFile file;
    ASSERT_THAT(Files(), SizeIs(1));
    ASSERT_TRUE(file.ParseFromString(Content(Files().front())));
    change(file);
    Change(file.SerializeAsString());
  }
  // What there is is not taken over, and is gone all the same.
  void ExpectRefused(const std::string& outcome, const std::string& reason, milliseconds later = seconds(1)) {
    const auto before = Count(outcome);
    log_.clear();
    EXPECT_THAT(folder_.TakeAll(now_ + later), IsEmpty());
    EXPECT_EQ(Count(outcome), before + 1);
    EXPECT_THAT(log_, HasSubstr(reason));
    EXPECT_THAT(Files(), IsEmpty());
  }
  double Count(const std::string& outcome) {
    return metrics_.Counter("trackfit_gateway_handovers_total", "", {{"outcome", outcome}}).Value();
  }

  testing::ScratchFolder scratch_;
  telemetry::Metrics metrics_{"gateway", "1"};
  std::string log_;
  const telemetry::Logger logger_{"gateway", telemetry::LogLevel::kDebug, telemetry::LogFormat::kText,
                                  [this](const std::string& line) { log_ += line; }};
  const SessionFolder::TimePoint now_ = std::chrono::system_clock::now();
  SessionFolder folder_{
      {.folder = scratch_.path(), .greatest_age = seconds(90), .most_sessions = 3, .most_bytes = 10'000},
      metrics_,
      logger_};
};

TEST_F(SessionFolderTest, GivesBackWhatWasWrittenOnce) {
  ASSERT_TRUE(folder_.Write(SessionOf("a"), now_).ok());
  ASSERT_TRUE(folder_.Write(SessionOf("b"), now_).ok());
  EXPECT_EQ(Count("written"), 2);
  std::vector<SessionState> taken = folder_.TakeAll(now_ + seconds(89));
  ASSERT_THAT(taken, SizeIs(2));
  if (taken[0].token() != "a") std::swap(taken[0], taken[1]);
  EXPECT_EQ(taken[0].SerializeAsString(), SessionOf("a").SerializeAsString());
  EXPECT_EQ(taken[1].SerializeAsString(), SessionOf("b").SerializeAsString());
  EXPECT_EQ(Count("taken"), 2);
  EXPECT_THAT(Files(), IsEmpty());
  EXPECT_THAT(folder_.TakeAll(now_), IsEmpty());
}

TEST_F(SessionFolderTest, KeepsTokensOutOfNamesAndFilesFromOthers) {
  const std::string token = "0123456789abcdef0123456789abcdef";
  ASSERT_TRUE(folder_.Write(SessionOf(token), now_).ok());
  ASSERT_THAT(Files(), SizeIs(1)) << "nothing partial is left";
  EXPECT_THAT(Files().front().string(), Not(HasSubstr(token)));
  struct stat about {};
  ASSERT_EQ(stat(Files().front().c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 07777, 0600U);
}

TEST_F(SessionFolderTest, HasRoomForSoManySessionsAndBytes) {
  EXPECT_TRUE(folder_.Reserve(6000));
  EXPECT_FALSE(folder_.Reserve(4001));
  EXPECT_TRUE(folder_.Reserve(3000));
  EXPECT_TRUE(folder_.Reserve(1));
  EXPECT_FALSE(folder_.Reserve(1)) << "three are the most";
  EXPECT_EQ(Count("no_room"), 2);
}

TEST_F(SessionFolderTest, SaysWhatCannotBeWritten) {
  fs::remove_all(scratch_.path());
  EXPECT_FALSE(folder_.Write(SessionOf("secret-token"), now_).ok());
  EXPECT_EQ(Count("not_written"), 1);
  EXPECT_THAT(log_, HasSubstr("No such file"));
  EXPECT_THAT(log_, Not(HasSubstr("secret-token")));
  EXPECT_THAT(folder_.TakeAll(now_), IsEmpty());
  EXPECT_THAT(log_, HasSubstr("cannot take sessions over"));
}

TEST_F(SessionFolderTest, RefusesWhatIsTooOldOrOfTheFuture) {
  ASSERT_TRUE(folder_.Write(SessionOf("a"), now_).ok());
  ExpectRefused("expired", "written 90001 ms ago", milliseconds(90'001));
  ASSERT_TRUE(folder_.Write(SessionOf("a"), now_).ok());
  ExpectRefused("expired", "ms ago", -hours(1));
  ASSERT_TRUE(folder_.Write(SessionOf("a"), now_).ok());
  Change([](SessionFile& file) { file.set_written_ms(std::numeric_limits<int64_t>::min()); });
  ExpectRefused("expired", "ms ago");
}

TEST_F(SessionFolderTest, RefusesWhatNoGatewayWrote) {
  const std::vector<std::pair<std::function<void(SessionFile&)>, std::string>> changes = {
      {[](SessionFile& file) { file.set_format(2); }, "its format is 2, and not 1"},
      {[](SessionFile& file) { file.mutable_session()->set_token("b"); }, "name is that of another session"},
      {[](SessionFile& file) { file.mutable_session()->mutable_relay()->set_last_number(0); }, "responses"},
      {[](SessionFile& file) { file.mutable_session()->mutable_relay()->set_finished(true); }, "going on"},
      {[](SessionFile& file) { file.mutable_session()->clear_analysis(); }, "going on"},
      {[](SessionFile& file) { file.mutable_session()->mutable_analysis()->set_rate_hz(0); }, "rate"},
  };
  for (const auto& [change, reason] : changes) {
    ASSERT_TRUE(folder_.Write(SessionOf("a"), now_).ok());
    Change(change);
    ExpectRefused("unreadable", reason);
  }
}

TEST_F(SessionFolderTest, RefusesDamagedCutOffAndHugeFiles) {
  ASSERT_TRUE(folder_.Write(SessionOf("a"), now_).ok());
  const std::string whole = Content(Files().front());
  for (size_t length = 0; length < whole.size(); ++length) {
    ASSERT_TRUE(folder_.Write(SessionOf("a"), now_).ok());
    Change(whole.substr(0, length));
    EXPECT_THAT(folder_.TakeAll(now_), IsEmpty()) << length;
  }
  ASSERT_TRUE(folder_.Write(SessionOf("a"), now_).ok());
  Change(std::string(500, '\xff'));
  ExpectRefused("unreadable", "damaged");
  ASSERT_TRUE(folder_.Write(SessionOf("a"), now_).ok());
  Change(std::string(20'000, 'x'));
  ExpectRefused("unreadable", "20000 bytes");
}

TEST_F(SessionFolderTest, FollowsNoLinksAndLeavesOtherFilesAlone) {
  ASSERT_TRUE(folder_.Write(SessionOf("a"), now_).ok());
  const fs::path name = Files().front();
  fs::rename(name, scratch_.File("elsewhere"));
  fs::create_symlink(scratch_.File("elsewhere"), name);
  EXPECT_THAT(folder_.TakeAll(now_), IsEmpty());
  EXPECT_FALSE(fs::exists(fs::symlink_status(name)));
  EXPECT_TRUE(fs::exists(scratch_.File("elsewhere"))) << "which is not ours";
  fs::create_directory(name);
  std::ofstream(scratch_.File("notes.session")) << "mine";
  EXPECT_THAT(folder_.TakeAll(now_), IsEmpty());
  EXPECT_TRUE(fs::exists(scratch_.File("notes.session")));
}

TEST_F(SessionFolderTest, RemovesWhatAKilledGatewayHadNotFinished) {
  ASSERT_TRUE(folder_.Write(SessionOf("a"), now_).ok());
  fs::rename(Files().front(), Files().front().string() + ".77.partial");
  ExpectRefused("unreadable", "not finished");
}

TEST_F(SessionFolderTest, TakesNoMoreThanItsLimits) {
  for (const char* token : {"a", "b", "c", "d", "e"}) ASSERT_TRUE(folder_.Write(SessionOf(token), now_).ok());
  EXPECT_THAT(folder_.TakeAll(now_), SizeIs(3));
  EXPECT_EQ(Count("unreadable"), 2);
  EXPECT_THAT(Files(), IsEmpty());
}

TEST(CheckFolder, SaysWhatIsWrong) {
  const testing::ScratchFolder scratch;
  fs::permissions(scratch.path(), fs::perms::owner_all);
  EXPECT_TRUE(CheckFolder(scratch.path()).ok());
  EXPECT_THAT(std::string(CheckFolder(scratch.File("none")).message()), HasSubstr("is no folder"));
  std::ofstream(scratch.File("file")) << "x";
  EXPECT_THAT(std::string(CheckFolder(scratch.File("file")).message()), HasSubstr("is no folder"));
  fs::permissions(scratch.path(), fs::perms::all);
  EXPECT_THAT(std::string(CheckFolder(scratch.path()).message()), HasSubstr("by everybody"));
}

}  // namespace
}  // namespace trackfit::handover
