// TLS on real servers, over real sockets: who gets in and who does not, certificates that change under
// running streams, and crowds that never finish their handshake.
#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "integration/support/analyze_client.h"
#include "integration/support/fake_upstreams.h"
#include "integration/support/http_get.h"
#include "integration/support/server_process.h"
#include "rpc/grpc_log.h"
#include "support/certificates.h"
#include "support/client_socket.h"
#include "support/eventually.h"
#include "support/health_client.h"
#include "support/scratch_folder.h"
#include "support/tls_client.h"
#include "tls/client_hello.h"

namespace trackfit {
namespace {

using ::testing::AllOf;
using testing::AnalyzeCall;
using testing::Authority;
using testing::CertificateAndKey;
using testing::CheckHealth;
using testing::ClientSocket;
using testing::Clip;
using testing::Eventually;
using testing::FakeExtractor;
using testing::FakeInferencer;
using testing::FakeServer;
using ::testing::HasSubstr;
using testing::HttpGet;
using ::testing::Not;
using testing::ServerProcess;
using testing::TlsClient;

// Of a channel to 127.0.0.1 that shares no connection with others.
std::shared_ptr<grpc::Channel> OpenChannel(int port, const std::string& authority,
                                           const CertificateAndKey& own = {}) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(port),
                                   grpc::SslCredentials({authority, own.key, own.certificate}), arguments);
}

struct Said {
  int status = -1;
  std::string text;
};

// What a program of ours says, and how it ends.
Said RunProgram(const std::string& program, const std::string& flags) {
  Said said;
  const std::string command = std::string(TRACKFIT_BINARIES) + "/" + program + " " + flags + " 2>&1";
  FILE* const pipe = popen(command.c_str(), "r");
  std::array<char, 4096> buffer{};
  while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) said.text += buffer.data();
  said.status = WEXITSTATUS(pclose(pipe));
  return said;
}

class Tls : public ::testing::Test {
 protected:
  void SetUp() override {
    rpc::HushHandshakes();  // of the clients here
    testing::Replace(File("ca.pem"), authority_.certificate());
    testing::Replace(File("another_ca.pem"), another_.certificate());
    testing::Write(authority_.Issue(), File("server"));
    testing::Write(client_, File("client"));
  }

  std::string File(const std::string& name) const { return folder_.File(name); }

  // A gateway whose clients need a certificate, over servers without TLS unless `flags` say otherwise.
  std::unique_ptr<ServerProcess> Gateway(const std::vector<std::string>& flags = {}) {
    return GatewayTo(extractor_.address(), inferencer_.address(), flags);
  }
  std::unique_ptr<ServerProcess> GatewayTo(const std::string& extractor, const std::string& inferencer,
                                           const std::vector<std::string>& flags) {
    std::vector<std::string> all = {"--workers",         "1",
                                    "--extractor",       extractor,
                                    "--inferencer",      inferencer,
                                    "--tls-certificate", File("server.pem"),
                                    "--tls-key",         File("server.key"),
                                    "--tls-client-ca",   File("ca.pem")};
    all.insert(all.end(), flags.begin(), flags.end());
    return std::make_unique<ServerProcess>("trackfit-gateway", all);
  }
  std::shared_ptr<grpc::Channel> Trusted(const ServerProcess& server) const {
    return OpenChannel(server.port(), authority_.certificate(), client_);
  }
  bool BecomesHealthy(const ServerProcess& server) const {
    return Eventually([&] { return CheckHealth(Trusted(server), "") == "SERVING"; });
  }
  std::string Health(int port, const std::string& authority, const CertificateAndKey& own = {}) const {
    return CheckHealth(OpenChannel(port, authority, own), "");
  }
  // trackfit-health, as a client.
  Said Ask(const ServerProcess& server, const std::string& flags) const {
    return RunProgram("trackfit-health", "--address " + server.address() + " " + flags);
  }
  std::string ClientFlags(const std::string& client) const {
    return " --tls-certificate " + File(client + ".pem") + " --tls-key " + File(client + ".key");
  }
  static bool Shows(const ServerProcess& server, const std::string& line) {
    return HttpGet(server.metrics_port(), "/metrics").find("\n" + line + "\n") != std::string::npos;
  }

