#include "access/quotas.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "runtime/admission_gate.h"

namespace trackfit::access {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const Quotas::TimePoint kBegin{seconds(1000)};
const Caller kPhone{"acme", "phone", "hash"}, kLaptop{"acme", "laptop", "hash"}, kOther{"other", "x", "hash"};

class QuotasTest : public ::testing::Test {
 protected:
  void SetLimits(Limits tenant, Limits phone, Limits laptop = {}) {
    StoredKey a, b, c;
    a.id = "phone";
    a.limits = phone;
    b.id = "laptop";
    b.limits = laptop;
    c.id = "x";
    quotas_.SetLimits({{{"acme", tenant, {a, b}}, {"other", {}, {c}}}});
  }
  absl::StatusOr<std::unique_ptr<Quotas::Place>> Admit(const Caller& caller) {
    return quotas_.Admit(caller, [this](const absl::Status& reason) { ended_.push_back(reason); });
  }

  telemetry::Metrics metrics_{"gateway", "0"};
  Quotas quotas_{metrics_};
  std::vector<absl::Status> ended_;
};

TEST_F(QuotasTest, LimitSessionsOfAKey) {
  SetLimits({}, {.sessions = 1});
  auto first = Admit(kPhone);
  ASSERT_TRUE(first.ok());
  const auto refused = Admit(kPhone);
  EXPECT_TRUE(absl::IsResourceExhausted(refused.status())) << refused.status();
  EXPECT_TRUE(runtime::RetryAfter(refused.status()));
  EXPECT_TRUE(Admit(kLaptop).ok());
  first->reset();
  EXPECT_TRUE(Admit(kPhone).ok());
}

TEST_F(QuotasTest, LimitSessionsOfAllKeysOfATenantTogether) {
  SetLimits({.sessions = 2}, {});
  const auto first = Admit(kPhone), second = Admit(kLaptop);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_FALSE(Admit(kPhone).ok());
  EXPECT_TRUE(Admit(kOther).ok());
}

TEST_F(QuotasTest, LetASessionWithoutClientMakeRoom) {
  SetLimits({}, {.sessions = 2});
  const auto first = Admit(kPhone), second = Admit(kPhone);
  (*second)->SetWaiting(true);
  EXPECT_TRUE(Admit(kPhone).ok());
  ASSERT_EQ(ended_.size(), 1U);
  EXPECT_TRUE(absl::IsResourceExhausted(ended_[0]));
  (*first)->SetWaiting(true);
  (*first)->SetWaiting(false);  // it came back
  const auto third = Admit(kPhone);
  ASSERT_TRUE(third.ok());
  EXPECT_FALSE(Admit(kPhone).ok());
}

TEST_F(QuotasTest, DoNotCountWhoActsForASessionThatCounts) {
  SetLimits({}, {.sessions = 1});
  const auto first = Admit(kPhone);
  Caller granted = kPhone;
  granted.counts = false;
  EXPECT_TRUE(Admit(granted).ok());
}

TEST_F(QuotasTest, FollowASessionToTheKeyThatResumesIt) {
  SetLimits({}, {.sessions = 1});
  const auto place = Admit(kPhone);
  (*place)->MoveTo(kLaptop);
  EXPECT_TRUE(Admit(kPhone).ok());
}

TEST_F(QuotasTest, LimitFramesPerSecondOverAllSessions) {
  SetLimits({.frames_per_second = 10}, {});
  const auto first = Admit(kPhone), second = Admit(kLaptop);
  const auto taken = [&](Quotas::TimePoint now) {
    int count = 0;
    while ((count % 2 == 0 ? *first : *second)->TakeFrame(now)) ++count;
    return count;
  };
  EXPECT_EQ(taken(kBegin), 10);
  EXPECT_EQ(taken(kBegin + milliseconds(500)), 5);
  EXPECT_EQ(taken(kBegin + seconds(60)), 10);  // never more than those of a second at once
  const auto other = Admit(kOther);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE((*other)->TakeFrame(kBegin));
}

TEST_F(QuotasTest, TakeNothingFromAKeyWhoseTenantHasNothingLeft) {
  SetLimits({.frames_per_second = 1}, {.frames_per_second = 2});
  const auto phone = Admit(kPhone);
  EXPECT_TRUE((*phone)->TakeFrame(kBegin));
  for (int i = 0; i < 5; ++i) EXPECT_FALSE((*phone)->TakeFrame(kBegin));
  SetLimits({.frames_per_second = 100}, {.frames_per_second = 2});
  EXPECT_TRUE((*phone)->TakeFrame(kBegin));
}

TEST_F(QuotasTest, EndSessionsForAReason) {
  SetLimits({}, {});
  const auto first = Admit(kPhone), second = Admit(kOther);
  const auto why = [](const Caller& caller) {
    return caller.tenant == "acme" ? absl::UnauthenticatedError("revoked") : absl::OkStatus();
  };
  quotas_.EndWhere(why);
  quotas_.EndWhere(why);
  ASSERT_EQ(ended_.size(), 1U);
  EXPECT_EQ(ended_[0].message(), "revoked");
}

TEST_F(QuotasTest, SayHowManySessionsATenantHas) {
  SetLimits({}, {});
  auto place = Admit(kPhone);
  EXPECT_NE(metrics_.Text().find("trackfit_gateway_tenant_sessions{tenant=\"acme\"} 1\n"), std::string::npos);
  place->reset();
  EXPECT_NE(metrics_.Text().find("trackfit_gateway_tenant_sessions{tenant=\"acme\"} 0\n"), std::string::npos);
}

}  // namespace
}  // namespace trackfit::access
