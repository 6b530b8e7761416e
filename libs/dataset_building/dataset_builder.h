// Joins clips of many origins into a training and a validation set, and says what is in them.
#ifndef TRACKFIT_DATASET_BUILDING_DATASET_BUILDER_H_
#define TRACKFIT_DATASET_BUILDING_DATASET_BUILDER_H_

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dataset/split.h"
#include "skeleton/anomaly.h"

namespace trackfit::dataset_building {

struct DatasetOptions {
  bool repair = true;  // else anomalies are only counted
  skeleton::AnomalyRule rule;
};

struct JoinedDataset {
  std::vector<dataset::Clip> train;
  std::vector<dataset::Clip> val;
  std::vector<std::string> duplicates;    // ids that came more than once; the first clip was kept
  std::vector<std::string> not_in_split;  // ids that belong to neither side
  std::vector<std::string> broken;        // ids of training clips left out, see skeleton::AnomalyRule
  std::vector<std::string> upside_down;   // ids of clips on both sides, see skeleton::UpsideDownDetector
  std::map<std::string, skeleton::AnomalyCounts> anomalies;  // by the clips' source; both sides
};

// Divides `clips` as `split` says; mannequins are for training, and so are variants: validation leaves
// its own out. Anomalies of training clips are repaired. Those of validation clips are only counted, and so
// are those of mannequins, which are there to show what BlazePose gets wrong. Validation clips in real 3-D
// are seen through a camera (dataset/views.h); those of training stay in 3-D, for training to draw cameras.
// INVALID_ARGUMENT when a group would be on both sides or a side would be empty.
absl::StatusOr<JoinedDataset> JoinClips(std::vector<dataset::Clip> clips, const dataset::Split& split,
                                        const DatasetOptions& options);

// What one class, kind of source and side hold.
struct DatasetCount {
  std::string class_name;  // as dataset::LabelOf says; "" = not taught, because it looks like a class
  dataset::SourceKind kind = dataset::SourceKind::kRecorded;
  dataset::Subset side = dataset::Subset::kTrain;
  int clips = 0;
  int64_t frames = 0;
  int groups = 0;
};

// Ordered by class, kind and side; without empty ones.
std::vector<DatasetCount> CountDataset(const JoinedDataset& dataset);

// One line per weakness: classes that rest on few people, that have no video of real people, or that
// validation does not test.
std::vector<std::string> WarningsOf(const std::vector<DatasetCount>& counts);

std::string DatasetTable(const std::vector<DatasetCount>& counts);
std::string AnomalyTable(const JoinedDataset& dataset);

// Counts, warnings, sources, anomalies and the rule's constants.
nlohmann::ordered_json DatasetJson(const JoinedDataset& dataset, const DatasetOptions& options);

// Writes train.pt, val.pt, splits.json (that both sides' ids are known to `trackfit train`) and dataset.json
// (`report`) into `folder`, which is made where it is missing.
absl::Status WriteDataset(const std::filesystem::path& folder, const JoinedDataset& dataset,
                          const nlohmann::ordered_json& report);

}  // namespace trackfit::dataset_building

#endif  // TRACKFIT_DATASET_BUILDING_DATASET_BUILDER_H_
