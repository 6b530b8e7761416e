#include "exercises/vocabulary.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "exercises/vocabulary_yaml.h"
#include "spelling/edit_distance.h"

namespace trackfit::exercises {
namespace {

// Lower case, with underscores between the words.
std::string Spelled(const std::string& typed) {
  const std::string trimmed(absl::StripAsciiWhitespace(typed));
  return absl::StrReplaceAll(absl::AsciiStrToLower(trimmed), {{" ", "_"}, {"-", "_"}});
}

// "leg_raise" -> "Leg raise"; "step_up" -> "Step-up".
std::string TitleByRule(std::string name) {
  if (absl::EndsWith(name, "_up")) name.replace(name.size() - 3, 1, "-");
  std::string title = absl::StrReplaceAll(name, {{"_", " "}});
  if (!title.empty()) title[0] = absl::ascii_toupper(static_cast<unsigned char>(title[0]));
  return title;
}

bool HasWordThatBegins(const std::string& text, const std::string& beginning) {
  for (size_t at = text.find(beginning); at != std::string::npos; at = text.find(beginning, at + 1)) {
    if (at == 0 || !absl::ascii_isalpha(static_cast<unsigned char>(text[at - 1]))) return true;
  }
  return false;
}

[[noreturn]] void Fail(const YAML::Node& node, const std::string& what) {
  throw YAML::Exception(node.Mark(), what);
}

std::string Text(const YAML::Node& node, const std::string& key) {
  if (!node.IsScalar() || node.Scalar().empty()) Fail(node, absl::StrCat(key, " must be a text"));
  return node.Scalar();
}

}  // namespace

// Fills a vocabulary. Throws YAML::Exception, as yaml-cpp does.
class Vocabulary::Reader {
 public:
  Vocabulary Read(const YAML::Node& root) {
    CheckKeys(root, "the vocabulary", {"exercises", "background", "rendered_sources"});
    for (const YAML::Node& exercise : Items(Needed(root, "exercises"), "exercises")) AddExercise(exercise);
    AddBackground(Needed(root, "background"));
    for (const std::string& source : Texts(root, "rendered_sources"))
      vocabulary_.rendered_sources_.insert(source);
    return std::move(vocabulary_);
  }

 private:
  static void CheckKeys(const YAML::Node& map, const std::string& what,
                        const std::vector<std::string>& known) {
    if (!map.IsMap()) Fail(map, absl::StrCat(what, " must hold keys and values"));
    std::set<std::string> seen;
    for (const auto& entry : map) {
      const std::string key = Text(entry.first, "a key");
      if (!seen.insert(key).second) Fail(entry.first, absl::StrCat(key, " is there twice"));
      if (std::find(known.begin(), known.end(), key) != known.end()) continue;
      const std::string meant = spelling::NearestName(key, known);
      Fail(entry.first, absl::StrCat("there is no key \"", key, "\" in ", what,
                                     meant.empty() ? "" : absl::StrCat("; did you mean ", meant, "?")));
    }
  }

  static YAML::Node Needed(const YAML::Node& map, const std::string& key) {
    const YAML::Node node = map[key];
    if (!node) Fail(map, absl::StrCat(key, " is missing"));
    return node;
  }

  static YAML::Node Items(const YAML::Node& node, const std::string& key) {
    if (!node.IsSequence() || node.size() == 0) Fail(node, absl::StrCat(key, " must be a list"));
    return node;
  }

  // The texts of a list that may be absent.
  static std::vector<std::string> Texts(const YAML::Node& map, const std::string& key) {
    std::vector<std::string> texts;
    if (!map[key]) return texts;
    for (const YAML::Node& item : Items(map[key], key))
      texts.push_back(Text(item, absl::StrCat("each of ", key)));
    return texts;
  }

