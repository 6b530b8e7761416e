// Fits FormModel to labelled clips.
#ifndef TRACKFIT_TRAINING_FORM_FITTING_H_
#define TRACKFIT_TRAINING_FORM_FITTING_H_

#include <span>
#include <string>
#include <vector>

#include "dataset/dataset.h"
#include "protogcn/form_model.h"
#include "skeleton/measures.h"

namespace trackfit::training {

struct MeasuredClip {
  std::vector<skeleton::Measurements> windows;  // as serving cuts them, see MeasureClip
  bool correct = false;
};

// Windows of up to `window_poses` poses at `rate_hz`, every half second from the second one on; of a shorter
// clip one that holds all of it.
MeasuredClip MeasureClip(const dataset::Clip& clip, int window_poses, double rate_hz);

// Those of `clips` that film people at the exercise `label` of `classes` and say whether it is correct.
std::vector<MeasuredClip> MeasureLabelled(const std::vector<dataset::Clip>& clips,
                                          const std::vector<std::string>& classes, int label,
                                          int window_poses, double rate_hz);

// Fewer labelled clips on either side are no basis.
inline constexpr int kMinFormClips = 20;

// Logistic regression with a ridge. All clips together weigh as much on either side. An empty model when
// there are fewer than kMinFormClips on one of them.
protogcn::FormModel FitForm(std::span<const MeasuredClip> clips);

// The logits of the windows of the correct clips, ascending: what FormModel says of them.
std::vector<float> CorrectLogits(const protogcn::FormModel& model, std::span<const MeasuredClip> clips);

}  // namespace trackfit::training

#endif  // TRACKFIT_TRAINING_FORM_FITTING_H_
