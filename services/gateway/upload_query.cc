#include "upload_query.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "contract/coach_target.h"
#include "contract/pose_model.h"
#include "spelling/edit_distance.h"
#include "web/query.h"

namespace trackfit::gateway_server {
namespace {

absl::Status Wrong(const std::string& name, const std::string& value, const std::string& instead) {
  return absl::InvalidArgumentError(absl::StrCat(name, " is \"", value, "\"; it must be ", instead));
}

absl::Status ReadNumber(const std::string& name, const std::string& value, uint32_t& number) {
  return absl::SimpleAtoi(value, &number) ? absl::OkStatus() : Wrong(name, value, "a whole number");
}

absl::Status ReadOff(const std::string& name, const std::string& value, bool& off) {
  off = value == "off";
  return off || value == "on" ? absl::OkStatus() : Wrong(name, value, "on or off");
}

using Read = absl::Status (*)(const std::string& name, const std::string& value, UploadQuery& query);

struct Parameter {
  const char* name;
  Read read;
};

template <auto kSet>
absl::Status ReadCoachOff(const std::string& name, const std::string& value, UploadQuery& query) {
  bool off = false;
  absl::Status status = ReadOff(name, value, off);
  (query.config.mutable_coach()->*kSet)(off);
  return status;
}

template <auto kSet>
absl::Status ReadWindow(const std::string& name, const std::string& value, UploadQuery& query) {
  uint32_t number = 0;
  absl::Status status = ReadNumber(name, value, number);
  (query.config.mutable_window()->*kSet)(number);
  return status;
}

constexpr Parameter kParameters[] = {
    {"expected_exercise",
     [](const std::string&, const std::string& value, UploadQuery& query) {
       query.config.set_expected_exercise(value);
       return absl::OkStatus();
     }},
    {"language",
     [](const std::string&, const std::string& value, UploadQuery& query) {
       query.config.mutable_coach()->set_language(value);
       return absl::OkStatus();
     }},
    {"voice",
     [](const std::string&, const std::string& value, UploadQuery& query) {
       query.config.mutable_coach()->set_voice(value);
       return absl::OkStatus();
     }},
    {"coach", ReadCoachOff<&v1::CoachConfig::set_off>},
    {"advice", ReadCoachOff<&v1::CoachConfig::set_advice_off>},
    {"target",
     [](const std::string& name, const std::string& value, UploadQuery& query) {
       auto target = contract::ParseCoachTarget(name, value);
       if (!target.ok()) return target.status();
       *query.config.mutable_coach()->add_targets() = *std::move(target);
       return absl::OkStatus();
     }},
    {"reference",
     [](const std::string&, const std::string& value, UploadQuery& query) {
       query.config.set_reference(value);
       return absl::OkStatus();
     }},
    {"max_people",
     [](const std::string& name, const std::string& value, UploadQuery& query) {
       uint32_t people = 0;
       absl::Status status = ReadNumber(name, value, people);
       query.config.set_max_people(people);
       return status;
     }},
    {"pose_model",
     [](const std::string& name, const std::string& value, UploadQuery& query) {
       const auto model = contract::ParsePoseModel(name, value);
       if (!model.ok()) return model.status();
       query.config.set_pose_model(*model);
       return absl::OkStatus();
     }},
    {"model",
     [](const std::string&, const std::string& value, UploadQuery& query) {
       query.config.set_model(value);
       return absl::OkStatus();
     }},
    {"window_frames", ReadWindow<&v1::WindowConfig::set_frames>},
    {"first_after", ReadWindow<&v1::WindowConfig::set_first_after>},
    {"every", ReadWindow<&v1::WindowConfig::set_every>},
    {"fps",
     [](const std::string& name, const std::string& value, UploadQuery& query) {
       double fps = 0;
       if (!absl::SimpleAtod(value, &fps) || !(fps > 0 && fps <= 1000))
         return Wrong(name, value, "a number above 0, at most 1000");
       query.fps = fps;
       return absl::OkStatus();
     }},
    {"limit_frames", [](const std::string& name, const std::string& value,
                        UploadQuery& query) { return ReadNumber(name, value, query.limit_frames); }},
};

}  // namespace

absl::StatusOr<UploadQuery> ParseUploadQuery(const std::string& query) {
  const auto parameters = web::ParseQuery(query);
  if (!parameters.ok()) return parameters.status();
  UploadQuery parsed;
  std::set<std::string> seen;
  for (const auto& parameter : *parameters) {
    const std::string& name = parameter.first;
    const auto* known =
        std::ranges::find_if(kParameters, [&name](const Parameter& other) { return name == other.name; });
    if (known == std::end(kParameters)) {
      std::vector<std::string> names;
      names.reserve(std::size(kParameters));
      for (const Parameter& other : kParameters) names.emplace_back(other.name);
      return absl::InvalidArgumentError(
          absl::StrCat("there is no parameter \"", name, "\"", spelling::InsteadOf(name, names)));
    }
    if (!seen.insert(name).second && name != "target")
      return absl::InvalidArgumentError(absl::StrCat(name, " is given twice"));
    if (absl::Status status = known->read(name, parameter.second, parsed); !status.ok()) return status;
  }
  return parsed;
}

}  // namespace trackfit::gateway_server