  const testing::ScratchFolder folder_;
  const Authority authority_;
  const Authority another_{"another authority"};
  const CertificateAndKey client_ = authority_.Issue({.name = "client"});
  FakeServer<FakeExtractor> extractor_;
  FakeServer<FakeInferencer> inferencer_;
};

TEST_F(Tls, CarriesSessionsOfClientsWithACertificate) {
  const auto gateway = Gateway();
  ASSERT_TRUE(BecomesHealthy(*gateway));
  AnalyzeCall call(Trusted(*gateway), {});
  for (const auto& request : Clip(70)) ASSERT_TRUE(call.Send(request));
  const auto analyzed = call.Finish();
  EXPECT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  EXPECT_EQ(analyzed.Answered().size(), 70U);
  EXPECT_TRUE(Shows(*gateway, "trackfit_tls_handshake_failures_total 0"));
}

TEST_F(Tls, AsksClientsForNothingWithoutAnAuthorityOfTheirs) {
  const ServerProcess gateway("trackfit-gateway",
                              {"--extractor", extractor_.address(), "--inferencer", inferencer_.address(),
                               "--tls-certificate", File("server.pem"), "--tls-key", File("server.key")});
  ASSERT_NE(gateway.port(), 0);
  EXPECT_TRUE(Eventually([&] { return Health(gateway.port(), authority_.certificate()) == "SERVING"; }));
  testing::Write(another_.Issue(), File("server"));
  EXPECT_TRUE(Eventually([&] { return Health(gateway.port(), another_.certificate()) == "SERVING"; }));
  EXPECT_EQ(Health(gateway.port(), authority_.certificate()), "UNAVAILABLE");
}

TEST_F(Tls, RefusesEverybodyElseAndTellsThemWhy) {
  testing::Write(another_.Issue(), File("stranger"));
  testing::Write(authority_.Issue({.valid_from = -7200, .valid_until = -3600}), File("expired"));
  const auto gateway = Gateway();
  ASSERT_TRUE(BecomesHealthy(*gateway));
  const std::string trust = "--tls-ca " + File("ca.pem");
  const std::vector<std::tuple<std::string, int, std::string>> cases = {
      {"", 1, "it speaks TLS; --tls-ca names the file"},
      {trust, 1, "it asks clients for a certificate; --tls-certificate and --tls-key name one"},
      {trust + ClientFlags("stranger"), 1, "it does not accept the certificate in --tls-certificate"},
      {"--tls-ca " + File("another_ca.pem") + ClientFlags("client"), 1,
       "its certificate is signed by an authority that this client does not trust"},
      {"--tls" + ClientFlags("client"), 1, "an authority that this client does not trust"},
      {trust + ClientFlags("client") + " --tls-name gym.example", 1,
       "its certificate does not bear the name gym.example but localhost, 127.0.0.1"},
      {trust + ClientFlags("expired"), 2, "--tls-certificate: " + File("expired.pem") + " has expired on "},
  };
  for (const auto& [flags, status, text] : cases) {
    const Said said = Ask(*gateway, flags);
    EXPECT_EQ(said.status, status) << flags;
    EXPECT_THAT(said.text, HasSubstr(text)) << flags;
  }
  // A client that does not look at its own.
  const auto expired = authority_.Issue({.valid_from = -7200, .valid_until = -3600});
  EXPECT_EQ(Health(gateway->port(), authority_.certificate(), expired), "UNAVAILABLE");
  EXPECT_EQ(Ask(*gateway, trust + ClientFlags("client")).status, 0);
  // The server may notice after its client did.
  EXPECT_TRUE(Eventually([&] { return !Shows(*gateway, "trackfit_tls_handshake_failures_total 0"); }));
  EXPECT_TRUE(Eventually([&] { return absl::StrContains(gateway->Log(), "TLS handshakes failed"); }));
  EXPECT_THAT(gateway->Log(), Not(HasSubstr("PRIVATE KEY")));
}

