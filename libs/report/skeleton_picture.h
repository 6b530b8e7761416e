// A small picture of a skeleton.
#ifndef TRACKFIT_REPORT_SKELETON_PICTURE_H_
#define TRACKFIT_REPORT_SKELETON_PICTURE_H_

#include <string>
#include <vector>

#include "trackfit/v1/coaching.pb.h"
#include "trackfit/v1/common.pb.h"

namespace trackfit::report {

struct SkeletonPicture {
  const v1::Pose* pose = nullptr;     // 33 landmarks
  const v1::Pose* outline = nullptr;  // how it should look, drawn behind it at the same feet; nullptr: none
  std::vector<int> marked{};          // joints
  v1::FindingLevel level = v1::FINDING_LEVEL_CLEARLY;  // of what is marked
  std::string label{};                                 // in words
};

// The element <svg>.
std::string Drawn(const SkeletonPicture& picture);

}  // namespace trackfit::report

#endif  // TRACKFIT_REPORT_SKELETON_PICTURE_H_
