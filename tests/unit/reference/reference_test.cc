#include "reference/reference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "absl/status/status.h"
#include "attempts.h"
#include "reference/recording.h"

namespace trackfit::reference {
namespace {

using nlohmann::json;
using testing::HasSubstr;

Reference Squat() {
  std::vector<Take> takes;
  for (const repetitions::Attempt& attempt : Attempts({.exercise = "squat"})) takes.push_back({attempt, 90});
  return *Record(
      takes,
      {.exercise = "squat", .name = "my squat", .source = "a test", .parts = {Part::kTrunk, Part::kLegs}});
}

std::string MessageOf(const json& file) {
  const absl::StatusOr<Reference> reference = Reference::Parse(file.dump());
  EXPECT_EQ(reference.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(reference.status().message());
}

TEST(Reference, IsReadAsItWasWritten) {
  const Reference written = Squat();
  const std::string text = written.ToJson();
  EXPECT_LT(text.size(), kMaxFileBytes / 4);
  const absl::StatusOr<Reference> read = Reference::Parse(text);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->exercise, "squat");
  EXPECT_EQ(read->name, "my squat");
  EXPECT_EQ(read->source, "a test");
  EXPECT_EQ(read->parts, written.parts);
  EXPECT_EQ(read->repetitions, written.repetitions);
  EXPECT_NEAR(static_cast<double>(read->duration_us), static_cast<double>(written.duration_us), 500);
  EXPECT_FLOAT_EQ(read->depth_error, written.depth_error);
  for (int phase = 0; phase < kPhases; ++phase) {
    for (int node = 0; node < kNodeCount; ++node) {
      EXPECT_NEAR(read->phases[phase].nodes[node].x, written.phases[phase].nodes[node].x, 0.0006);
      EXPECT_NEAR(read->phases[phase].nodes[node].z, written.phases[phase].nodes[node].z, 0.0006);
      EXPECT_NEAR(read->phases[phase].seen[node], written.phases[phase].seen[node], 0.006);
    }
    for (int angle = 0; angle < kAngleCount; ++angle)
      EXPECT_NEAR(read->spread[phase][angle], written.spread[phase][angle], 0.06);
  }
  EXPECT_TRUE(read->ToJson() == text);
}

TEST(Reference, RefusesWhatItIsNotAndNamesTheField) {
  const json good = json::parse(Squat().ToJson());
  const auto changed = [&](const std::string& pointer, const json& value) {
    json file = good;
    file[json::json_pointer(pointer)] = value;
    return MessageOf(file);
  };
  EXPECT_THAT(changed("/format", 2), HasSubstr("format is 2"));
  EXPECT_THAT(changed("/exercise", ""), HasSubstr("exercise must have 1 to 64 bytes"));
  EXPECT_THAT(changed("/name", "a\nb"), HasSubstr("name holds a control character"));
  EXPECT_THAT(changed("/source", 7), HasSubstr("source must be a text"));
  EXPECT_THAT(changed("/repetitions", 0), HasSubstr("repetitions is 0"));
  EXPECT_THAT(changed("/duration_ms", "3 s"), HasSubstr("duration_ms must be a number"));
  for (const json& parts : {json("legs"), json::array(), json{"legs", "legs"}, json{"legs", "head"}})
    EXPECT_THAT(changed("/parts", parts), HasSubstr("parts must be a list of some of arms, trunk and legs"));
  EXPECT_THAT(changed("/depth_error", -1), HasSubstr("depth_error is -1"));
  EXPECT_THAT(changed("/skeleton/left_knee/12", json::array({1, 2, 3})),
              HasSubstr("skeleton.left_knee[12] must be a list of 4 numbers"));
  EXPECT_THAT(changed("/skeleton/left_knee/12/3", 1.5), HasSubstr("skeleton.left_knee[12][3] is 1.5"));
  EXPECT_THAT(changed("/skeleton/left_knee", json::array()), HasSubstr("a list of 64 places"));
  EXPECT_THAT(changed("/skeleton", 1), HasSubstr("skeleton must be an object"));
  EXPECT_THAT(changed("/spread/right_elbow/3", nullptr), HasSubstr("spread.right_elbow[3] must be a number"));
  EXPECT_THAT(changed("/duration", 3), HasSubstr("there is no field duration"));
  json without = good;
  without["skeleton"].erase("left_hip");
  EXPECT_THAT(MessageOf(without), HasSubstr("skeleton.left_hip is missing"));
  json misspelt = good;
  misspelt["skeleton"]["left_kne"] = 1;
  EXPECT_THAT(MessageOf(misspelt), HasSubstr("there is no field skeleton.left_kne; did you mean left_knee?"));
  json unseen = good;
  for (json& place : unseen["skeleton"]["left_hip"]) place[3] = 0;
  EXPECT_THAT(MessageOf(unseen), HasSubstr("skeleton.left_hip is never seen"));
  EXPECT_THAT(MessageOf(json::array()), HasSubstr("format is missing"));
}

TEST(Reference, RefusesTextThatIsTooLongOrNoJson) {
  EXPECT_THAT(std::string(Reference::Parse(std::string(kMaxFileBytes + 1, ' ')).status().message()),
              HasSubstr("at most 262144 bytes"));
  EXPECT_THAT(std::string(Reference::Parse("format: 1").status().message()), HasSubstr("is JSON"));
}

class ReferencesTest : public testing::Test {
 protected:
  ReferencesTest() { std::filesystem::create_directories(folder_); }
  ~ReferencesTest() override { std::filesystem::remove_all(folder_); }
  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
  }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("references_" + std::to_string(getpid()));
};

TEST_F(ReferencesTest, FindsEachByItsName) {
  Reference squat = Squat();
  Write("a.json", squat.ToJson());
  squat.name = "another squat";
  Write("b.json", squat.ToJson());
  Write("notes.txt", "no reference");
  const auto references = References::Load(folder_);
  ASSERT_TRUE(references.ok()) << references.status();
  ASSERT_EQ((*references)->references().size(), 2U);
  EXPECT_EQ((*references)->references()[0].name, "another squat");
  EXPECT_EQ((*references)->Find("my squat")->exercise, "squat");
  EXPECT_EQ((*references)->Find("no such squat"), nullptr);
}

TEST_F(ReferencesTest, NamesTheFileThatIsWrong) {
  Write("a.json", "{}");
  EXPECT_THAT(std::string(References::Load(folder_).status().message()),
              HasSubstr("a.json: format is missing"));
  Write("a.json", Squat().ToJson());
  Write("b.json", Squat().ToJson());
  EXPECT_THAT(std::string(References::Load(folder_).status().message()),
              HasSubstr("b.json: there is another reference named my squat"));
  EXPECT_EQ(References::Load(folder_ / "nowhere").status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace trackfit::reference
