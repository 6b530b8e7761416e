// The page's diagrams, as elements <svg>.
#ifndef TRACKFIT_REPORT_CHARTS_H_
#define TRACKFIT_REPORT_CHARTS_H_

#include <span>
#include <string>
#include <vector>

#include "client/labels.h"
#include "report/pose_track.h"
#include "trackfit/v1/coaching.pb.h"

namespace trackfit::report {

// The style sheet's class for a repetition's verdict ("good", "clearly", "partial") and a finding's level
// ("good", "slightly", "clearly", "unseen").
const char* ClassOf(const v1::Repetition& repetition);
const char* ClassOf(v1::FindingLevel level);

// Where the measured value of a finding lies, beside the good range.
std::string RangeGauge(const v1::Finding& finding, const client::Labels& labels);

// The two angles that move most in the repetitions, over the time of all of them; each repetition is a band
// in the colour of its verdict. Empty without poses.
std::string AngleCurves(const PoseTrack& poses, std::span<const v1::Repetition> repetitions,
                        const client::Labels& labels);

// One value for each repetition; NaN leaves a gap.
struct Trend {
  std::string title;
  std::string unit;  // behind the numbers of the axis: " %"
  std::vector<float> values;
  std::vector<std::string> classes;  // of each dot
  float low = 0;                     // of the axis, at most
  float high = 0;                    // at least
  float good_low = 0;                // the band; equal: none; may be infinite
  float good_high = 0;
};
std::string TrendChart(const Trend& trend, std::span<const v1::Repetition> repetitions,
                       const client::Labels& labels);

// How long each part of each repetition took; one bar each.
std::string TempoChart(std::span<const v1::Repetition> repetitions, const client::Labels& labels);

}  // namespace trackfit::report

#endif  // TRACKFIT_REPORT_CHARTS_H_
