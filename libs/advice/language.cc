#include "advice/language.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "schema/folder.h"

namespace trackfit::advice {

std::string Fill(const std::string& text, const Values& values) {
  std::vector<std::pair<std::string, std::string>> replacements;
  for (const auto& [name, value] : values) replacements.emplace_back(absl::StrCat("{", name, "}"), value);
  return absl::StrReplaceAll(text, replacements);
}

std::string Language::Repetitions(uint32_t count) const {
  const auto found = counts.find(static_cast<int>(count));
  return Fill(found != counts.end() ? found->second : counts.at(-1), {{"n", absl::StrCat(count)}});
}

std::string Language::Value(float value, std::string_view unit) const {
  // Whole degrees and tenths of a second are as much as anybody can act on, or a camera can tell.
  const int digits = unit == "degrees" ? 0 : unit == "seconds" ? 1 : 2;
  const std::string number = absl::StrFormat("%.*f", digits, value);
  const auto found = units.find(unit);
  return found != units.end() ? Fill(found->second, {{"n", number}}) : number;
}

std::string Language::Percent(float share) const {
  return Fill(units.at("percent"), {{"n", absl::StrFormat("%.0f", 100 * share)}});
}

std::string Language::GoodRange(const repetitions::Finding& finding) const {
  const Values ends = {{"low", Value(finding.good_low, finding.unit)},
                       {"high", Value(finding.good_high, finding.unit)}};
  if (!std::isfinite(finding.good_low)) return Fill(most, ends);
  return Fill(std::isfinite(finding.good_high) ? between : least, ends);
}

std::string Language::Where(const std::vector<uint32_t>& numbers, uint32_t count, uint32_t total) const {
  if (numbers.size() < count) {
    return Fill(in_many, {{"count", absl::StrCat(count)}, {"total", absl::StrCat(total)}});
  }
  if (numbers.size() == 1) return Fill(in_one, {{"numbers", absl::StrCat(numbers[0])}});
  const std::string list = absl::StrCat(
      absl::StrJoin(std::span(numbers).first(numbers.size() - 1), separator), last_separator, numbers.back());
  return Fill(in_few, {{"numbers", list}});
}

const Language* Phrases::Find(std::string_view code) const {
  const auto found = std::ranges::find(languages_, code, &Language::code);
  return found == languages_.end() ? nullptr : &*found;
}

absl::StatusOr<std::shared_ptr<const Phrases>> Phrases::Load(const std::string& folder) {
  const auto files = schema::ReadFolder(folder, "languages");
  if (!files.ok()) return files.status();
  std::vector<Language> languages;
  for (const schema::File& file : *files) {
    absl::StatusOr<Language> language = Language::Parse(file.path.string(), file.text);
    if (!language.ok()) return language.status();
    if (absl::Status name = schema::CheckName(file, "language", language->code); !name.ok()) return name;
    languages.push_back(*std::move(language));
  }
  return std::make_shared<const Phrases>(std::move(languages));
}

}  // namespace trackfit::advice
