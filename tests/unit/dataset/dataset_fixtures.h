// Clips and files for the tests of data sets.
#ifndef TRACKFIT_TESTS_UNIT_DATASET_DATASET_FIXTURES_H_
#define TRACKFIT_TESTS_UNIT_DATASET_DATASET_FIXTURES_H_

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "dataset/clip.h"
#include "support/test_poses.h"

namespace trackfit::dataset {

inline std::filesystem::path TempFile(const std::string& name) {
  return std::filesystem::path(::testing::TempDir()) / ("trackfit_dataset_" + name);
}

inline void WriteText(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

inline Clip MakeClip(const std::string& id, const std::string& exercise, int frames = 40, double fps = 30) {
  return {.id = id,
          .source = "test",
          .exercise = exercise,
          .form = "correct",
          .fault = "",
          .group = "group_of_" + id,
          .fps = fps,
          .kind = SourceKind::kRecorded,
          .poses = testing::MakePoses(frames)};
}

}  // namespace trackfit::dataset

#endif  // TRACKFIT_TESTS_UNIT_DATASET_DATASET_FIXTURES_H_
