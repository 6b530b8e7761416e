#include "gateway/upstream.h"

#include <gtest/gtest.h>

namespace trackfit::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using TimePoint = UpstreamState::TimePoint;

constexpr TimePoint kStart = TimePoint(seconds(100));
constexpr seconds kPatience{30};

TEST(UpstreamState, TriesAgainAtOnceAfterTheFirstFailure) {
  UpstreamState state;
  EXPECT_TRUE(state.MayConnect(kStart));
  EXPECT_EQ(state.Open(), 1U);
  EXPECT_FALSE(state.MayConnect(kStart));
  state.Break(absl::UnavailableError("gone"), kStart);
  EXPECT_TRUE(state.MayConnect(kStart));
  EXPECT_EQ(state.Open(), 2U);
}

TEST(UpstreamState, PausesLongerAfterEachFurtherFailureUpToTwoSeconds) {
  UpstreamState state;
  const auto pause_after_failure = [&state] {
    state.Open();
    state.Break(absl::UnavailableError("gone"), kStart);
    milliseconds pause{0};
    while (!state.MayConnect(kStart + pause)) pause += milliseconds(1);
    return pause.count();
  };
  EXPECT_EQ(pause_after_failure(), 0);
  EXPECT_EQ(pause_after_failure(), 50);
  EXPECT_EQ(pause_after_failure(), 100);
  for (int i = 0; i < 10; ++i) pause_after_failure();
  EXPECT_EQ(pause_after_failure(), 2000);
  state.Progressed(kStart);
  EXPECT_EQ(pause_after_failure(), 0);
}

TEST(UpstreamState, IsStalledOnlyWhileItOwesSomething) {
  UpstreamState state;
  EXPECT_FALSE(state.IsStalled(kStart + seconds(999), seconds(60)));
  state.SetOwing(true, kStart);
  EXPECT_FALSE(state.IsStalled(kStart + seconds(59), seconds(60)));
  EXPECT_TRUE(state.IsStalled(kStart + seconds(60), seconds(60)));
  state.Progressed(kStart + seconds(30));
  state.SetOwing(true, kStart + seconds(40));
  EXPECT_FALSE(state.IsStalled(kStart + seconds(89), seconds(60)));
  EXPECT_TRUE(state.IsStalled(kStart + seconds(90), seconds(60)));
  state.SetOwing(false, kStart + seconds(90));
  EXPECT_FALSE(state.IsStalled(kStart + seconds(900), seconds(60)));
}

TEST(UpstreamState, KnowsLateNewsByItsAttempt) {
  UpstreamState state;
  const uint64_t first = state.Open();
  EXPECT_TRUE(state.IsCurrent(first));
  state.Break(absl::UnavailableError("gone"), kStart);
  EXPECT_FALSE(state.IsCurrent(first));
  state.Open();
  EXPECT_FALSE(state.IsCurrent(first));
}

// Owes something from kStart on.
UpstreamState Owing() {
  UpstreamState state;
  state.SetOwing(true, kStart);
  return state;
}

TEST(UpstreamState, IsAwayAfterASecondWithoutAConnection) {
  UpstreamState state = Owing();
  state.Open();
  EXPECT_EQ(state.TakeChange(kStart + milliseconds(999), kPatience), std::nullopt);
  state.Break(absl::UnavailableError("refused"), kStart + milliseconds(999));
  EXPECT_EQ(state.TakeChange(kStart + seconds(1), kPatience), Presence::kAway);
  EXPECT_EQ(state.TakeChange(kStart + seconds(2), kPatience), std::nullopt) << "told already";
}

TEST(UpstreamState, IsNotAwayWhileItOwesNothing) {
  UpstreamState state = Owing();
  state.SetOwing(false, kStart);
  EXPECT_EQ(state.TakeChange(kStart + seconds(9), kPatience), std::nullopt);
  state.SetOwing(true, kStart + seconds(9));
  EXPECT_EQ(state.TakeChange(kStart + milliseconds(9999), kPatience), std::nullopt);
  EXPECT_EQ(state.TakeChange(kStart + seconds(10), kPatience), Presence::kAway);
}

TEST(UpstreamState, IsBackWhenItAnswers) {
  UpstreamState state = Owing();
  ASSERT_EQ(state.TakeChange(kStart + seconds(1), kPatience), Presence::kAway);
  state.Open();
  state.Reached(kStart + seconds(1));
  EXPECT_EQ(state.TakeChange(kStart + milliseconds(1500), kPatience), std::nullopt);
  EXPECT_TRUE(state.Answered());
  EXPECT_FALSE(state.Answered()) << "not for the first time";
  EXPECT_EQ(state.TakeChange(kStart + milliseconds(1500), kPatience), Presence::kThere);
}

TEST(UpstreamState, IsBackWhenAConnectionLastsForASecond) {
  UpstreamState state = Owing();
  ASSERT_EQ(state.TakeChange(kStart + seconds(1), kPatience), Presence::kAway);
  state.Open();
  state.Reached(kStart + seconds(1));
  EXPECT_EQ(state.TakeChange(kStart + seconds(2), kPatience), Presence::kThere);
}

