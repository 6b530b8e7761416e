#include "client/labels.h"

#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/korean_labels.h"

namespace trackfit::client {
namespace {

using Table = std::map<std::string, std::string, std::less<>>;

// By their English texts.
const Table& Korean() {
  static const auto& table = *new Table(nlohmann::json::parse(kKoreanLabels).get<Table>());
  return table;
}

}  // namespace

Labels::Labels(std::string_view language) : language_(language == "ko" ? "ko" : "en") {}

std::string Labels::operator()(std::string_view english, const Values& values) const {
  std::string_view text = english;
  if (language_ == "ko") {
    if (const auto found = Korean().find(english); found != Korean().end()) text = found->second;
  }
  std::vector<std::pair<std::string, std::string>> replacements;
  for (const auto& [name, value] : values) replacements.emplace_back(absl::StrCat("{", name, "}"), value);
  return absl::StrReplaceAll(std::string(text), replacements);
}

std::string Labels::Counted(std::string_view one, std::string_view many, int64_t count) const {
  return (*this)(count == 1 ? one : many, {{"n", absl::StrCat(count)}});
}

}  // namespace trackfit::client
