#include "training/calibration.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <random>

#include "absl/strings/str_cat.h"
#include "protogcn/class_probabilities.h"
#include "protogcn/percentile.h"
#include "runtime/parallel_for.h"

namespace trackfit::training {
namespace {

constexpr int kQuantiles = 101;
constexpr double kKnownShare = 0.97;

// Of the exercises' windows, among the exercises.
double NegativeLogLikelihood(std::span<const Observation> observations, size_t background,
                             double temperature) {
  double sum = 0;
  for (const Observation& observation : observations) {
    if (observation.label == static_cast<int>(background)) continue;
    const std::vector<float>& logits = observation.prediction.logits;
    double total = 0;
    for (size_t c = 0; c < logits.size(); ++c) {
      if (c != background) total += std::exp((logits[c] - logits[observation.label]) / temperature);
    }
    sum += std::log(total);
  }
  return sum;
}

// Windows that the network misclassifies are left out: they do not show what executions of their label look
// like to it.
std::vector<Observation> Recognised(std::span<const Observation> observations) {
  std::vector<Observation> recognised;
  for (const Observation& observation : observations) {
    const std::vector<float>& logits = observation.prediction.logits;
    if (std::max_element(logits.begin(), logits.end()) - logits.begin() == observation.label)
      recognised.push_back(observation);
  }
  return recognised;
}

std::vector<const protogcn::Prediction*> ExecutionsOf(std::span<const Observation> observations, int label) {
  std::vector<const protogcn::Prediction*> found;
  for (const Observation& observation : observations) {
    if (observation.label == label) found.push_back(&observation.prediction);
  }
  return found;
}

std::vector<float> NormalizedMean(const std::vector<const protogcn::Prediction*>& executions) {
  std::vector<float> mean(executions.front()->embedding.size());
  for (const protogcn::Prediction* execution : executions) {
    for (size_t i = 0; i < mean.size(); ++i) mean[i] += execution->embedding[i];
  }
  const float norm = std::sqrt(std::inner_product(mean.begin(), mean.end(), mean.begin(), 0.0F));
  for (float& value : mean) value /= std::max(norm, 1e-12F);
  return mean;
}

// Logits of being at fault are comparable between nodes. Distances and the graph's errors are not: those of a
// wrist are larger than those of a hip.
bool HasErrorsOnOneScale(const protogcn::ModelMetadata& metadata) {
  return metadata.joint_error == protogcn::JointErrorSource::kHead &&
         metadata.network.joint_head == protogcn::kFaultsHead;
}

protogcn::ClassCalibration Table(const std::vector<const protogcn::Prediction*>& executions,
                                 const std::vector<float>& prototype, bool on_one_scale) {
  protogcn::ClassCalibration table;
  if (executions.empty()) return table;
  std::vector<float> cosines;
  cosines.reserve(executions.size());
  for (const protogcn::Prediction* execution : executions) {
    cosines.push_back(
        std::inner_product(prototype.begin(), prototype.end(), execution->embedding.begin(), 0.0F));
  }
  table.cosine = Quantiles(std::move(cosines), kQuantiles);
  for (size_t node = 0; node < executions.front()->joint_error.size(); ++node) {
    std::vector<float> errors;
    errors.reserve(executions.size());
    for (const protogcn::Prediction* execution : executions) errors.push_back(execution->joint_error[node]);
    if (!on_one_scale) table.joint_error.push_back(Quantiles(std::move(errors), kQuantiles));
  }
  std::vector<float> worst;
  for (const protogcn::Prediction* execution : executions) {
    std::vector<float> errors = execution->joint_error;
    for (size_t node = 0; node < table.joint_error.size(); ++node)
      errors[node] = protogcn::PercentileOf(errors[node], table.joint_error[node]);
    if (!errors.empty()) worst.push_back(*std::max_element(errors.begin(), errors.end()));
  }
  table.worst_joint = Quantiles(std::move(worst), kQuantiles);
  return table;
}

}  // namespace

SamplerConfig CalibrationSampling(const protogcn::WindowShape& shape) {
  SamplerConfig config;
  config.shape = shape;
  config.min_source_frames = 60;
  config.max_source_frames = 110;
  config.background_share = 1;
  config.synthetic_faults = 0;
  config.augmentation = {.mirror_probability = 0.5,
                         .reverse_probability = 0,
                         .max_roll_degrees = 5,
                         .max_yaw_degrees = 10,
                         .max_pitch_degrees = 5,
                         .depth_scale = 0.1,
                         .flat_probability = 0,
                         .aspect_probability = 0,
                         .max_aspect = 1,
                         .time_warp = 0.05,
                         .absence_probability = 0,
                         .jitter = 0.004,
                         .offset = 0.01,
                         .drift = 0.1};
  return config;
}

absl::StatusOr<std::vector<Observation>> Observe(const WindowSampler& sampler, int count, uint64_t seed,
                                                 const WindowFunction& run, int threads) {
  std::vector<Observation> observations(count);
  const absl::Status status =
      runtime::ParallelFor(static_cast<size_t>(count), threads, [&](size_t i, int) -> absl::Status {
        std::seed_seq sequence{seed, static_cast<uint64_t>(i)};
        Random random(sequence);
        const Sample sample = sampler.Draw(random);
        absl::StatusOr<protogcn::Prediction> prediction = run(sample.window);
        if (!prediction.ok()) return prediction.status();
        observations[i] = {.label = sample.label, .prediction = *std::move(prediction)};
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return observations;
}

double FitTemperature(std::span<const Observation> observations, const protogcn::ModelMetadata& metadata) {
  const size_t background = protogcn::BackgroundIndex(metadata);
  const bool exercises = std::any_of(observations.begin(), observations.end(), [&](const Observation& one) {
    return one.label != static_cast<int>(background);
  });
  const size_t choices = metadata.classes.size() - (background < metadata.classes.size() ? 1 : 0);
  if (!exercises || choices < 2) return 1;
  // Golden-section search over the logarithm: the likelihood has one peak.
  const double ratio = (std::sqrt(5.0) - 1) / 2;
  double low = std::log(0.2), high = std::log(5.0);
  while (high - low > 1e-4) {
    const double a = high - ratio * (high - low), b = low + ratio * (high - low);
    if (NegativeLogLikelihood(observations, background, std::exp(a)) <
        NegativeLogLikelihood(observations, background, std::exp(b))) {
      high = b;
    } else {
      low = a;
    }
  }
  return std::exp((low + high) / 2);
}

std::vector<float> Quantiles(std::vector<float> values, int count) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  std::vector<float> quantiles;
  for (int i = 0; i < count; ++i) {
    const double position = static_cast<double>(values.size() - 1) * i / (count - 1);
    const auto below = static_cast<size_t>(position);
    const size_t above = std::min(below + 1, values.size() - 1);
    const auto t = static_cast<float>(position - static_cast<double>(below));
    quantiles.push_back(values[below] + (values[above] - values[below]) * t);
  }
  return quantiles;
}

KnownFit FitKnown(std::span<const Observation> observations, const protogcn::ModelMetadata& metadata) {
  constexpr double kPrior = 1;  // weight of scale 1 and offset 0, beside a weight of 100 for each side
  constexpr double kSide = 100;
  constexpr int kSteps = 50;
  const size_t background = protogcn::BackgroundIndex(metadata);
  const auto others = std::count_if(observations.begin(), observations.end(), [&](const Observation& one) {
    return one.label == static_cast<int>(background);
  });
  const auto exercises = std::ssize(observations) - others;
  KnownFit fit;
  if (others == 0 || exercises == 0) return fit;
  for (int step = 0; step < kSteps; ++step) {  // Newton's method
    double g0 = kPrior * (fit.scale - 1), g1 = kPrior * fit.offset, h00 = kPrior, h01 = 0, h11 = kPrior;
    for (const Observation& observation : observations) {
      const bool exercise = observation.label != static_cast<int>(background);
      const double weight = kSide / static_cast<double>(exercise ? exercises : others);
      const double margin = protogcn::ExerciseMargin(observation.prediction.logits, metadata);
      const double p = 1 / (1 + std::exp(-(fit.scale * margin + fit.offset)));
      const double slope = weight * (p - (exercise ? 1 : 0)), curve = weight * p * (1 - p);
      g0 += slope * margin;
      g1 += slope;
      h00 += curve * margin * margin;
      h01 += curve * margin;
      h11 += curve;
    }
    const double determinant = h00 * h11 - h01 * h01;
    fit.scale -= (h11 * g0 - h01 * g1) / determinant;
    fit.offset -= (h00 * g1 - h01 * g0) / determinant;
  }
  // A margin without information, or with the wrong sign, is left uncalibrated.
  return fit.scale > 0.05 && fit.scale < 20 && std::isfinite(fit.offset) ? fit : KnownFit{};
}

double FitKnownThreshold(std::span<const Observation> held_out, const protogcn::ModelMetadata& metadata) {
  const size_t background = protogcn::BackgroundIndex(metadata);
  std::vector<float> scores;
  for (const Observation& observation : held_out) {
    if (observation.label == static_cast<int>(background)) continue;
    const std::vector<float> probabilities =
        protogcn::ClassProbabilities(observation.prediction.logits, metadata);
    scores.push_back(background < probabilities.size()
                         ? 1 - probabilities[background]
                         : *std::max_element(probabilities.begin(), probabilities.end()));
  }
  if (scores.empty()) return 0;
  const auto index = static_cast<size_t>(std::lround((1 - kKnownShare) * (kQuantiles - 1)));
  return Quantiles(std::move(scores), kQuantiles)[index];
}

absl::Status Calibrate(std::span<const Observation> train, std::span<const Observation> held_out,
                       protogcn::ModelMetadata& metadata) {
  metadata.prototypes.clear();
  metadata.calibration.clear();
  const std::vector<Observation> recognised = Recognised(held_out);
  for (size_t label = 0; label < metadata.classes.size(); ++label) {
    const auto learned = ExecutionsOf(train, static_cast<int>(label));
    const auto unseen = ExecutionsOf(held_out, static_cast<int>(label));
    if (learned.empty() || unseen.empty()) {
      return absl::InvalidArgumentError(absl::StrCat("class \"", metadata.classes[label], "\" has ",
                                                     learned.size(), " training and ", unseen.size(),
                                                     " held-out windows; calibration needs both"));
    }
    metadata.prototypes.push_back(NormalizedMean(learned));
    metadata.calibration.push_back(Table(ExecutionsOf(recognised, static_cast<int>(label)),
                                         metadata.prototypes.back(), HasErrorsOnOneScale(metadata)));
  }
  metadata.temperature = FitTemperature(held_out, metadata);
  const KnownFit known = FitKnown(held_out, metadata);
  metadata.known_scale = known.scale;
  metadata.known_offset = known.offset;
  metadata.known_threshold =
      std::clamp(FitKnownThreshold(held_out, metadata), kMinKnownThreshold, kMaxKnownThreshold);
  return absl::OkStatus();
}

}  // namespace trackfit::training