TEST(UpstreamState, StaysAwayWhileItTakesStreamsAndRefusesThem) {
  UpstreamState state = Owing();
  int changes = 0;
  for (int attempt = 0; attempt < 10; ++attempt) {
    const TimePoint now = kStart + seconds(2 * attempt);
    state.Open();
    state.Reached(now);
    state.Break(absl::ResourceExhaustedError("full"), now + milliseconds(10));
    changes += state.TakeChange(now + milliseconds(1900), kPatience).has_value() ? 1 : 0;
  }
  EXPECT_EQ(changes, 1);
}

TEST(UpstreamState, IsMissedAnewAfterItHasAnswered) {
  UpstreamState state = Owing();
  state.Open();
  state.Answered();
  EXPECT_EQ(state.TakeChange(kStart + seconds(5), kPatience), std::nullopt);
  state.Break(absl::UnavailableError("killed"), kStart + seconds(5));
  EXPECT_EQ(state.TakeChange(kStart + milliseconds(5999), kPatience), std::nullopt);
  EXPECT_EQ(state.TakeChange(kStart + seconds(6), kPatience), Presence::kAway);
}

TEST(UpstreamState, IsAwayWhenItIsReachedAndMakesNoProgress) {
  UpstreamState state = Owing();
  state.Open();
  state.Reached(kStart);
  state.Answered();
  EXPECT_EQ(state.TakeChange(kStart + milliseconds(29'999), kPatience), std::nullopt);
  EXPECT_EQ(state.TakeChange(kStart + kPatience, kPatience), Presence::kAway);
  EXPECT_EQ(state.TakeChange(kStart + seconds(40), kPatience), std::nullopt) << "told already";
  state.Progressed(kStart + seconds(40));
  EXPECT_EQ(state.TakeChange(kStart + seconds(40), kPatience), Presence::kThere);
}

TEST(UpstreamState, IsTakenToBeThereWhenItsModelIsKnownUntilItIsLost) {
  UpstreamState state = Owing();
  state.ModelKnown();
  EXPECT_EQ(state.TakeChange(kStart + seconds(5), kPatience), std::nullopt);
  EXPECT_TRUE(state.Answered()) << "for the first time";
  state.Open();
  state.Break(absl::UnavailableError("killed"), kStart + seconds(5));
  EXPECT_EQ(state.TakeChange(kStart + seconds(6), kPatience), Presence::kAway);
}

TEST(Reason, IsWhatTheTransportFoundOrTheServerSaid) {
  EXPECT_EQ(Reason(absl::UnavailableError(
                "connections to all backends failing; last error: UNKNOWN: "
                "ipv4:127.0.0.1:1: Failed to connect to remote host: Connection refused")),
            "connection refused");
  EXPECT_EQ(Reason(absl::UnavailableError("failed to connect to all addresses; last error: UNAVAILABLE: "
                                          "ipv4:127.0.0.1:1: Socket closed")),
            "socket closed");
  EXPECT_EQ(Reason(absl::InternalError("GetModel: no model: none")), "GetModel: no model: none");
  EXPECT_EQ(Reason(absl::CancelledError("")), "CANCELLED");
  EXPECT_EQ(Reason(absl::OkStatus()), "it ended the stream");
}

TEST(AwayMessage, SaysWhichUpstreamAndWhyInWordsForPeople) {
  EXPECT_EQ(
      AwayMessage(Upstream::kInferencer, "nohost:8002",
                  absl::UnavailableError("DNS resolution failed for nohost:8002: C-ares status is not "
                                         "ARES_SUCCESS qtype=A name=nohost is_balancer=0: Domain name not "
                                         "found")),
      "the inferencer at nohost:8002 cannot be reached (domain name not found); the session waits for it");
  EXPECT_EQ(AwayMessage(Upstream::kExtractor, "", absl::OkStatus()),
            "the extractor cannot be reached; frames wait for it");
  EXPECT_EQ(
      AwayMessage(Upstream::kExtractor, "a:1",
                  absl::ResourceExhaustedError("all 64 sessions are in use; try again in 500 ms")),
      "the extractor at a:1 takes no more streams (all 64 sessions are in use; try again in 500 ms); frames "
      "wait for it");
}

TEST(IsWorthRetrying, TellsALostServerFromARefusal) {
  EXPECT_TRUE(IsWorthRetrying(absl::UnavailableError("")));
  EXPECT_TRUE(IsWorthRetrying(absl::ResourceExhaustedError("")));
  EXPECT_TRUE(IsWorthRetrying(absl::OkStatus())) << "the server ended the stream early";
  EXPECT_FALSE(IsWorthRetrying(absl::InvalidArgumentError("")));
  EXPECT_FALSE(IsWorthRetrying(absl::UnimplementedError("")));
  EXPECT_FALSE(IsWorthRetrying(absl::PermissionDeniedError("")));
}

}  // namespace
}  // namespace trackfit::gateway
