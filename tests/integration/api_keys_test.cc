// Who may use the gateway: keys over gRPC, WebSockets and HTTP, over real sockets, with stand-ins for the
// servers behind it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "access/api_key.h"
#include "access/key_file.h"
#include "access/key_hash.h"
#include "integration/support/analyze_client.h"
#include "integration/support/gateway_fixture.h"
#include "integration/support/http_get.h"
#include "integration/support/resuming_client.h"
#include "integration/support/web_socket_analyze.h"
#include "support/client_socket.h"
#include "support/eventually.h"
#include "support/scratch_folder.h"

namespace trackfit {
namespace {

using access::ApiKey;
using access::StoredKey;
using ::testing::AllOf;
using testing::AnalyzeCall;
using testing::Analyzed;
using testing::ClientSocket;
using testing::Clip;
using testing::Eventually;
using testing::FrameRequest;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Resumable;
using ::testing::StartsWith;
using testing::WebSocketClient;

constexpr int kQuickHash = 1;
constexpr auto kUnauthenticated = grpc::StatusCode::UNAUTHENTICATED;
constexpr auto kExhausted = grpc::StatusCode::RESOURCE_EXHAUSTED;

AnalyzeCall::Metadata Showing(const std::string& key) { return {{"authorization", "Bearer " + key}}; }

class ApiKeys : public testing::GatewayFixture {
 protected:
  ApiKeys() {
    file_.tenants = {{.name = "acme", .keys = {Stored(phone_), Stored(laptop_)}},
                     {.name = "other", .keys = {Stored(stranger_)}}};
    options_.api_keys = folder_.File("keys.yml");
    Write();
  }

  static StoredKey Stored(const ApiKey& key) {
    StoredKey stored;
    stored.id = key.id;
    stored.hash = *access::HashSecret(key.secret, kQuickHash);
    return stored;
  }
  void Write() { ASSERT_TRUE(access::WriteKeyFile(options_.api_keys, file_).ok()); }

  Analyzed Analyze(const std::string& key, const std::vector<v1::AnalyzeRequest>& requests = Clip(3)) {
    AnalyzeCall call(gateway().port(), Showing(key));
    call.StartReading();
    for (const auto& request : requests) {
      if (!call.Send(request)) break;
    }
    return call.Finish();
  }
  // A session that has begun.
  std::unique_ptr<AnalyzeCall> Begin(const ApiKey& key) {
    auto call = std::make_unique<AnalyzeCall>(gateway().port(), Showing(key.Text()));
    call->Send(testing::ConfigRequest());
    EXPECT_TRUE(call->Receive().has_started());
    return call;
  }
  bool Shows(const std::string& metric) {
    return Eventually([&] { return gateway().MetricsText().find(metric + "\n") != std::string::npos; });
  }
  bool Counted(const std::string& outcome, int count) {
    return Shows(absl::StrCat("trackfit_gateway_authentications_total{outcome=\"", outcome, "\"} ", count));
  }

