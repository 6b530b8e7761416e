// Data and settings for the tests of training runs.
#ifndef TRACKFIT_TESTS_UNIT_EXPERIMENT_TRAINING_FIXTURES_H_
#define TRACKFIT_TESTS_UNIT_EXPERIMENT_TRAINING_FIXTURES_H_

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "dataset/landmark_file.h"
#include "experiment/settings.h"
#include "support/poses.h"

namespace trackfit::experiment {

// A data set of a few waving people who count for squats and push-ups.
inline void WriteData(const std::string& folder) {
  const auto clip = [](const std::string& id, const std::string& exercise) {
    return dataset::Clip{.id = id,
                         .source = "test",
                         .exercise = exercise,
                         .form = "correct",
                         .fault = "",
                         .group = id,
                         .fps = 30,
                         .kind = dataset::SourceKind::kRecorded,
                         .poses = testing::WavingPoses(30, 2)};
  };
  ASSERT_TRUE(
      dataset::WriteLandmarkFile(folder + "/train.pt", {clip("a", "squat"), clip("b", "push_up")}).ok());
  ASSERT_TRUE(
      dataset::WriteLandmarkFile(folder + "/val.pt", {clip("c", "squat"), clip("d", "push_up")}).ok());
}

inline std::vector<Setting> Settings(const std::vector<std::string>& arguments) {
  std::vector<Setting> settings;
  for (const std::string& argument : arguments) {
    auto setting = ParseSetting(argument);
    EXPECT_TRUE(setting.ok()) << setting.status();
    settings.push_back(*std::move(setting));
  }
  return settings;
}

}  // namespace trackfit::experiment

#endif  // TRACKFIT_TESTS_UNIT_EXPERIMENT_TRAINING_FIXTURES_H_
