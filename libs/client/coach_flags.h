// The flags of a session's coach.
#ifndef TRACKFIT_CLIENT_COACH_FLAGS_H_
#define TRACKFIT_CLIENT_COACH_FLAGS_H_

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "trackfit/v1/gateway.pb.h"

namespace trackfit::client {

struct CoachFlags {
  std::string voice;
  std::string language;
  bool no_advice = false;
  bool no_coach = false;
  std::vector<std::string> targets;  // CODE=LOW:HIGH, either may be left out
  std::string reference;             // name of one of the server's, or a file

  void Declare(CLI::App& command);
  // Reads the reference file if there is one of that name. INVALID_ARGUMENT naming the flag and what it
  // wants.
  absl::Status Apply(v1::SessionConfig& config) const;
};

}  // namespace trackfit::client

#endif  // TRACKFIT_CLIENT_COACH_FLAGS_H_
