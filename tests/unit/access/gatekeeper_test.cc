#include "access/gatekeeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <future>
#include <string>
#include <vector>

#include "access/api_key.h"
#include "runtime/admission_gate.h"
#include "support/scratch_folder.h"

namespace trackfit::access {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kQuick = 1;

class GatekeeperTest : public ::testing::Test {
 protected:
  GatekeeperTest() {
    Tenant acme{.name = "acme"}, other{.name = "other"};
    acme.keys = {Stored(phone_), Stored(laptop_)};
    other.keys = {Stored(stranger_)};
    file_ = {{acme, other}};
    Write();
  }

  static StoredKey Stored(const ApiKey& key) {
    StoredKey stored;
    stored.id = key.id;
    stored.hash = *HashSecret(key.secret, kQuick);
    return stored;
  }
  void Write() { ASSERT_TRUE(WriteKeyFile(path_, file_).ok()); }
  Gatekeeper& keeper() {
    if (!keeper_) {
      GatekeeperConfig config{.file = path_};
      config.attempts.failures = 3;
      config.now = [this] { return now_; };
      keeper_.emplace(std::move(config),
                      telemetry::Logger("gateway", telemetry::LogLevel::kDebug, telemetry::LogFormat::kText,
                                        [this](const std::string& line) { log_ += line; }),
                      metrics_);
    }
    return *keeper_;
  }
  // Waits where it takes a hash, which it says.
  absl::StatusOr<Caller> Check(const std::string& key, const std::string& address = "here") {
    std::promise<absl::StatusOr<Caller>> late;
    const auto known = keeper().Check(
        key, address, [&late](absl::StatusOr<Caller> caller) { late.set_value(std::move(caller)); });
    hashed_ = !known;
    return known ? *known : late.get_future().get();
  }
  absl::StatusOr<Caller> Check(const ApiKey& key, const std::string& address = "here") {
    return Check(key.Text(), address);
  }
  bool Counted(const std::string& outcome, int count) {
    return metrics_.Text().find("trackfit_gateway_authentications_total{outcome=\"" + outcome + "\"} " +
                                std::to_string(count) + "\n") != std::string::npos;
  }

