// Models that come and go under running sessions: inferencer and gateway as real processes over real sockets.
#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>
#include <trackfit/v1/inferencer.grpc.pb.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "contract/convert.h"
#include "integration/support/analyze_client.h"
#include "integration/support/http_get.h"
#include "integration/support/server_process.h"
#include "protogcn/archive_io.h"
#include "support/eventually.h"
#include "support/poses.h"
#include "support/scratch_folder.h"
#include "support/small_network.h"

namespace trackfit {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using testing::AnalyzeCall;
using testing::Analyzed;
using testing::ConfigRequest;
using ::testing::ElementsAre;
using testing::Eventually;
using ::testing::HasSubstr;
using testing::HttpGet;
using testing::ServerProcess;
using Flags = std::vector<std::string>;

constexpr std::size_t kFirstWindow = 60;  // poses
constexpr std::size_t kNextWindow = 15;

v1::AnalyzeRequest PoseRequest(const skeleton::Pose& pose) {
  v1::AnalyzeRequest request;
  *request.mutable_pose() = contract::ToProto(pose);
  return request;
}

std::string VersionOf(const Analyzed& analyzed) {
  for (const auto& response : analyzed.responses) {
    if (response.has_started()) return response.started().model_version();
  }
  return "";
}

int Changes(const Analyzed& analyzed) {
  int changes = 0;
  for (const auto& response : analyzed.responses) {
    for (const v1::Notice& notice : response.notices())
      changes += notice.code() == v1::NOTICE_CODE_MODEL_CHANGED ? 1 : 0;
  }
  return changes;
}

std::vector<uint64_t> WindowEnds(const Analyzed& analyzed) {
  std::vector<uint64_t> ends;
  for (const v1::Assessment& assessment : analyzed.Assessments()) ends.push_back(assessment.last_sequence());
  return ends;
}

// Of windows over so many poses.
std::vector<uint64_t> ExpectedEnds(std::size_t poses) {
  std::vector<uint64_t> ends;
  for (std::size_t end = kFirstWindow; end <= poses; end += kNextWindow) ends.push_back(end - 1);
  return ends;
}

class ModelSwap : public ::testing::Test {
 protected:
  // As an operator should: whole or not at all.
  void Publish(const std::string& version, const fs::path& file = TRACKFIT_MODEL) {
    const fs::path folder = root_ / version;
    const fs::path draft = folder.parent_path() / ".draft";
    fs::create_directories(draft);
    fs::copy_file(file, draft / "model.pt", fs::copy_options::overwrite_existing);
    fs::rename(draft, folder);
  }
  void PublishBroken(const std::string& version) {
    std::ofstream(scratch_.File("broken.pt")) << "not an archive of anybody's";
    Publish(version, scratch_.File("broken.pt"));
  }
  // A small network that knows these two exercises.
  void PublishSmall(const std::string& version, const std::vector<std::string>& exercises) {
    SaveSmall(exercises, testing::MakeNetwork(SmallMetadata(exercises).network));
    Publish(version, scratch_.File("small.pt"));
  }
  static protogcn::ModelMetadata SmallMetadata(const std::vector<std::string>& exercises) {
    protogcn::ModelMetadata metadata = testing::SmallMetadata();
    metadata.network.window = 100;
    metadata.known_threshold = 0;
    metadata.classes = exercises;
    metadata.classes.emplace_back("other");
    return metadata;
  }
  void SaveSmall(const std::vector<std::string>& exercises, const protogcn::Network& network) {
    const absl::Status saved =
        protogcn::SaveArchive(scratch_.File("small.pt"), network, SmallMetadata(exercises));
    ASSERT_TRUE(saved.ok()) << saved;
  }

  void StartInferencer(Flags flags) {
    flags.insert(flags.end(), {"--model-repository", root_.string(), "--workers", "1"});
    inferencer_ = std::make_unique<ServerProcess>(
        "trackfit-inferencer", flags, ServerProcess::Await::kListening, 0, ServerProcess::Terminal::kNone);
    ASSERT_NE(inferencer_->port(), 0);
    stub_ = v1::InferencerService::NewStub(
        grpc::CreateChannel(inferencer_->address(), grpc::InsecureChannelCredentials()));
  }
  void StartGateway() {
    gateway_ = std::make_unique<ServerProcess>(
        "trackfit-gateway", Flags{"--inferencer", inferencer_->address(), "--extractor", "127.0.0.1:1"});
    ASSERT_NE(gateway_->port(), 0);
  }

  v1::GetModelResponse GetModel() const {
    v1::GetModelResponse model;
    grpc::ClientContext context;
    EXPECT_TRUE(stub_->GetModel(&context, {}, &model).ok());
    return model;
  }
  bool BecomesServed(const std::string& version) const {
    return Eventually([&] { return GetModel().version() == version; });
  }
  std::string Metrics() const { return HttpGet(inferencer_->metrics_port(), "/metrics"); }

