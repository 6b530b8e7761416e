// Turns the network's answer about one window into an assessment: class, prototype quality, joint errors.
#ifndef TRACKFIT_ASSESSMENT_ASSESSOR_H_
#define TRACKFIT_ASSESSMENT_ASSESSOR_H_

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "assessment/assessment.h"
#include "skeleton/pose.h"

namespace trackfit::assessment {

// Thread-safe: one for all sessions. Abstract, so that sessions can be tested without a network.
class Assessor {
 public:
  virtual ~Assessor() = default;

  virtual double rate_hz() const = 0;     // of the poses in a window
  virtual int window_frames() const = 0;  // poses in a whole window of the model's
  virtual const std::string& model_version() const = 0;
  virtual const std::string& layout() const = 0;
  // The exercises that it knows, without the background class.
  virtual const std::vector<std::string>& exercises() const = 0;

  // Assesses poses that are uniform in time at rate_hz. `expected_exercise` is empty or one of exercises().
  // A window without movement (evidence.h) gets a notice and is not known.
  virtual absl::StatusOr<Assessment> Assess(std::span<const skeleton::Pose> window,
                                            const std::string& expected_exercise) const = 0;
};

}  // namespace trackfit::assessment

#endif  // TRACKFIT_ASSESSMENT_ASSESSOR_H_
