// Landmark clips for training: reading and writing the landmark files, the train/validation split, and which
// class of the model a clip counts for.
#ifndef TRACKFIT_DATASET_DATASET_H_
#define TRACKFIT_DATASET_DATASET_H_

#include <filesystem>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "skeleton/pose.h"

namespace trackfit::dataset {

// The source of clips of kMannequin.
inline constexpr const char* kMannequinSource = "rendered_mannequin";

// Where a clip's landmarks come from; sampling is balanced over these.
enum class SourceKind {
  kRecorded,   // film of real people
  kRendered,   // film of drawn, computer-made or AI-made people
  kPhotoPair,  // two photos: the start and the end of the movement
  kSynthetic,  // the mannequin of libs/synthesis, its landmarks computed
  kMannequin,  // the same, drawn and seen by BlazePose
};
inline constexpr SourceKind kSourceKinds[] = {SourceKind::kRecorded, SourceKind::kRendered,
                                              SourceKind::kPhotoPair, SourceKind::kSynthetic,
                                              SourceKind::kMannequin};
const char* SourceKindName(SourceKind kind);
// INVALID_ARGUMENT naming the kinds.
absl::StatusOr<SourceKind> ParseSourceKind(const std::string& name);

// The kind of a clip that does not say it: files had no kind before, and lists of videos need not. Sources
// are compared as a whole with those that were published so; any other is film of real people. `source` may
// go on with a remark after a semicolon.
SourceKind KindOfUnlabelled(const std::string& source);

// One landmark clip as stored. Poses follow one another at `fps`; timestamps start at 0.
struct Clip {
  std::string id;
  std::string source;
  std::string exercise;
  std::string form;   // "correct", "incorrect" or "unknown"
  std::string fault;  // free text; the name of the exercise where `exercise` is "other"
  std::string group;  // person, film or scene: never on both sides of a split; "" = not known
  double fps = 0;     // 0 = unknown
  SourceKind kind = SourceKind::kRecorded;
  std::vector<skeleton::Pose> poses;
  std::vector<skeleton::Joint> wrong_joints{};  // those at fault, where that is known

  bool correct() const { return form != "incorrect"; }
};

// Reads a landmark file: a torch.save archive of {format: 1, clips: [...]}, each clip with its landmarks
// [T, 33, 4] (x, y, z, visibility; NaN = absent) and, where it is known, wrong_joints (names). Where a clip
// has no kind, two poses without a rate are a photo pair, and KindOfUnlabelled() tells the others. NOT_FOUND
// or INVALID_ARGUMENT naming the file, clip and field.
absl::StatusOr<std::vector<Clip>> ReadLandmarkFile(const std::filesystem::path& path);

// The clips of a landmark file or, where `path` is a folder, of all files *.pt in it and below, ordered by
// path. Also INVALID_ARGUMENT when a folder holds none.
absl::StatusOr<std::vector<Clip>> ReadLandmarks(const std::filesystem::path& path);

// Writes such a file, all at once: a reader never sees half of it.
absl::Status WriteLandmarkFile(const std::filesystem::path& path, const std::vector<Clip>& clips);

enum class Subset { kTrain, kVal };
// "train" or "val".
absl::StatusOr<Subset> ParseSubset(const std::string& name);

// The ids of both sides, and the groups that are never to be trained on.
class Split {
 public:
  // Reads {"train": {"landmarks": [...], "videos": [...]}, "val": {...}, "val_groups": [...]}.
  // INVALID_ARGUMENT when an id is on both sides.
  static absl::StatusOr<Split> Read(const std::filesystem::path& path);

  // nullopt for clips that the split does not know, but for mannequins, which are always for training; a
  // train id of a validation group belongs to neither side.
  std::optional<Subset> SubsetOf(const Clip& clip) const;
  std::vector<Clip> Select(std::vector<Clip> clips, Subset subset) const;

 private:
  std::unordered_set<std::string> train_;
  std::unordered_set<std::string> val_;
  std::unordered_set<std::string> val_groups_;
};

// INVALID_ARGUMENT naming the group, and a clip of each side, when both sides share a group that has a name.
absl::Status CheckGroupsApart(const std::vector<Clip>& train, const std::vector<Clip>& val);

// The clips of several files and folders (see ReadLandmarks) that belong to `subset`, in their order. With
// `counts`, also how many each gave.
absl::StatusOr<std::vector<Clip>> ReadSubset(const std::vector<std::string>& paths, const Split& split,
                                             Subset subset, std::vector<int>* counts = nullptr);

inline constexpr const char* kBackgroundClass = "other";

// The seven exercises and, last, the background class.
const std::vector<std::string>& DefaultClasses();

// The class that a clip counts for, or nullopt when it would teach or test the wrong thing.
struct ClassLabel {
  int index = 0;
  float weight = 1;       // share of the class's samples relative to its own clips
  bool stand_in = false;  // another exercise with the same movement: a skeleton cannot see the implement
};
// Curls with dumbbells or cables stand in for barbell curls; clips of other movements count for `background`,
// unless MovesLikeAClass. Classes not listed: nullopt.
std::optional<ClassLabel> LabelOf(const Clip& clip, const std::vector<std::string>& classes,
                                  const std::string& background = kBackgroundClass);

// Whether it is a clip of another movement that a skeleton cannot tell from one of the seven exercises (a
// board press, a chin-up ...), by the names in dataset.cc.
bool MovesLikeAClass(const Clip& clip);

// The clip's poses on a uniform grid of `rate_hz`, cut where nobody is seen for more than half a second.
// Pieces of fewer than two poses are left out. A clip of unknown rate counts as one of `rate_hz`.
std::vector<std::vector<skeleton::Pose>> UniformPieces(const Clip& clip, double rate_hz);

}  // namespace trackfit::dataset

#endif  // TRACKFIT_DATASET_DATASET_H_
