// The contract's ExtractorService.
#ifndef TRACKFIT_EXTRACTOR_EXTRACTOR_SERVICE_H_
#define TRACKFIT_EXTRACTOR_EXTRACTOR_SERVICE_H_

#include <trackfit/v1/extractor.grpc.pb.h>

#include "blazepose/people_tracker.h"
#include "pose_engines.h"
#include "rpc/runtime.h"
#include "serving/extraction_session.h"
#include "serving/frame_decoder.h"

namespace trackfit::extractor {

// Thread-safe. Runtime and engines outlive it.
class ExtractorService final : public v1::ExtractorService::CallbackService {
 public:
  // `decoder` must be valid.
  ExtractorService(rpc::Runtime& runtime, PoseEngines& engines, const serving::FrameDecoderConfig& decoder);

  grpc::ServerBidiReactor<v1::ExtractStreamRequest, v1::ExtractStreamResponse>* ExtractStream(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* Extract(grpc::CallbackServerContext* context, const v1::ExtractRequest* request,
                                    v1::ExtractResponse* response) override;

 private:
  // A session with a tracker of its own.
  serving::ExtractionSession NewSession(const blazepose::PoseTrackerConfig& config);

  rpc::Runtime& runtime_;
  PoseEngines& engines_;
  const serving::FrameDecoder decoder_;
  serving::ExtractionMetrics metrics_;
};

}  // namespace trackfit::extractor

#endif  // TRACKFIT_EXTRACTOR_EXTRACTOR_SERVICE_H_
