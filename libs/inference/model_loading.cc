#include "inference/model_loading.h"

#include <vector>

#include "inference/measured_assessor.h"
#include "inference/model_repository.h"
#include "inference/protogcn_assessor.h"
#include "protogcn/model.h"

namespace trackfit::inference {
namespace {

// Debian's reference BLAS reaches 6 GFLOP/s, OpenBLAS 70 to 100.
constexpr double kSlowBlas = 20;

void CheckBlas(const telemetry::Logger& log, telemetry::Metrics& metrics) {
  const double gflops = protogcn::MeasureBlas();
  metrics.Gauge("trackfit_blas_gflops", "Speed of a matrix product on one thread.").Set(gflops);
  if (gflops >= kSlowBlas) return log.Info("BLAS measured", {{"gflops", gflops}});
  log.Warning("BLAS IS SLOW: every inference takes many times as long as it should",
              {{"gflops", gflops}, {"expected", kSlowBlas}, {"remedy", "install libopenblas0-openmp"}});
}

// A model that cannot assess a still figure is broken.
absl::Status WarmUp(const assessment::Assessor& assessor) {
  skeleton::Pose pose;
  for (int joint = 0; joint < skeleton::kJointCount; ++joint) {
    const float place = static_cast<float>(joint) / skeleton::kJointCount;
    pose.landmarks[static_cast<std::size_t>(joint)] = {0.4f + 0.2f * static_cast<float>(joint % 2), place, 0,
                                                       1, 1};
  }
  const std::vector<skeleton::Pose> window(static_cast<std::size_t>(assessor.window_frames()), pose);
  return assessor.Assess(window, "").status();
}

absl::StatusOr<std::shared_ptr<const assessment::Assessor>> LoadAndWarm(const std::string& path,
                                                                        const std::string& version) {
  const auto assessor = ProtogcnAssessor::Load(path, version);
  if (!assessor.ok()) return assessor.status();
  if (absl::Status warm = WarmUp(**assessor); !warm.ok()) return warm;
  return *assessor;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const assessment::Assessor>> LoadNewestModel(
    const std::string& model_repository, const telemetry::Logger& log, telemetry::Metrics& metrics) {
  protogcn::ConfigureThreads();
  CheckBlas(log, metrics);
  const auto model = ModelRepository(model_repository, LoadAndWarm, log).LoadNewest();
  if (!model.ok()) return model.status();
  return std::make_shared<const MeasuredAssessor>(*model, metrics);
}

}  // namespace trackfit::inference
