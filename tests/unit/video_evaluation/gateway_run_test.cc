#include "video_evaluation/gateway_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>

#include "support/fake_gateway.h"
#include "support/scratch_folder.h"
#include "support/video_files.h"

namespace trackfit::video_evaluation {
namespace {

using ::testing::ElementsAre;
using trackfit::testing::FakeGateway;
using trackfit::testing::ServerStream;

// Finds a person in each frame, and a squat in each video.
grpc::Status SeeSquats(grpc::ServerContext&, ServerStream& stream) {
  v1::AnalyzeRequest request;
  while (stream.Read(&request)) {
    v1::AnalyzeResponse response;
    if (request.has_config()) {
      response.mutable_started()->set_model_version("7");
      response.mutable_started()->add_exercises("push_up");
      response.mutable_started()->add_exercises("squat");
    } else {
      response.mutable_frame_result()->set_sequence(request.frame().sequence());
      response.mutable_frame_result()->set_status(v1::FRAME_STATUS_POSE);
    }
    stream.Write(response);
  }
  v1::AnalyzeResponse response;
  v1::Assessment& overall = *response.mutable_summary()->mutable_overall();
  overall.set_exercise("squat");
  overall.set_confidence(0.8F);
  overall.set_known(true);
  overall.set_known_score(0.9F);
  stream.Write(response);
  return grpc::Status::OK;
}

// Three videos in folders named after exercises.
class GatewayRunTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"other/a.mp4", "push_up/b.mp4", "squat/c.mp4"}) {
      const std::string path = scratch_.File(name);
      std::filesystem::create_directories(std::filesystem::path(path).parent_path());
      testing::WriteVideo(path, 5, 25, {64, 48});
    }
  }

  std::vector<dataset_building::SourceClip> Videos() {
    auto videos = ChooseVideos({.folder = scratch_.path(), .list = "", .split = "", .subset = ""});
    EXPECT_TRUE(videos.ok()) << videos.status();
    return *std::move(videos);
  }

  static GatewayRunOptions At(const FakeGateway& gateway) {
    GatewayRunOptions options;
    options.client.gateway = gateway.address();
    options.sessions = 2;
    return options;
  }

  testing::ScratchFolder scratch_;
  VerdictFile verdicts_ = *VerdictFile::Open("");
};

TEST_F(GatewayRunTest, CollectsTheSummaries) {
  const FakeGateway gateway(SeeSquats);
  const auto videos = Videos();
  std::vector<int> done;
  const absl::Status played =
      PlayVideos(videos, At(gateway), {.on_video = [&](int count) { done.push_back(count); }}, verdicts_);
  ASSERT_TRUE(played.ok()) << played;
  EXPECT_THAT(done, ElementsAre(1, 2, 3));
  EXPECT_THAT(verdicts_.exercises(), ElementsAre("push_up", "squat"));
  const auto verdicts = VerdictsOn(videos, verdicts_);
  ASSERT_EQ(verdicts.size(), 3U);
  EXPECT_EQ(verdicts[0].exercise, "other");
  EXPECT_EQ(verdicts[0].fault, "other/a");
  EXPECT_EQ(verdicts[1].exercise, "push_up");
  EXPECT_EQ(verdicts[1].named, "squat");
  EXPECT_TRUE(verdicts[1].known);
  EXPECT_FLOAT_EQ(verdicts[1].confidence, 0.8F);
  EXPECT_FLOAT_EQ(verdicts[1].known_score, 0.9F);
  EXPECT_EQ(verdicts[1].model_version, "7");
  EXPECT_EQ(verdicts[1].frames, 5);
  EXPECT_EQ(verdicts[1].poses, 5);
}

