#include "client/coach_flags.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "contract/coach_target.h"

namespace trackfit::client {
namespace {

constexpr uintmax_t kMaxReferenceBytes = 256 * 1024;  // the contract's

absl::Status ApplyReference(const std::string& reference, v1::SessionConfig& config) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(reference, error)) {
    if (absl::StrContains(reference, '/'))
      return absl::InvalidArgumentError(absl::StrCat("--reference: there is no file ", reference));
    config.set_reference(reference);
    return absl::OkStatus();
  }
  if (std::filesystem::file_size(reference, error) > kMaxReferenceBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("--reference ", reference, " has more than 256 KiB; is it made by trackfit reference?"));
  }
  std::ifstream file(reference, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), {});
  if (!file || bytes.empty())
    return absl::InvalidArgumentError(
        absl::StrCat("--reference: ", reference, " is empty or cannot be read"));
  config.set_reference_data(std::move(bytes));
  return absl::OkStatus();
}

}  // namespace

void CoachFlags::Declare(CLI::App& command) {
  constexpr const char* kGroup = "Coach";
  CLI::Option* off = command.add_flag("--no-coach", no_coach, "Count no repetitions and give no advice");
  off->group(kGroup);
  const auto declare = [&](CLI::Option* option) { option->group(kGroup)->excludes(off); };
  CLI::Option* say =
      command
          .add_option("--voice", voice,
                      "How the coach speaks: neutral (the default), hype, analyst, drill or calm")
          ->type_name("VOICE");
  declare(say);
  declare(command.add_option("--language", language, "Language of the coach: en (the default), ko, ...")
              ->type_name("CODE"));
  declare(command.add_flag("--no-advice", no_advice, "Count and judge repetitions, but give no advice")
              ->excludes(say));
  declare(command
              .add_option("--target", targets,
                          "Another good range for a condition, e.g. squat_depth=0.6:; may be repeated")
              ->type_name("CODE=LOW:HIGH")
              ->allow_extra_args(false));
  declare(command
              .add_option("--reference", reference,
                          "Compare repetitions with this reference: one of the server's, or a file")
              ->type_name("NAME|FILE"));
}

absl::Status CoachFlags::Apply(v1::SessionConfig& config) const {
  if (no_coach) config.mutable_coach()->set_off(true);
  if (no_advice) config.mutable_coach()->set_advice_off(true);
  if (!voice.empty()) config.mutable_coach()->set_voice(voice);
  if (!language.empty()) config.mutable_coach()->set_language(language);
  for (const std::string& text : targets) {
    absl::StatusOr<v1::CoachTarget> target = contract::ParseCoachTarget("--target", text);
    if (!target.ok()) return target.status();
    *config.mutable_coach()->add_targets() = *std::move(target);
  }
  return reference.empty() ? absl::OkStatus() : ApplyReference(reference, config);
}

}  // namespace trackfit::client
