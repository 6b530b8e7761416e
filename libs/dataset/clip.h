// One recorded, rendered or synthesised movement: landmarks over time and what is known of them.
#ifndef TRACKFIT_DATASET_CLIP_H_
#define TRACKFIT_DATASET_CLIP_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "skeleton/pose.h"

namespace trackfit::dataset {

// The `source` of clips of kMannequin.
inline constexpr const char* kMannequinSource = "rendered_mannequin";

// Where a clip's landmarks come from; sampling is balanced over these.
enum class SourceKind {
  kRecorded,   // video of real people
  kRendered,   // video of drawn, computer-made or AI-made people
  kPhotoPair,  // two photos: the start and the end of the movement
  kSynthetic,  // the mannequin of libs/synthesis, its landmarks computed
  kMannequin,  // the same, rendered and seen by BlazePose
};
inline constexpr SourceKind kSourceKinds[] = {SourceKind::kRecorded, SourceKind::kRendered,
                                              SourceKind::kPhotoPair, SourceKind::kSynthetic,
                                              SourceKind::kMannequin};
const char* SourceKindName(SourceKind kind);
// INVALID_ARGUMENT naming the kinds.
absl::StatusOr<SourceKind> ParseSourceKind(const std::string& name);

// The kind of a clip that states none, as in older landmark files and in lists of videos: kMannequin or
// kRendered if `source` up to its first semicolon is known as such a source, else kRecorded.
SourceKind KindOfUnlabelled(const std::string& source);

// Frames [first, last] of a clip.
struct FrameSpan {
  int first = 0;
  int last = 0;
};

// One landmark clip as stored. Poses follow one another at `fps`; timestamps start at 0.
struct Clip {
  std::string id;
  std::string source;
  std::string exercise;
  std::string form;   // "correct", "incorrect" or "unknown"
  std::string fault;  // free text; the name of the exercise where `exercise` is "other"
  std::string group;  // person, video or scene: never on both sides of a split; "" = not known
  double fps = 0;     // 0 = unknown
  SourceKind kind = SourceKind::kRecorded;
  std::vector<skeleton::Pose> poses;
  std::vector<skeleton::Joint> wrong_joints{};  // those at fault, where that is known
  std::optional<int> repetition_count{};        // where it is known
  std::vector<FrameSpan> repetitions{};         // each of them, where that is known
  bool metric = false;    // real 3-D: z is on the scale of x and y, and the clip may be seen from elsewhere
  std::string variant{};  // of a variant: what was changed of the pictures, such as "mirrored, jpeg 41, lite"

  bool correct() const { return form != "incorrect"; }
};

// A recording that was extracted several times, from changed pictures, is in landmark files as a clip of its
// own id, the original, and clips of VariantId()s, its variants, with the same labels, source and group.
std::string VariantId(const std::string& original, int number);
// The id without the variant's number; the id of an original is its own.
std::string OriginalId(const std::string& id);
// The clips without the variants.
std::vector<Clip> Originals(std::vector<Clip> clips);

// The clip's poses on a uniform grid of `rate_hz`, cut where nobody is seen for more than half a second.
// Pieces of fewer than two poses are left out. A clip of unknown rate counts as one of `rate_hz`.
std::vector<std::vector<skeleton::Pose>> UniformPieces(const Clip& clip, double rate_hz);

}  // namespace trackfit::dataset

#endif  // TRACKFIT_DATASET_CLIP_H_
