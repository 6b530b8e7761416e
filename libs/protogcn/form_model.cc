#include "protogcn/form_model.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"

namespace trackfit::protogcn {
namespace {

bool AllFinite(const std::vector<float>& values) {
  return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
}

}  // namespace

float FormModel::Curve::At(float measure) const {
  const auto above = std::upper_bound(knots.begin(), knots.end(), measure);
  if (above == knots.begin()) return values.front();
  if (above == knots.end()) return values.back();
  const auto i = above - knots.begin();
  const float share = (measure - knots[i - 1]) / (knots[i] - knots[i - 1]);
  return values[i - 1] + (values[i] - values[i - 1]) * share;
}

std::optional<float> FormModel::Logit(const skeleton::Measurements& measures) const {
  float sum = bias;
  bool measured = false;
  for (const auto& [measure, curve] : curves) {
    if (!std::isfinite(measures[measure])) continue;
    measured = true;
    sum += curve.At(measures[measure]);
  }
  return measured ? std::optional(sum) : std::nullopt;
}

absl::Status FormModel::Validate() const {
  if (!std::isfinite(bias)) return absl::InvalidArgumentError("form.bias is not finite");
  for (const auto& [measure, curve] : curves) {
    const char* name = skeleton::MeasureNames()[measure];
    if (curve.knots.empty() || curve.knots.size() != curve.values.size()) {
      return absl::InvalidArgumentError(absl::StrCat("form.", name, " has ", curve.knots.size(),
                                                     " knots and ", curve.values.size(),
                                                     " values; expected as many, at least one"));
    }
    if (!AllFinite(curve.knots) || !AllFinite(curve.values))
      return absl::InvalidArgumentError(absl::StrCat("form.", name, " has a value that is not finite"));
    if (std::adjacent_find(curve.knots.begin(), curve.knots.end(), std::greater_equal<>()) !=
        curve.knots.end())
      return absl::InvalidArgumentError(absl::StrCat("the knots of form.", name, " do not ascend"));
  }
  return absl::OkStatus();
}

}  // namespace trackfit::protogcn
