#include "gateway/poison_watch.h"

#include <gtest/gtest.h>

#include <string>

#include "runtime/connection_lost.h"

namespace trackfit::gateway {
namespace {

const absl::Status& Crash() {
  static const auto& crash =
      *new absl::Status(runtime::ConnectionLost(absl::UnavailableError("Socket closed")));
  return crash;
}

absl::Status CutOff(const std::string& server) {
  return runtime::ConnectionLost(absl::UnavailableError("Connection reset by peer"), server);
}

using Suspects = PoisonWatch::Suspects;

Suspects One(uint64_t request) { return {request, request}; }

TEST(PoisonWatch, BlamesWhatBreaksTheServerTwice) {
  PoisonWatch watch;
  EXPECT_FALSE(watch.Blames(One(7), Crash()));
  EXPECT_TRUE(watch.Blames(One(7), absl::InternalError("the engine fails")));
  EXPECT_FALSE(watch.Blames(One(8), Crash())) << "counts anew";
}

TEST(PoisonWatch, BlamesWhatWasInHandAtBothBreaks) {
  PoisonWatch watch;
  EXPECT_FALSE(watch.Blames(Suspects{0, 20}, Crash()));
  EXPECT_FALSE(watch.Blames(Suspects{21, 40}, Crash()));
  EXPECT_TRUE(watch.Blames(Suspects{35, 60}, Crash()));
}

TEST(PoisonWatch, BlamesNobodyWhereTheServerHadNothingInHand) {
  PoisonWatch watch;
  for (int crash = 0; crash < 10; ++crash) EXPECT_FALSE(watch.Blames(std::nullopt, Crash()));
  EXPECT_FALSE(watch.Blames(One(7), Crash()));
  EXPECT_FALSE(watch.Blames(std::nullopt, Crash()));
  EXPECT_TRUE(watch.Blames(One(7), Crash()));
}

TEST(PoisonWatch, DoesNotCountBreaksThatNoRequestCanCause) {
  PoisonWatch watch;
  EXPECT_FALSE(watch.Blames(One(7), Crash()));
  for (const absl::Status& status : {absl::OkStatus(), absl::UnavailableError("cannot connect"),
                                     absl::ResourceExhaustedError("full"), absl::CancelledError("drain")}) {
    EXPECT_FALSE(watch.Blames(One(7), status)) << status;
  }
  EXPECT_TRUE(watch.Blames(One(7), Crash()));
}

TEST(PoisonWatch, BlamesTheNetworkWhereTheServerIsStillTheSame) {
  PoisonWatch watch;
  for (int cut = 0; cut < 10; ++cut) EXPECT_FALSE(watch.Blames(One(7), CutOff("a"))) << "none killed it";
  EXPECT_TRUE(watch.Blames(One(7), CutOff("b"))) << "the last of these did, perhaps";
  EXPECT_FALSE(watch.Blames(One(8), CutOff("b")));
  EXPECT_TRUE(watch.Blames(One(8), absl::InternalError("the engine fails"))) << "which a living server says";
  EXPECT_FALSE(watch.Blames(One(9), absl::InternalError("the engine fails")));
  EXPECT_TRUE(watch.Blames(One(9), CutOff("b")));
}

TEST(PoisonWatch, BlamesTheServerWhereThreeInARowBreakIt) {
  PoisonWatch watch;
  for (uint64_t point = 1; point <= 3; ++point) {
    EXPECT_FALSE(watch.Blames(One(point), Crash()));
    EXPECT_TRUE(watch.Blames(One(point), Crash()));
  }
  for (int crash = 0; crash < 10; ++crash) EXPECT_FALSE(watch.Blames(One(4), Crash()));
  watch.Answered();
  EXPECT_FALSE(watch.Blames(One(5), Crash()));
  EXPECT_TRUE(watch.Blames(One(5), Crash()));
}

}  // namespace
}  // namespace trackfit::gateway
