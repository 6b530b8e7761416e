// The contract's ExtractorService.
#ifndef TRACKFIT_SERVICES_EXTRACTOR_EXTRACTOR_SERVICE_H_
#define TRACKFIT_SERVICES_EXTRACTOR_EXTRACTOR_SERVICE_H_

#include <trackfit/v1/extractor.grpc.pb.h>

#include "blazepose/people_tracker.h"
#include "blazepose/pose_engines.h"
#include "extraction/extraction_session.h"
#include "extraction/frame_decoder.h"
#include "rpc/runtime.h"

namespace trackfit::extractor_server {

// Thread-safe. Runtime and engines outlive it.
class ExtractorService final : public v1::ExtractorService::CallbackService {
 public:
  // `decoder` must be valid.
  ExtractorService(rpc::Runtime& runtime, blazepose::PoseEngines& engines,
                   const extraction::FrameDecoderConfig& decoder);

  grpc::ServerBidiReactor<v1::ExtractStreamRequest, v1::ExtractStreamResponse>* ExtractStream(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* Extract(grpc::CallbackServerContext* context, const v1::ExtractRequest* request,
                                    v1::ExtractResponse* response) override;

 private:
  // A session with a tracker of its own.
  extraction::ExtractionSession NewSession(const blazepose::PoseTrackerConfig& config);

  rpc::Runtime& runtime_;
  blazepose::PoseEngines& engines_;
  const extraction::FrameDecoder decoder_;
  extraction::ExtractionMetrics metrics_;
};

}  // namespace trackfit::extractor_server

#endif  // TRACKFIT_SERVICES_EXTRACTOR_EXTRACTOR_SERVICE_H_
