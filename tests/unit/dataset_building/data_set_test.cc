#include "dataset_building/data_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "dataset/landmark_file.h"
#include "dataset_building/video_variant.h"
#include "support/scratch_folder.h"
#include "support/video_files.h"
#include "synthesis/camera.h"
#include "synthesis/renderer.h"

namespace trackfit::dataset_building {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;
using State = ClipResult::State;

namespace fs = std::filesystem;

constexpr int kFrames = 8;

// A video of the first frames of somebody who squats.
void WriteMannequinVideo(const std::string& path, uint64_t seed) {
  const auto motion = synthesis::SynthesizeMotion({.exercise = "squat", .repetitions = 1, .seed = seed});
  ASSERT_TRUE(motion.ok()) << motion.status();
  synthesis::CameraOptions camera = synthesis::ShowcaseCamera(*motion, seed);
  camera.width = 240;
  camera.height = 240;
  const auto cameras = synthesis::MakeCameraPath(camera, *motion);
  ASSERT_TRUE(cameras.ok()) << cameras.status();
  const synthesis::Renderer renderer(*motion, synthesis::DrawAppearance(seed));
  cv::VideoWriter writer(path, cv::VideoWriter::fourcc('m', 'p', '4', 'v'), 25, {240, 240});
  ASSERT_TRUE(writer.isOpened());
  for (int i = 0; i < kFrames; ++i) writer.write(*renderer.Render(i, (*cameras)[i]));
}

std::string Read(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

// All files below a folder by their relative paths.
std::map<std::string, std::string> FilesIn(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file())
      files[fs::relative(entry.path(), folder).generic_string()] = Read(entry.path());
  }
  return files;
}

std::set<std::string> NamesIn(const std::string& folder) {
  std::set<std::string> names;
  for (const auto& [name, bytes] : FilesIn(folder)) names.insert(name);
  return names;
}

// Two people who squat, and an empty room.
class DataSetTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    videos_ = fs::temp_directory_path() / ("trackfit_data_set_videos_" + std::to_string(getpid()));
    fs::create_directories(videos_ / "squat" / "home");
    fs::create_directories(videos_ / "other");
    WriteMannequinVideo((videos_ / "squat" / "anna.mp4").string(), 1);
    WriteMannequinVideo((videos_ / "squat" / "home" / "ben.mp4").string(), 2);
    testing::WriteVideo((videos_ / "other" / "room.mp4").string(), kFrames, 25, {240, 240});
  }
  static void TearDownTestSuite() { fs::remove_all(videos_); }

  void SetUp() override {
    options_.folder = scratch_.File("out");
    options_.poses.model = "lite";
  }

  std::vector<ClipResult> Extract(const DataSetEvents& events = {}) {
    auto clips = FindClips({videos().string()});
    EXPECT_TRUE(clips.ok()) << clips.status();
    auto set = DataSet::Open(*std::move(clips), options_);
    EXPECT_TRUE(set.ok()) << set.status();
    if (!set.ok()) return {};
    auto results = set->Run(events);
    EXPECT_TRUE(results.ok()) << results.status();
    return results.ok() ? *std::move(results) : std::vector<ClipResult>();
  }

  static std::vector<State> States(const std::vector<ClipResult>& results) {
    std::vector<State> states;
    for (const ClipResult& result : results) states.push_back(result.state);
    return states;
  }

  // A copy of the videos that the test may change.
  void CopyVideos() {
    own_videos_ = scratch_.File("videos");
    fs::copy(videos_, own_videos_, fs::copy_options::recursive);
  }
  const fs::path& videos() const { return own_videos_.empty() ? videos_ : own_videos_; }

  nlohmann::json SummaryJson() const {
    return nlohmann::json::parse(Read(fs::path(options_.folder) / kSummaryFile));
  }

  static fs::path videos_;
  testing::ScratchFolder scratch_;
  fs::path own_videos_;
  DataSetOptions options_;
};

fs::path DataSetTest::videos_;

