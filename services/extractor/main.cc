// The extractor: frames in, 33-landmark skeletons out.
#include <opencv2/core/utility.hpp>
#include <utility>
#include <vector>

#include "blazepose/pose_engines.h"
#include "extractor_options.h"
#include "extractor_service.h"
#include "rpc/server.h"
#include "rpc/server_main.h"

namespace trackfit::extractor_server {
namespace {

int Serve(const ExtractorOptions& options, rpc::Runtime& runtime, rpc::TerminationSignal& signal) {
  cv::setNumThreads(1);  // the workers are the threads; OpenCV would bring more
  std::vector<ExtractorService::PoseModel> models;
  for (const blazepose::ModelComplexity complexity : options.Models()) {
    auto engines =
        blazepose::PoseEngines::LoadWarm(options.models_dir, complexity, options.server.WorkerCount());
    if (!engines.ok()) {
      runtime.log().Error("cannot load BlazePose", {{"reason", engines.status().message()}});
      return 1;
    }
    models.push_back({complexity, *std::move(engines)});
  }
  ExtractorService service(runtime, models, options.decoder);
  return rpc::ServeUntilSignal(signal, runtime, service, v1::ExtractorService::service_full_name());
}

}  // namespace
}  // namespace trackfit::extractor_server

int main(int argc, char** argv) {
  return trackfit::rpc::ServerMain(argc, argv, {"extractor", "frames in, skeletons out"},
                                   trackfit::extractor_server::Serve);
}
