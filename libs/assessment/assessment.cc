#include "assessment/assessment.h"

namespace trackfit::assessment {

QualityLevel LevelOf(float score) {
  if (score < 5) return QualityLevel::kPoor;
  if (score < 25) return QualityLevel::kFair;
  if (score < 60) return QualityLevel::kGood;
  return QualityLevel::kExcellent;
}

}  // namespace trackfit::assessment
