#include "dataset/dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "support/test_poses.h"

namespace trackfit::dataset {
namespace {

using ::testing::HasSubstr;
using testing::MakePoses;

std::filesystem::path TempFile(const std::string& name) {
  return std::filesystem::path(::testing::TempDir()) / ("trackfit_dataset_" + name);
}

Clip MakeClip(const std::string& id, const std::string& exercise, int frames = 40, double fps = 30) {
  return {.id = id,
          .source = "test",
          .exercise = exercise,
          .form = "correct",
          .fault = "",
          .group = "group_of_" + id,
          .fps = fps,
          .kind = SourceKind::kRecorded,
          .poses = MakePoses(frames)};
}

void WriteText(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

TEST(LandmarkFile, GivesBackWhatWasWritten) {
  const std::filesystem::path path = TempFile("roundtrip.pt");
  Clip clip = MakeClip("a", "squat", 5, 25);
  clip.poses[2].landmarks[7].x = std::numeric_limits<float>::quiet_NaN();
  ASSERT_TRUE(WriteLandmarkFile(path, {clip, MakeClip("b", "push_up")}).ok());
  const auto clips = ReadLandmarkFile(path);
  ASSERT_TRUE(clips.ok()) << clips.status();
  ASSERT_EQ(clips->size(), 2U);
  const Clip& read = clips->front();
  EXPECT_EQ(read.id, "a");
  EXPECT_EQ(read.exercise, "squat");
  EXPECT_EQ(read.group, "group_of_a");
  EXPECT_EQ(read.fps, 25);
  ASSERT_EQ(read.poses.size(), 5U);
  EXPECT_EQ(read.poses[3].timestamp_us, 120'000);
  EXPECT_EQ(read.poses[3].image_width, 1000);
  EXPECT_EQ(read.poses[3].landmarks[9].y, clip.poses[3].landmarks[9].y);
  EXPECT_TRUE(std::isnan(read.poses[2].landmarks[7].x));
}

// As a file of before, in which clips said no kind: the key is another one, which nobody reads.
void HideKinds(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const std::string key("X\4\0\0\0kind", 9);
  for (size_t at = bytes.find(key); at != std::string::npos; at = bytes.find(key, at + 1))
    bytes[at + 5] = 'K';
  WriteText(path, bytes);
}

TEST(LandmarkFile, TwoPosesWithoutARateOrAKindAreAPhotoPair) {
  const std::filesystem::path path = TempFile("pair.pt");
  ASSERT_TRUE(WriteLandmarkFile(path, {MakeClip("pair", "squat", 2, 0)}).ok());
  HideKinds(path);
  EXPECT_EQ(ReadLandmarkFile(path)->front().kind, SourceKind::kPhotoPair);
}

TEST(LandmarkFile, KeepsTheKindWhateverSourceAndIdAreCalled) {
  const std::filesystem::path path = TempFile("kinds.pt");
  std::vector<Clip> clips;
  for (const char* source : {"figure8_cam", "withdrawn; landmarks by trackfit (full)", "my avatar", "AI-gym",
                             "synthetic", kMannequinSource, "hpleesz/FitnessApp (3-D avatar)"}) {
    for (const SourceKind kind : {SourceKind::kRecorded, SourceKind::kRendered, SourceKind::kPhotoPair,
                                  SourceKind::kSynthetic, SourceKind::kMannequin}) {
      clips.push_back(MakeClip("synthetic_turf/" + std::to_string(clips.size()), "squat", 2, 0));
      clips.back().source = source;
      clips.back().kind = kind;
    }
  }
  ASSERT_TRUE(WriteLandmarkFile(path, clips).ok());
  const auto read = ReadLandmarkFile(path);
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->size(), clips.size());
  for (size_t i = 0; i < clips.size(); ++i) EXPECT_EQ((*read)[i].kind, clips[i].kind) << clips[i].source;
}

TEST(LandmarkFile, TakesClipsWithoutAKindForFilmUnlessTheirSourceIsKnown) {
  const std::filesystem::path path = TempFile("no_kind.pt");
  const std::pair<const char*, SourceKind> sources[] = {
      {"figure8_cam", SourceKind::kRecorded},
      {"drawn_curtains; landmarks by trackfit (full)", SourceKind::kRecorded},
      {"hpleesz/FitnessApp (3-D avatar)", SourceKind::kRendered},
      {"saipavan-blip/Daily-Use (AI figure); landmarks by trackfit (full)", SourceKind::kRendered},
      {"rendered_mannequin", SourceKind::kMannequin}};
  std::vector<Clip> clips;
  for (const auto& [source, kind] : sources) {
    clips.push_back(MakeClip("synthetic_turf/" + std::to_string(clips.size()), "squat"));
    clips.back().source = source;
  }
  ASSERT_TRUE(WriteLandmarkFile(path, clips).ok());
  HideKinds(path);
  const auto read = ReadLandmarkFile(path);
  ASSERT_TRUE(read.ok()) << read.status();
  for (size_t i = 0; i < clips.size(); ++i) EXPECT_EQ((*read)[i].kind, sources[i].second) << sources[i].first;
}

TEST(LandmarkFile, RefusesAKindThatIsUnknown) {
  const std::filesystem::path path = TempFile("odd_kind.pt");
  ASSERT_TRUE(WriteLandmarkFile(path, {MakeClip("a", "squat")}).ok());
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  bytes.replace(bytes.find("recorded"), 8, "repeated");
  WriteText(path, bytes);
  const auto clips = ReadLandmarkFile(path);
  EXPECT_EQ(clips.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(clips.status().message()), HasSubstr("clip a: kind \"repeated\" is unknown"));
}

TEST(LandmarkFile, KeepsWhichJointsAreWrongAndThatAMannequinWasFilmed) {
  const std::filesystem::path path = TempFile("mannequin.pt");
  Clip clip = MakeClip("mannequin_squat_7", "squat");
  clip.source = kMannequinSource;
  clip.kind = SourceKind::kMannequin;
  clip.wrong_joints = {skeleton::kLeftKnee, skeleton::kRightKnee};
  ASSERT_TRUE(WriteLandmarkFile(path, {clip, MakeClip("b", "squat")}).ok());
  const auto clips = ReadLandmarkFile(path);
  ASSERT_TRUE(clips.ok()) << clips.status();
  EXPECT_EQ(clips->front().kind, SourceKind::kMannequin);
  EXPECT_EQ(clips->front().wrong_joints, clip.wrong_joints);
  EXPECT_EQ(clips->back().kind, SourceKind::kRecorded);
  EXPECT_TRUE(clips->back().wrong_joints.empty());
}

TEST(LandmarkFile, NamesTheFileThatIsMissingOrBroken) {
  const auto missing = ReadLandmarkFile(TempFile("missing.pt"));
  EXPECT_EQ(missing.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(missing.status().message()), HasSubstr("missing.pt"));
  WriteText(TempFile("broken.pt"), "not an archive");
  const auto broken = ReadLandmarkFile(TempFile("broken.pt"));
  EXPECT_EQ(broken.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(broken.status().message()), HasSubstr("broken.pt"));
}

TEST(LandmarkFile, RefusesLandmarksThatLeaveTheirStorage) {
  const std::filesystem::path path = TempFile("long.pt");
  ASSERT_TRUE(WriteLandmarkFile(path, {MakeClip("a", "squat", 77)}).ok());
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const size_t shape = bytes.find("KMK!K\x04");  // 77, 33, 4 as the pickle has them
  ASSERT_NE(shape, std::string::npos);
  bytes[shape + 1] = 127;
  WriteText(path, bytes);
  const auto clips = ReadLandmarkFile(path);
  EXPECT_EQ(clips.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(clips.status().message()), HasSubstr("lies outside its storage"));
}

TEST(ReadLandmarks, TakesAllFilesOfAFolder) {
  const std::filesystem::path folder = TempFile("folder");
  std::filesystem::create_directories(folder / "squat");
  ASSERT_TRUE(WriteLandmarkFile(folder / "squat" / "b.pt", {MakeClip("b", "squat")}).ok());
  ASSERT_TRUE(WriteLandmarkFile(folder / "squat" / "a.pt", {MakeClip("a", "squat")}).ok());
  ASSERT_TRUE(WriteLandmarkFile(folder / "c.pt", {MakeClip("c1", "other"), MakeClip("c2", "other")}).ok());
  WriteText(folder / "summary.json", "{}");
  const auto clips = ReadLandmarks(folder);
  ASSERT_TRUE(clips.ok()) << clips.status();
  ASSERT_EQ(clips->size(), 4U);
  EXPECT_EQ((*clips)[0].id, "c1");
  EXPECT_EQ((*clips)[2].id, "a");
  EXPECT_EQ((*clips)[3].id, "b");
  EXPECT_EQ(ReadLandmarks(folder / "c.pt")->size(), 2U);
  std::filesystem::remove_all(folder);
}

TEST(ReadLandmarks, SaysThatAFolderHoldsNone) {
  const std::filesystem::path folder = TempFile("empty_folder");
  std::filesystem::create_directories(folder);
  EXPECT_THAT(std::string(ReadLandmarks(folder).status().message()), HasSubstr("holds no landmark files"));
  std::filesystem::remove_all(folder);
}

class SplitTest : public ::testing::Test {
 protected:
  absl::StatusOr<Split> Read(const std::string& json) {
    WriteText(TempFile("split.json"), json);
    return Split::Read(TempFile("split.json"));
  }
};

TEST_F(SplitTest, KeepsGroupsApart) {
  const auto split =
      Read(R"({"train": {"landmarks": ["a", "c"], "videos": ["v"]}, "val": {"landmarks": ["b"]},
                              "val_groups": ["group_of_b", "group_of_c"]})");
  ASSERT_TRUE(split.ok()) << split.status();
  EXPECT_EQ(split->SubsetOf(MakeClip("a", "squat")), Subset::kTrain);
  EXPECT_EQ(split->SubsetOf(MakeClip("v", "squat")), Subset::kTrain);
  EXPECT_EQ(split->SubsetOf(MakeClip("b", "squat")), Subset::kVal);
  EXPECT_EQ(split->SubsetOf(MakeClip("c", "squat")), std::nullopt)
      << "a validation group is never trained on";
  EXPECT_EQ(split->SubsetOf(MakeClip("unknown", "squat")), std::nullopt);
}

TEST_F(SplitTest, RefusesAnIdOnBothSides) {
  const auto split = Read(R"({"train": {"landmarks": ["a"]}, "val": {"landmarks": ["a"]}})");
  EXPECT_THAT(std::string(split.status().message()), HasSubstr("a is both in train and in val"));
}

TEST_F(SplitTest, RefusesWhatIsNoSplit) {
  EXPECT_EQ(Read("{}").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Read("nonsense").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Labels, CurlsWithOtherImplementsStandIn) {
  const auto label = LabelOf(MakeClip("a", "dumbbell_biceps_curl"), DefaultClasses());
  ASSERT_TRUE(label.has_value());
  EXPECT_EQ(DefaultClasses()[label->index], "barbell_biceps_curl");
  EXPECT_TRUE(label->stand_in);
  EXPECT_LT(label->weight, 1);
  EXPECT_FALSE(LabelOf(MakeClip("b", "barbell_biceps_curl"), DefaultClasses())->stand_in);
}

TEST(Labels, BackgroundThatMovesLikeAClassIsLeftOut) {
  Clip clip = MakeClip("a", "other");
  clip.fault = "board press";
  EXPECT_EQ(LabelOf(clip, DefaultClasses()), std::nullopt);
  clip.fault = "lateral raise";
  EXPECT_EQ(DefaultClasses()[LabelOf(clip, DefaultClasses())->index], "other");
  clip.exercise = "juggling";
  EXPECT_EQ(LabelOf(clip, DefaultClasses()), std::nullopt);
  clip.exercise = "other";
  clip.fault = "close-grip chins";
  EXPECT_TRUE(MovesLikeAClass(clip));
  clip.fault = "other/feeding_urchins";
  EXPECT_FALSE(MovesLikeAClass(clip)) << "no word of it begins so";
}

TEST(Labels, TellBackgroundThatIsLeftOutFromClipsOfNoClass) {
  Clip clip = MakeClip("a", "other");
  clip.fault = "board press";
  EXPECT_TRUE(MovesLikeAClass(clip));
  clip.exercise = "bench_press";
  EXPECT_FALSE(MovesLikeAClass(clip));
  clip.exercise = "juggling";
  EXPECT_FALSE(MovesLikeAClass(clip));
}

TEST(Labels, BackgroundCountsForTheModelsOwnClass) {
  const std::vector<std::string> classes = {"squat", "none_of_these"};
  EXPECT_EQ(LabelOf(MakeClip("a", "other"), classes, "none_of_these")->index, 1);
  EXPECT_EQ(LabelOf(MakeClip("a", "other"), classes, ""), std::nullopt) << "a model without such a class";
}

TEST(Groups, AreOnOneSideOnly) {
  Clip train = MakeClip("a", "squat"), val = MakeClip("b", "squat");
  EXPECT_TRUE(CheckGroupsApart({train}, {val}).ok());
  train.group = val.group = "";
  EXPECT_TRUE(CheckGroupsApart({train}, {val}).ok()) << "groups that are not known";
  train.group = val.group = "one_gym";
  const absl::Status status = CheckGroupsApart({train}, {val});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("\"one_gym\""));
  EXPECT_THAT(std::string(status.message()), HasSubstr("a is in train, b in val"));
}

TEST(UniformPieces, BringsEveryRateToThirtyHertz) {
  const auto pieces = UniformPieces(MakeClip("a", "squat", 61, 60), 30);
  ASSERT_EQ(pieces.size(), 1U);
  EXPECT_EQ(pieces[0].size(), 31U);
}

TEST(UniformPieces, CutsWhereNobodyIsSeen) {
  Clip clip = MakeClip("a", "squat", 90);
  for (int t = 30; t < 60; ++t) {
    for (auto& landmark : clip.poses[t].landmarks) landmark.x = std::numeric_limits<float>::quiet_NaN();
  }
  const auto pieces = UniformPieces(clip, 30);
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_EQ(pieces[0].size(), 30U);
  EXPECT_EQ(pieces[1].size(), 30U);
}

}  // namespace
}  // namespace trackfit::dataset
