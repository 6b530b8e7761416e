// What is said of names in requests that nobody knows.
#ifndef TRACKFIT_CONTRACT_NAMES_H_
#define TRACKFIT_CONTRACT_NAMES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace trackfit::contract {

// INVALID_ARGUMENT: neither the model nor the coach knows the exercise that a session names in `field`. Says
// what they know, and what was probably meant.
absl::Status UnknownExercise(const std::string& field, const std::string& name,
                             const std::vector<std::string>& of_model,
                             const std::vector<std::string>& of_coach);

}  // namespace trackfit::contract

#endif  // TRACKFIT_CONTRACT_NAMES_H_
