// The contract's InferencerService.
#ifndef TRACKFIT_SERVICES_INFERENCER_INFERENCER_SERVICE_H_
#define TRACKFIT_SERVICES_INFERENCER_INFERENCER_SERVICE_H_

#include <trackfit/v1/inferencer.grpc.pb.h>

#include <memory>

#include "coach_metrics.h"
#include "coaching/coach_session.h"
#include "model_store/served_models.h"
#include "pose_session.h"
#include "rpc/runtime.h"

namespace trackfit::inferencer_server {

// Thread-safe. The runtime outlives it.
class InferencerService final : public v1::InferencerService::CallbackService {
 public:
  InferencerService(rpc::Runtime& runtime, std::shared_ptr<const model_store::ServedModels> models,
                    std::shared_ptr<const coaching::Knowledge> knowledge);

  grpc::ServerBidiReactor<v1::InferStreamRequest, v1::InferStreamResponse>* InferStream(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* Infer(grpc::CallbackServerContext* context, const v1::InferRequest* request,
                                  v1::InferResponse* response) override;
  grpc::ServerUnaryReactor* GetModel(grpc::CallbackServerContext* context, const v1::GetModelRequest* request,
                                     v1::GetModelResponse* response) override;

 private:
  rpc::Runtime& runtime_;
  CoachMetrics coach_metrics_;
  const PoseSession::Shared shared_;
};

}  // namespace trackfit::inferencer_server

#endif  // TRACKFIT_SERVICES_INFERENCER_INFERENCER_SERVICE_H_
