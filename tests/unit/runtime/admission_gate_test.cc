#include "runtime/admission_gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace trackfit::runtime {
namespace {

TEST(AdmissionGate, RefusesTheOneTooManyAndSaysWhenToTryAgain) {
  AdmissionGate gate({.max_sessions = 2, .retry_after = std::chrono::milliseconds(250)});
  const auto first = gate.Admit();
  const auto second = gate.Admit();
  const auto third = gate.Admit();
  EXPECT_TRUE(first.ok());
  EXPECT_TRUE(second.ok());
  EXPECT_EQ(third.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(third.status().message()), ::testing::HasSubstr("all 2 sessions"));
  EXPECT_EQ(RetryAfter(third.status()), std::chrono::milliseconds(250));
}

TEST(AdmissionGate, PlaceIsFreeAgainWhenItsLeaseDies) {
  std::vector<int> counts;
  AdmissionGate gate({.max_sessions = 1, .on_change = [&](int active) { counts.push_back(active); }});
  {
    auto lease = gate.Admit();
    ASSERT_TRUE(lease.ok());
    const AdmissionGate::Lease moved = *std::move(lease);
    EXPECT_EQ(gate.active(), 1);
  }
  EXPECT_EQ(gate.active(), 0);
  EXPECT_TRUE(gate.Admit().ok());
  EXPECT_THAT(counts, ::testing::ElementsAre(1, 0, 1, 0));
}

TEST(AdmissionGate, LetsNobodyInOnceItIsClosed) {
  AdmissionGate gate({.max_sessions = 5});
  gate.Close();
  const auto refused = gate.Admit();
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(RetryAfter(refused.status()), std::nullopt);
}

}  // namespace
}  // namespace trackfit::runtime
