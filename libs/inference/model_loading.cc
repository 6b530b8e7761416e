#include "inference/model_loading.h"

#include "inference/protogcn_assessor.h"
#include "protogcn/model.h"

namespace trackfit::inference {
namespace {

// Debian's reference BLAS reaches 6 GFLOP/s, OpenBLAS 70 to 100.
constexpr double kSlowBlas = 20;

}  // namespace

void PrepareToServe(const telemetry::Logger& log, telemetry::Metrics& metrics) {
  protogcn::ConfigureThreads();
  const double gflops = protogcn::MeasureBlas();
  metrics.Gauge("trackfit_blas_gflops", "Speed of a matrix product on one thread.").Set(gflops);
  if (gflops >= kSlowBlas) return log.Info("BLAS measured", {{"gflops", gflops}});
  log.Warning("BLAS IS SLOW: every inference takes many times as long as it should",
              {{"gflops", gflops}, {"expected", kSlowBlas}, {"remedy", "install libopenblas0-openmp"}});
}

absl::StatusOr<std::shared_ptr<const assessment::Assessor>> LoadModel(const std::string& path,
                                                                      const std::string& version) {
  const auto assessor = ProtogcnAssessor::Load(path, version);
  if (!assessor.ok()) return assessor.status();
  return *assessor;
}

}  // namespace trackfit::inference
