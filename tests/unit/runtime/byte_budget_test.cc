#include "runtime/byte_budget.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <utility>
#include <vector>

#include "runtime/admission_gate.h"

namespace trackfit::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ByteBudget, RefusesWhatDoesNotFitAndSaysWhenToTryAgain) {
  ByteBudget budget({.limit = 100});
  const auto most = budget.Take(90);
  ASSERT_TRUE(most.ok());
  const auto refused = budget.Take(11);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(RetryAfter(refused.status()).has_value());
  EXPECT_TRUE(budget.Take(10).ok());
}

TEST(ByteBudget, IsFreeAgainWhenLeasesDie) {
  std::size_t shown = 0;
  ByteBudget budget({.limit = 100, .on_change = [&](std::size_t used) { shown = used; }});
  {
    const auto lease = budget.Take(100);
    EXPECT_EQ(shown, 100u);
  }
  EXPECT_EQ(budget.used(), 0u);
  EXPECT_EQ(shown, 0u);
}

TEST(ByteBudget, CountsWhatIsTakenAnyway) {
  ByteBudget budget({.limit = 100});
  const auto most = budget.Take(90);
  {
    const auto more = budget.TakeAnyway(50);
    EXPECT_EQ(budget.used(), 140u);
    EXPECT_FALSE(budget.Take(1).ok());
  }
  EXPECT_TRUE(budget.Take(10).ok());
}

// Takes everything, and lets three wait who will take 30 bytes each.
class FullBudget : public ::testing::Test {
 protected:
  FullBudget() : budget_({.limit = 100}), lease_(*budget_.Take(100)) {
    for (int i = 0; i < 3; ++i) {
      EXPECT_FALSE(budget_.HasRoomOrCall(30, [this, i] { called_.push_back(i); }));
    }
  }

  ByteBudget budget_;
  std::optional<ByteBudget::Lease> lease_;
  std::vector<int> called_;
};

TEST_F(FullBudget, CallsInTurnAsManyAsThereIsRoomFor) {
  EXPECT_THAT(called_, IsEmpty());
  lease_.reset();
  EXPECT_THAT(called_, ElementsAre(0, 1)) << "the second makes it more than half";
}

TEST_F(FullBudget, LetsNobodyOvertake) {
  lease_.reset();
  EXPECT_FALSE(budget_.HasRoomOrCall(1, [this] { called_.push_back(3); }));
  budget_.CallWaiting();
  EXPECT_THAT(called_, ElementsAre(0, 1, 2, 3));
  EXPECT_TRUE(budget_.HasRoomOrCall(1, nullptr));
}

}  // namespace
}  // namespace trackfit::runtime