  const testing::ScratchFolder folder_;
  const ApiKey phone_ = *access::NewApiKey(), laptop_ = *access::NewApiKey(),
               stranger_ = *access::NewApiKey();
  access::KeyFile file_;
};

TEST_F(ApiKeys, LetThoseInWhoHaveOne) {
  const Analyzed analyzed = Analyze(phone_.Text());
  EXPECT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  EXPECT_EQ(analyzed.Answered().size(), 3U);
  EXPECT_TRUE(Counted("ok", 1));
  EXPECT_TRUE(Shows("trackfit_gateway_tenant_frames_total{tenant=\"acme\"} 3"));
  EXPECT_TRUE(Shows("trackfit_gateway_tenant_sessions{tenant=\"acme\"} 0"));
}

TEST_F(ApiKeys, KeepOthersOut) {
  AnalyzeCall without(gateway().port());
  const Analyzed missing = without.Finish();
  EXPECT_EQ(missing.status.error_code(), kUnauthenticated);
  EXPECT_THAT(missing.status.error_message(), HasSubstr("wants an API key"));
  EXPECT_TRUE(missing.responses.empty());
  EXPECT_EQ(Analyze("hunter2").status.error_code(), kUnauthenticated);
  const Analyzed wrong = Analyze(absl::StrCat("tf_", phone_.id, "_", laptop_.secret));
  const Analyzed nobodys = Analyze(absl::StrCat("tf_nobody_", laptop_.secret));
  EXPECT_EQ(wrong.status.error_code(), kUnauthenticated);
  EXPECT_EQ(nobodys.status.error_message(), wrong.status.error_message());
  for (const char* outcome : {"missing", "malformed"}) EXPECT_TRUE(Counted(outcome, 1));
  EXPECT_TRUE(Counted("wrong", 2));
  EXPECT_TRUE(Shows("trackfit_calls_total{code=\"UNAUTHENTICATED\",method=\"Analyze\"} 4"));
}

TEST_F(ApiKeys, SayThatTheyHaveExpiredOrAreRevoked) {
  file_.FindKey(phone_.id)->expires = "2020-01-01";
  file_.FindKey(laptop_.id)->revoked = true;
  Write();
  const Analyzed expired = Analyze(phone_.Text()), revoked = Analyze(laptop_.Text());
  EXPECT_EQ(expired.status.error_code(), kUnauthenticated);
  EXPECT_THAT(expired.status.error_message(), HasSubstr("expired"));
  EXPECT_EQ(revoked.status.error_code(), kUnauthenticated);
  EXPECT_THAT(revoked.status.error_message(), HasSubstr("revoked"));
}

TEST_F(ApiKeys, EndSessionsWhenTheyAreRevoked) {
  const auto ending = Begin(phone_), going_on = Begin(laptop_);
  file_.FindKey(phone_.id)->revoked = true;
  Write();
  const Analyzed ended = ending->Await();
  EXPECT_EQ(ended.status.error_code(), kUnauthenticated);
  EXPECT_THAT(ended.status.error_message(), HasSubstr("revoked"));
  EXPECT_EQ(Analyze(phone_.Text()).status.error_code(), kUnauthenticated);
  EXPECT_TRUE(going_on->Send(FrameRequest(0, "a")));
  EXPECT_TRUE(going_on->Finish().status.ok());
}

TEST_F(ApiKeys, ComeFromAFileThatMayChangeButNotBreak) {
  ASSERT_TRUE(Analyze(phone_.Text()).status.ok());
  std::ofstream(options_.api_keys) << "tenants: everybody\n";
  EXPECT_TRUE(Shows("trackfit_gateway_key_reloads_total{outcome=\"refused\"} 1"));
  EXPECT_TRUE(Analyze(laptop_.Text()).status.ok());
  const ApiKey tablet = *access::NewApiKey();
  EXPECT_EQ(Analyze(tablet.Text()).status.error_code(), kUnauthenticated);
  file_.tenants[0].keys.push_back(Stored(tablet));
  Write();
  EXPECT_TRUE(Shows("trackfit_gateway_key_reloads_total{outcome=\"loaded\"} 2"));
  EXPECT_TRUE(Analyze(tablet.Text()).status.ok());
}

TEST_F(ApiKeys, OfATenantShareItsSessions) {
  file_.tenants[0].limits.sessions = 2;
  Write();
  const auto first = Begin(phone_), second = Begin(laptop_);
  AnalyzeCall third(gateway().port(), Showing(phone_.Text()));
  third.Send(testing::ConfigRequest());
  const Analyzed refused = third.Await();
  EXPECT_EQ(refused.status.error_code(), kExhausted);
  EXPECT_THAT(refused.status.error_message(), HasSubstr("this tenant has its 2 sessions"));
  EXPECT_EQ(third.context().GetServerTrailingMetadata().count("retry-after-ms"), 1U);
  EXPECT_TRUE(Analyze(stranger_.Text()).status.ok());
  EXPECT_TRUE(Shows("trackfit_gateway_key_refusals_total{limit=\"sessions\"} 1"));
  EXPECT_TRUE(first->Finish().status.ok());
  EXPECT_TRUE(Shows("trackfit_gateway_tenant_sessions{tenant=\"acme\"} 1"));
  EXPECT_TRUE(Analyze(phone_.Text()).status.ok());
}

bool WasToldOfRate(const Analyzed& analyzed) {
  for (const auto& response : analyzed.responses) {
    for (const auto& notice : response.notices()) {
      if (notice.code() == v1::NOTICE_CODE_RATE_LIMITED) return true;
    }
  }
  return false;
}

TEST_F(ApiKeys, SlowTheFramesOfAllTheirSessionsDown) {
  file_.tenants[0].limits.frames_per_second = 50;
  Write();
  gateway();
  const auto begin = std::chrono::steady_clock::now();
  Analyzed one, other;
  std::thread sender([&] { one = Analyze(phone_.Text(), Clip(60)); });
  other = Analyze(laptop_.Text(), Clip(60, "b"));
  sender.join();
  const auto took = std::chrono::steady_clock::now() - begin;
  EXPECT_GE(took, std::chrono::milliseconds(1300));  // 50 at once, then 70 at 50 a second
  for (const Analyzed* analyzed : {&one, &other}) {
    EXPECT_TRUE(analyzed->status.ok()) << analyzed->status.error_message();
    EXPECT_EQ(analyzed->Answered().size(), 60U);
    for (const auto& result : analyzed->FrameResults()) EXPECT_EQ(result.status(), v1::FRAME_STATUS_POSE);
  }
  EXPECT_TRUE(WasToldOfRate(one) || WasToldOfRate(other));
}

TEST_F(ApiKeys, DropLiveFramesBeyondTheirRate) {
  file_.FindKey(phone_.id)->limits.frames_per_second = 10;
  Write();
  auto requests = Clip(200);
  requests[0].mutable_config()->set_delivery(v1::DELIVERY_MODE_LIVE);
  const Analyzed analyzed = Analyze(phone_.Text(), requests);
  EXPECT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  EXPECT_EQ(analyzed.Answered().size(), 200U);
  int dropped = 0;
  for (const auto& result : analyzed.FrameResults()) {
    if (result.status() == v1::FRAME_STATUS_DROPPED && result.detail().find("API key") != std::string::npos)
      ++dropped;
  }
  EXPECT_GT(dropped, 0);
  EXPECT_TRUE(WasToldOfRate(analyzed));
}

TEST_F(ApiKeys, AreNotGuessed) {
  ASSERT_TRUE(Analyze(laptop_.Text()).status.ok());
  const std::string wrong = absl::StrCat("tf_", phone_.id, "_", laptop_.secret);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Analyze(wrong).status.error_code(), kUnauthenticated) << i;
  AnalyzeCall blocked(gateway().port(), Showing(wrong));
  EXPECT_EQ(blocked.Finish().status.error_code(), kExhausted);
  EXPECT_EQ(blocked.context().GetServerTrailingMetadata().count("retry-after-ms"), 1U);
  EXPECT_EQ(Analyze(phone_.Text()).status.error_code(), kExhausted);  // it might be guessed
  EXPECT_TRUE(Analyze(laptop_.Text()).status.ok());                   // it is known
  EXPECT_TRUE(Counted("blocked", 2));

