#include "evaluation/localisation.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <numbers>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dataset/labels.h"
#include "dataset/synthetic_clips.h"
#include "evaluation/metrics.h"
#include "evaluation/recognition.h"
#include "synthesis/motion.h"
#include "synthesis/random.h"
#include "training/augmentation.h"
#include "training/limbs.h"

namespace trackfit::evaluation {
namespace {

using assessment::Assessment;
using dataset::Clip;
using skeleton::Landmark;
using skeleton::Pose;

constexpr uint64_t kFirstSeed = uint64_t{1} << 40;  // training draws its bodies and cameras below
constexpr int kRealClipsPerFault = 20;
constexpr double kTurn = 30 * std::numbers::pi / 180;
constexpr double kDisplacement = 0.35;  // of the torso length
constexpr double kMinVisibility = 0.5;
constexpr float kFlagged = 99;

constexpr skeleton::Joint kSingleJoints[] = {
    skeleton::kLeftElbow, skeleton::kRightElbow, skeleton::kLeftWrist, skeleton::kRightWrist,
    skeleton::kLeftKnee,  skeleton::kRightKnee,  skeleton::kLeftAnkle, skeleton::kRightAnkle};

// Mean over the poses; a pose in which it is absent counts as 0.
double MeanVisibility(const PoseSequence& poses, int joint) {
  double sum = 0;
  for (const Pose& pose : poses) {
    const Landmark& landmark = pose.landmarks[joint];
    if (std::isfinite(landmark.x)) sum += landmark.visibility;
  }
  return poses.empty() ? 0 : sum / static_cast<double>(poses.size());
}

struct Disturbed {
  PoseSequence poses;
  std::string what;
  std::vector<int> wrong;
};

// nullopt when no limb is seen well enough.
std::optional<Disturbed> TurnALimb(PoseSequence poses, const synthesis::NamedRandom& random) {
  std::vector<const training::Limb*> seen;
  for (const training::Limb& limb : training::Limbs()) {
    if (MeanVisibility(poses, limb.joints.front()) >= kMinVisibility &&
        MeanVisibility(poses, limb.root) >= kMinVisibility) {
      seen.push_back(&limb);
    }
  }
  if (seen.empty()) return std::nullopt;
  const training::Limb& limb = *seen[random.Bits("limb") % seen.size()];
  const double turn = random.Uniform("way") < 0.5 ? kTurn : -kTurn;
  training::TurnLimb(poses, limb, {0, 0, 1}, turn);
  return Disturbed{.poses = std::move(poses), .what = limb.name, .wrong = limb.joints};
}

std::optional<Disturbed> DisplaceAJoint(PoseSequence poses, const synthesis::NamedRandom& random) {
  std::vector<int> seen;
  for (const int joint : kSingleJoints) {
    if (MeanVisibility(poses, joint) >= kMinVisibility) seen.push_back(joint);
  }
  if (seen.empty()) return std::nullopt;
  const double distance = kDisplacement * training::TorsoLength(poses);
  const int joint = seen[random.Bits("joint") % seen.size()];
  const double direction = random.Uniform("direction", 0, 2 * std::numbers::pi);
  for (Pose& pose : poses) {
    pose.landmarks[joint].x += static_cast<float>(distance * std::cos(direction));
    pose.landmarks[joint].y += static_cast<float>(distance * std::sin(direction));
  }
  return Disturbed{
      .poses = std::move(poses), .what = std::string(skeleton::JointNames()[joint]), .wrong = {joint}};
}

// Depends on the clip's id alone.
synthesis::NamedRandom RandomOf(const Clip& clip) {
  return synthesis::NamedRandom(synthesis::NamedRandom(0).Bits(clip.id));
}

struct RealClip {
  const Clip* clip;
  std::string exercise;
};

std::vector<RealClip> CorrectClips(const std::vector<Clip>& clips, const std::vector<std::string>& classes,
                                   int at_most) {
  std::vector<RealClip> chosen;
  for (const Clip& clip : clips) {
    const auto label = dataset::LabelOf(clip, classes);
    const bool exercise = label && label->index + 1 < static_cast<int>(classes.size());
    if (exercise && clip.correct() && clip.kind == dataset::SourceKind::kRecorded)
      chosen.push_back({&clip, classes[label->index]});
  }
  if (std::ssize(chosen) > at_most) {
    std::stable_sort(chosen.begin(), chosen.end(), [](const RealClip& a, const RealClip& b) {
      return RandomOf(*a.clip).Bits("order") < RandomOf(*b.clip).Bits("order");
    });
    chosen.resize(at_most);
  }
  return chosen;
}

struct Fault {
  std::string exercise;
  synthesis::FaultInfo info;
};

std::vector<Fault> Faults(const std::vector<std::string>& exercises) {
  std::vector<Fault> faults;
  for (const synthesis::ExerciseInfo& info : synthesis::Exercises()) {
    if (std::find(exercises.begin(), exercises.end(), info.name) == exercises.end()) continue;
    for (const synthesis::FaultInfo& fault : info.faults) faults.push_back({info.name, fault});
  }
  return faults;
}

LocalisedFault Judge(std::string id, std::string what, const Assessment& overall,
                     std::span<const int> wrong) {
  const std::vector<int> ranked = RankJoints(overall);
  LocalisedFault fault{.id = std::move(id), .what = std::move(what)};
  fault.first_hit = FirstHit(ranked, wrong);
  fault.judged = static_cast<int>(ranked.size());
  fault.wrong_judged = static_cast<int>(std::count_if(
      wrong.begin(), wrong.end(), [&](int joint) { return overall.joint_errors[joint].judged; }));
  return fault;
}

std::vector<LocalisedFault> Present(std::vector<std::optional<LocalisedFault>> faults) {
  std::vector<LocalisedFault> present;
  for (std::optional<LocalisedFault>& fault : faults) {
    if (fault) present.push_back(*std::move(fault));
  }
  return present;
}

std::string ToText(const char* title, const std::vector<LocalisedFault>& faults) {
  if (faults.empty()) return "";
  std::string text = absl::StrCat(title, "\n");
  for (const HitRate& rate : HitRates(faults)) {
    absl::StrAppendFormat(
        &text, "  %-36s %4d clips: top-1 %5.1f %% (blindly %4.1f %%), top-3 %5.1f %% (%4.1f %%)\n", rate.what,
        rate.clips, 100 * rate.rate1(), 100 * rate.chance1, 100 * rate.rate3(), 100 * rate.chance3);
  }
  return text;
}

// "films" is what the file format calls clips.
nlohmann::json FaultsToJson(const std::vector<LocalisedFault>& faults) {
  nlohmann::json rates = nlohmann::json::object(), list = nlohmann::json::array();
  for (const HitRate& rate : HitRates(faults)) {
    rates[rate.what] = {{"films", rate.clips},
                        {"top1", rate.rate1()},
                        {"top3", rate.rate3()},
                        {"chance1", rate.chance1},
                        {"chance3", rate.chance3}};
  }
  for (const LocalisedFault& fault : faults) {
    list.push_back({{"id", fault.id},
                    {"what", fault.what},
                    {"first_hit", fault.first_hit},
                    {"judged", fault.judged},
                    {"wrong_judged", fault.wrong_judged}});
  }
  return {{"rates", rates}, {"films", list}};
}

}  // namespace

std::vector<int> RankJoints(const Assessment& assessment) {
  std::vector<int> joints;
  for (int j = 0; j < skeleton::kJointCount; ++j) {
    if (assessment.joint_errors[j].judged) joints.push_back(j);
  }
  std::stable_sort(joints.begin(), joints.end(), [&](int a, int b) {
    const assessment::JointError &left = assessment.joint_errors[a], &right = assessment.joint_errors[b];
    return std::tuple(left.percentile, left.error) > std::tuple(right.percentile, right.error);
  });
  return joints;
}

int FirstHit(std::span<const int> ranked, std::span<const int> wrong) {
  const auto hit = std::find_first_of(ranked.begin(), ranked.end(), wrong.begin(), wrong.end());
  return hit == ranked.end() ? 0 : static_cast<int>(hit - ranked.begin()) + 1;
}

std::vector<HitRate> HitRates(const std::vector<LocalisedFault>& faults) {
  std::map<std::string, HitRate> by_what;
  HitRate all{.what = "all"};
  for (const LocalisedFault& fault : faults) {
    for (HitRate* rate : {&all, &by_what[fault.what]}) {
      ++rate->clips;
      rate->top1 += fault.first_hit == 1 ? 1 : 0;
      rate->top3 += fault.first_hit >= 1 && fault.first_hit <= 3 ? 1 : 0;
      rate->chance1 += ChanceOfHit(fault.judged, fault.wrong_judged, 1);
      rate->chance3 += ChanceOfHit(fault.judged, fault.wrong_judged, 3);
    }
  }
  std::vector<HitRate> rates = {all};
  for (auto& [what, rate] : by_what) {
    rate.what = what;
    rates.push_back(rate);
  }
  for (HitRate& rate : rates) {
    rate.chance1 /= std::max(rate.clips, 1);
    rate.chance3 /= std::max(rate.clips, 1);
  }
  return rates;
}

absl::StatusOr<Localisation> Localise(const AssessorPtr& assessor, const std::vector<Clip>& clips,
                                      int per_fault, const RunOptions& run) {
  const std::vector<Fault> faults = Faults(assessor->exercises());
  const std::vector<RealClip> real =
      CorrectClips(clips, ClassesOf(*assessor), kRealClipsPerFault * per_fault);
  const int synthetic = static_cast<int>(faults.size()) * per_fault;

  const auto judge_fault = [&](int i, std::optional<LocalisedFault>& result) -> absl::Status {
    const Fault& fault = faults[i / per_fault];
    const auto clip = dataset::MakeFaultyClip(fault.exercise, fault.info.name, kFirstSeed + i);
    if (!clip.ok()) return clip.status();
    const auto overall = AssessPoses(assessor, ToPoseSequence(*clip), fault.exercise);
    if (!overall.ok()) return overall.status();
    const std::vector<int> wrong(fault.info.wrong_joints.begin(), fault.info.wrong_joints.end());
    if (*overall)
      result = Judge(clip->id, absl::StrCat(fault.exercise, ": ", fault.info.name), **overall, wrong);
    return absl::OkStatus();
  };
  const auto judge_disturbed = [&](const RealClip& clip, std::optional<Disturbed> disturbed,
                                   std::optional<LocalisedFault>& result) -> absl::Status {
    if (!disturbed) return absl::OkStatus();
    const auto overall = AssessPoses(assessor, disturbed->poses, clip.exercise);
    if (!overall.ok()) return overall.status();
    if (*overall) result = Judge(clip.clip->id, disturbed->what, **overall, disturbed->wrong);
    return absl::OkStatus();
  };

  std::vector<const Clip*> mannequins;  // rendered, and seen by BlazePose
  for (const Clip& clip : clips) {
    const auto& known = assessor->exercises();
    const bool exercise = std::find(known.begin(), known.end(), clip.exercise) != known.end();
    if (exercise && !clip.wrong_joints.empty()) mannequins.push_back(&clip);
  }
  const int rendered = static_cast<int>(mannequins.size());
  std::vector<std::optional<LocalisedFault>> by_rendered_fault(mannequins.size());
  const auto judge_rendered = [&](int i) -> absl::Status {
    const Clip& clip = *mannequins[i];
    const auto overall = AssessPoses(assessor, ToPoseSequence(clip), clip.exercise);
    if (!overall.ok()) return overall.status();
    const std::vector<int> wrong(clip.wrong_joints.begin(), clip.wrong_joints.end());
    if (*overall)
      by_rendered_fault[i] = Judge(clip.id, absl::StrCat(clip.exercise, ": ", clip.fault), **overall, wrong);
    return absl::OkStatus();
  };

  std::vector<std::optional<LocalisedFault>> by_fault(synthetic), by_limb(real.size()), by_joint(real.size());
  std::vector<std::optional<bool>> flagged(real.size());
  const auto judge_real = [&](size_t i) -> absl::Status {
    const RealClip& clip = real[i];
    const synthesis::NamedRandom random = RandomOf(*clip.clip);
    const PoseSequence plain = ToPoseSequence(*clip.clip);
    PoseSequence square = plain;
    training::MakeSquare(square);
    if (auto status = judge_disturbed(clip, TurnALimb(square, random), by_limb[i]); !status.ok())
      return status;
    if (auto status = judge_disturbed(clip, DisplaceAJoint(square, random), by_joint[i]); !status.ok())
      return status;
    const auto overall = AssessPoses(assessor, plain, clip.exercise);
    if (!overall.ok()) return overall.status();
    if (*overall) {
      const auto& errors = (*overall)->joint_errors;
      flagged[i] = std::any_of(errors.begin(), errors.end(), [](const assessment::JointError& error) {
        return error.judged && error.percentile > kFlagged;
      });
    }
    return absl::OkStatus();
  };
  const int total = synthetic + rendered + static_cast<int>(real.size());
  const absl::Status status = ForEach(total, run, [&](int i) -> absl::Status {
    if (i < synthetic) return judge_fault(i, by_fault[i]);
    if (i < synthetic + rendered) return judge_rendered(i - synthetic);
    return judge_real(i - synthetic - rendered);
  });
  if (!status.ok()) return status;

  Localisation result{.faults = Present(std::move(by_fault)),
                      .rendered_faults = Present(std::move(by_rendered_fault)),
                      .limbs = Present(std::move(by_limb)),
                      .joints = Present(std::move(by_joint))};
  for (const std::optional<bool>& flag : flagged) {
    if (!flag) continue;
    ++result.undisturbed;
    result.unflagged += *flag ? 0 : 1;
  }
  return result;
}

std::string ToText(const Localisation& localisation) {
  std::string text = ToText("Faults of the mannequin, unseen bodies and cameras", localisation.faults);
  text += ToText("Faults of the rendered mannequin, seen by BlazePose", localisation.rendered_faults);
  text += ToText("Real correct clips, one limb turned by 30 degrees", localisation.limbs);
  text += ToText("Real correct clips, one joint displaced by 0.35 torso lengths", localisation.joints);
  if (localisation.undisturbed > 0) {
    absl::StrAppendFormat(&text,
                          "Real correct clips without a joint above the 99th percentile: %d of %d, %.1f %%\n",
                          localisation.unflagged, localisation.undisturbed,
                          100.0 * localisation.unflagged / localisation.undisturbed);
  }
  return text;
}

nlohmann::json ToJson(const Localisation& localisation) {
  // "filmed_faults" is what the file format calls rendered ones.
  return {{"faults", FaultsToJson(localisation.faults)},
          {"filmed_faults", FaultsToJson(localisation.rendered_faults)},
          {"limbs", FaultsToJson(localisation.limbs)},
          {"joints", FaultsToJson(localisation.joints)},
          {"undisturbed", localisation.undisturbed},
          {"unflagged", localisation.unflagged}};
}

}  // namespace trackfit::evaluation
