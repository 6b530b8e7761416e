#include "serving/upstream.h"

#include <gtest/gtest.h>

namespace trackfit::serving {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using TimePoint = UpstreamState::TimePoint;

constexpr TimePoint kStart = TimePoint(seconds(100));

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

TEST(IsWorthRetrying, TellsALostServerFromARefusal) {
  EXPECT_TRUE(IsWorthRetrying(absl::UnavailableError("")));
  EXPECT_TRUE(IsWorthRetrying(absl::ResourceExhaustedError("")));
  EXPECT_TRUE(IsWorthRetrying(absl::OkStatus())) << "the server ended the stream early";
  EXPECT_FALSE(IsWorthRetrying(absl::InvalidArgumentError("")));
  EXPECT_FALSE(IsWorthRetrying(absl::UnimplementedError("")));
  EXPECT_FALSE(IsWorthRetrying(absl::PermissionDeniedError("")));
}

}  // namespace
}  // namespace trackfit::serving
