// Streams of poses with a scripted model and the real coach.
#include "infer_stream_handler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "contract/convert.h"
#include "support/scripted_assessor.h"
#include "support/serving.h"
#include "synthesis/camera.h"

namespace trackfit::inferencer_server {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Response = v1::InferStreamResponse;

class Responses : public streaming::ResponseWriter<Response> {
 public:
  void Write(Response response) override { written.push_back(std::move(response)); }
  void Finish(absl::Status status) override {
    if (!finished) finished = std::move(status);
  }

  std::vector<Response> written;
  std::optional<absl::Status> finished;
};

// One stream by hand.
class Stream {
 public:
  Stream(const PoseSession::Shared& shared, telemetry::Metrics& metrics)
      : handler_({.id = "test",
                  .trace = trace_,
                  .responses = responses_,
                  .strand = nullptr,
                  .deadline = {},
                  .log = Silent()},
                 shared, metrics) {}

  void Configure(const v1::InferStreamConfig& config) {
    v1::InferStreamRequest request;
    *request.mutable_config() = config;
    Send(std::move(request));
  }
  void Push(const skeleton::Pose& pose, uint32_t people = 0) {
    v1::InferStreamRequest request;
    *request.mutable_pose() = contract::ToProto(pose);
    request.set_people(people);
    Send(std::move(request));
  }
  void PushNobody(uint64_t sequence, int64_t timestamp_us) {
    v1::InferStreamRequest request;
    request.mutable_no_pose()->set_sequence(sequence);
    request.mutable_no_pose()->set_timestamp_us(timestamp_us);
    Send(std::move(request));
  }
  void Send(v1::InferStreamRequest request) {
    handler_.OnRequest(std::move(request), streaming::InFlight(nullptr), 0);
  }
  // As when another pose waits behind it.
  void PushSuperseded(const skeleton::Pose& pose) {
    v1::InferStreamRequest request;
    *request.mutable_pose() = contract::ToProto(pose);
    ASSERT_TRUE(handler_.newest_only());
    handler_.OnSuperseded(std::move(request), streaming::InFlight(nullptr));
  }
  bool newest_only() const { return handler_.newest_only(); }
  void HalfClose() { handler_.OnHalfClose(0); }

  const std::vector<Response>& written() const { return responses_->written; }
  // OK while it goes on.
  absl::Status status() const { return responses_->finished.value_or(absl::OkStatus()); }

  // "1.2" is the second repetition of the first set.
  std::vector<std::string> Repetitions() const {
    std::vector<std::string> numbers;
    for (const Response& response : written()) {
      const v1::Repetition& repetition = response.repetition();
      if (response.has_repetition()) {
        numbers.push_back(std::to_string(repetition.set()) + "." + std::to_string(repetition.number()));
      }
    }
    return numbers;
  }
  std::vector<v1::Hint> Hints() const {
    std::vector<v1::Hint> hints;
    for (const Response& response : written()) {
      if (response.has_hint()) hints.push_back(response.hint());
    }
    return hints;
  }
  std::optional<v1::CoachCheckpoint> LastCheckpoint() const {
    const auto found = std::find_if(written().rbegin(), written().rend(),
                                    [](const Response& response) { return response.has_checkpoint(); });
    return found == written().rend() ? std::nullopt : std::optional(found->checkpoint());
  }

 private:
  static telemetry::Logger Silent() {
    return {"inferencer", telemetry::LogLevel::kError, telemetry::LogFormat::kText,
            [](const std::string&) {}};
  }

  const telemetry::TraceContext trace_ = telemetry::ContinueTrace("");
  std::shared_ptr<Responses> responses_ = std::make_shared<Responses>();
  InferStreamHandler handler_;
};

// A mannequin that squats, at 30 Hz, seen from the side.
std::vector<skeleton::Pose> Squats(int repetitions) {
  synthesis::PoseOptions options;
  options.motion.exercise = "squat";
  options.motion.repetitions = repetitions;
  synthesis::CameraOptions camera;
  camera.yaw_degrees = 75;
  options.camera = camera;
  std::vector<skeleton::Pose> poses = synthesis::SynthesizePoses(options).value();
  for (skeleton::Pose& pose : poses) ++pose.sequence;
  return poses;
}

v1::InferStreamConfig Expecting(const std::string& exercise) {
  v1::InferStreamConfig config;
  config.set_expected_exercise(exercise);
  return config;
}

class InferStreamHandlerTest : public ::testing::Test {
 protected:
  static std::shared_ptr<const coaching::Knowledge> Knowledge() {
    static const auto* const kKnowledge = new auto(coaching::Knowledge::Load(TRACKFIT_EXERCISES).value());
    return *kKnowledge;
  }

