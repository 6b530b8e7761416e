// Which clips are trained on and which are validated on.
#ifndef TRACKFIT_DATASET_SPLIT_H_
#define TRACKFIT_DATASET_SPLIT_H_

#include <filesystem>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dataset/clip.h"

namespace trackfit::dataset {

enum class Subset { kTrain, kVal };
// "train" or "val".
absl::StatusOr<Subset> ParseSubset(const std::string& name);

// The ids of both sides, and the groups that must never be trained on.
class Split {
 public:
  // Reads {"train": {"landmarks": [...], "videos": [...]}, "val": {...}, "val_groups": [...]}.
  // INVALID_ARGUMENT when an id is on both sides.
  static absl::StatusOr<Split> Read(const std::filesystem::path& path);

  // Mannequins are always kTrain, and variants are on the side of their original. Nullopt for other clips
  // that the split does not list, and for a training id whose group is a validation group.
  std::optional<Subset> SubsetOf(const Clip& clip) const;
  std::vector<Clip> Select(std::vector<Clip> clips, Subset subset) const;

 private:
  std::unordered_set<std::string> train_;
  std::unordered_set<std::string> val_;
  std::unordered_set<std::string> val_groups_;
};

// INVALID_ARGUMENT naming the group, and a clip of each side, when both sides share a group that has a name.
absl::Status CheckGroupsApart(const std::vector<Clip>& train, const std::vector<Clip>& val);

// The clips of several files and folders (see ReadLandmarks) that belong to `subset`, in their order.
// `counts`, if given, receives the number of clips from each.
absl::StatusOr<std::vector<Clip>> ReadSubset(const std::vector<std::string>& paths, const Split& split,
                                             Subset subset, std::vector<int>* counts = nullptr);

}  // namespace trackfit::dataset

#endif  // TRACKFIT_DATASET_SPLIT_H_
