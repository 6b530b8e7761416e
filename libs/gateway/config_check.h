// What a session asks for, held against what the inferencer serves.
#ifndef TRACKFIT_GATEWAY_CONFIG_CHECK_H_
#define TRACKFIT_GATEWAY_CONFIG_CHECK_H_

#include <trackfit/v1/coaching.pb.h>
#include <trackfit/v1/gateway.pb.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gateway/model_info.h"

namespace trackfit::gateway {

// INVALID_ARGUMENT naming the field, what is wrong with it and what there is instead. The window is not
// looked at.
absl::Status CheckConfig(const v1::SessionConfig& config, const ModelInfo& model);

// The same of a configuration that resumes a session, which has nothing else to say.
absl::Status CheckResume(const v1::SessionConfig& config);

// Whether the inferencer's coach has work in a session with this valid configuration.
bool IsCoached(const v1::SessionConfig& config, const ModelInfo& model);

// In which the coach speaks: "en" unless told otherwise.
std::string LanguageOf(const v1::CoachConfig& coach);

bool Knows(const std::vector<std::string>& names, const std::string& name);

}  // namespace trackfit::gateway

#endif  // TRACKFIT_GATEWAY_CONFIG_CHECK_H_
