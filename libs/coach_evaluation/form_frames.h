// Whether conditions tell named faults in single labelled frames, of which there are no repetitions to judge.
#ifndef TRACKFIT_COACH_EVALUATION_FORM_FRAMES_H_
#define TRACKFIT_COACH_EVALUATION_FORM_FRAMES_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "coach_evaluation/form_faults.h"
#include "dataset/clip.h"
#include "repetitions/exercise.h"

namespace trackfit::coach_evaluation {

// Of one fault and the condition that is made for it.
struct FrameFigures {
  std::string data_set;
  std::string exercise;
  std::string fault;
  std::string code;
  int faulty = 0;  // frames in whose view the condition can be judged
  int correct = 0;
  double auc = 0;  // 1: every frame with the fault is farther off than every correct one
};

// Of the clips with one pose. Left out: conditions that compare moments, and those without frames of both
// kinds.
std::vector<FrameFigures> FiguresOfFrames(const repetitions::Catalogue& catalogue, const FaultTable& faults,
                                          const std::string& data_set,
                                          const std::vector<dataset::Clip>& clips);

std::string FramesText(const std::vector<FrameFigures>& figures);
nlohmann::ordered_json FramesJson(const std::vector<FrameFigures>& figures);

}  // namespace trackfit::coach_evaluation

#endif  // TRACKFIT_COACH_EVALUATION_FORM_FRAMES_H_