  const testing::ScratchFolder folder_;
  const std::string path_ = folder_.File("keys.yml");
  const ApiKey phone_ = *NewApiKey(), laptop_ = *NewApiKey(), stranger_ = *NewApiKey();
  const ApiKey wrong_{phone_.id, std::string(40, '0')}, nobodys_{"nobody", std::string(40, '0')};
  KeyFile file_;
  absl::Time now_ = absl::Now();
  std::string log_;
  bool hashed_ = false;
  telemetry::Metrics metrics_{"gateway", "0"};
  std::optional<Gatekeeper> keeper_;
};

TEST_F(GatekeeperTest, KnowsWhoseAKeyIs) {
  const auto caller = Check(phone_);
  ASSERT_TRUE(caller.ok()) << caller.status();
  EXPECT_EQ(caller->tenant, "acme");
  EXPECT_EQ(caller->key, phone_.id);
  EXPECT_TRUE(hashed_);
  EXPECT_TRUE(Counted("ok", 1));
}

TEST_F(GatekeeperTest, HashesAKeyOnce) {
  ASSERT_TRUE(Check(phone_).ok());
  ASSERT_TRUE(Check(phone_).ok());
  EXPECT_FALSE(hashed_);
}

TEST_F(GatekeeperTest, SaysTheSameOfEveryWrongKey) {
  const absl::Status wrong = Check(wrong_).status(), nobodys = Check(nobodys_).status();
  EXPECT_FALSE(hashed_);  // an id that there is not costs nothing
  EXPECT_TRUE(absl::IsUnauthenticated(wrong));
  EXPECT_EQ(wrong, nobodys);
  EXPECT_TRUE(Counted("wrong", 2));
}

TEST_F(GatekeeperTest, IsNotFooledByAKnownId) {
  ASSERT_TRUE(Check(phone_).ok());
  EXPECT_TRUE(absl::IsUnauthenticated(Check(wrong_).status()));
}

TEST_F(GatekeeperTest, RefusesWhatIsMissingOrNoKey) {
  EXPECT_TRUE(absl::IsUnauthenticated(Check("").status()));
  EXPECT_TRUE(absl::IsUnauthenticated(Check("hunter2").status()));
  EXPECT_TRUE(Counted("missing", 1));
  EXPECT_TRUE(Counted("malformed", 1));
}

TEST_F(GatekeeperTest, RefusesAKeyThatHasExpired) {
  file_.FindKey(phone_.id)->expires = "2030-01-01";
  Write();
  EXPECT_TRUE(Check(phone_).ok());
  now_ = *ParseExpiry("2030-01-01");
  EXPECT_THAT(std::string(Check(phone_).status().message()), HasSubstr("expired"));
  EXPECT_TRUE(Check(laptop_).ok());
}

TEST_F(GatekeeperTest, SaysThatAKeyIsRevokedToWhoHasItOnly) {
  file_.FindKey(phone_.id)->revoked = true;
  Write();
  EXPECT_THAT(std::string(Check(phone_).status().message()), HasSubstr("revoked"));
  EXPECT_THAT(std::string(Check(wrong_).status().message()), HasSubstr("wrong"));
}

TEST_F(GatekeeperTest, FollowsTheFile) {
  ASSERT_TRUE(Check(phone_).ok());
  file_.FindKey(phone_.id)->revoked = true;
  Write();
  keeper().Look();
  EXPECT_TRUE(absl::IsUnauthenticated(Check(phone_).status()));
  EXPECT_FALSE(hashed_);
  EXPECT_TRUE(Check(laptop_).ok());
}

TEST_F(GatekeeperTest, ForgetsAKeyWhoseHashIsAnother) {
  ASSERT_TRUE(Check(phone_).ok());
  file_.FindKey(phone_.id)->hash = *HashSecret(std::string(40, '1'), kQuick);
  Write();
  keeper().Look();
  EXPECT_TRUE(absl::IsUnauthenticated(Check(phone_).status()));
}

TEST_F(GatekeeperTest, EndsSessionsOfKeysThatAreRevokedOrGone) {
  std::vector<std::string> ended;
  std::vector<std::unique_ptr<Quotas::Place>> places;
  for (const ApiKey& key : {phone_, laptop_, stranger_}) {
    const auto caller = Check(key);
    ASSERT_TRUE(caller.ok());
    places.push_back(*keeper().quotas().Admit(*caller, [&ended, id = key.id](const absl::Status& reason) {
      ended.push_back(id + ": " + std::string(reason.message()));
    }));
  }
  file_.FindKey(phone_.id)->revoked = true;
  file_.tenants.pop_back();
  Write();
  keeper().Look();
  EXPECT_THAT(ended, ::testing::UnorderedElementsAre(phone_.id + ": this API key was revoked",
                                                     stranger_.id + ": this API key was revoked"));
}

TEST_F(GatekeeperTest, EndsSessionsOfKeysThatExpire) {
  file_.FindKey(phone_.id)->expires = "2030-01-01";
  Write();
  std::promise<absl::Status> ended;
  const auto caller = Check(phone_);
  const auto place =
      keeper().quotas().Admit(*caller, [&ended](const absl::Status& reason) { ended.set_value(reason); });
  now_ = *ParseExpiry("2030-01-02");
  keeper().OnTick(std::chrono::steady_clock::now());
  EXPECT_THAT(std::string(ended.get_future().get().message()), HasSubstr("expired"));
}

TEST_F(GatekeeperTest, KeepsWhatItHasWhenTheFileIsBroken) {
  ASSERT_TRUE(Check(phone_).ok());
  std::ofstream(path_) << "tenants: [oops\n";
  keeper().Look();
  keeper().Look();
  EXPECT_TRUE(Check(laptop_).ok());
  EXPECT_THAT(metrics_.Text(), HasSubstr("trackfit_gateway_key_reloads_total{outcome=\"refused\"} 1\n"));
  EXPECT_THAT(log_, HasSubstr("keys.yml:"));
  Write();
  keeper().Look();
  EXPECT_THAT(metrics_.Text(), HasSubstr("trackfit_gateway_key_reloads_total{outcome=\"loaded\"} 2\n"));
}

TEST_F(GatekeeperTest, LooksForAFileThatWasMissing) {
  std::filesystem::remove(path_);
  EXPECT_TRUE(absl::IsUnauthenticated(Check(phone_).status()));
  EXPECT_THAT(log_, HasSubstr("cannot be read"));
  Write();
  keeper().Look();
  EXPECT_TRUE(Check(phone_).ok());
}

TEST_F(GatekeeperTest, SlowsDownWhoGuesses) {
  ASSERT_TRUE(Check(laptop_, "there").ok());
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(absl::IsUnauthenticated(Check(wrong_).status()));
  const absl::Status refused = Check(wrong_).status();
  EXPECT_FALSE(hashed_);
  EXPECT_TRUE(absl::IsResourceExhausted(refused));
  EXPECT_TRUE(runtime::RetryAfter(refused));
  EXPECT_TRUE(absl::IsResourceExhausted(keeper().Precheck(wrong_.Text(), "here")));
  EXPECT_THAT(log_, HasSubstr("address=here"));
  EXPECT_TRUE(absl::IsResourceExhausted(Check(phone_).status()));  // it might be guessed
  EXPECT_TRUE(Check(laptop_).ok());                                // it is known
  EXPECT_TRUE(Check(phone_, "there").ok());
}

TEST_F(GatekeeperTest, DoesNotMindClientsWithoutAKey) {
  for (int i = 0; i < 20; ++i) Check("").IgnoreError();
  EXPECT_TRUE(Check(phone_).ok());
}

TEST_F(GatekeeperTest, RefusesAtOnceWhatNeedsNoHash) {
  EXPECT_TRUE(absl::IsUnauthenticated(keeper().Precheck("", "here")));
  EXPECT_TRUE(absl::IsUnauthenticated(keeper().Precheck("hunter2", "here")));
  EXPECT_TRUE(absl::IsUnauthenticated(keeper().Precheck(nobodys_.Text(), "here")));
  EXPECT_TRUE(keeper().Precheck(phone_.Text(), "here").ok());
}

TEST_F(GatekeeperTest, RefusesMoreThanItCanCheck) {
  GatekeeperConfig config{.file = path_, .max_waiting = 1};
  config.attempts.failures = 1000;
  keeper_.emplace(std::move(config),
                  telemetry::Logger("gateway", telemetry::LogLevel::kError, telemetry::LogFormat::kText,
                                    [](const std::string&) {}),
                  metrics_);
  std::promise<void> go_on;
  std::shared_future<void> wait = go_on.get_future().share();
  std::atomic<int> done = 0;
  int refused = 0;
  for (int i = 0; i < 5; ++i) {
    const auto known = keeper_->Check(wrong_.Text(), "here", [&done, wait](const absl::StatusOr<Caller>&) {
      wait.wait();
      ++done;
    });
    if (known) {
      EXPECT_TRUE(absl::IsResourceExhausted(known->status()));
      ++refused;
    }
  }
  EXPECT_GE(refused, 3);  // one is checked, one waits
  go_on.set_value();
  keeper_->Drain();
  EXPECT_EQ(done + refused, 5);
}

TEST_F(GatekeeperTest, GivesAProgramAKeyThatLastsAsLongAsItsGrant) {
  file_.FindKey(phone_.id)->limits.sessions = 1;
  Write();
  const auto caller = Check(phone_);
  auto place = keeper().quotas().Admit(*caller, [](const absl::Status&) {});
  auto grant = keeper().MakeGrant(*caller, *std::move(place));
  ASSERT_TRUE(grant.ok());
  const std::string key = (*grant)->key();
  const auto granted = Check(key);
  ASSERT_TRUE(granted.ok());
  EXPECT_EQ(granted->tenant, "acme");
  EXPECT_TRUE(keeper().quotas().Admit(*granted, [](const absl::Status&) {}).ok());
  EXPECT_FALSE(keeper().quotas().Admit(*caller, [](const absl::Status&) {}).ok());
  grant->reset();
  EXPECT_TRUE(absl::IsUnauthenticated(Check(key).status()));
  EXPECT_TRUE(keeper().quotas().Admit(*caller, [](const absl::Status&) {}).ok());
}

TEST_F(GatekeeperTest, LogsNeitherKeysNorHashesNorWrongIds) {
  Check(phone_).IgnoreError();
  Check(wrong_).IgnoreError();
  Check(nobodys_).IgnoreError();
  keeper().Look();
  for (const std::string& secret :
       {phone_.secret, wrong_.secret, nobodys_.id, file_.tenants[0].keys[0].hash, std::string("$y$")}) {
    EXPECT_THAT(log_, Not(HasSubstr(secret)));
    EXPECT_THAT(metrics_.Text(), Not(HasSubstr(secret)));
  }
}

}  // namespace
}  // namespace trackfit::access