  WebSocketClient elsewhere(gateway().http_port(),
                            absl::StrCat("Authorization: Bearer ", phone_.Text(), "\r\n"), "/v1/analyze",
                            "127.0.0.2");
  elsewhere.SendBinary(testing::ConfigRequest().SerializeAsString());
  elsewhere.SendBinary("");
  EXPECT_TRUE(testing::ReceiveUntilClosed(elsewhere).status.ok());
}

TEST_F(ApiKeys, ComeWithAWebSocketsHandshake) {
  const std::string encoded = absl::WebSafeBase64Escape(phone_.Text());
  const auto analyze = [this](const std::string& headers) {
    WebSocketClient client(gateway().http_port(), headers);
    EXPECT_TRUE(client.open()) << client.answer();
    client.SendBinary(testing::ConfigRequest().SerializeAsString());
    client.SendBinary("");
    return testing::ReceiveUntilClosed(client).status;
  };
  EXPECT_TRUE(analyze(absl::StrCat("Authorization: Bearer ", phone_.Text(), "\r\n")).ok());
  EXPECT_TRUE(
      analyze(absl::StrCat("Sec-WebSocket-Protocol: trackfit.v1, trackfit.key.", encoded, "\r\n")).ok());
  EXPECT_EQ(analyze("").error_code(), kUnauthenticated);
  EXPECT_EQ(analyze("Sec-WebSocket-Protocol: trackfit.v1, trackfit.key.bm9uZQ\r\n").error_code(),
            kUnauthenticated);
  const WebSocketClient told(gateway().http_port(),
                             "Sec-WebSocket-Protocol: trackfit.v1, trackfit.key.bm9uZQ\r\n");
  EXPECT_THAT(told.answer(),
              AllOf(HasSubstr("Sec-WebSocket-Protocol: trackfit.v1\r\n"), Not(HasSubstr("bm9uZQ"))));
}

TEST_F(ApiKeys, AreNotAskedForByThePageAndHealthButByNothingElse) {
  const int port = gateway().http_port();
  EXPECT_THAT(testing::HttpGet(port, "/"), Not(HasSubstr(" 401 ")));
  EXPECT_TRUE(gateway().BecomesReady());
  EXPECT_THAT(testing::HttpGet(port, "/healthz"), HasSubstr(" 200 "));
  EXPECT_THAT(testing::HttpGet(port, "/metrics"), HasSubstr(" 403 "));
  EXPECT_EQ(gateway().Health(), "SERVING");
}

TEST_F(ApiKeys, LetASessionBeResumedByItsTenantAlone) {
  AnalyzeCall first(gateway().port(), Showing(phone_.Text()));
  for (const auto& request : Resumable(Clip(5))) first.Send(request);
  first.StartReading();
  ASSERT_TRUE(first.WaitForResponses(6));
  first.Cancel();
  testing::ResumedSession session;
  session.Add(first.Await());
  ASSERT_TRUE(Shows("trackfit_gateway_waiting_sessions 1"));
  EXPECT_EQ(Analyze(stranger_.Text(), {session.Request()}).status.error_code(), grpc::StatusCode::NOT_FOUND);
  const Analyzed resumed = Analyze(laptop_.Text(), {session.Request()});
  EXPECT_TRUE(resumed.status.ok()) << resumed.status.error_message();
}

TEST_F(ApiKeys, TakeThePlaceOfASessionWhoseClientIsAway) {
  file_.FindKey(phone_.id)->limits.sessions = 1;
  Write();
  AnalyzeCall first(gateway().port(), Showing(phone_.Text()));
  first.Send(Resumable({testing::ConfigRequest()})[0]);
  ASSERT_TRUE(first.Receive().has_started());
  first.Cancel();
  first.Await();
  ASSERT_TRUE(Shows("trackfit_gateway_waiting_sessions 1"));
  EXPECT_TRUE(Analyze(phone_.Text()).status.ok());
  EXPECT_TRUE(Shows("trackfit_gateway_waiting_sessions 0"));
}

class ApiKeysOfUploads : public ApiKeys {
 protected:
  ApiKeysOfUploads() {
    options_.http.uploads.worker = folder_.File("worker");
    std::ofstream(folder_.File("worker"))
        << "#!/bin/sh\necho \"key $TRACKFIT_API_KEY of $*\"\nexec sleep 60\n";
    std::filesystem::permissions(folder_.File("worker"), std::filesystem::perms::owner_all);
  }
  ClientSocket Post(const std::string& key) {
    ClientSocket client(gateway().http_port());
    client.Send(absl::StrCat("POST /v1/analyze HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n",
                             key.empty() ? "" : absl::StrCat("Authorization: Bearer ", key, "\r\n"),
                             "\r\nv"));
    return client;
  }
};

TEST_F(ApiKeysOfUploads, AreAskedFor) {
  EXPECT_THAT(Post("").ReceiveAll(),
              AllOf(StartsWith("HTTP/1.1 401 "), HasSubstr("WWW-Authenticate: Bearer\r\n"),
                    HasSubstr("\"code\":\"UNAUTHENTICATED\"")));
  EXPECT_THAT(Post("hunter2").ReceiveAll(), StartsWith("HTTP/1.1 401 "));
}

TEST_F(ApiKeysOfUploads, GiveTheProgramOneOfItsOwnForTheSamePlace) {
  file_.tenants[0].limits.sessions = 1;
  Write();
  const ClientSocket upload = Post(phone_.Text());
  std::string answer;
  while (answer.find(" of ") == std::string::npos) {
    const std::string more = upload.Receive(30'000);
    ASSERT_FALSE(more.empty()) << answer;
    answer += more;
  }
  EXPECT_THAT(answer, Not(HasSubstr(phone_.secret)));
  const std::size_t at = answer.find("key ") + 4;
  const std::string key = answer.substr(at, answer.find(" of ") - at);
  EXPECT_THAT(answer.substr(answer.find(" of ")), Not(HasSubstr(key)));  // all can see a program's flags
  EXPECT_TRUE(Analyze(key).status.ok());
  EXPECT_EQ(Analyze(laptop_.Text()).status.error_code(), kExhausted);
  EXPECT_THAT(Post(laptop_.Text()).ReceiveAll(),
              AllOf(StartsWith("HTTP/1.1 429 "), HasSubstr("Retry-After: 2\r\n")));
}

TEST(GatewayOptions, NameTheFileOfKeysThatIsWrong) {
  gateway_server::GatewayOptions options;
  options.http.listen = "";
  options.server.reflection = false;
  options.api_keys = "/nowhere/keys.yml";
  EXPECT_THAT(std::string(options.Validate().message()),
              HasSubstr("--api-keys: /nowhere/keys.yml cannot be read"));
  options.server.reflection = true;
  EXPECT_THAT(std::string(options.Validate().message()), HasSubstr("--reflection"));
}

TEST_F(ApiKeys, ShowWhoseASessionIsAfterTheGatewayWasStartedAnew) {
  const testing::ScratchFolder sessions;
  std::filesystem::permissions(sessions.path(), std::filesystem::perms::owner_all);
  options_.handover = sessions.path();
  file_.tenants[0].limits.sessions = 1;
  Write();
  AnalyzeCall call(gateway().port(), Showing(phone_.Text()));
  call.Send(Resumable(Clip(0)).front());
  const std::string token = call.Receive().started().resume_token();
  call.StartReading();
  gateway().server().Drain();
  EXPECT_EQ(call.Await().status.error_code(), grpc::StatusCode::UNAVAILABLE);
  gateway_ = nullptr;

  const v1::AnalyzeRequest resume = testing::ResumeRequest(token, 1);
  EXPECT_EQ(Analyze(stranger_.Text(), {resume}).status.error_code(), grpc::StatusCode::NOT_FOUND);
  {
    const auto other = Begin(laptop_);
    EXPECT_EQ(Analyze(phone_.Text(), {resume}).status.error_code(), kExhausted) << "the tenant may have one";
    other->Finish();
  }
  ASSERT_TRUE(Shows("trackfit_gateway_tenant_sessions{tenant=\"acme\"} 0"));
  AnalyzeCall again(gateway().port(), Showing(laptop_.Text()));
  again.Send(resume);
  EXPECT_TRUE(again.Receive().has_resumed());
  EXPECT_TRUE(Shows("trackfit_gateway_tenant_sessions{tenant=\"acme\"} 1"));
  again.Send(FrameRequest(0, "a"));
  EXPECT_TRUE(again.Finish().status.ok());
  gateway_ = nullptr;  // which writes into the folder
}

}  // namespace
}  // namespace trackfit
