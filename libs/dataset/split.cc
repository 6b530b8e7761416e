#include "dataset/split.h"

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "dataset/landmark_file.h"

namespace trackfit::dataset {

absl::StatusOr<Subset> ParseSubset(const std::string& name) {
  if (name == "train") return Subset::kTrain;
  if (name == "val") return Subset::kVal;
  return absl::InvalidArgumentError(
      absl::StrCat("subset \"", name, "\" is unknown; known are \"train\" and \"val\""));
}

absl::StatusOr<Split> Split::Read(const std::filesystem::path& path) {
  std::ifstream stream(path);
  if (!stream) return absl::NotFoundError(absl::StrCat("cannot open ", path.string()));
  Split split;
  try {
    const nlohmann::json json = nlohmann::json::parse(stream);
    for (const auto& [side, ids] : {std::pair{"train", &split.train_}, std::pair{"val", &split.val_}}) {
      for (const char* list : {"landmarks", "videos"}) {
        for (const std::string id : json.at(side).value(list, nlohmann::json::array())) ids->insert(id);
      }
    }
    for (const std::string group : json.value("val_groups", nlohmann::json::array()))
      split.val_groups_.insert(group);
  } catch (const nlohmann::json::exception&) {
    return absl::InvalidArgumentError(absl::StrCat(
        path.string(), " is no split: it must be JSON with the lists of ids that docs/datasets.md shows"));
  }
  for (const std::string& id : split.val_) {
    if (split.train_.count(id) > 0) {
      return absl::InvalidArgumentError(
          absl::StrCat(path.string(), ": ", id, " is both in train and in val"));
    }
  }
  return split;
}

std::optional<Subset> Split::SubsetOf(const Clip& clip) const {
  if (clip.kind == SourceKind::kMannequin) return Subset::kTrain;  // of nobody
  const std::string original = OriginalId(clip.id);
  if (val_.count(clip.id) + val_.count(original) > 0) return Subset::kVal;
  if (train_.count(clip.id) + train_.count(original) > 0 && val_groups_.count(clip.group) == 0)
    return Subset::kTrain;
  return std::nullopt;
}

std::vector<Clip> Split::Select(std::vector<Clip> clips, Subset subset) const {
  std::erase_if(clips, [&](const Clip& clip) { return SubsetOf(clip) != subset; });
  return clips;
}

absl::Status CheckGroupsApart(const std::vector<Clip>& train, const std::vector<Clip>& val) {
  std::unordered_map<std::string, std::string> trained;  // group -> one of its clips
  for (const Clip& clip : train) trained.emplace(clip.group, clip.id);
  for (const Clip& clip : val) {
    const auto found = trained.find(clip.group);
    if (clip.group.empty() || found == trained.end()) continue;
    return absl::InvalidArgumentError(absl::StrCat("group \"", clip.group,
                                                   "\" is on both sides of the split: ", found->second,
                                                   " is in train, ", clip.id, " in val"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Clip>> ReadSubset(const std::vector<std::string>& paths, const Split& split,
                                             Subset subset, std::vector<int>* counts) {
  std::vector<Clip> all;
  for (const std::string& path : paths) {
    absl::StatusOr<std::vector<Clip>> clips = ReadLandmarks(path);
    if (!clips.ok()) return clips.status();
    std::vector<Clip> selected = split.Select(*std::move(clips), subset);
    if (counts != nullptr) counts->push_back(static_cast<int>(selected.size()));
    std::move(selected.begin(), selected.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace trackfit::dataset