  // A session of `seconds` in real time, or as fast as it can.
  Analyzed Play(double seconds, bool in_real_time, const v1::SessionConfig& config = {}) const {
    AnalyzeCall call(gateway_->port());
    call.StartReading();
    call.Send(ConfigRequest(config));
    const auto start = std::chrono::steady_clock::now();
    for (const skeleton::Pose& pose : testing::WavingPoses(30, seconds)) {
      if (in_real_time) std::this_thread::sleep_until(start + std::chrono::microseconds(pose.timestamp_us));
      if (!call.Send(PoseRequest(pose))) break;
    }
    return call.Finish();
  }

  testing::ScratchFolder scratch_;
  const fs::path root_ = scratch_.File("protogcn");
  std::unique_ptr<ServerProcess> inferencer_;
  std::unique_ptr<ServerProcess> gateway_;
  std::unique_ptr<v1::InferencerService::Stub> stub_;
};

TEST_F(ModelSwap, LosesNoWindowAndSessionsKeepTheirVersionWhileModelsChangeEverySecond) {
  Publish("1");
  const std::vector<std::string> exercises = {"squat", "push_up"};
  const protogcn::Network nan = testing::MakeNetwork(SmallMetadata(exercises).network);
  testing::FixLogits(nan, {0, std::numeric_limits<float>::quiet_NaN(), 0});
  SaveSmall(exercises, nan);
  StartInferencer({"--model-poll", "0.1", "--max-model-slowdown", "100"});  // tests share their machine
  StartGateway();
  std::atomic<bool> over = false;
  std::mutex mutex;
  std::set<std::string> versions;
  std::vector<std::thread> clients;
  for (int client = 0; client < 4; ++client) {
    clients.emplace_back([&, client] {
      std::this_thread::sleep_for(milliseconds(700 * client));
      while (!over) {
        const Analyzed analyzed = Play(3, true);
        const std::string version = VersionOf(analyzed);
        EXPECT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
        EXPECT_EQ(analyzed.Answered().size(), 90U);
        EXPECT_EQ(WindowEnds(analyzed), ExpectedEnds(90));
        EXPECT_EQ(Changes(analyzed), 0);
        for (const v1::Assessment& window : analyzed.Assessments())
          EXPECT_EQ(window.model_version(), version);
        const std::lock_guard lock(mutex);
        versions.insert(version);
      }
    });
  }
  const std::string refused = "trackfit_model_refusals_total{reason=\"broken\"} ";
  const auto counts = [&](const char* refusals) {
    return Eventually([&] { return Metrics().find(refused + refusals) != std::string::npos; });
  };
  for (int version = 2; version <= 8; ++version) {
    std::this_thread::sleep_for(std::chrono::seconds(1));
    const std::string name = std::to_string(version);
    if (version == 4) {
      PublishBroken(name);
      EXPECT_TRUE(counts("1"));
    } else if (version == 6) {
      Publish(name, scratch_.File("small.pt"));  // its network gives no numbers
      EXPECT_TRUE(counts("2"));
    } else {
      Publish(name);
      EXPECT_TRUE(BecomesServed(name));
    }
  }
  EXPECT_TRUE(Eventually([&] { return VersionOf(Play(0.1, false)) == "8"; })) << "new sessions get it";
  over = true;
  for (std::thread& client : clients) client.join();
  EXPECT_GE(versions.size(), 3U);
  EXPECT_FALSE(versions.contains("4"));
  EXPECT_FALSE(versions.contains("6"));
  const std::string page = Metrics();
  EXPECT_TRUE(counts("2")) << "each once";
  for (const char* served : {"version=\"8\"} 1", "version=\"7\"} 0", "version=\"1\"} 0"}) {
    const std::string line = std::string("trackfit_model_info{model=\"protogcn\",model_") + served;
    EXPECT_NE(page.find(line), std::string::npos) << line;
  }
}

TEST_F(ModelSwap, LooksOnHangUpAndRollsBackWhenAFolderGoes) {
  PublishSmall("1", {"squat", "push_up"});
  StartInferencer({"--model-poll", "0"});
  PublishSmall("2", {"squat", "push_up"});
  std::this_thread::sleep_for(milliseconds(1200));
  EXPECT_EQ(GetModel().version(), "1") << "nobody asked it to look";
  inferencer_->SendHangUp();
  EXPECT_TRUE(BecomesServed("2"));
  fs::remove_all(root_ / "2");
  inferencer_->SendHangUp();
  EXPECT_TRUE(BecomesServed("1"));
  fs::remove_all(root_);
  inferencer_->SendHangUp();
  inferencer_->SendHangUp();
  EXPECT_TRUE(Eventually([&] { return inferencer_->Log().find("stays") != std::string::npos; }));
  EXPECT_EQ(GetModel().version(), "1");
  inferencer_->SendTerm();
  EXPECT_EQ(inferencer_->Wait(), 0);
}

TEST_F(ModelSwap, ServesModelsByNameAndACanaryToItsShare) {
  PublishSmall("1", {"squat", "push_up"});
  PublishSmall("2", {"squat", "push_up"});
  std::ofstream(root_ / "2/canary") << "0.5\n";
  PublishSmall("yoga/3", {"tree", "cobra"});
  StartInferencer({"--model-poll", "0.1"});
  StartGateway();
  ASSERT_EQ(GetModel().models_size(), 3);
  EXPECT_EQ(GetModel().version(), "1");
  EXPECT_TRUE(GetModel().models(1).canary());
  EXPECT_EQ(GetModel().models(2).name(), "yoga");

  v1::SessionConfig config;
  config.set_model("yoga");
  config.set_expected_exercise("tree");
  const Analyzed yoga = Play(2, false, config);
  ASSERT_EQ(yoga.Assessments().size(), 1U) << yoga.status.error_message();
  EXPECT_EQ(yoga.Assessments()[0].model_version(), "3");
  EXPECT_EQ(yoga.Assessments()[0].judged_exercise(), "tree");

  config.set_model("yoda");
  const grpc::Status unknown = Play(0.1, false, config).status;
  EXPECT_EQ(unknown.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(unknown.error_message(), HasSubstr("config.model is \"yoda\"; there are protogcn, yoga"));
  v1::InferRequest clip;
  clip.set_model("yoda");
  for (const skeleton::Pose& pose : testing::WavingPoses(30, 1)) *clip.add_poses() = contract::ToProto(pose);
  v1::InferResponse response;
  grpc::ClientContext context;
  EXPECT_THAT(stub_->Infer(&context, clip, &response).error_message(), HasSubstr("model is \"yoda\""));

  std::set<std::string> versions;
  const auto plays = [&] {
    const Analyzed analyzed = Play(2, false);
    EXPECT_EQ(analyzed.Assessments().size(), 1U);
    for (const v1::Assessment& window : analyzed.Assessments())
      EXPECT_EQ(window.model_version(), VersionOf(analyzed));
    return VersionOf(analyzed);
  };
  for (int session = 0; session < 20; ++session) versions.insert(plays());
  EXPECT_THAT(versions, ElementsAre("1", "2"));
  fs::remove(root_ / "2/canary");
  EXPECT_TRUE(BecomesServed("2"));
  EXPECT_THAT(Metrics(), HasSubstr("_model_share{model=\"protogcn\",model_version=\"2\"} 1"));
}

TEST_F(ModelSwap, GoesOnWithAnotherVersionOfOtherExercisesWhenItsInferencerIsLost) {
  PublishSmall("1", {"bear_crawl", "push_up"});
  StartInferencer({});
  StartGateway();
  v1::SessionConfig config;
  config.set_expected_exercise("bear_crawl");  // that no coach knows
  const std::vector<skeleton::Pose> poses = testing::WavingPoses(30, 6);
  AnalyzeCall call(gateway_->port());
  call.StartReading();
  call.Send(ConfigRequest(config));
  for (std::size_t i = 0; i < 80; ++i) call.Send(PoseRequest(poses[i]));
  ASSERT_TRUE(call.WaitForResponses(1 + 80 + 2));  // started, answers, windows
  inferencer_->Kill();
  fs::remove_all(root_ / "1");
  PublishSmall("2", {"push_up", "crab_walk"});
  inferencer_->Restart();
  for (std::size_t i = 80; i < poses.size(); ++i) call.Send(PoseRequest(poses[i]));
  const Analyzed analyzed = call.Finish();
  ASSERT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  EXPECT_EQ(analyzed.Answered().size(), poses.size());
  EXPECT_EQ(WindowEnds(analyzed), ExpectedEnds(poses.size()));
  EXPECT_EQ(VersionOf(analyzed), "1");
  EXPECT_EQ(Changes(analyzed), 1);
  EXPECT_EQ(analyzed.Assessments().front().judged_exercise(), "bear_crawl");
  EXPECT_EQ(analyzed.Assessments().back().model_version(), "2");
  EXPECT_THAT(HttpGet(gateway_->metrics_port(), "/metrics"), HasSubstr("expected=\"bear_crawl\"} 2"))
      << "of the version that knows it";
}

}  // namespace
}  // namespace trackfit