TEST_F(Tls, TellsAClientThatTheServerSpeaksNone) {
  const ServerProcess gateway("trackfit-gateway",
                              {"--extractor", extractor_.address(), "--inferencer", inferencer_.address()});
  const Said said = Ask(gateway, "--tls-ca " + File("ca.pem"));
  EXPECT_EQ(said.status, 1);
  EXPECT_THAT(said.text, HasSubstr("it does not speak TLS; leave out --tls and --tls-ca"));
}

TEST_F(Tls, IsOfVersion12AtLeast) {
  const auto gateway = Gateway();
  ASSERT_NE(gateway->port(), 0);
  for (const int port : {gateway->port(), gateway->http_port()}) {
    EXPECT_FALSE(TlsClient(port, authority_.certificate(), TLS1_VERSION, TLS1_1_VERSION).connected());
    EXPECT_FALSE(TlsClient(port, authority_.certificate(), TLS1_1_VERSION, TLS1_1_VERSION).connected());
  }
  EXPECT_EQ(TlsClient(gateway->port(), authority_.certificate(), TLS1_VERSION).version(), "TLSv1.3");
  const TlsClient older(gateway->http_port(), authority_.certificate(), TLS1_2_VERSION, TLS1_2_VERSION);
  EXPECT_TRUE(older.connected());
}

TEST_F(Tls, OfTheGatewayIsThatOfItsWebPortTooWithoutClientCertificates) {
  const auto gateway = Gateway();
  ASSERT_TRUE(BecomesHealthy(*gateway));
  const TlsClient browser(gateway->http_port(), authority_.certificate());
  ASSERT_TRUE(browser.connected());
  browser.Send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(browser.Receive(), HasSubstr("200 OK"));
}

TEST_F(Tls, OfTheWebPortMayBeAnother) {
  testing::Write(another_.Issue(), File("web"));
  const auto gateway = Gateway({"--http-certificate", File("web.pem"), "--http-key", File("web.key")});
  ASSERT_NE(gateway->port(), 0);
  EXPECT_FALSE(TlsClient(gateway->http_port(), authority_.certificate()).connected());
  EXPECT_TRUE(TlsClient(gateway->http_port(), another_.certificate()).connected());
  testing::Write(authority_.Issue(), File("web"));
  EXPECT_TRUE(
      Eventually([&] { return TlsClient(gateway->http_port(), authority_.certificate()).connected(); }));
  EXPECT_TRUE(Eventually(
      [&] { return Shows(*gateway, "trackfit_tls_reloads_total{outcome=\"replaced\",use=\"http\"} 1"); }));
}

TEST_F(Tls, TakesNewCertificatesWhileStreamsRun) {
  const auto gateway = Gateway();
  ASSERT_TRUE(BecomesHealthy(*gateway));
  AnalyzeCall call(Trusted(*gateway), {});
  call.StartReading();
  const auto clip = Clip(60);
  for (std::size_t i = 0; i < 30; ++i) ASSERT_TRUE(call.Send(clip[i]));
  ASSERT_TRUE(call.WaitForResponses(20));

  testing::Write(another_.Issue(), File("server"));
  testing::Replace(File("ca.pem"), another_.certificate());
  const auto client = another_.Issue();
  EXPECT_TRUE(
      Eventually([&] { return Health(gateway->port(), another_.certificate(), client) == "SERVING"; }));
  EXPECT_EQ(Health(gateway->port(), authority_.certificate(), client_), "UNAVAILABLE")
      << "of the old authority";
  EXPECT_EQ(Health(gateway->port(), another_.certificate(), client_), "UNAVAILABLE") << "an old client";
  EXPECT_TRUE(Shows(*gateway, "trackfit_tls_reloads_total{outcome=\"replaced\",use=\"grpc\"} 1"));

  for (std::size_t i = 30; i < clip.size(); ++i) ASSERT_TRUE(call.Send(clip[i]));
  const auto analyzed = call.Finish();
  EXPECT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  EXPECT_EQ(analyzed.Answered().size(), 60U);
}