  Stream Open(const v1::InferStreamConfig& config) {
    Stream stream(shared_, metrics_);
    stream.Configure(config);
    return stream;
  }

  std::string Refusal(const v1::InferStreamConfig& config) {
    const absl::Status status = Open(config).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    return std::string(status.message());
  }

  std::vector<std::string> expected_of_windows_;  // what the model was asked about
  telemetry::Metrics metrics_{"inferencer", "1"};
  CoachMetrics coach_metrics_{metrics_, Knowledge()->catalogue()};
  PoseSession::Shared shared_{testing::Serving(std::make_shared<testing::ScriptedAssessor>(
                                  [this](std::span<const skeleton::Pose>, const std::string& expected) {
                                    expected_of_windows_.push_back(expected);
                                    return testing::SureOfSquat(0.9F, expected);
                                  })),
                              Knowledge(), coach_metrics_};
};

TEST_F(InferStreamHandlerTest, GivesAssessmentsRepetitionsAndTheSet) {
  Stream stream = Open(Expecting("squat"));
  for (const skeleton::Pose& pose : Squats(4)) stream.Push(pose);
  stream.HalfClose();
  EXPECT_TRUE(stream.status().ok()) << stream.status();
  EXPECT_THAT(stream.Repetitions(), ElementsAre("1.1", "1.2", "1.3", "1.4"));
  EXPECT_GT(std::ranges::count_if(stream.written(), &Response::has_assessment), 20);
  const auto set = std::ranges::find_if(stream.written(), &Response::has_set);
  ASSERT_NE(set, stream.written().end());
  EXPECT_EQ(set->set().repetitions(), 4U);
  EXPECT_THAT(metrics_.Text(), HasSubstr("trackfit_repetition_score_count{exercise=\"squat\"} 4"));
}

TEST_F(InferStreamHandlerTest, LiveStreamsAssessFewerWindowsBeforeTheyFallBehindAndCountAllTheSame) {
  EXPECT_FALSE(Open(Expecting("squat")).newest_only());
  v1::InferStreamConfig config = Expecting("squat");
  config.set_newest_only(true);
  Stream stream = Open(config);
  const std::vector<skeleton::Pose> poses = Squats(4);
  for (size_t i = 0; i < poses.size(); ++i) {
    if (i % 90 == 89) {
      stream.Push(poses[i]);
    } else {
      stream.PushSuperseded(poses[i]);
    }
  }
  stream.HalfClose();
  EXPECT_TRUE(stream.status().ok()) << stream.status();
  EXPECT_THAT(stream.Repetitions(), ElementsAre("1.1", "1.2", "1.3", "1.4"));
  const auto assessed = std::ranges::count_if(stream.written(), &Response::has_assessment);
  EXPECT_GE(assessed, static_cast<int64_t>(poses.size() / 90));
  EXPECT_LE(assessed, static_cast<int64_t>(poses.size() / 90 + 1)) << "and one at the end";
}

TEST_F(InferStreamHandlerTest, RefusesAModelThatIsNotServed) {
  v1::InferStreamConfig config;
  config.set_model("protogen");
  EXPECT_THAT(Refusal(config),
              HasSubstr("model is \"protogen\"; there are protogcn; did you mean protogcn?"));
  config.set_model("protogcn");
  EXPECT_TRUE(Open(config).status().ok());
}

TEST_F(InferStreamHandlerTest, GoesOnWithAnotherVersionThatDoesNotKnowTheExercise) {
  v1::InferStreamConfig config = Expecting("moonwalk");
  EXPECT_THAT(Refusal(config), HasSubstr("expected_exercise"));
  config.set_model_version("1");
  EXPECT_THAT(Refusal(config), HasSubstr("expected_exercise")) << "it has what it was promised";
  config.set_model_version("0");
  Stream stream = Open(config);
  for (const skeleton::Pose& pose : Squats(1)) stream.Push(pose);
  EXPECT_TRUE(stream.status().ok()) << stream.status();
  EXPECT_FALSE(expected_of_windows_.empty());
  EXPECT_THAT(expected_of_windows_, Each("")) << "judged against what it recognises";
}

TEST_F(InferStreamHandlerTest, FindsOutWhichExerciseItIsFromTheModel) {
  Stream stream = Open({});
  for (const skeleton::Pose& pose : Squats(4)) stream.Push(pose);
  stream.HalfClose();
  EXPECT_THAT(stream.Repetitions(), ElementsAre("1.1", "1.2", "1.3", "1.4"));
}

TEST_F(InferStreamHandlerTest, SendsEachResponseWithOneKindOfResult) {
  Stream stream = Open(Expecting("squat"));
  for (const skeleton::Pose& pose : Squats(3)) stream.Push(pose);
  stream.HalfClose();
  for (const Response& response : stream.written()) {
    const int kinds = response.has_assessment() + response.has_repetition() + response.has_advice() +
                      response.has_hint() + response.has_set();
    EXPECT_TRUE(kinds == 1 || (kinds == 0 && response.has_checkpoint())) << response.ShortDebugString();
  }
}

// Whoever gets a repetition must not lack the state that knows of it: else the next one gets the same number.
TEST_F(InferStreamHandlerTest, SendsACheckpointWithEachRepetitionOrBehindIt) {
  Stream stream = Open(Expecting("squat"));
  for (const skeleton::Pose& pose : Squats(3)) {
    const size_t before = stream.written().size();
    stream.Push(pose);
    const auto news =
        std::vector(stream.written().begin() + static_cast<ptrdiff_t>(before), stream.written().end());
    if (std::ranges::none_of(news, &Response::has_repetition)) continue;
    EXPECT_TRUE(news.back().has_checkpoint());
  }
  EXPECT_EQ(stream.Repetitions().size(), 3U);
}

// Repetitions of a chain of streams of which each dies after so many new poses, the next goes on from the
// last checkpoint, and what comes twice is dropped.
TEST_F(InferStreamHandlerTest, GoesOnFromCheckpointsAsIfNothingHadHappened) {
  const std::vector<skeleton::Pose> poses = Squats(6);
  for (const char* exercise : {"squat", ""}) {
    Stream undisturbed = Open(Expecting(exercise));
    for (const skeleton::Pose& pose : poses) undisturbed.Push(pose);
    undisturbed.HalfClose();
    for (size_t life = 31; life < poses.size(); life += 7) {
      std::vector<std::string> numbers;
      v1::InferStreamConfig config = Expecting(exercise);
      for (size_t death = life;; death += life) {
        Stream stream = Open(config);
        for (const skeleton::Pose& pose : poses) {
          const bool is_covered = config.has_checkpoint() && pose.sequence <= config.checkpoint().sequence();
          if (!is_covered && pose.sequence <= death) stream.Push(pose);
        }
        if (death >= poses.size()) stream.HalfClose();
        for (const std::string& number : stream.Repetitions()) {
          if (std::ranges::find(numbers, number) == numbers.end()) numbers.push_back(number);
        }
        if (const auto checkpoint = stream.LastCheckpoint()) *config.mutable_checkpoint() = *checkpoint;
        if (death < poses.size()) continue;
        const auto set = std::ranges::find_if(stream.written(), &Response::has_set);
        ASSERT_NE(set, stream.written().end()) << life;
        EXPECT_EQ(set->set().repetitions(), 6U) << life;
        break;
      }
      EXPECT_EQ(numbers, undisturbed.Repetitions()) << exercise << " died every " << life;
    }
  }
}

TEST_F(InferStreamHandlerTest, CoachesAnExerciseThatTheModelDoesNotKnow) {
  Stream stream = Open(Expecting("lunge"));
  for (const skeleton::Pose& pose : Squats(2)) stream.Push(pose);
  EXPECT_TRUE(stream.status().ok()) << stream.status();
  EXPECT_THAT(expected_of_windows_, Each(""));
  EXPECT_GT(std::ranges::count_if(stream.written(), &Response::has_assessment), 0);
}

TEST_F(InferStreamHandlerTest, TellsThatNobodyIsThereAndWhenSomebodyIsAgain) {
  Stream stream = Open(Expecting("squat"));
  for (uint64_t i = 0; i < 150; ++i) stream.PushNobody(i, static_cast<int64_t>(i) * 33'333);
  const std::vector<v1::Hint> absent = stream.Hints();
  ASSERT_EQ(absent.size(), 1U);
  EXPECT_FALSE(absent[0].withdrawn());
  for (skeleton::Pose pose : Squats(2)) {
    pose.sequence += 150;
    pose.timestamp_us += 5'000'000;
    stream.Push(pose);
  }
  EXPECT_TRUE(std::ranges::any_of(stream.Hints(), [&](const v1::Hint& hint) {
    return hint.code() == absent[0].code() && hint.withdrawn();
  }));
}

TEST_F(InferStreamHandlerTest, TellsOfFurtherPeople) {
  Stream stream = Open(Expecting("squat"));
  for (const skeleton::Pose& pose : Squats(1)) stream.Push(pose, 2);
  Stream alone = Open(Expecting("squat"));
  for (const skeleton::Pose& pose : Squats(1)) alone.Push(pose);
  EXPECT_GT(stream.Hints().size(), alone.Hints().size());
}

TEST_F(InferStreamHandlerTest, SaysNothingOfTheCoachWhileItIsOff) {
  v1::InferStreamConfig config = Expecting("squat");
  config.mutable_coach()->set_off(true);
  Stream stream = Open(config);
  stream.PushNobody(0, -5'000'000);
  for (const skeleton::Pose& pose : Squats(3)) stream.Push(pose);
  stream.HalfClose();
  EXPECT_TRUE(stream.status().ok()) << stream.status();
  EXPECT_TRUE(std::ranges::all_of(stream.written(), [](const Response& response) {
    return response.has_assessment() && !response.has_checkpoint();
  }));
}

TEST_F(InferStreamHandlerTest, RefusesAConfigurationNamingItsField) {
  EXPECT_THAT(Refusal(Expecting("juggling")),
              HasSubstr("expected_exercise is \"juggling\"; the model knows push_up, squat; the coach also "
                        "barbell_biceps_curl, "));
  v1::InferStreamConfig off = Expecting("lunge");
  off.mutable_coach()->set_off(true);
  EXPECT_EQ(Refusal(off), "expected_exercise is \"lunge\"; the model knows push_up, squat");
  v1::InferStreamConfig target;
  target.mutable_coach()->add_targets()->set_code("squat_dept");
  EXPECT_THAT(Refusal(target), HasSubstr("config.coach.targets[0].code is \"squat_dept\""));
  v1::InferStreamConfig checkpoint;
  checkpoint.mutable_checkpoint()->set_state("half a sta");
  EXPECT_THAT(Refusal(checkpoint), HasSubstr("config.checkpoint"));
}

TEST_F(InferStreamHandlerTest, WantsPosesAndFramesWithoutAnybodyInOneOrder) {
  std::vector<skeleton::Pose> poses = Squats(1);
  Stream nobody_late = Open({});
  nobody_late.Push(poses[3]);
  nobody_late.PushNobody(poses[2].sequence, poses[4].timestamp_us);
  EXPECT_THAT(std::string(nobody_late.status().message()), HasSubstr("no_pose.sequence"));
  Stream pose_late = Open({});
  pose_late.PushNobody(poses[3].sequence, poses[3].timestamp_us);
  poses[2].sequence = poses[4].sequence;
  pose_late.Push(poses[2]);
  EXPECT_THAT(std::string(pose_late.status().message()), HasSubstr("pose.timestamp_us"));
  Stream unconfigured(shared_, metrics_);
  unconfigured.PushNobody(1, 1);
  EXPECT_THAT(std::string(unconfigured.status().message()), HasSubstr("config is missing"));
  EXPECT_THAT(unconfigured.written(), IsEmpty());
}

}  // namespace
}  // namespace trackfit::inferencer_server
