// Which videos there are to extract, what their outputs are called, and what is known of them.
#ifndef TRACKFIT_DATASET_BUILDING_CLIP_LIST_H_
#define TRACKFIT_DATASET_BUILDING_CLIP_LIST_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dataset/clip.h"

namespace trackfit::dataset_building {

// One video, one image, or one folder of images.
struct SourceClip {
  std::string path;
  std::string name;      // of the output, without its ending: a relative path with forward slashes
  double fps = 0;        // of images and of landmark files; 0 = the video's own
  bool retimed = false;  // a video's frames come at k / fps, too, whatever it says itself

  // What landmark files say of a clip; see dataset::Clip.
  std::string id;
  std::string exercise;
  std::string form = "unknown";
  std::string fault;  // see FaultOf()
  std::string group;
  std::string variant{};  // see dataset::Clip
  std::string view;       // from where it was filmed; "" = not known
  std::string source = "video";
  dataset::SourceKind kind = dataset::SourceKind::kRecorded;
};

// The clip's fault or, where it shows none of the exercises, the name of its movement: its id if it has none.
std::string FaultOf(const SourceClip& clip);

// The clips in files and folders, ordered by name. A file is one clip and named after its stem. A folder is
// searched with all folders below it, apart from hidden ones; names are relative to it. In a folder, files
// with a video's ending are clips; a folder that holds images and no video is one clip. The exercise is the
// first folder in the name or else the folder that holds the clip, spelled as the model spells it; id and
// group are the name. NOT_FOUND naming the missing input; INVALID_ARGUMENT naming a folder in which there is
// nothing.
absl::StatusOr<std::vector<SourceClip>> FindClips(const std::vector<std::string>& inputs);

// The clips that a CSV file lists, in its order: columns file (relative to `folder`, or to the list where
// that is empty), id, exercise, form, group, fps and source, and, if it has them, fault, view, and kind,
// which dataset::KindOfUnlabelled() tells where it is empty; others are ignored. INVALID_ARGUMENT naming the
// column or line.
absl::StatusOr<std::vector<SourceClip>> ReadClipList(const std::string& path, const std::string& folder = "");

// INVALID_ARGUMENT naming two clips whose outputs would have the same name, or one whose output would be
// `reserved`.
absl::Status CheckNames(const std::vector<SourceClip>& clips, const std::string& ending,
                        const std::string& reserved);

// INVALID_ARGUMENT where the folder `output` is one of the folders `inputs` or lies inside one.
absl::Status CheckOutside(const std::string& output, const std::vector<std::string>& inputs);

}  // namespace trackfit::dataset_building

#endif  // TRACKFIT_DATASET_BUILDING_CLIP_LIST_H_
