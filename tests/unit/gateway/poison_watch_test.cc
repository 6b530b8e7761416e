#include "gateway/poison_watch.h"

#include <gtest/gtest.h>

#include "runtime/connection_lost.h"

namespace trackfit::gateway {
namespace {

const absl::Status& Crash() {
  static const auto& kCrash =
      *new absl::Status(runtime::ConnectionLost(absl::UnavailableError("Socket closed")));
  return kCrash;
}

TEST(PoisonWatch, BlamesWhatBreaksTheServerTwice) {
  PoisonWatch watch;
  EXPECT_FALSE(watch.Blames(7, Crash()));
  EXPECT_TRUE(watch.Blames(7, absl::InternalError("the engine fails")));
  EXPECT_FALSE(watch.Blames(8, Crash())) << "counts anew";
}

TEST(PoisonWatch, TellsTheBeginningFromSequenceZero) {
  PoisonWatch watch;
  EXPECT_FALSE(watch.Blames(std::nullopt, Crash()));
  EXPECT_FALSE(watch.Blames(0, Crash()));
  EXPECT_TRUE(watch.Blames(0, Crash()));
}

TEST(PoisonWatch, DoesNotCountBreaksThatNoRequestCanCause) {
  PoisonWatch watch;
  EXPECT_FALSE(watch.Blames(7, Crash()));
  for (const absl::Status& status : {absl::OkStatus(), absl::UnavailableError("cannot connect"),
                                     absl::ResourceExhaustedError("full"), absl::CancelledError("drain")}) {
    EXPECT_FALSE(watch.Blames(7, status)) << status;
  }
  EXPECT_TRUE(watch.Blames(7, Crash()));
}

TEST(PoisonWatch, BlamesTheServerWhereThreeInARowBreakIt) {
  PoisonWatch watch;
  for (uint64_t point = 1; point <= 3; ++point) {
    EXPECT_FALSE(watch.Blames(point, Crash()));
    EXPECT_TRUE(watch.Blames(point, Crash()));
  }
  for (int crash = 0; crash < 10; ++crash) EXPECT_FALSE(watch.Blames(4, Crash()));
  watch.Answered();
  EXPECT_FALSE(watch.Blames(5, Crash()));
  EXPECT_TRUE(watch.Blames(5, Crash()));
}

TEST(PoisonWatch, ForgetsABreakThatTurnedOutToBeTheServersOwn) {
  PoisonWatch watch;
  EXPECT_FALSE(watch.Blames(7, Crash()));
  watch.Acquit();
  EXPECT_FALSE(watch.Blames(7, Crash()));
  EXPECT_TRUE(watch.Blames(7, Crash()));
}

}  // namespace
}  // namespace trackfit::gateway
