// Which conditions of an exercise tell which fault of labelled clips. It is data:
// deploy/evaluation/form_faults.yaml.
#ifndef TRACKFIT_COACH_EVALUATION_FORM_FAULTS_H_
#define TRACKFIT_COACH_EVALUATION_FORM_FAULTS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace trackfit::coach_evaluation {

struct Fault {
  std::string name;                 // as tables call it
  std::vector<std::string> labels;  // as clips call it
  std::vector<std::string> codes;   // of the conditions that tell it, the one that is made for it first
};

// By exercise. Of several faults a repetition has the first that it shows.
class FaultTable {
 public:
  // NOT_FOUND, or INVALID_ARGUMENT naming file and line.
  static absl::StatusOr<FaultTable> Read(const std::string& path);
  static absl::StatusOr<FaultTable> Parse(const std::string& file, const std::string& yaml);

  // Empty for an exercise without any.
  const std::vector<Fault>& Of(const std::string& exercise) const;
  // Null when the exercise has no fault with this label.
  const Fault* Labelled(const std::string& exercise, const std::string& label) const;

 private:
  std::map<std::string, std::vector<Fault>> faults_;
};

}  // namespace trackfit::coach_evaluation

#endif  // TRACKFIT_COACH_EVALUATION_FORM_FAULTS_H_
