// The inferencer: skeletons in, assessments and what the coach says out.
#include <chrono>
#include <cmath>
#include <string>

#include "coaching/coach_session.h"
#include "inference/model_loading.h"
#include "inferencer_options.h"
#include "inferencer_service.h"
#include "model_store/model_poll.h"
#include "model_store/model_store.h"
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
  inference::PrepareToServe(runtime.log(), runtime.metrics());
  model_store::ModelStoreOptions store_options{.root = options.model_repository};
  store_options.trial.max_slowdown = options.max_model_slowdown;
  model_store::ModelStore store(store_options, inference::LoadModel, runtime.log(), runtime.metrics());
  if (absl::Status started = store.Start(); !started.ok()) {
    runtime.log().Error("cannot serve a model", {{"reason", started.message()}});
    return 1;
  }
  const auto interval = std::chrono::milliseconds(std::llround(std::ceil(1000 * options.model_poll)));
  model_store::ModelPoll poll([&store] { return store.Look(); }, interval, runtime.log());
  InferencerService service(runtime, store.served(), *std::move(knowledge));
  signal.OnReload([&poll, &runtime] {
    runtime.log().Info("looking for models");
    poll.LookNow();
  });
  return rpc::ServeUntilSignal(signal, runtime, service, v1::InferencerService::service_full_name());
}

}  // namespace
}  // namespace trackfit::inferencer_server

int main(int argc, char** argv) {
  using trackfit::rpc::HangUp;
  return trackfit::rpc::ServerMain(argc, argv,
                                   {"inferencer", "skeletons in, assessments out", HangUp::kReloads},
                                   trackfit::inferencer_server::Serve);
}
