// Whole videos as the servers answered them, and how often they were right.
#ifndef TRACKFIT_EVALUATION_VIDEO_FIGURES_H_
#define TRACKFIT_EVALUATION_VIDEO_FIGURES_H_

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dataset/clip.h"
#include "evaluation/confusion_matrix.h"
#include "evaluation/grouped_interval.h"

namespace trackfit::evaluation {

// What is known of a video, and what the session's summary said of it.
struct VideoVerdict {
  std::string id{};
  std::string exercise{};  // by its label
  std::string fault{};     // see dataset::Clip
  std::string group{};     // "" = it is a group of its own
  std::string view{};      // from where it was filmed; "" = not known
  dataset::SourceKind kind = dataset::SourceKind::kRecorded;

  std::string model_version{};
  int64_t frames = 0;
  int64_t poses = 0;    // frames in which a person was found
  std::string named{};  // the exercise; "" where nothing was assessed
  bool known = false;
  float confidence = 0;   // of the exercise named
  float known_score = 0;  // see assessment::Assessment
};

nlohmann::json ToJson(const VideoVerdict& verdict);
// INVALID_ARGUMENT when it is not of that form.
absl::StatusOr<VideoVerdict> ParseVideoVerdict(const std::string& json);

// Videos of exercises that have something in common. A video of which nothing was assessed counts as wrong.
struct VideoRow {
  std::string name;
  GroupedShare named;  // rightly, known or not
  GroupedShare right;  // named and known
};

// Over real people only: `rendered` tells of drawn and computer-made ones. Clips of an exercise's movement
// with another implement are `stand_ins` (see dataset::ClassLabel); those that no skeleton can tell from an
// exercise are left out.
struct VideoFigures {
  std::string model_version{};
  VideoRow exercises{};
  std::vector<VideoRow> by_class{};  // that occur, in the model's order
  std::vector<VideoRow> by_view{};   // where it is known
  std::vector<VideoRow> by_group{};
  GroupedShare rejected{};  // other movements; so is one of which nothing was assessed
  VideoRow stand_ins{};
  VideoRow rendered{};  // of the exercises
  GroupedShare rendered_others{};
  GroupedAuroc known{};  // of known_score, 0 where nothing was assessed: exercises against other movements
  ConfusionMatrix confusion{{}};     // exercises and other movements; what is not known counts as other
  std::vector<std::string> wrong{};  // "id (group): pull_up > squat, 96 %"
  int left_out = 0;
  int unanswered = 0;  // of those that count
};

// All verdicts are of one model, whose exercises are `model_exercises`.
VideoFigures FiguresOf(const std::vector<VideoVerdict>& verdicts,
                       const std::vector<std::string>& model_exercises);

std::string ToText(const VideoFigures& figures);
nlohmann::json ToJson(const VideoFigures& figures);

}  // namespace trackfit::evaluation

#endif  // TRACKFIT_EVALUATION_VIDEO_FIGURES_H_