TEST_F(DataSetTest, LaysTheOutputsAsTheVideosLieAndCountsPeople) {
  const std::vector<ClipResult> results = Extract();
  EXPECT_THAT(NamesIn(options_.folder), UnorderedElementsAre("other/room.jsonl", "squat/anna.jsonl",
                                                             "squat/home/ben.jsonl", kSummaryFile));
  ASSERT_EQ(results.size(), 3U);
  EXPECT_EQ(results[0].name, "other/room");
  EXPECT_EQ(results[0].frames, kFrames);
  EXPECT_EQ(results[0].with_person, 0);
  EXPECT_EQ(results[1].with_person, kFrames);
  EXPECT_EQ(results[2].with_person, kFrames);
  const nlohmann::json summary = SummaryJson();
  EXPECT_EQ(summary["videos"].size(), 3U);
  EXPECT_EQ(summary["videos"][0]["detection_rate"], 0.0);
  EXPECT_EQ(summary["videos"][1]["detection_rate"], 1.0);
  EXPECT_EQ(summary["total"]["frames"], 3 * kFrames);
  EXPECT_EQ(summary["total"]["with_person"], 2 * kFrames);
}

TEST_F(DataSetTest, GivesTheSameBytesForAnyNumberOfJobs) {
  for (const ClipFormat format :
       {ClipFormat::kJsonLines, ClipFormat::kLandmarks, ClipFormat::kTrackfitJson}) {
    options_.format = format;
    std::map<std::string, std::string> outputs[2];
    for (const int jobs : {1, 2}) {
      options_.jobs = jobs;
      options_.folder = scratch_.File(ClipFormatName(format) + std::to_string(jobs));
      Extract();
      outputs[jobs - 1] = FilesIn(options_.folder);
      outputs[jobs - 1].erase(kSummaryFile);
    }
    EXPECT_EQ(outputs[0].size(), 3U);
    EXPECT_TRUE(outputs[0] == outputs[1]) << ClipFormatName(format);
  }
}

TEST_F(DataSetTest, SkipsWhatIsDoneUnlessForced) {
  Extract();
  const auto frames_of_a_run = [&] {
    int64_t frames = 0;
    Extract({.interrupted = {}, .on_frame = [&](int64_t done) { frames = done; }, .on_left_out = {}});
    return frames;
  };
  EXPECT_EQ(frames_of_a_run(), 0);
  EXPECT_THAT(States(Extract()), ElementsAre(State::kKept, State::kKept, State::kKept));
  options_.force = true;
  EXPECT_EQ(frames_of_a_run(), 3 * kFrames);
}

TEST_F(DataSetTest, KeepsTheRatesOfVideosThatItSkips) {
  Extract();
  const std::vector<ClipResult> again = Extract();
  EXPECT_EQ(again[1].frames, kFrames);
  EXPECT_EQ(again[1].with_person, kFrames);
}

TEST_F(DataSetTest, ExtractsAgainWhereTheOptionsHaveChanged) {
  Extract();
  options_.poses.no_smooth = true;
  EXPECT_THAT(States(Extract()), ElementsAre(State::kDone, State::kDone, State::kDone));
  EXPECT_THAT(States(Extract()), ElementsAre(State::kKept, State::kKept, State::kKept));
}

TEST_F(DataSetTest, ExtractsAgainWhereTheVideoHasChanged) {
  CopyVideos();
  Extract();
  const fs::path video = videos() / "squat" / "anna.mp4";
  fs::last_write_time(video, fs::last_write_time(video) + std::chrono::seconds(1));
  EXPECT_THAT(States(Extract()), ElementsAre(State::kKept, State::kDone, State::kKept));
}

TEST_F(DataSetTest, ExtractsAgainWhereTheOutputWasCut) {
  Extract();
  fs::resize_file(fs::path(options_.folder) / "squat" / "anna.jsonl", 100);
  EXPECT_THAT(States(Extract()), ElementsAre(State::kKept, State::kDone, State::kKept));
}

TEST_F(DataSetTest, LeavesNoHalfFileWhenInterruptedAndGoesOnFromThere) {
  std::atomic<int> asked{0};
  const std::vector<ClipResult> first =
      Extract({.interrupted = [&] { return ++asked > kFrames + 3; }, .on_frame = {}, .on_left_out = {}});
  std::vector<State> states = States(first);
  std::sort(states.begin(), states.end());
  EXPECT_THAT(states, ElementsAre(State::kDone, State::kMissing, State::kMissing));
  EXPECT_EQ(NamesIn(options_.folder).size(), 2U) << "one output and the summary";

  const std::vector<ClipResult> second = Extract();
  states = States(second);
  std::sort(states.begin(), states.end());
  EXPECT_THAT(states, ElementsAre(State::kDone, State::kDone, State::kKept));
  const auto resumed = FilesIn(options_.folder);
  options_.folder = scratch_.File("at_once");
  Extract();
  for (const auto& [name, bytes] : FilesIn(options_.folder)) {
    if (name == kSummaryFile) continue;
    ASSERT_EQ(resumed.count(name), 1U) << name;
    EXPECT_TRUE(resumed.at(name) == bytes) << name;
  }
}

