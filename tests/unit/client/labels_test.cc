#include "client/labels.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "client/words.h"
#include "skeleton/joint.h"

namespace trackfit::client {
namespace {

TEST(Labels, AreInTheLanguageOfTheSession) {
  EXPECT_EQ(Labels("en")("Set {n}", {{"n", "2"}}), "Set 2");
  EXPECT_EQ(Labels("ko")("Set {n}", {{"n", "2"}}), "2세트");
}

TEST(Labels, NameAllJointsAndLevelsInKorean) {
  for (const std::string_view joint : skeleton::JointNames()) {
    const std::string words = JointWords(std::string(joint));
    EXPECT_NE(Labels("ko")(words), words);
  }
  for (int level = 0; level < v1::QualityLevel_ARRAYSIZE; ++level) {
    const std::string word = LevelWord(static_cast<v1::QualityLevel>(level));
    EXPECT_NE(Labels("ko")(word), word);
  }
}

TEST(Labels, AreEnglishInALanguageThatTheyAreNotIn) {
  EXPECT_EQ(Labels("tlh").language(), "en");
  EXPECT_EQ(Labels("")("correct"), "correct");
}

TEST(Labels, LeaveWhatTheyDoNotKnowAsItIs) { EXPECT_EQ(Labels("ko")("<b>"), "<b>"); }

TEST(Labels, CountInBothNumbers) {
  EXPECT_EQ(Labels().Counted("1 repetition", "{n} repetitions", 1), "1 repetition");
  EXPECT_EQ(Labels().Counted("1 repetition", "{n} repetitions", 3), "3 repetitions");
  EXPECT_EQ(Labels("ko").Counted("1 repetition", "{n} repetitions", 3), "3회");
}

}  // namespace
}  // namespace trackfit::client
