#include "dataset/landmark_file.h"

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

#include "unit/dataset/dataset_fixtures.h"

namespace trackfit::dataset {
namespace {

using ::testing::HasSubstr;

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

TEST(LandmarkFile, TakesClipsWithoutAKindForRecordedUnlessTheirSourceIsKnown) {
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

TEST(LandmarkFile, KeepsWhichJointsAreWrongAndThatItIsAMannequin) {
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

TEST(LandmarkFile, KeepsTheRepetitionsThatAreKnown) {
  const std::filesystem::path path = TempFile("repetitions.pt");
  Clip clip = MakeClip("a", "squat");
  clip.repetition_count = 2;
  clip.repetitions = {{0, 3}, {4, 9}};
  clip.metric = true;
  ASSERT_TRUE(WriteLandmarkFile(path, {clip, MakeClip("b", "squat")}).ok());
  const auto clips = ReadLandmarkFile(path);
  ASSERT_TRUE(clips.ok()) << clips.status();
  EXPECT_EQ(clips->front().repetition_count, 2);
  ASSERT_EQ(clips->front().repetitions.size(), 2U);
  EXPECT_EQ(clips->front().repetitions[1].first, 4);
  EXPECT_EQ(clips->front().repetitions[1].last, 9);
  EXPECT_EQ(clips->back().repetition_count, std::nullopt);
  EXPECT_TRUE(clips->back().repetitions.empty());
  EXPECT_TRUE(clips->front().metric);
  EXPECT_FALSE(clips->back().metric);
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

}  // namespace
}  // namespace trackfit::dataset
