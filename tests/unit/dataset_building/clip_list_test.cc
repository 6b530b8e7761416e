#include "dataset_building/clip_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "support/scratch_folder.h"

namespace trackfit::dataset_building {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace fs = std::filesystem;

class ClipList : public ::testing::Test {
 protected:
  // Files with nothing in them: only names count here.
  void Touch(const std::string& name) const {
    const fs::path path = scratch_.File(name);
    fs::create_directories(path.parent_path());
    std::ofstream(path) << "";
  }

  std::string WriteList(const std::string& text) const {
    std::ofstream(scratch_.File("list.csv")) << text;
    return scratch_.File("list.csv");
  }

  static std::vector<std::string> Names(const std::vector<SourceClip>& clips) {
    std::vector<std::string> names;
    for (const SourceClip& clip : clips) names.push_back(clip.name);
    return names;
  }

  static std::string Message(const absl::Status& status) { return std::string(status.message()); }

  testing::ScratchFolder scratch_;
};

TEST_F(ClipList, NamesTheVideosOfAFolderByTheirPlaceInIt) {
  Touch("videos/squat/b.mp4");
  Touch("videos/squat/a.MOV");
  Touch("videos/push_up/home/c.webm");
  Touch("videos/notes.txt");
  Touch("videos/.trash/old.mp4");
  Touch("videos/squat/._a.mp4");
  const auto clips = FindClips({scratch_.File("videos")});
  ASSERT_TRUE(clips.ok()) << clips.status();
  EXPECT_THAT(Names(*clips), ElementsAre("push_up/home/c", "squat/a", "squat/b"));
  EXPECT_EQ((*clips)[1].path, scratch_.File("videos/squat/a.MOV"));
  EXPECT_EQ((*clips)[0].id, "push_up/home/c");
  EXPECT_EQ((*clips)[0].group, "push_up/home/c");
  EXPECT_EQ((*clips)[0].form, "unknown");
}

TEST_F(ClipList, TakesAFolderOfImagesAloneForOneClip) {
  Touch("data/squat/take1/0001.jpg");
  Touch("data/squat/take1/0002.jpg");
  Touch("data/squat/film.mp4");
  Touch("data/squat/thumbnail.jpg");
  const auto clips = FindClips({scratch_.File("data")});
  ASSERT_TRUE(clips.ok()) << clips.status();
  EXPECT_THAT(Names(*clips), ElementsAre("squat/film", "squat/take1"));
  EXPECT_EQ((*clips)[1].path, scratch_.File("data/squat/take1"));

  const auto one = FindClips({scratch_.File("data/squat/take1/")});
  ASSERT_TRUE(one.ok()) << one.status();
  EXPECT_THAT(Names(*one), ElementsAre("take1"));
  EXPECT_EQ(one->front().exercise, "squat");
}

TEST_F(ClipList, TakesTheExerciseFromTheFolder) {
  Touch("data/Push-Up/home/a.mp4");
  EXPECT_EQ(FindClips({scratch_.File("data")})->front().exercise, "push_up");
  EXPECT_EQ(FindClips({scratch_.File("data/Push-Up/home")})->front().exercise, "home");
  EXPECT_EQ(FindClips({scratch_.File("data/Push-Up/home/a.mp4")})->front().exercise, "home");
}

TEST_F(ClipList, SaysWhichInputHoldsNothing) {
  fs::create_directories(scratch_.File("empty/deep"));
  EXPECT_THAT(Message(FindClips({scratch_.File("empty")}).status()),
              AllOf(HasSubstr("empty"), HasSubstr("holds no videos")));
  EXPECT_EQ(FindClips({scratch_.File("nowhere")}).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(ClipList, DoesNotFollowALinkThatLeadsBackUp) {
  Touch("videos/a.mp4");
  fs::create_directory_symlink(scratch_.File("videos"), scratch_.File("videos/again"));
  EXPECT_THAT(Names(*FindClips({scratch_.File("videos")})), ElementsAre("a"));
}

TEST_F(ClipList, RefusesTwoVideosOfOneName) {
  Touch("videos/a.mp4");
  Touch("videos/a.mov");
  const auto clips = FindClips({scratch_.File("videos")});
  ASSERT_TRUE(clips.ok()) << clips.status();
  EXPECT_THAT(Message(CheckNames(*clips, ".jsonl", "summary.json")),
              AllOf(HasSubstr("a.mp4"), HasSubstr("a.mov"), HasSubstr("would both become a.jsonl")));
}

TEST_F(ClipList, RefusesAVideoThatWouldReplaceTheSummary) {
  Touch("videos/summary.mp4");
  const auto clips = FindClips({scratch_.File("videos")});
  EXPECT_TRUE(CheckNames(*clips, ".jsonl", "summary.json").ok());
  EXPECT_THAT(Message(CheckNames(*clips, ".json", "summary.json")), HasSubstr("summary.mp4"));
}

TEST_F(ClipList, KeepsTheOutputOutOfTheInput) {
  Touch("videos/a.mp4");
  const std::string videos = scratch_.File("videos");
  EXPECT_TRUE(CheckOutside(scratch_.File("videos_out"), {videos}).ok());
  EXPECT_TRUE(CheckOutside(scratch_.path(), {videos}).ok());
  EXPECT_TRUE(CheckOutside(scratch_.File("videos"), {scratch_.File("videos/a.mp4")}).ok());
  EXPECT_THAT(Message(CheckOutside(videos, {videos})), HasSubstr("is inside the input"));
  EXPECT_FALSE(CheckOutside(scratch_.File("videos/new/out"), {videos + "/"}).ok());
  EXPECT_FALSE(CheckOutside(scratch_.File("other/../videos/out"), {videos}).ok());
}

TEST_F(ClipList, ReadsWhatAListSays) {
  const auto clips =
      ReadClipList(WriteList("id,file,exercise,form,group,fps,source,note\r\n"
                             "one,squat/a.mp4,squat,correct,anna,29.97,\"home, \"\"kitchen\"\"\",-\r\n"
                             "two,../elsewhere/b.mp4,other,unknown,,,web,\r\n"));
  ASSERT_TRUE(clips.ok()) << clips.status();
  ASSERT_EQ(clips->size(), 2U);
  const SourceClip& first = clips->front();
  EXPECT_EQ(first.path, scratch_.File("squat/a.mp4"));
  EXPECT_EQ(first.name, "squat/a");
  EXPECT_EQ(first.id, "one");
  EXPECT_EQ(first.form, "correct");
  EXPECT_EQ(first.group, "anna");
  EXPECT_EQ(first.fps, 29.97);
  EXPECT_EQ(first.source, "home, \"kitchen\"");
  EXPECT_EQ(clips->back().name, "b") << "outputs never leave the folder";
  EXPECT_EQ(clips->back().fps, 0);
}

TEST_F(ClipList, MayTellMovementAndViewAndLieElsewhere) {
  const auto clips = ReadClipList(WriteList("file,id,exercise,form,fault,group,fps,view,source\n"
                                            "1.mp4,1,other,unknown,lunge,g,30,side,web\n"
                                            "2.mp4,2,other,unknown,,g,30,,web\n"
                                            "3.mp4,3,squat,unknown,,g,30,,web\n"),
                                  "/videos");
  ASSERT_TRUE(clips.ok()) << clips.status();
  EXPECT_EQ((*clips)[0].path, "/videos/1.mp4");
  EXPECT_EQ((*clips)[0].view, "side");
  EXPECT_EQ(FaultOf((*clips)[0]), "lunge");
  EXPECT_EQ(FaultOf((*clips)[1]), "2") << "a movement without a name has one of its own";
  EXPECT_EQ(FaultOf((*clips)[2]), "");
}

TEST_F(ClipList, TellsTheKindByItsColumnOrElseByPublishedSources) {
  const std::string columns = "file,id,exercise,form,group,fps,source";
  const auto clips =
      ReadClipList(WriteList(columns + ",kind\n1.mp4,1,squat,unknown,g,30,cartoons,rendered\n"
                                       "2.mp4,2,squat,unknown,g,30,hpleesz/FitnessApp (3-D avatar),recorded\n"
                                       "3.mp4,3,squat,unknown,g,30,hpleesz/FitnessApp (3-D avatar),\n"
                                       "4.mp4,4,squat,unknown,g,30,figure8_cam,\n"));
  ASSERT_TRUE(clips.ok()) << clips.status();
  using Kind = dataset::SourceKind;
  constexpr Kind kExpected[] = {Kind::kRendered, Kind::kRecorded, Kind::kRendered, Kind::kRecorded};
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ((*clips)[i].kind, kExpected[i]) << (*clips)[i].path;
  const auto without = ReadClipList(WriteList(columns + "\n4.mp4,4,squat,unknown,g,30,figure8_cam\n"));
  ASSERT_TRUE(without.ok()) << without.status();
  EXPECT_EQ(without->front().kind, Kind::kRecorded);
}

TEST_F(ClipList, NamesWhatIsWrongWithAList) {
  EXPECT_THAT(Message(ReadClipList(WriteList("")).status()), HasSubstr("is empty"));
  EXPECT_THAT(Message(ReadClipList(WriteList("file,id\n")).status()), HasSubstr("no column \"exercise\""));
  const std::string columns = "file,id,exercise,form,group,fps,source\n";
  EXPECT_THAT(Message(ReadClipList(WriteList(columns)).status()), HasSubstr("lists no videos"));
  EXPECT_THAT(Message(ReadClipList(WriteList(columns + "a.mp4,a\n")).status()),
              HasSubstr("line 2 has 2 values, not 7"));
  EXPECT_THAT(Message(ReadClipList(WriteList(columns + ",a,squat,,,,\n")).status()),
              HasSubstr("line 2 names no file"));
  EXPECT_THAT(Message(ReadClipList(WriteList("kind," + columns + "film,a.mp4,a,squat,,,,\n")).status()),
              HasSubstr("line 2: kind \"film\" is unknown; known are \"recorded\", \"rendered\""));
}

}  // namespace
}  // namespace trackfit::dataset_building
