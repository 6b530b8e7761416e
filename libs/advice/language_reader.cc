// Language::Parse.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "advice/language.h"
#include "framing/hint.h"
#include "schema/node.h"

namespace trackfit::advice {
namespace {

using schema::CheckKeys;
using schema::Fail;
using schema::Items;
using schema::Needed;

struct SentenceRow {
  const char* key;
  const char* needs;  // placeholders that every text has, separated by spaces
  const char* may;    // that it may have besides
  bool live = false;  // said again and again, so there must be several texts
};
// By Sentence.
constexpr SentenceRow kSentences[kSentenceCount] = {
    {"change", "change", "measured range", true},
    {"again", "change", "measured range", true},
    {"closer", "change", "measured range", true},
    {"improved", "praise", "", true},
    {"praise", "praise", "streak", true},
    {"partial", "", "share", true},
    {"partial_change", "change", "share measured range", true},
    {"set_all_correct", "repetitions", "exercise correct"},
    {"set_some_correct", "repetitions correct", "exercise"},
    {"set_none_correct", "repetitions", "exercise"},
    {"set_none_complete", "", "exercise"},
    {"set_held", "seconds", "exercise"},
    {"set_partial", "partial", ""},
    {"set_change", "change where", ""},
    {"set_praise", "praise", ""},
    {"set_improved", "praise", ""},
    {"set_better", "now before", ""},
    {"set_range_lost", "share", ""},
    {"set_slower", "share", ""},
    {"not_seen", "", ""},
    {"not_seen_from", "view", ""},
};

std::vector<std::string> Words(const char* text) { return absl::StrSplit(text, ' ', absl::SkipEmpty()); }

// A text that has the placeholders of `needs`, and no others than those and these of `may`.
std::string Template(const YAML::Node& node, const std::string& key, const char* needs, const char* may) {
  std::string text = schema::Text(node, key);
  const std::vector<std::string> needed = Words(needs);
  std::vector<std::string> known = needed;
  for (std::string& word : Words(may)) known.push_back(std::move(word));
  std::vector<std::string> used;
  size_t end = 0;
  for (size_t at = text.find('{'); at != std::string::npos; at = text.find('{', end)) {
    end = text.find('}', at);
    if (end == std::string::npos) Fail(node, absl::StrCat("a { in ", key, " is not closed"));
    const std::string name = text.substr(at + 1, end - at - 1);
    if (std::ranges::find(known, name) == known.end()) {
      const std::string what = absl::StrCat("there is no {", name, "} in ", key);
      Fail(node, known.empty() ? what : std::string(schema::Unknown(what, name, known).message()));
    }
    used.push_back(name);
  }
  for (const std::string& name : needed) {
    if (std::ranges::find(used, name) == used.end())
      Fail(node, absl::StrCat("{", name, "} is missing in ", key));
  }
  return text;
}

std::string NeededTemplate(const YAML::Node& map, const std::string& key, const char* needs,
                           const char* may = "") {
  return Template(Needed(map, key), key, needs, may);
}

YAML::Node NeededMap(const YAML::Node& map, const std::string& key, const std::vector<std::string>& known) {
  const YAML::Node node = Needed(map, key);
  CheckKeys(node, key, known);
  return node;
}

class Reader {
 public:
  Language Read(const YAML::Node& root) {
    CheckKeys(root, "a language",
              {"language", "repetitions", "units", "ranges", "lists", "where", "views", "findings", "hints",
               "voices"});
    language_.code = schema::Text(Needed(root, "language"), "language");
    ReadCounts(Needed(root, "repetitions"));
    ReadUnits(root);
    ReadWords(root);
    ReadHints(root);
    ReadVoices(Needed(root, "voices"));
    return std::move(language_);
  }

 private:
  void ReadCounts(const YAML::Node& node) {
    if (!node.IsMap()) Fail(node, "repetitions must hold numbers, or other, and texts");
    for (const auto& entry : node) {
      const std::string key = schema::Text(entry.first, "a number");
      int number = -1;
      if (key != "other" && (!absl::SimpleAtoi(key, &number) || number < 0))
        Fail(entry.first, absl::StrCat("\"", key, "\" is neither a number of repetitions nor other"));
      language_.counts[number] = Template(entry.second, "repetitions", "", "n");
    }
    if (!language_.counts.contains(-1)) Fail(node, "other is missing");
  }

