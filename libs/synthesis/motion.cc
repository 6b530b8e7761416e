#include "synthesis/motion.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "synthesis/exercise.h"
#include "synthesis/performer.h"

namespace trackfit::synthesis {
namespace {

const std::vector<ExerciseDefinition>& Definitions() {
  static const auto* const kDefinitions = [] {
    auto* all = new std::vector<ExerciseDefinition>(StrengthExercises());
    for (ExerciseDefinition& definition : BackgroundExercises()) all->push_back(std::move(definition));
    return all;
  }();
  return *kDefinitions;
}

absl::StatusOr<const ExerciseDefinition*> FindDefinition(const std::string& name) {
  std::vector<std::string> known;
  for (const ExerciseDefinition& definition : Definitions()) {
    if (definition.info.name == name) return &definition;
    known.push_back(definition.info.name);
  }
  return absl::NotFoundError(
      absl::StrCat("exercise: there is no \"", name, "\"; known are ", absl::StrJoin(known, ", ")));
}

absl::StatusOr<std::vector<skeleton::Joint>> WrongJoints(const ExerciseInfo& exercise,
                                                         const std::string& fault) {
  if (fault.empty()) return std::vector<skeleton::Joint>{};
  std::vector<std::string> known;
  for (const FaultInfo& info : exercise.faults) {
    if (info.name == fault) return info.wrong_joints;
    known.push_back(info.name);
  }
  return absl::NotFoundError(absl::StrCat(
      "fault: ", exercise.name, " has no \"", fault, "\"; ",
      known.empty() ? "it has no faults" : absl::StrCat("known are ", absl::StrJoin(known, ", "))));
}

absl::Status CheckRange(const char* field, double value, double low, double high) {
  if (value >= low && value <= high) return absl::OkStatus();  // false for NaN
  return absl::InvalidArgumentError(
      absl::StrCat(field, " is ", value, "; it must be between ", low, " and ", high));
}

// The curve of least jerk from 0 to 1 (Flash and Hogan 1985): how people move from one pose to another.
double MinimumJerk(double t) {
  const double u = std::clamp(t, 0.0, 1.0);
  return u * u * u * (10 + u * (6 * u - 15));
}

// One repetition in time: away from the start position, a pause, back, a pause.
struct Repetition {
  double start = 0;  // seconds
  double out = 0, hold = 0, back = 0, rest = 0;
  double from = 0, turn = 1, to = 0;  // phases at the start, at the turning point and at the end
  double skew = 1;                    // > 1: slow beginning