TEST_F(GatewayRunTest, PlaysOnlyWhatHasNoVerdict) {
  std::atomic<int> sessions{0};
  const FakeGateway gateway([&](grpc::ServerContext& context, ServerStream& stream) {
    ++sessions;
    return SeeSquats(context, stream);
  });
  const auto videos = Videos();
  ASSERT_TRUE(verdicts_.SetModel("7", {"push_up", "squat"}).ok());
  ASSERT_TRUE(verdicts_.Add({.id = videos[1].id, .named = "push_up"}).ok());
  ASSERT_TRUE(PlayVideos(videos, At(gateway), {}, verdicts_).ok());
  EXPECT_EQ(sessions, 2);
  EXPECT_EQ(verdicts_.Find(videos[1].id)->named, "push_up");
  EXPECT_EQ(VerdictsOn(videos, verdicts_).size(), 3U);
}

TEST_F(GatewayRunTest, LeavesOutWhatIsNoVideo) {
  std::ofstream(scratch_.File("push_up/b.mp4")) << "not a video";
  const FakeGateway gateway(SeeSquats);
  const auto videos = Videos();
  std::vector<std::string> left_out;
  const absl::Status played = PlayVideos(
      videos, At(gateway),
      {.on_left_out = [&](const auto& video, const absl::Status&) { left_out.push_back(video.id); }},
      verdicts_);
  ASSERT_TRUE(played.ok()) << played;
  EXPECT_THAT(left_out, ElementsAre("push_up/b"));
  EXPECT_EQ(VerdictsOn(videos, verdicts_).size(), 2U);
}

TEST_F(GatewayRunTest, EndsWithTheGatewaysError) {
  const FakeGateway gateway(
      [](grpc::ServerContext&, ServerStream&) { return grpc::Status(grpc::StatusCode::INTERNAL, "broken"); });
  EXPECT_FALSE(PlayVideos(Videos(), At(gateway), {}, verdicts_).ok());
}

TEST_F(GatewayRunTest, EndsWhenTheModelChanges) {
  ASSERT_TRUE(verdicts_.SetModel("6", {"squat"}).ok());
  const FakeGateway gateway(SeeSquats);
  EXPECT_EQ(PlayVideos(Videos(), At(gateway), {}, verdicts_).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(GatewayRunTest, KeepsNoVerdictOnAVideoThatWasInterrupted) {
  std::atomic<int> asked{0};
  const FakeGateway gateway(SeeSquats);
  const auto videos = Videos();
  GatewayRunOptions options = At(gateway);
  options.sessions = 1;
  ASSERT_TRUE(PlayVideos(videos, options, {.interrupted = [&] { return ++asked > 10; }}, verdicts_).ok());
  EXPECT_EQ(VerdictsOn(videos, verdicts_).size(), 1U);
}

TEST_F(GatewayRunTest, ChoosesASubsetOfAList) {
  std::ofstream(scratch_.File("list.csv")) << "file,id,exercise,form,fault,group,fps,view,source\n"
                                           << "squat/c.mp4,c,squat,unknown,,gym,25,side,somebody\nother/"
                                              "a.mp4,a,other,unknown,lunge,park,25,,somebody\n";
  std::ofstream(scratch_.File("split.json")) << R"({"train": {"videos": ["c"]}, "val": {"videos": ["a"]}})";
  VideoSources sources{
      .folder = scratch_.path(), .list = scratch_.File("list.csv"), .split = "", .subset = "val"};
  auto videos = ChooseVideos(sources);
  ASSERT_TRUE(videos.ok()) << videos.status();
  ASSERT_EQ(videos->size(), 2U);
  EXPECT_EQ((*videos)[0].view, "side");
  EXPECT_EQ((*videos)[0].path, scratch_.File("squat/c.mp4"));
  sources.split = scratch_.File("split.json");
  videos = ChooseVideos(sources);
  ASSERT_TRUE(videos.ok()) << videos.status();
  ASSERT_EQ(videos->size(), 1U);
  EXPECT_EQ((*videos)[0].id, "a");
  EXPECT_EQ((*videos)[0].fault, "lunge");
}

}  // namespace
}  // namespace trackfit::video_evaluation