  void ReadUnits(const YAML::Node& root) {
    const std::vector<std::string> units = {"degrees", "torso_lengths", "ratio", "seconds", "percent"};
    const YAML::Node node = NeededMap(root, "units", units);
    for (const std::string& unit : units) language_.units[unit] = NeededTemplate(node, unit, "n");
  }

  void ReadWords(const YAML::Node& root) {
    const YAML::Node ranges = NeededMap(root, "ranges", {"between", "least", "most"});
    language_.between = NeededTemplate(ranges, "between", "low high");
    language_.least = NeededTemplate(ranges, "least", "low");
    language_.most = NeededTemplate(ranges, "most", "high");
    const YAML::Node lists = NeededMap(root, "lists", {"separator", "last"});
    language_.separator = NeededTemplate(lists, "separator", "");
    language_.last_separator = NeededTemplate(lists, "last", "");
    const YAML::Node where = NeededMap(root, "where", {"one", "few", "many"});
    language_.in_one = NeededTemplate(where, "one", "numbers");
    language_.in_few = NeededTemplate(where, "few", "numbers");
    language_.in_many = NeededTemplate(where, "many", "count", "total");
    const std::vector<std::string> names = {"front", "diagonal", "side"};  // by repetitions::View
    const YAML::Node views = NeededMap(root, "views", names);
    for (size_t i = 0; i < names.size(); ++i) language_.views[i] = NeededTemplate(views, names[i], "");
    const YAML::Node findings = NeededMap(root, "findings", {"below", "above"});
    language_.below = NeededTemplate(findings, "below", "", "measured range");
    language_.above = NeededTemplate(findings, "above", "", "measured range");
  }

  void ReadHints(const YAML::Node& root) {
    const std::vector<std::string> codes(framing::kCodeNames.begin(), framing::kCodeNames.end());
    const YAML::Node hints = NeededMap(root, "hints", codes);
    for (const std::string& code : codes) language_.hints[code] = NeededTemplate(hints, code, "");
  }

  void ReadVoices(const YAML::Node& voices) {
    if (!voices.IsMap()) Fail(voices, "voices must hold names and sentences");
    const Voice neutral = ReadVoice(Needed(voices, "neutral"), Voice{});
    for (const auto& entry : voices) {
      const std::string name = schema::Text(entry.first, "a voice");
      const bool plain = std::ranges::all_of(
          name, [](unsigned char c) { return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_'; });
      if (!plain)
        Fail(entry.first, absl::StrCat("\"", name, "\" is no name; names consist of a-z, 0-9 and _"));
      if (language_.voices.contains(name)) Fail(entry.first, absl::StrCat(name, " is there twice"));
      language_.voices[name] = name == "neutral" ? neutral : ReadVoice(entry.second, neutral);
    }
  }

  // What a voice leaves out it says as `otherwise`, whose texts are empty if it must not leave out anything.
  static Voice ReadVoice(const YAML::Node& node, const Voice& otherwise) {
    std::vector<std::string> keys;
    for (const SentenceRow& row : kSentences) keys.emplace_back(row.key);
    CheckKeys(node, "a voice", keys);
    Voice voice;
    for (size_t i = 0; i < voice.size(); ++i) {
      const SentenceRow& row = kSentences[i];
      voice[i] = otherwise[i];
      if (!otherwise[i].empty() && !node[row.key]) continue;
      voice[i].clear();
      for (const YAML::Node& text : Items(Needed(node, row.key), row.key))
        voice[i].push_back(Template(text, row.key, row.needs, row.may));
      if (row.live && voice[i].size() < 2)
        Fail(node[row.key], absl::StrCat(row.key, " needs two texts, so that none is said twice running"));
    }
    return voice;
  }

  Language language_;
};

}  // namespace

absl::StatusOr<Language> Language::Parse(const std::string& file, const std::string& yaml) {
  return schema::Read<Language>(file, yaml, [](const YAML::Node& root) { return Reader().Read(root); });
}

}  // namespace trackfit::advice