TEST_F(DataSetTest, SaysOfACutVideoThatItEndsEarlyAlsoWhereItSkipsIt) {
  CopyVideos();
  const std::string video = (videos() / "squat" / "anna.mp4").string();
  testing::RunFfmpeg("-i " + video + " -c copy -movflags faststart " + scratch_.File("cut.mp4"));
  testing::CutOff(scratch_.File("cut.mp4"));
  fs::rename(scratch_.File("cut.mp4"), video);
  EXPECT_THAT(Extract()[1].note, HasSubstr("ends early"));
  const std::vector<ClipResult> again = Extract();
  EXPECT_EQ(again[1].state, State::kKept);
  EXPECT_THAT(again[1].note, HasSubstr("ends early"));
  EXPECT_EQ(again[0].note, "");
  EXPECT_THAT(DetectionTable(again), HasSubstr("done before; ends early"));
}

TEST_F(DataSetTest, SaysThatAVideoIsUpsideDown) {
  CopyVideos();
  testing::RunFfmpeg("-stream_loop 4 -i " + (videos_ / "squat" / "anna.mp4").string() +
                     " -vf hflip,vflip -q:v 2 " + (videos() / "squat" / "anna.mp4").string());
  const std::vector<ClipResult> results = Extract();
  EXPECT_THAT(results[1].note, HasSubstr("upside down"));
  EXPECT_EQ(results[2].note, "");
}

TEST_F(DataSetTest, KeepsHowAVideoIsTurnedAmongItsOptions) {
  CopyVideos();
  testing::RunFfmpeg("-i " + (videos_ / "squat" / "anna.mp4").string() +
                     " -metadata:s:v:0 rotate=270 -c copy " + (videos() / "squat" / "anna.mp4").string());
  Extract();
  const nlohmann::json entries = SummaryJson()["videos"];
  EXPECT_EQ(entries[1]["options"]["orientation"], nlohmann::json({true, true, false}));
  EXPECT_FALSE(entries[2]["options"].contains("orientation"));
}

TEST_F(DataSetTest, TimesAVideoByItsOwnRateUnlessTheUserKnowsBetter) {
  auto clips = FindClips({(videos_ / "squat" / "anna.mp4").string()});
  ASSERT_TRUE(clips.ok()) << clips.status();
  for (const bool retimed : {false, true}) {
    clips->front().fps = 10;
    clips->front().retimed = retimed;
    auto set = DataSet::Open(*clips, options_);
    ASSERT_TRUE(set.ok()) << set.status();
    const auto results = set->Run({});
    ASSERT_TRUE(results.ok()) << results.status();
    EXPECT_EQ(results->front().state, State::kDone);
    EXPECT_THAT(Read(fs::path(options_.folder) / "anna.jsonl"),
                HasSubstr(retimed ? "\"timestamp_us\":700000" : "\"timestamp_us\":280000"));
  }
}

TEST_F(DataSetTest, NamesABrokenVideoAndGoesOn) {
  CopyVideos();
  std::ofstream(videos() / "broken.mp4") << "not a video";
  std::vector<std::string> left_out;
  const std::vector<ClipResult> results = Extract(
      {.interrupted = {}, .on_frame = {}, .on_left_out = [&](const SourceClip& clip, const absl::Status&) {
         left_out.push_back(clip.name);
       }});
  EXPECT_THAT(left_out, ElementsAre("broken"));
  EXPECT_THAT(States(results), ElementsAre(State::kLeftOut, State::kDone, State::kDone, State::kDone));
  EXPECT_THAT(results[0].note, AllOf(HasSubstr("broken.mp4"), HasSubstr("as a video")));
  EXPECT_EQ(NamesIn(options_.folder).count("broken.jsonl"), 0U);
  EXPECT_EQ(SummaryJson()["left_out"][0]["source"]["path"], (videos() / "broken.mp4").string());
  EXPECT_EQ(States(Extract())[0], State::kLeftOut) << "it is tried again";
}