TEST_F(Tls, RefusesABadReplacementAndServesOn) {
  const auto gateway = Gateway();
  ASSERT_TRUE(BecomesHealthy(*gateway));
  testing::Replace(File("server.key"), authority_.Issue().key);
  EXPECT_TRUE(Eventually(
      [&] { return Shows(*gateway, "trackfit_tls_reloads_total{outcome=\"refused\",use=\"grpc\"} 1"); }));
  EXPECT_EQ(Health(gateway->port(), authority_.certificate(), client_), "SERVING");
  EXPECT_THAT(gateway->Log(), AllOf(HasSubstr("certificate refused; the old one stays in use"),
                                    HasSubstr(File("server.key") + " is not the key of the certificate"),
                                    Not(HasSubstr("BEGIN"))));
}

TEST_F(Tls, NeedsGoodFilesAtTheStart) {
  const auto refusal = [](const std::vector<std::string>& flags) {
    ServerProcess gateway("trackfit-gateway", flags, ServerProcess::Await::kNothing);
    EXPECT_EQ(gateway.Wait(), 2);
    return gateway.Log();
  };
  EXPECT_THAT(refusal({"--tls-certificate", File("server.pem")}),
              HasSubstr("--tls-certificate and --tls-key need each other"));
  EXPECT_THAT(refusal({"--tls-certificate", File("server.pem"), "--tls-key", File("client.key")}),
              HasSubstr("--tls-key: " + File("client.key") + " is not the key"));
  EXPECT_THAT(refusal({"--http-certificate", File("no.pem"), "--http-key", File("server.key")}),
              HasSubstr("--http-certificate: " + File("no.pem") + " cannot be read"));
  EXPECT_THAT(refusal({"--upstream-tls-ca", File("server.key")}),
              HasSubstr("--upstream-tls-ca: " + File("server.key") + " holds no certificate"));
  EXPECT_THAT(refusal({"--upstream-tls-name", "extractor"}),
              HasSubstr("--upstream-tls-name needs --upstream-tls-ca"));
}