  // A name that nothing else has.
  std::string FreshName(const YAML::Node& node, const std::string& key) {
    std::string name = Text(node, key);
    const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
      return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
    });
    if (!plain) Fail(node, absl::StrCat("\"", name, "\" is no name; names consist of a-z, 0-9 and _"));
    if (!names_.insert(name).second) Fail(node, absl::StrCat("the name ", name, " is there twice"));
    return name;
  }

  std::string AddClass(const YAML::Node& node) {
    std::string name = FreshName(Needed(node, "name"), "name");
    vocabulary_.classes_.push_back(name);
    vocabulary_.titles_[name] = Text(Needed(node, "title"), "title");
    return name;
  }

  void AddSpelling(const YAML::Node& node, const std::string& typed, const std::string& name) {
    const auto [other, fresh] = vocabulary_.typed_spellings_.emplace(Spelled(typed), name);
    if (!fresh && other->second != name)
      Fail(node, absl::StrCat("\"", typed, "\" could be both ", other->second, " and ", name));
  }

  void AddExercise(const YAML::Node& node) {
    CheckKeys(node, "an exercise", {"name", "title", "aliases", "stand_ins", "look_alikes"});
    const std::string name = AddClass(node);
    AddSpelling(node, name, name);
    AddSpelling(node, vocabulary_.titles_[name], name);
    for (const std::string& alias : Texts(node, "aliases")) AddSpelling(node["aliases"], alias, name);
    for (const std::string& movement : Texts(node, "look_alikes"))
      vocabulary_.look_alikes_.push_back(movement);
    if (!node["stand_ins"]) return;
    if (!node["stand_ins"].IsMap()) Fail(node["stand_ins"], "stand_ins must hold names and weights");
    for (const auto& entry : node["stand_ins"]) {
      ClassShare share{.name = name, .stand_in = true};
      const std::string text = Text(entry.second, "the weight of a stand-in");
      if (!absl::SimpleAtof(text, &share.weight) || !(share.weight > 0 && share.weight <= 1))
        Fail(entry.second, absl::StrCat("the weight ", text, " of a stand-in is not in (0, 1]"));
      vocabulary_.shares_[FreshName(entry.first, "stand_ins")] = share;
    }
  }

  // The last class: classes() ends with it.
  void AddBackground(const YAML::Node& node) {
    CheckKeys(node, "the background", {"name", "title", "members"});
    const std::string name = AddClass(node);
    if (!node["members"]) return;
    for (const YAML::Node& member : Items(node["members"], "members"))
      vocabulary_.shares_[FreshName(member, "members")] = {.name = name};
  }

  Vocabulary vocabulary_;
  std::set<std::string> names_;
};

absl::StatusOr<Vocabulary> Vocabulary::Parse(const std::string& yaml, const std::string& file) {
  try {
    return Reader().Read(YAML::Load(yaml));
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(absl::StrCat(file, ":", error.mark.line + 1, ": ", error.msg));
  }
}

ClassShare Vocabulary::ClassOf(const std::string& name) const {
  const auto found = shares_.find(name);
  return found != shares_.end() ? found->second : ClassShare{.name = name};
}

bool Vocabulary::LooksLikeAnExercise(const std::string& description) const {
  return std::any_of(look_alikes_.begin(), look_alikes_.end(),
                     [&](const std::string& movement) { return HasWordThatBegins(description, movement); });
}

std::string Vocabulary::TitleOf(const std::string& name) const {
  const auto found = titles_.find(name);
  return found != titles_.end() ? found->second : TitleByRule(name);
}

std::string Vocabulary::NameOf(const std::string& typed) const {
  std::string spelled = Spelled(typed);
  const auto found = typed_spellings_.find(spelled);
  return found != typed_spellings_.end() ? found->second : spelled;
}

const Vocabulary& Builtin() {
  static const Vocabulary* const kBuiltin = [] {
    absl::StatusOr<Vocabulary> parsed = Vocabulary::Parse(kVocabularyYaml, "vocabulary.yaml");
    if (!parsed.ok()) {  // a program that was built of a broken kBuiltin; exercises_test finds it first
      std::cerr << parsed.status().message() << std::endl;
      std::abort();
    }
    return new Vocabulary(*std::move(parsed));
  }();
  return *kBuiltin;
}

}  // namespace trackfit::exercises