TEST_F(DataSetTest, GivesLandmarksOfAllVideosToTraining) {
  options_.format = ClipFormat::kLandmarks;
  Extract();
  const auto clips = dataset::ReadLandmarks(options_.folder);
  ASSERT_TRUE(clips.ok()) << clips.status();
  ASSERT_EQ(clips->size(), 3U);
  EXPECT_EQ((*clips)[0].id, "other/room");
  EXPECT_EQ((*clips)[0].exercise, "other");
  EXPECT_EQ((*clips)[1].id, "squat/anna");
  EXPECT_EQ((*clips)[1].exercise, "squat");
  EXPECT_EQ((*clips)[1].fps, 25);
  EXPECT_EQ((*clips)[1].poses.size(), static_cast<size_t>(kFrames));
  EXPECT_EQ(dataset::UniformPieces((*clips)[1], 30).size(), 1U);
}

TEST_F(DataSetTest, AddsVariantsThatAreTheSameInEveryRun) {
  options_.format = ClipFormat::kLandmarks;
  options_.variants = 3;
  int64_t frames = 0;
  const auto results =
      Extract({.interrupted = {}, .on_frame = [&](int64_t done) { frames = done; }, .on_left_out = {}});
  ASSERT_EQ(results.size(), 3U);
  EXPECT_EQ(results[1].frames, kFrames) << "the table is about the videos";
  EXPECT_GT(frames, 3 * kFrames);
  const auto clips = dataset::ReadLandmarkFile(fs::path(options_.folder) / "squat" / "anna.pt");
  ASSERT_TRUE(clips.ok()) << clips.status();
  ASSERT_EQ(clips->size(), 4U);
  EXPECT_EQ((*clips)[0].id, "squat/anna");
  for (int i = 1; i <= 3; ++i) {
    const dataset::Clip& variant = (*clips)[static_cast<size_t>(i)];
    EXPECT_EQ(variant.id, dataset::VariantId("squat/anna", i));
    EXPECT_EQ(variant.group, (*clips)[0].group);
    EXPECT_EQ(variant.exercise, "squat");
    EXPECT_EQ(variant.source, (*clips)[0].source) << "sources are weighed";
    EXPECT_EQ(variant.variant, DrawVariant(options_.variant_seed, "squat/anna", i).Describe());
    EXPECT_FALSE(variant.poses.empty());
  }
  EXPECT_THAT(States(Extract()), ElementsAre(State::kKept, State::kKept, State::kKept));

  const std::string first = Read(fs::path(options_.folder) / "squat" / "anna.pt");
  options_.folder = scratch_.File("again");
  options_.jobs = 2;
  Extract();
  EXPECT_TRUE(Read(fs::path(options_.folder) / "squat" / "anna.pt") == first);
  options_.variant_seed = 2;
  EXPECT_THAT(States(Extract()), ElementsAre(State::kDone, State::kDone, State::kDone));
  EXPECT_FALSE(Read(fs::path(options_.folder) / "squat" / "anna.pt") == first);
}

TEST_F(DataSetTest, TrackfitJsonHasTheLandmarksInPixels) {
  options_.format = ClipFormat::kJsonLines;
  Extract();
  options_.format = ClipFormat::kTrackfitJson;
  Extract();
  const fs::path folder = options_.folder;
  const auto frames = nlohmann::json::parse(Read(folder / "squat" / "anna.json"));
  std::ifstream lines(folder / "squat" / "anna.jsonl");
  std::string line;
  ASSERT_EQ(frames.size(), static_cast<size_t>(kFrames));
  for (const nlohmann::json& frame : frames) {
    ASSERT_TRUE(std::getline(lines, line));
    const auto landmarks = nlohmann::json::parse(line)["pose"]["landmarks"];
    const nlohmann::json& joints = frame["poses"][0]["keypoints"];
    EXPECT_NEAR(joints[7]["x"], landmarks[skeleton::kLeftElbow][0].get<double>() * 240, 1e-3);
    EXPECT_NEAR(joints[7]["y"], landmarks[skeleton::kLeftElbow][1].get<double>() * 240, 1e-3);
    EXPECT_NEAR(joints[7]["confidence"], landmarks[skeleton::kLeftElbow][3].get<double>(), 1e-6);
  }
}

TEST_F(DataSetTest, IsClosedToASecondRun) {
  const auto first = DataSet::Open({}, options_);
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second = DataSet::Open({}, options_);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("another run"));
}

TEST_F(DataSetTest, SaysThatTheModelsAreMissing) {
  options_.poses.models_dir = scratch_.File("nowhere");
  auto set = DataSet::Open(*FindClips({videos().string()}), options_);
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_THAT(std::string(set->Run({}).status().message()), HasSubstr("run tools/setup"));
}

}  // namespace
}  // namespace trackfit::dataset_building