// Servers behind that want a certificate of the gateway.
std::shared_ptr<grpc::ServerCredentials> Asking(const Authority& clients, const CertificateAndKey& own) {
  grpc::SslServerCredentialsOptions options(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = clients.certificate();
  options.pem_key_cert_pairs = {{own.key, own.certificate}};
  return grpc::SslServerCredentials(options);
}

class UpstreamTls : public Tls {
 protected:
  std::unique_ptr<ServerProcess> SecureGatewayTo(const std::string& extractor,
                                                 const std::string& inferencer) {
    return GatewayTo(extractor, inferencer,
                     {"--upstream-timeout", "1", "--upstream-tls-ca", File("ca.pem"),
                      "--upstream-tls-certificate", File("upstream.pem"), "--upstream-tls-key",
                      File("upstream.key"), "--upstream-tls-name", "localhost"});
  }

  const CertificateAndKey good_ = authority_.Issue();
  FakeServer<FakeExtractor> secure_extractor_{Asking(authority_, good_)};
  FakeServer<FakeInferencer> secure_inferencer_{Asking(authority_, good_)};
  FakeServer<FakeExtractor> wrong_extractor_{Asking(authority_, another_.Issue())};
};

TEST_F(UpstreamTls, IsMutual) {
  testing::Write(another_.Issue(), File("upstream"));
  const auto gateway = SecureGatewayTo(secure_extractor_.address(), secure_inferencer_.address());
  ASSERT_NE(gateway->port(), 0);
  std::this_thread::sleep_for(std::chrono::seconds(1));
  EXPECT_EQ(CheckHealth(Trusted(*gateway), ""), "NOT_SERVING") << "it is not let in";
  testing::Write(authority_.Issue(), File("upstream"));
  ASSERT_TRUE(BecomesHealthy(*gateway)) << "with a certificate that the servers behind trust";
  AnalyzeCall call(Trusted(*gateway), {});
  for (const auto& request : Clip(70)) ASSERT_TRUE(call.Send(request));
  const auto analyzed = call.Finish();
  EXPECT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  EXPECT_FALSE(analyzed.Assessments().empty());
}

TEST_F(UpstreamTls, TellsOfAServerWithAWrongCertificateAsOfOneThatIsDown) {
  testing::Write(authority_.Issue(), File("upstream"));
  const auto gateway = SecureGatewayTo(wrong_extractor_.address(), secure_inferencer_.address());
  ASSERT_NE(gateway->port(), 0);
  AnalyzeCall call(Trusted(*gateway), {});
  for (const auto& request : Clip(3)) call.Send(request);
  const auto analyzed = call.Await();
  EXPECT_EQ(analyzed.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(analyzed.status.error_message(), HasSubstr("extractor"));
  EXPECT_EQ(wrong_extractor_.service().streams, 0);
  EXPECT_THAT(gateway->Log(), HasSubstr("certificate verify failed"));
}

TEST_F(UpstreamTls, GoesToTheOtherReplicaOfOneWithAWrongCertificate) {
  testing::Write(authority_.Issue(), File("upstream"));
  const auto gateway = SecureGatewayTo(
      "ipv4:" + wrong_extractor_.address() + "," + secure_extractor_.address(), secure_inferencer_.address());
  ASSERT_NE(gateway->port(), 0);
  AnalyzeCall call(Trusted(*gateway), {});
  for (const auto& request : Clip(10)) ASSERT_TRUE(call.Send(request));
  const auto analyzed = call.Finish();
  EXPECT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  EXPECT_EQ(analyzed.Answered().size(), 10U);
}

TEST_F(Tls, CrowdsThatNeverFinishTheirHandshakeDisturbNobody) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  const std::size_t crowd = std::min<std::size_t>(1000, limit.rlim_cur / 2);

  const auto gateway = Gateway({"--self-check-interval", "1"});
  ASSERT_TRUE(BecomesHealthy(*gateway));
  AnalyzeCall call(Trusted(*gateway), {});
  call.StartReading();
  const auto clip = Clip(100);
  for (std::size_t i = 0; i < 10; ++i) ASSERT_TRUE(call.Send(clip[i]));

  // From several addresses, since none gets more than its share.
  const std::string hello = tls::ClientHello();
  std::vector<ClientSocket> sockets;
  for (std::size_t i = 0; i < crowd; ++i) {
    const std::string source = "127.0.0." + std::to_string(2 + i % 5);
    sockets.emplace_back(gateway->port(), source.c_str());
    ASSERT_TRUE(sockets.back().connected()) << i;
    sockets.back().Send(i % 2 == 0 ? hello : hello.substr(0, 20));
  }
  EXPECT_EQ(Health(gateway->port(), authority_.certificate(), client_), "SERVING") << "of another address";
  // The others say a byte now and then.
  for (std::size_t i = 10; i < clip.size(); ++i) {
    for (std::size_t slow = 1; slow < sockets.size(); slow += 50) sockets[slow].Send(hello.substr(20 + i, 1));
    ASSERT_TRUE(call.Send(clip[i]));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  const auto analyzed = call.Finish();
  EXPECT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  EXPECT_EQ(analyzed.Answered().size(), clip.size() - 1);
  for (const ClientSocket& socket : sockets) {
    while (!socket.Receive(30'000).empty()) {  // the server's first words, and then the end
    }
    ASSERT_TRUE(socket.HangsUp(0)) << "ten seconds are enough for a handshake";
  }
  EXPECT_EQ(Health(gateway->port(), authority_.certificate(), client_), "SERVING");
  EXPECT_THAT(gateway->Log(), Not(HasSubstr("cannot reach the own port")));
}

TEST_F(Tls, OversizeHeadersAndMessagesAreRefused) {
  const auto gateway =
      Gateway({"--max-message-mb", "1", "--max-frame-bytes", "100000", "--max-raw-frame-bytes", "100000"});
  ASSERT_TRUE(BecomesHealthy(*gateway));
  AnalyzeCall headers(Trusted(*gateway), {{"x-large", std::string(20'000, 'x')}});
  EXPECT_EQ(headers.Await().status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  AnalyzeCall message(Trusted(*gateway), {});
  message.Send(testing::ConfigRequest());
  message.Send(testing::FrameRequest(0, std::string(2 << 20, 'x')));
  EXPECT_EQ(message.Await().status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(Health(gateway->port(), authority_.certificate(), client_), "SERVING");
}

}  // namespace
}  // namespace trackfit
