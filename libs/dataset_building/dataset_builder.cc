#include "dataset_building/dataset_builder.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <set>
#include <system_error>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dataset/labels.h"
#include "dataset/landmark_file.h"
#include "dataset/split.h"
#include "dataset/views.h"
#include "exercises/vocabulary.h"
#include "files/partial_file.h"
#include "skeleton/upright.h"

namespace trackfit::dataset_building {
namespace {

using dataset::Clip;
using dataset::SourceKind;
using dataset::Subset;

constexpr double kDefaultRate = 30;  // of clips that state none
constexpr int kFewGroups = 10;

const char* SideName(Subset side) { return side == Subset::kTrain ? "train" : "val"; }

// Counts the clip's anomalies and, with `repair`, repairs them. Returns whether the clip is broken.
bool Inspect(Clip& clip, bool repair, const skeleton::AnomalyRule& rule, skeleton::AnomalyCounts& counts) {
  skeleton::RepairedClip repaired =
      skeleton::RepairAnomalies(clip.poses, clip.fps > 0 ? clip.fps : kDefaultRate, rule);
  if (repair)
    clip.poses = std::move(repaired.poses);
  else
    repaired.counts.interpolated = repaired.counts.left_out = 0;
  counts += repaired.counts;
  return repaired.broken;
}

bool IsUpsideDown(const Clip& clip) {
  skeleton::UpsideDownDetector watch;
  for (const skeleton::Pose& pose : clip.poses) watch.Add(pose);
  return watch.upside_down();
}

int CountOf(const std::vector<DatasetCount>& counts, const std::string& class_name, SourceKind kind,
            Subset side, int DatasetCount::*field) {
  for (const DatasetCount& count : counts) {
    if (count.class_name == class_name && count.kind == kind && count.side == side) return count.*field;
  }
  return 0;
}

nlohmann::ordered_json ToJson(const skeleton::AnomalyCounts& counts) {
  return {{"frames", counts.frames},         {"broken_frames", counts.broken_frames},
          {"joints", counts.joints},         {"teleported", counts.teleported},
          {"bone_jumps", counts.bone_jumps}, {"swapped", counts.swapped},
          {"hidden", counts.hidden},         {"interpolated", counts.interpolated},
          {"left_out", counts.left_out}};
}

nlohmann::ordered_json ToJson(const skeleton::AnomalyRule& rule) {
  return {{"teleport_distance", rule.teleport_distance},
          {"teleport_step", rule.teleport_step},
          {"teleport_acceleration", rule.teleport_acceleration},
          {"longest_seconds", rule.longest_seconds},
          {"bone_low", rule.bone_low},
          {"bone_high", rule.bone_high},
          {"bone_step", rule.bone_step},
          {"swap_distance", rule.swap_distance},
          {"swap_share", rule.swap_share},
          {"hidden_visibility", rule.hidden_visibility},
          {"hidden_share", rule.hidden_share},
          {"interpolated_seconds", rule.interpolated_seconds},
          {"broken_joints", rule.broken_joints},
          {"broken_frames", rule.broken_frames}};
}

nlohmann::ordered_json SideJson(const std::vector<Clip>& clips) {
  size_t frames = 0;
  std::set<std::string> groups;
  for (const Clip& clip : clips) {
    frames += clip.poses.size();
    groups.insert(clip.group);
  }
  return {{"clips", clips.size()}, {"frames", frames}, {"groups", groups.size()}};
}

nlohmann::json IdsOf(const std::vector<Clip>& clips) {
  nlohmann::json ids = nlohmann::json::array();
  for (const Clip& clip : clips) ids.push_back(clip.id);
  return ids;
}

absl::Status WriteJson(const std::filesystem::path& path, const std::string& text) {
  return files::ReplaceFile(path, text + "\n");
}

}  // namespace

absl::StatusOr<JoinedDataset> JoinClips(std::vector<Clip> clips, const dataset::Split& split,
                                        const DatasetOptions& options) {
  JoinedDataset dataset;
  std::unordered_set<std::string> seen;
  for (Clip& clip : clips) {
    const std::optional<Subset> side = split.SubsetOf(clip);
    if (side == Subset::kVal && dataset::OriginalId(clip.id) != clip.id) continue;
    if (!seen.insert(clip.id).second) {
      dataset.duplicates.push_back(clip.id);
      continue;
    }
    if (!side) {
      dataset.not_in_split.push_back(clip.id);
      continue;
    }
    const bool repair = options.repair && *side == Subset::kTrain && clip.kind != SourceKind::kMannequin;
    const bool broken = Inspect(clip, repair, options.rule, dataset.anomalies[clip.source]);
    if (broken && options.repair && *side == Subset::kTrain) {
      dataset.broken.push_back(clip.id);
      continue;
    }
    // Training sees it through a new camera in every window, validation always through the same.
    if (*side == Subset::kVal) clip = dataset::SeenByItsCamera(std::move(clip));
    if (IsUpsideDown(clip)) dataset.upside_down.push_back(clip.id);
    (*side == Subset::kTrain ? dataset.train : dataset.val).push_back(std::move(clip));
  }
  for (const auto& [name, side] : {std::pair{"train", &dataset.train}, std::pair{"val", &dataset.val}}) {
    if (side->empty()) {
      return absl::InvalidArgumentError(absl::StrCat("no clip belongs to \"", name, "\" of the split; ",
                                                     dataset.not_in_split.size(), " belong to neither side"));
    }
  }
  if (absl::Status apart = dataset::CheckGroupsApart(dataset.train, dataset.val); !apart.ok()) return apart;
  return dataset;
}

std::vector<DatasetCount> CountDataset(const JoinedDataset& dataset) {
  const std::vector<std::string>& classes = exercises::Builtin().classes();
  struct Sum {
    int clips = 0;
    int64_t frames = 0;
    std::set<std::string> groups;
  };
  std::map<std::tuple<int, SourceKind, Subset>, Sum> sums;
  for (const auto& [side, clips] :
       {std::pair{Subset::kTrain, &dataset.train}, std::pair{Subset::kVal, &dataset.val}}) {
    for (const Clip& clip : *clips) {
      const auto label = dataset::LabelOf(clip, classes);
      Sum& sum = sums[{label ? label->index : static_cast<int>(classes.size()), clip.kind, side}];
      ++sum.clips;
      sum.frames += static_cast<int64_t>(clip.poses.size());
      sum.groups.insert(clip.group.empty() ? clip.id : clip.group);
    }
  }
  std::vector<DatasetCount> counts;
  for (const auto& [key, sum] : sums) {
    const auto& [index, kind, side] = key;
    counts.push_back({.class_name = index < static_cast<int>(classes.size()) ? classes[index] : "",
                      .kind = kind,
                      .side = side,
                      .clips = sum.clips,
                      .frames = sum.frames,
                      .groups = static_cast<int>(sum.groups.size())});
  }
  return counts;
}

std::vector<std::string> WarningsOf(const std::vector<DatasetCount>& counts) {
  std::vector<std::string> warnings;
  for (const std::string& name : exercises::Builtin().classes()) {
    const int videos = CountOf(counts, name, SourceKind::kRecorded, Subset::kTrain, &DatasetCount::clips);
    const int groups = CountOf(counts, name, SourceKind::kRecorded, Subset::kTrain, &DatasetCount::groups);
    if (videos == 0) {
      warnings.push_back(absl::StrCat(
          name,
          ": no video of real people to train on; photo pairs, rendered people and mannequins carry it"));
    } else if (groups < kFewGroups) {
      warnings.push_back(
          absl::StrFormat("%s: the %d videos of real people show %d people or scenes", name, videos, groups));
    }
    int tested = 0;
    for (const SourceKind kind : dataset::kSourceKinds)
      tested += CountOf(counts, name, kind, Subset::kVal, &DatasetCount::clips);
    const int tested_videos =
        CountOf(counts, name, SourceKind::kRecorded, Subset::kVal, &DatasetCount::clips);
    if (tested == 0) {
      warnings.push_back(absl::StrCat(name, ": validation holds no clip of it"));
    } else if (tested_videos == 0) {
      warnings.push_back(
          absl::StrFormat("%s: validation holds no video of real people (%d other clips)", name, tested));
    }
  }
  return warnings;
}

std::string DatasetTable(const std::vector<DatasetCount>& counts) {
  std::string table = absl::StrFormat("%-22s%-12s%24s%24s\n", "", "", "train", "val");
  absl::StrAppendFormat(&table, "%-22s%-12s%8s%8s%8s%8s%8s%8s\n", "class", "kind", "clips", "frames",
                        "groups", "clips", "frames", "groups");
  std::vector<std::string> names = exercises::Builtin().classes();
  names.emplace_back();
  for (const std::string& name : names) {
    std::string shown = name.empty() ? "(not taught)" : name;
    for (const SourceKind kind : dataset::kSourceKinds) {
      DatasetCount sides[2];
      for (const DatasetCount& count : counts) {
        if (count.class_name == name && count.kind == kind)
          sides[count.side == Subset::kTrain ? 0 : 1] = count;
      }
      if (sides[0].clips + sides[1].clips == 0) continue;
      absl::StrAppendFormat(&table, "%-22s%-12s", shown, dataset::SourceKindName(kind));
      for (const DatasetCount& side : sides)
        absl::StrAppendFormat(&table, "%8d%8d%8d", side.clips, side.frames, side.groups);
      table += "\n";
      shown.clear();
    }
  }
  return table;
}

std::string AnomalyTable(const JoinedDataset& dataset) {
  std::string table =
      absl::StrFormat("%-44s%9s%10s%10s%8s%8s%10s%10s\n", "anomalies, in % of the joints", "frames",
                      "teleport", "bones", "swap", "hidden", "repaired", "left out");
  for (const auto& [source, counts] : dataset.anomalies) {
    const auto percent = [&joints = counts.joints](int64_t count) {
      return joints > 0 ? 100 * static_cast<double>(count) / static_cast<double>(joints) : 0.0;
    };
    absl::StrAppendFormat(&table, "%-44s%9d%10.3f%10.3f%8.3f%8.2f%10.3f%10.3f\n", source.substr(0, 43),
                          counts.frames, percent(counts.teleported), percent(counts.bone_jumps),
                          percent(counts.swapped), percent(counts.hidden), percent(counts.interpolated),
                          percent(counts.left_out));
  }
  return table;
}

nlohmann::ordered_json DatasetJson(const JoinedDataset& dataset, const DatasetOptions& options) {
  const std::vector<DatasetCount> counts = CountDataset(dataset);
  nlohmann::ordered_json classes = nlohmann::ordered_json::array();
  for (const DatasetCount& count : counts) {
    classes.push_back({{"class", count.class_name},
                       {"kind", dataset::SourceKindName(count.kind)},
                       {"side", SideName(count.side)},
                       {"clips", count.clips},
                       {"frames", count.frames},
                       {"groups", count.groups}});
  }
  nlohmann::ordered_json anomalies = nlohmann::ordered_json::object();
  for (const auto& [source, found] : dataset.anomalies) anomalies[source] = ToJson(found);
  return {{"train", SideJson(dataset.train)}, {"val", SideJson(dataset.val)},
          {"classes", std::move(classes)},    {"warnings", WarningsOf(counts)},
          {"duplicates", dataset.duplicates}, {"not_in_split", dataset.not_in_split},
          {"broken", dataset.broken},         {"upside_down", dataset.upside_down},
          {"mended", options.repair},         {"rule", ToJson(options.rule)},
          {"anomalies", std::move(anomalies)}};
}

absl::Status WriteDataset(const std::filesystem::path& folder, const JoinedDataset& dataset,
                          const nlohmann::ordered_json& report) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return absl::InvalidArgumentError(
        absl::StrCat("--output ", folder.string(), " cannot be used: ", error.message()));
  }
  if (absl::Status status = dataset::WriteLandmarkFile(folder / "train.pt", dataset.train); !status.ok())
    return status;
  if (absl::Status status = dataset::WriteLandmarkFile(folder / "val.pt", dataset.val); !status.ok())
    return status;
  const nlohmann::ordered_json split = {{"train", {{"landmarks", IdsOf(dataset.train)}}},
                                        {"val", {{"landmarks", IdsOf(dataset.val)}}}};
  if (absl::Status status = WriteJson(folder / "splits.json", split.dump(1)); !status.ok()) return status;
  return WriteJson(folder / "dataset.json", report.dump(1));
}

}  // namespace trackfit::dataset_building
