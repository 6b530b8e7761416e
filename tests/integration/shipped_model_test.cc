// The model that is shipped, as it is served: what nobody may take for an exercise.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "assessment/assessment.h"
#include "coaching/knowledge.h"
#include "dataset/synthetic_clips.h"
#include "evaluation/pose_sequence.h"
#include "evaluation/served_clip.h"
#include "inference/protogcn_assessor.h"
#include "protogcn/model.h"
#include "synthesis/motion.h"

namespace trackfit {
namespace {

constexpr uint64_t kSeed = 777;

class ShippedModel : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    protogcn::ConfigureThreads();
    assessor_ =
        new evaluation::AssessorPtr(inference::ProtogcnAssessor::Load(TRACKFIT_MODEL, "shipped").value());
    knowledge_ = new evaluation::KnowledgePtr(coaching::Knowledge::Load(TRACKFIT_EXERCISES).value());
  }
  static void TearDownTestSuite() {
    delete assessor_;
    delete knowledge_;
  }

  static assessment::Assessment Overall(const dataset::Clip& clip) {
    const auto overall =
        evaluation::AssessPoses(*assessor_, evaluation::ToPoseSequence(clip), "", *knowledge_);
    EXPECT_TRUE(overall.ok()) << overall.status();
    return overall.ok() && *overall ? **overall : assessment::Assessment{};
  }
  static void ExpectNothingKnown(const dataset::Clip& clip) {
    const assessment::Assessment overall = Overall(clip);
    EXPECT_FALSE(overall.known) << clip.id << " is taken for " << overall.exercise << ", "
                                << overall.known_score;
  }

  static evaluation::AssessorPtr* assessor_;
  static evaluation::KnowledgePtr* knowledge_;
};
evaluation::AssessorPtr* ShippedModel::assessor_ = nullptr;
evaluation::KnowledgePtr* ShippedModel::knowledge_ = nullptr;

std::vector<std::string> Exercises() {
  std::vector<std::string> names;
  for (const synthesis::ExerciseInfo& exercise : synthesis::Exercises()) {
    if (exercise.kind != synthesis::ExerciseKind::kBackground) names.push_back(exercise.name);
  }
  return names;
}

// Hanging from the bar, lying under it, sitting at the machine, standing with the weight.
TEST_F(ShippedModel, TakesNobodyWhoHoldsAStartPositionForSomebodyWhoExercises) {
  for (const std::string& exercise : Exercises()) {
    for (uint64_t i = 0; i < 6; ++i) ExpectNothingKnown(*dataset::MakeIdleClip(exercise, kSeed + i));
  }
}

TEST_F(ShippedModel, TakesNobodyWhoStandsSitsOrWalksForSomebodyWhoExercises) {
  for (const char* idling : {"standing_idle", "seated_idle", "walking_on_the_spot"}) {
    for (uint64_t i = 0; i < 20; ++i)
      ExpectNothingKnown(*dataset::MakeSyntheticClip(idling, true, kSeed + i));
  }
}

}  // namespace
}  // namespace trackfit
