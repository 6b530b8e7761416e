#include "assessment/assessment.h"

#include <algorithm>

namespace trackfit::assessment {

bool Assessment::held_back() const {
  return std::ranges::any_of(notices, [](const Notice& notice) {
    return notice.code == NoticeCode::kNoMovement || notice.code == NoticeCode::kFewPoses;
  });
}

QualityLevel LevelOf(float score) {
  if (score < 5) return QualityLevel::kPoor;
  if (score < 25) return QualityLevel::kFair;
  if (score < 60) return QualityLevel::kGood;
  return QualityLevel::kExcellent;
}

}  // namespace trackfit::assessment
