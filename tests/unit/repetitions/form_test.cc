// The shipped exercises against mannequins that commit a known fault: bodies, cameras and landmark noise are
// drawn, repetitions are cut where the mannequin began and ended them.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "repetitions/body.h"
#include "repetitions/exercise.h"
#include "repetitions/judge.h"
#include "synthesis/camera.h"
#include "synthesis/motion.h"

namespace trackfit::repetitions {
namespace {

constexpr int kBodies = 12;

struct Case {
  std::string exercise;
  std::string fault;  // empty: faultless
  std::set<std::string> codes;
  double least_found = 0.7;
};

Attempt Cut(const std::vector<Body>& bodies, const std::vector<double>& phase,
            const synthesis::RepetitionSpan& span) {
  const auto first = static_cast<size_t>(span.first);
  const auto last = static_cast<size_t>(span.last);
  const size_t from = first > 15 ? first - 15 : 0;
  Attempt attempt;
  for (size_t frame = from; frame <= last; ++frame) {
    attempt.frames.push_back(bodies[frame]);
    attempt.phase.push_back(static_cast<float>(phase[frame]));
  }
  attempt.begin = first - from;
  attempt.end = last - from;
  attempt.range =
      *std::max_element(attempt.phase.begin() + static_cast<int64_t>(attempt.begin), attempt.phase.end());
  attempt.turn_begin = attempt.begin;
  while (attempt.phase[attempt.turn_begin] < attempt.range - 0.12F) ++attempt.turn_begin;
  attempt.turn_end = attempt.end;
  while (attempt.phase[attempt.turn_end] < attempt.range - 0.12F) --attempt.turn_end;
  return attempt;
}

std::vector<Repetition> Repetitions(const Exercise& exercise, const std::string& fault) {
  std::vector<Repetition> all;
  for (uint64_t seed = 1; seed <= kBodies; ++seed) {
    synthesis::PoseOptions options;
    options.motion.exercise = exercise.name;
    options.motion.fault = fault;
    options.motion.seed = 7000 + seed;
    options.motion.repetitions = 2;
    options.motion.lead_in_seconds = 1;
    const synthesis::Motion motion = synthesis::SynthesizeMotion(options.motion).value();
    BodyScale scale;
    std::vector<Body> bodies;
    const std::vector<skeleton::Pose> poses = synthesis::SynthesizePoses(options).value();
    for (const skeleton::Pose& pose : poses) {
      bodies.push_back(scale.Measure(pose).value());
    }
    for (const synthesis::RepetitionSpan& span : motion.repetitions) {
      all.push_back(Judge(exercise, Cut(bodies, motion.phase, span), {}));
    }
  }
  return all;
}

class Form : public testing::TestWithParam<Case> {
 protected:
  const Exercise& exercise() {
    static const std::shared_ptr<const Catalogue> kCatalogue = Catalogue::Load(TRACKFIT_EXERCISES).value();
    return *kCatalogue->Find(GetParam().exercise);
  }
};

TEST_P(Form, IsJudgedAsTheMannequinMoves) {
  const Case& wanted = GetParam();
  int judged = 0;
  int found = 0;
  std::map<std::string, int> others;
  for (const Repetition& repetition : Repetitions(exercise(), wanted.fault)) {
    bool is_judged = false;
    bool is_found = false;
    for (const Finding& finding : repetition.findings) {
      const bool clearly = finding.level == FindingLevel::kClearly;
      if (!wanted.codes.contains(finding.code)) {
        others[finding.code] += clearly;
        continue;
      }
      is_judged |= finding.level != FindingLevel::kNotJudged;
      is_found |= clearly;
    }
    judged += is_judged;
    found += is_found;
  }
  if (wanted.fault.empty()) {
    for (const auto& [code, times] : others) EXPECT_LE(times, kBodies / 3) << code << " of " << 2 * kBodies;
    return;
  }
  EXPECT_GE(judged, kBodies / 2);
  EXPECT_GE(found, wanted.least_found * judged) << "of " << judged;
}

INSTANTIATE_TEST_SUITE_P(
    OfMannequins, Form,
    testing::Values(
        Case{"squat", "", {}}, Case{"squat", "shallow", {"squat_depth"}},
        Case{"squat", "knees_in", {"squat_knees_in"}},
        Case{"squat", "forward_lean", {"squat_forward_lean", "squat_back"}, 0.5},  // people lean as far
        Case{"push_up", "", {}}, Case{"push_up", "sagging_hips", {"push_up_hips_sag"}},
        Case{"push_up", "piked_hips", {"push_up_hips_high"}},
        Case{"push_up", "half_range", {"push_up_depth"}},
        Case{"push_up", "flared_elbows", {"push_up_elbows"}, 0.6}, Case{"bench_press", "", {}},
        Case{"bench_press", "half_range", {"bench_depth"}},
        Case{"bench_press", "flared_elbows", {"bench_elbows", "bench_touch"}},
        Case{"bench_press", "uneven_press", {"bench_level"}, 0.6},
        Case{"bench_press", "lifted_hips", {"bench_hips"}}, Case{"lat_pulldown", "", {}},
        Case{"lat_pulldown", "leaning_back", {"lat_lean"}}, Case{"lat_pulldown", "half_range", {"lat_depth"}},
        Case{"lat_pulldown", "uneven_pull", {"lat_level"}, 0.6}, Case{"pull_up", "", {}},
        Case{"pull_up", "half_range", {"pull_up_height"}},
        Case{"pull_up", "kipping_legs", {"pull_up_kipping"}},
        Case{"pull_up", "no_full_hang", {"pull_up_hang"}}, Case{"barbell_biceps_curl", "", {}},
        Case{"barbell_biceps_curl", "swinging_torso", {"curl_swing"}},
        Case{"barbell_biceps_curl", "drifting_elbows", {"curl_elbows"}},
        Case{"barbell_biceps_curl", "half_range", {"curl_flexion"}}, Case{"tricep_pushdown", "", {}},
        Case{"tricep_pushdown", "half_range", {"pushdown_lockout"}, 0.6},
        Case{"tricep_pushdown", "drifting_elbows", {"pushdown_elbows"}},
        Case{"tricep_pushdown", "excessive_lean", {"pushdown_lean"}}),
    [](const auto& test) {
      return test.param.exercise + "_" + (test.param.fault.empty() ? "faultless" : test.param.fault);
    });

}  // namespace
}  // namespace trackfit::repetitions
