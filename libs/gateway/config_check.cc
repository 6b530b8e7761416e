#include "gateway/config_check.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "contract/names.h"
#include "skeleton/validate.h"
#include "spelling/edit_distance.h"

namespace trackfit::gateway {
namespace {

constexpr size_t kReferenceBytes = 256 << 10;
constexpr size_t kConfigBytes = 64 << 10;  // without the reference's

absl::Status Wrong(const char* field, const std::string& value, const std::vector<std::string>& names) {
  return absl::InvalidArgumentError(
      absl::StrCat(field, " is \"", value, "\"",
                   names.empty() ? "; the server has none" : spelling::InsteadOf(value, names)));
}

absl::Status CheckSize(const v1::SessionConfig& config) {
  const size_t reference_bytes = config.reference_data().size();
  if (reference_bytes > kReferenceBytes) {
    return absl::InvalidArgumentError(absl::StrCat("config.reference_data has ", reference_bytes,
                                                   " bytes; at most ", kReferenceBytes, " are accepted"));
  }
  if (const size_t rest = config.ByteSizeLong() - reference_bytes; rest > kConfigBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        "config has ", rest, " bytes beside reference_data; at most ", kConfigBytes, " are accepted"));
  }
  return absl::OkStatus();
}

absl::Status CheckExercise(const v1::SessionConfig& config, const ModelInfo& model) {
  const std::string& expected = config.expected_exercise();
  if (expected.empty() || Knows(model.exercises, expected)) return absl::OkStatus();
  const std::vector<std::string> coached =
      config.coach().off() ? std::vector<std::string>() : model.coached_exercises;
  if (Knows(coached, expected)) return absl::OkStatus();
  return contract::UnknownExercise("config.expected_exercise", expected, model.exercises, coached);
}

// An inferencer that does not name its voices refuses wrong ones itself, with the first pose.
absl::Status CheckWords(const v1::CoachConfig& coach, const ModelInfo& model) {
  if (model.voices.empty()) return absl::OkStatus();
  const std::string language = LanguageOf(coach);
  const auto spoken = model.voices.find(language);
  if (spoken == model.voices.end()) {
    std::vector<std::string> languages;
    for (const auto& [other, voices] : model.voices) languages.push_back(other);
    return Wrong("config.coach.language", language, languages);
  }
  if (coach.voice().empty() || Knows(spoken->second, coach.voice())) return absl::OkStatus();
  return Wrong("config.coach.voice", coach.voice(), spoken->second);
}

}  // namespace

bool Knows(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

bool IsCoached(const v1::SessionConfig& config, const ModelInfo& model) {
  if (config.coach().off()) return false;
  const std::string& expected = config.expected_exercise();
  return expected.empty() ? !model.coached_exercises.empty() : Knows(model.coached_exercises, expected);
}

std::string LanguageOf(const v1::CoachConfig& coach) {
  return coach.language().empty() ? "en" : coach.language();
}

absl::Status CheckConfig(const v1::SessionConfig& config, const ModelInfo& model) {
  if (!v1::PoseModel_IsValid(config.pose_model())) {
    return absl::InvalidArgumentError(absl::StrCat("config.pose_model is ",
                                                   static_cast<int>(config.pose_model()),
                                                   "; it must be LITE (1), FULL (2) or HEAVY (3)"));
  }
  if (!v1::DeliveryMode_IsValid(config.delivery())) {
    return absl::InvalidArgumentError(absl::StrCat("config.delivery is ", static_cast<int>(config.delivery()),
                                                   "; it must be one of DeliveryMode"));
  }
  const uint32_t people = std::max(config.max_people(), 1U);
  if (absl::Status valid = skeleton::ValidateMaxPeople("config", people); !valid.ok()) return valid;
  if (absl::Status exercise = CheckExercise(config, model); !exercise.ok()) return exercise;
  if (absl::Status size = CheckSize(config); !size.ok()) return size;
  if (IsCoached(config, model)) {
    if (absl::Status words = CheckWords(config.coach(), model); !words.ok()) return words;
  }
  const std::string& reference = config.reference();
  if (reference.empty() || Knows(model.references, reference)) return absl::OkStatus();
  return Wrong("config.reference", reference, model.references);
}

absl::Status CheckResume(const v1::SessionConfig& config) {
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  config.GetReflection()->ListFields(config, &fields);
  for (const auto* field : fields) {
    if (field->number() == v1::SessionConfig::kResumeFieldNumber) continue;
    return absl::InvalidArgumentError(absl::StrCat("config.", std::string(field->name()),
                                                   " is set beside config.resume; a session that is resumed "
                                                   "keeps its configuration"));
  }
  if (!config.resume().token().empty()) return absl::OkStatus();
  return absl::InvalidArgumentError("config.resume.token is empty; SessionStarted.resume_token has it");
}

}  // namespace trackfit::gateway
