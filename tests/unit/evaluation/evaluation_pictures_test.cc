#include "evaluation/evaluation_pictures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <opencv2/imgcodecs.hpp>

#include "drawing/chart.h"
#include "drawing/palette.h"
#include "unit/drawing/pictures.h"

namespace trackfit::evaluation {
namespace {

using evaluation::ClipDecision;
using evaluation::Report;

// Nine squats, of which one is taken for a push-up, and three other movements.
Report MakeReport() {
  Report report;
  report.model_version = "7";
  report.subset = "val";
  report.decisions.emplace();
  report.decisions->classes = {"push_up", "squat", "other"};
  for (int i = 0; i < 12; ++i) {
    const int truth = i < 9 ? 1 : 2, decided = i == 0 ? 0 : truth;
    ClipDecision clip;
    clip.form = i % 2 == 0 ? "correct" : "incorrect";
    clip.truth = truth;
    clip.decision = decided;
    clip.exercise_named = decided;
    clip.known_score = truth == 1 ? 0.9F : 0.2F;
    clip.probabilities = {0.05F, 0.05F, 0.05F};
    clip.probabilities[decided] = 0.9F;
    clip.embedding = {static_cast<float>(truth), 0.1F * static_cast<float>(i)};
    report.decisions->clips.push_back(clip);
  }
  return report;
}

TEST(DrawEvaluation, WritesWhatWasMeasured) {
  const std::filesystem::path folder =
      ::testing::TempDir() + "evaluation_pictures_test_" + std::to_string(getpid());
  const auto paths = DrawEvaluation(MakeReport(), folder.string());
  ASSERT_TRUE(paths.ok()) << paths.status();
  EXPECT_EQ(paths->size(), 4U);
  const cv::Mat confusion = cv::imread((folder / "confusion.png").string());
  ASSERT_FALSE(confusion.empty());
  EXPECT_GT(drawing::Count(confusion, drawing::palette::kLeft), 10'000) << "a class that is always right";
  const cv::Mat embedding = cv::imread((folder / "embedding.png").string());
  EXPECT_GT(
      drawing::Count(embedding, drawing::SeriesColour(1), {0, 0, embedding.cols * 3 / 4, embedding.rows}),
      9 * 20)
      << "nine squats, not only the legend's";
  const cv::Mat reliability = cv::imread((folder / "reliability.png").string());
  EXPECT_GT(drawing::Count(reliability, drawing::palette::kLeft), 10'000);
  const cv::Mat roc = cv::imread((folder / "roc.png").string());
  EXPECT_GT(drawing::Count(roc, drawing::SeriesColour(0)), 500);
  std::filesystem::remove_all(folder);
}

TEST(DrawEvaluation, DrawsNothingOfNothing) {
  const auto paths = DrawEvaluation(Report{}, ::testing::TempDir());
  ASSERT_TRUE(paths.ok()) << paths.status();
  EXPECT_TRUE(paths->empty());
}

TEST(DrawEvaluation, SaysWhereItCannotWrite) {
  EXPECT_EQ(DrawEvaluation(MakeReport(), "/proc/nowhere").status().code(), absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace trackfit::evaluation
