#include "experiment/training_data.h"

#include <filesystem>
#include <iterator>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "dataset/folds.h"
#include "dataset/landmark_file.h"
#include "dataset/split.h"
#include "dataset/views.h"

namespace trackfit::experiment {
namespace {

namespace fs = std::filesystem;

absl::Status Check(const DataConfig& config) {
  if (config.landmarks.empty() && config.dataset.empty())
    return absl::InvalidArgumentError("there is no data; set data.landmarks and data.split, or data.dataset");
  if (config.landmarks.empty() != config.split.empty())
    return absl::InvalidArgumentError("data.landmarks and data.split go together; one of them is not set");
  if (config.classes.empty()) return absl::InvalidArgumentError("data.classes is empty");
  if (config.hold_out_fold > config.folds) {
    return absl::InvalidArgumentError(
        absl::StrCat("data.hold_out_fold is ", config.hold_out_fold, "; data.folds is ", config.folds));
  }
  return absl::OkStatus();
}

// "folder/" and "folder" are both called folder.
std::string NameOf(const std::string& path) {
  const fs::path normal = fs::path(path).lexically_normal();
  return (normal.has_filename() ? normal : normal.parent_path()).filename().string();
}

void Append(std::vector<dataset::Clip> clips, std::vector<dataset::Clip>& to) {
  to.insert(to.end(), std::make_move_iterator(clips.begin()), std::make_move_iterator(clips.end()));
}

}  // namespace

absl::StatusOr<TrainingData> ReadTrainingData(const DataConfig& config) {
  if (absl::Status status = Check(config); !status.ok()) return status;
  TrainingData data;
  std::vector<std::string> files;
  if (!config.landmarks.empty()) {
    const auto split = dataset::Split::Read(config.split);
    if (!split.ok()) return split.status();
    std::vector<int> counts;
    auto train = dataset::ReadSubset(config.landmarks, *split, dataset::Subset::kTrain, &counts);
    if (!train.ok()) return train.status();
    auto val = dataset::ReadSubset(config.landmarks, *split, dataset::Subset::kVal);
    if (!val.ok()) return val.status();
    Append(*std::move(train), data.train);
    Append(dataset::AsJudged(*std::move(val)), data.val);
    for (size_t i = 0; i < counts.size(); ++i)
      files.push_back(absl::StrCat(NameOf(config.landmarks[i]), " (", counts[i], " training clips)"));
  }
  if (!config.dataset.empty()) {
    auto train = dataset::ReadLandmarks((fs::path(config.dataset) / "train.pt").string());
    if (!train.ok()) return train.status();
    auto val = dataset::ReadLandmarks((fs::path(config.dataset) / "val.pt").string());
    if (!val.ok()) return val.status();
    files.push_back(absl::StrCat(NameOf(config.dataset), " (", train->size(), " training clips)"));
    Append(*std::move(train), data.train);
    Append(*std::move(val), data.val);
  }
  if (const absl::Status apart = dataset::CheckGroupsApart(data.train, data.val); !apart.ok()) return apart;
  if (config.hold_out_fold > 0) {
    HoldOutFold(config.folds, config.hold_out_fold, data);
    files.push_back(absl::StrCat("without fold ", config.hold_out_fold, " of ", config.folds));
  }
  data.files = absl::StrJoin(files, ", ");
  return data;
}

void HoldOutFold(int folds, int hold_out, TrainingData& data) {
  const std::map<std::string, int> fold_of_group = dataset::GroupedFolds(data.train, folds);
  std::erase_if(data.train, [&](const dataset::Clip& clip) {
    return dataset::FoldOf(fold_of_group, clip) == hold_out - 1;
  });
}

}  // namespace trackfit::experiment
