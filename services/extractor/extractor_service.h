// The contract's ExtractorService.
#ifndef TRACKFIT_SERVICES_EXTRACTOR_EXTRACTOR_SERVICE_H_
#define TRACKFIT_SERVICES_EXTRACTOR_EXTRACTOR_SERVICE_H_

#include <trackfit/v1/extractor.grpc.pb.h>

#include <vector>

#include "absl/status/statusor.h"
#include "blazepose/people_tracker.h"
#include "blazepose/pose_engines.h"
#include "extraction/extraction_session.h"
#include "extraction/frame_decoder.h"
#include "rpc/runtime.h"

namespace trackfit::extractor_server {

// Thread-safe. Runtime and models outlive it.
class ExtractorService final : public v1::ExtractorService::CallbackService {
 public:
  // A landmark network, with an engine for each worker.
  struct PoseModel {
    blazepose::ModelComplexity complexity;
    blazepose::PoseEngines engines;
  };

  // `models` has at least one; the first is for sessions that name none. `decoder` must be valid.
  ExtractorService(rpc::Runtime& runtime, std::vector<PoseModel>& models,
                   const extraction::FrameDecoderConfig& decoder);

  grpc::ServerBidiReactor<v1::ExtractStreamRequest, v1::ExtractStreamResponse>* ExtractStream(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* Extract(grpc::CallbackServerContext* context, const v1::ExtractRequest* request,
                                    v1::ExtractResponse* response) override;

 private:
  // A session with a tracker of its own. INVALID_ARGUMENT when there is no such model.
  absl::StatusOr<extraction::ExtractionSession> NewSession(const blazepose::PoseTrackerConfig& config,
                                                           v1::PoseModel model);
  absl::StatusOr<blazepose::PoseEngines*> EnginesOf(v1::PoseModel model);

  rpc::Runtime& runtime_;
  std::vector<PoseModel>& models_;
  const extraction::FrameDecoder decoder_;
  extraction::ExtractionMetrics metrics_;
  prometheus::Histogram& detector_seconds_;
  prometheus::Histogram& landmark_seconds_;
};

}  // namespace trackfit::extractor_server

#endif  // TRACKFIT_SERVICES_EXTRACTOR_EXTRACTOR_SERVICE_H_
