#include "coach_evaluation/counting.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <span>
#include <utility>

#include "exercises/vocabulary.h"
#include "repetitions/body.h"
#include "repetitions/repetition_counter.h"
#include "skeleton/percentile.h"

namespace trackfit::coach_evaluation {
namespace {

double Seconds(int64_t us) { return static_cast<double>(us) * 1e-6; }

// `values` is not empty.
double Percentile(std::vector<double> values, double share) {
  std::ranges::sort(values);
  return skeleton::Percentile(std::span<const double>(values), share);
}

double Overlap(const Span& a, const Span& b) {
  return std::min(a.end_s, b.end_s) - std::max(a.start_s, b.start_s);
}

const repetitions::Exercise* ExerciseOf(const repetitions::Catalogue& catalogue, const dataset::Clip& clip) {
  const repetitions::Exercise* exercise = catalogue.Find(clip.exercise);
  return exercise != nullptr ? exercise : catalogue.Find(exercises::Builtin().NameOf(clip.fault));
}

CountedClip Described(const std::string& data_set, const dataset::Clip& clip, double rate_hz) {
  CountedClip counted;
  counted.data_set = data_set;
  counted.id = clip.id;
  counted.group = clip.group;
  counted.seconds = static_cast<double>(clip.poses.size()) / rate_hz;
  return counted;
}

}  // namespace

std::vector<Found> FindRepetitions(const repetitions::Exercise& exercise, const dataset::Clip& clip,
                                   double unknown_rate_hz) {
  dataset::Clip timed = clip;
  if (timed.fps == 0) timed.fps = unknown_rate_hz;
  std::vector<Found> all;
  repetitions::BodyScale scale;
  repetitions::RepetitionCounter counter(exercise);
  const auto add = [&](const std::optional<repetitions::Attempt>& attempt) {
    if (!attempt) return;
    all.push_back({{Seconds(attempt->frames[attempt->begin].timestamp_us),
                    Seconds(attempt->frames[attempt->end].timestamp_us)},
                   Seconds(attempt->frames.back().timestamp_us),
                   attempt->range,
                   attempt->range >= exercise.complete_range});
  };
  const std::vector<std::vector<skeleton::Pose>> pieces = dataset::UniformPieces(timed, repetitions::kRateHz);
  for (size_t i = 0; i < pieces.size(); ++i) {
    if (i > 0) add(counter.Finish());
    for (const skeleton::Pose& pose : pieces[i]) {
      if (const std::optional<repetitions::Body> body = scale.Measure(pose)) add(counter.Push(*body));
    }
  }
  add(counter.Finish());
  return all;
}

std::vector<CountedClip> Count(const repetitions::Catalogue& catalogue, const std::string& data_set,
                               const std::vector<dataset::Clip>& clips, const CountingOptions& options) {
  std::vector<CountedClip> all;
  for (const dataset::Clip& clip : clips) {
    const repetitions::Exercise* exercise = ExerciseOf(catalogue, clip);
    std::optional<int> known = clip.repetition_count;
    if (const auto count = options.counts.find(clip.id); count != options.counts.end()) known = count->second;
    if (exercise == nullptr || exercise->held || !known) continue;
    const double rate_hz = clip.fps > 0 ? clip.fps : options.unknown_rate_hz;
    CountedClip counted = Described(data_set, clip, rate_hz);
    counted.exercise = exercise->name;
    counted.known = known;
    for (const dataset::FrameSpan& mark : clip.repetitions)
      counted.marks.push_back({mark.first / rate_hz, mark.last / rate_hz});
    counted.found = FindRepetitions(*exercise, clip, rate_hz);
    all.push_back(std::move(counted));
  }
  return all;
}

std::vector<CountedClip> CountIdle(const repetitions::Catalogue& catalogue, const std::string& data_set,
                                   const std::vector<dataset::Clip>& clips, const CountingOptions& options) {
  std::vector<CountedClip> all;
  for (const repetitions::Exercise& exercise : catalogue.exercises()) {
    for (const dataset::Clip& clip : clips) {
      const double rate_hz = clip.fps > 0 ? clip.fps : options.unknown_rate_hz;
      CountedClip counted = Described(data_set, clip, rate_hz);
      counted.exercise = exercise.name;
      counted.known = 0;
      counted.found = FindRepetitions(exercise, clip, rate_hz);
      all.push_back(std::move(counted));
    }
  }
  return all;
}

CountingFigures FiguresOf(const std::vector<const CountedClip*>& clips) {
  CountingFigures figures;
  std::vector<double> boundaries;
  std::vector<double> delays;
  for (const CountedClip* clip : clips) {
    if (!clip->known) continue;
    ++figures.clips;
    figures.known += *clip->known;
    figures.found += static_cast<int>(clip->found.size());
    const int error = std::abs(clip->error());
    figures.exact += error == 0;
    figures.off_by_one += error <= 1;
    figures.relative_error += static_cast<double>(error) / std::max(*clip->known, 1);
    if (!clip->marks.empty()) {
      figures.seconds_outside += clip->seconds;
      for (const Span& mark : clip->marks) figures.seconds_outside -= mark.end_s - mark.start_s;
    }
    for (const Found& found : clip->found) {
      figures.partial += !found.complete;
      delays.push_back(found.reported_s - found.span.end_s);
      if (clip->marks.empty()) continue;
      const auto nearest = std::ranges::max_element(
          clip->marks, {}, [&](const Span& mark) { return Overlap(mark, found.span); });
      if (Overlap(*nearest, found.span) <= 0) {
        ++figures.outside;
        continue;
      }
      boundaries.push_back(std::abs(found.span.start_s - nearest->start_s));
      boundaries.push_back(std::abs(found.span.end_s - nearest->end_s));
    }
  }
  if (figures.clips > 0) {
    figures.exact /= figures.clips;
    figures.off_by_one /= figures.clips;
    figures.relative_error /= figures.clips;
  }
  if (!boundaries.empty()) figures.boundary_s = Percentile(boundaries, 0.5);
  if (!delays.empty()) figures.delay_s = Percentile(delays, 0.95);
  return figures;
}

}  // namespace trackfit::coach_evaluation
