// The inferencer: skeletons in, assessments and what the coach says out.
#include <string>

#include "coaching/coach_session.h"
#include "inference/model_loading.h"
#include "inferencer_options.h"
#include "inferencer_service.h"
#include "rpc/server.h"
#include "rpc/server_main.h"

namespace trackfit::inferencer_server {
namespace {

int Serve(const InferencerOptions& options, rpc::Runtime& runtime, rpc::TerminationSignal& signal) {
  auto knowledge = coaching::Knowledge::Load(options.exercises);
  if (!knowledge.ok()) {
    runtime.log().Error("cannot coach",
                        {{"reason", "--exercises: " + std::string(knowledge.status().message())}});
    return 1;
  }
  const auto model = inference::LoadNewestModel(options.model_repository, runtime.log(), runtime.metrics());
  if (!model.ok()) {
    runtime.log().Error("cannot serve a model", {{"reason", model.status().message()}});
    return 1;
  }
  InferencerService service(runtime, *model, *std::move(knowledge));
  return rpc::ServeUntilSignal(signal, runtime, service, v1::InferencerService::service_full_name());
}

}  // namespace
}  // namespace trackfit::inferencer_server

int main(int argc, char** argv) {
  return trackfit::rpc::ServerMain(argc, argv, {"inferencer", "skeletons in, assessments out"},
                                   trackfit::inferencer_server::Serve);
}
