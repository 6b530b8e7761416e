#include "coach_evaluation/form_faults.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "schema/node.h"

namespace trackfit::coach_evaluation {
namespace {

std::vector<std::string> Texts(const YAML::Node& map, const char* key) {
  std::vector<std::string> texts;
  for (const YAML::Node& node : schema::Items(schema::Needed(map, key), key)) {
    texts.push_back(schema::Text(node, key));
  }
  return texts;
}

}  // namespace

absl::StatusOr<FaultTable> FaultTable::Read(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  return Parse(path, text.str());
}

absl::StatusOr<FaultTable> FaultTable::Parse(const std::string& file, const std::string& yaml) {
  return schema::Read<FaultTable>(file, yaml, [](const YAML::Node& root) {
    if (!root.IsMap()) schema::Fail(root, "the file must hold faults by exercise");
    FaultTable table;
    for (const auto& exercise : root) {
      std::vector<Fault>& faults = table.faults_[schema::Text(exercise.first, "an exercise")];
      for (const YAML::Node& node : schema::Items(exercise.second, "faults")) {
        schema::CheckKeys(node, "a fault", {"fault", "labels", "codes"});
        faults.push_back({schema::Text(schema::Needed(node, "fault"), "fault"), Texts(node, "labels"),
                          Texts(node, "codes")});
      }
    }
    return table;
  });
}

const std::vector<Fault>& FaultTable::Of(const std::string& exercise) const {
  static const std::vector<Fault> kNone;
  const auto found = faults_.find(exercise);
  return found == faults_.end() ? kNone : found->second;
}

const Fault* FaultTable::Labelled(const std::string& exercise, const std::string& label) const {
  const std::vector<Fault>& faults = Of(exercise);
  const auto found = std::ranges::find_if(
      faults, [&](const Fault& fault) { return std::ranges::count(fault.labels, label) > 0; });
  return found == faults.end() ? nullptr : &*found;
}

}  // namespace trackfit::coach_evaluation