  double Duration() const { return out + hold + back + rest; }
  double MovingEnd() const { return start + out + hold + back; }
  double PhaseAt(double time) const {
    const double t = time - start;
    if (t < out + hold)
      return from + (turn - from) * MinimumJerk(std::pow(std::clamp(t / out, 0.0, 1.0), skew));
    return turn + (to - turn) * MinimumJerk((t - out - hold) / back);
  }
};

std::vector<Repetition> PlanRepetitions(const MotionOptions& options) {
  const NamedRandom random(options.seed);
  const double variation = options.style_variation;
  const auto habit = [&](const char* name, double low, double high) {
    return (low + high) / 2 + (random.Uniform(name) - 0.5) * (high - low) * variation;
  };
  const double out = habit("tempo out", 0.32, 0.52), hold = habit("tempo hold", 0.0, 0.14);
  const double rest = habit("tempo rest", 0.0, 0.16), skew = habit("tempo skew", 0.88, 1.15);
  const auto level = [&](const char* name, int i) {
    return 0.025 * variation * std::min(2.0, std::abs(random.Normal(name, i)));
  };
  std::vector<Repetition> plan;
  double start = options.lead_in_seconds;
  for (int i = 0; i < options.repetitions; ++i) {
    const double seconds =
        options.repetition_seconds *
        std::max(0.4, 1 + options.tempo_variation * std::clamp(random.Normal("tempo", i), -2.5, 2.5));
    Repetition r;
    r.start = start;
    r.out = out * seconds;
    r.hold = hold * seconds;
    r.rest = rest * seconds;
    r.back = seconds - r.out - r.hold - r.rest;
    r.from = plan.empty() ? 0 : plan.back().to;
    r.turn = 1 - level("turn", i);
    r.to = level("rest", i);
    r.skew = skew;
    start += r.Duration();
    plan.push_back(r);
  }
  return plan;
}

// How much of the fault there is: all of it in the middle of a repetition that has it, blending into those
// that have not.
double FaultShare(const std::vector<int>& faulty, double cycle) {
  if (faulty.empty()) return 1;
  const int number = static_cast<int>(cycle) + 1;
  const auto has_it = [&](int of) { return std::ranges::find(faulty, of) != faulty.end(); };
  if (!has_it(number)) return 0;
  constexpr double kBlend = 0.15;  // of the repetition's duration
  const double done = cycle - std::floor(cycle);
  if (done < kBlend && !has_it(number - 1)) return MinimumJerk(done / kBlend);
  if (1 - done < kBlend && !has_it(number + 1)) return MinimumJerk((1 - done) / kBlend);
  return 1;
}

Moment MomentAt(const std::vector<Repetition>& plan, double time) {
  if (time < plan.front().start) return {.time = time};
  for (size_t i = 0; i < plan.size(); ++i) {
    const Repetition& r = plan[i];
    const double done = time - r.start;
    if (done >= r.Duration()) continue;
    return {.phase = r.PhaseAt(time), .cycle = static_cast<double>(i) + done / r.Duration(), .time = time};
  }
  return {.phase = plan.back().to, .cycle = static_cast<double>(plan.size()), .time = time};
}

}  // namespace

const std::vector<ExerciseInfo>& Exercises() {
  static const auto* const kExercises = [] {
    auto* all = new std::vector<ExerciseInfo>;
    for (const ExerciseDefinition& definition : Definitions()) all->push_back(definition.info);
    return all;
  }();
  return *kExercises;
}

absl::StatusOr<ExerciseInfo> FindExercise(const std::string& name) {
  const auto definition = FindDefinition(name);
  if (!definition.ok()) return definition.status();
  return (*definition)->info;
}

absl::Status MotionOptions::Validate() const {
  const auto definition = FindDefinition(exercise);
  if (!definition.ok()) return definition.status();
  if (const auto wrong = WrongJoints((*definition)->info, fault); !wrong.ok()) return wrong.status();
  const struct {
    const char* field;
    double value, low, high;
  } checks[] = {{"fault_strength", fault_strength, 0.01, 2},
                {"repetitions", static_cast<double>(repetitions), 1, 1000},
                {"fps", fps, 1, 240},
                {"repetition_seconds", repetition_seconds, 0.5, 30},
                {"tempo_variation", tempo_variation, 0, 0.5},
                {"lead_in_seconds", lead_in_seconds, 0, 60},
                {"lead_out_seconds", lead_out_seconds, 0, 60},
                {"style_variation", style_variation, 0, 1},
                {"sway", sway, 0, 5}};
  for (const auto& check : checks) {
    if (absl::Status status = CheckRange(check.field, check.value, check.low, check.high); !status.ok())
      return status;
  }
  for (const int number : faulty_repetitions) {
    if (fault.empty()) return absl::InvalidArgumentError("faulty_repetitions need a fault");
    if (absl::Status status = CheckRange("faulty_repetitions", number, 1, repetitions); !status.ok())
      return status;
  }
  if (!proportions.has_value()) return absl::OkStatus();
  if (absl::Status s = CheckRange("proportions.stature", proportions->stature, 1.0, 2.3); !s.ok()) return s;
  for (const double scale : {proportions->arms, proportions->legs, proportions->trunk, proportions->shoulders,
                             proportions->hips, proportions->girth}) {
    if (absl::Status s = CheckRange("a scale of proportions", scale, 0.7, 1.4); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::StatusOr<Motion> SynthesizeMotion(const MotionOptions& options) {
  if (absl::Status status = options.Validate(); !status.ok()) return status;
  const ExerciseDefinition& definition = **FindDefinition(options.exercise);

  Motion motion;
  motion.exercise = definition.info.name;
  motion.kind = definition.info.kind;
  motion.fault = options.fault;
  motion.wrong_joints = *WrongJoints(definition.info, options.fault);
  motion.fps = options.fps;
  motion.body = Body(options.proportions.value_or(DrawProportions(NamedRandom(options.seed))));

  Performer performer(motion.body, {.seed = options.seed,
                                    .fault = options.fault,
                                    .fault_strength = options.fault.empty() ? 0 : options.fault_strength,
                                    .style_variation = options.style_variation,
                                    .sway = options.sway});
  if (definition.equipment != nullptr) motion.equipment = definition.equipment(performer);

  const std::vector<Repetition> plan = PlanRepetitions(options);
  const double seconds = plan.back().start + plan.back().Duration() + options.lead_out_seconds;
  const int frames = static_cast<int>(std::ceil(seconds * options.fps));
  for (int i = 0; i < frames; ++i) {
    const Moment moment = MomentAt(plan, i / options.fps);
    performer.ScaleFault(FaultShare(options.faulty_repetitions, moment.cycle));
    Figure figure(motion.body);
    definition.pose(performer, moment, figure);
    motion.frames.push_back(figure.joints());
    motion.phase.push_back(moment.phase);
  }
  for (const Repetition& r : plan) {
    motion.repetitions.push_back(
        {std::min(frames - 1, static_cast<int>(std::ceil(r.start * options.fps))),
         std::min(frames - 1, static_cast<int>(std::floor(r.MovingEnd() * options.fps)))});
  }
  return motion;
}

}  // namespace trackfit::synthesis
