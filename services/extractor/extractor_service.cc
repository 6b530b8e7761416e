#include "extractor_service.h"

#include <memory>
#include <utility>

#include "blazepose/pose_tracker.h"
#include "rpc/convert.h"
#include "rpc/stream_reactor.h"
#include "rpc/unary_call.h"

namespace trackfit::extractor {
namespace {

serving::RawPicture::Format ToFormat(v1::RawImage::PixelFormat format) {
  using Format = serving::RawPicture::Format;
  switch (format) {
    case v1::RawImage::PIXEL_FORMAT_RGB:
      return Format::kRgb;
    case v1::RawImage::PIXEL_FORMAT_BGR:
      return Format::kBgr;
    case v1::RawImage::PIXEL_FORMAT_GRAY:
      return Format::kGray;
    case v1::RawImage::PIXEL_FORMAT_NV12:
      return Format::kNv12;
    case v1::RawImage::PIXEL_FORMAT_I420:
      return Format::kI420;
    default:
      return Format::kUnknown;
  }
}

// A view into the message.
serving::ExtractorFrame ViewOf(const v1::Frame& frame) {
  serving::ExtractorFrame view;
  view.sequence = frame.sequence();
  view.timestamp_us = frame.timestamp_us();
  if (frame.has_encoded()) {
    view.picture = serving::EncodedPicture{frame.encoded()};
  } else if (frame.has_raw()) {
    const v1::RawImage& raw = frame.raw();
    view.picture =
        serving::RawPicture{raw.width(), raw.height(), ToFormat(raw.format()), raw.data(), raw.stride()};
  }
  return view;
}

v1::FrameResult ToProto(const serving::ExtractionResult& result) {
  v1::FrameResult message;
  message.set_sequence(result.sequence);
  if (result.invalid) {
    message.set_status(v1::FRAME_STATUS_INVALID_FRAME);
    message.set_detail(*result.invalid);
  } else if (result.pose) {
    message.set_status(v1::FRAME_STATUS_POSE);
    *message.mutable_pose() = rpc::ToProto(*result.pose);
  } else {
    message.set_status(v1::FRAME_STATUS_NO_POSE);
  }
  return message;
}

absl::StatusOr<v1::FrameResult> Process(serving::ExtractionSession& session, bool has_frame,
                                        const v1::Frame& frame, int worker) {
  if (!has_frame) return absl::InvalidArgumentError("frame is missing");
  const auto result = session.Process(ViewOf(frame), worker);
  if (!result.ok()) return result.status();
  return ToProto(*result);
}

class ExtractStreamHandler : public rpc::StreamHandler<v1::ExtractStreamRequest> {
 public:
  ExtractStreamHandler(rpc::StreamSession<v1::ExtractStreamResponse> stream,
                       serving::ExtractionSession session)
      : stream_(std::move(stream)), session_(std::move(session)) {}

  void OnRequest(v1::ExtractStreamRequest request, rpc::InFlight, int worker) override {
    auto result = Process(session_, request.has_frame(), request.frame(), worker);
    if (!result.ok()) return stream_.responses->Finish(result.status());
    v1::ExtractStreamResponse response;
    *response.mutable_result() = *std::move(result);
    stream_.responses->Write(std::move(response));
  }

  void OnHalfClose(int) override { stream_.responses->Finish(absl::OkStatus()); }

 private:
  rpc::StreamSession<v1::ExtractStreamResponse> stream_;
  serving::ExtractionSession session_;
};

}  // namespace

ExtractorService::ExtractorService(rpc::Runtime& runtime, PoseEngines& engines,
                                   const serving::FrameDecoderConfig& decoder)
    : runtime_(runtime), engines_(engines), decoder_(decoder), metrics_(runtime.metrics()) {}

grpc::ServerBidiReactor<v1::ExtractStreamRequest, v1::ExtractStreamResponse>* ExtractorService::ExtractStream(
    grpc::CallbackServerContext* context) {
  return rpc::OpenStream<v1::ExtractStreamRequest, v1::ExtractStreamResponse>(
      runtime_, context, "ExtractStream", [this](auto stream) {
        return std::make_unique<ExtractStreamHandler>(std::move(stream), NewSession(/*static_mode=*/false));
      });
}

grpc::ServerUnaryReactor* ExtractorService::Extract(grpc::CallbackServerContext* context,
                                                    const v1::ExtractRequest* request,
                                                    v1::ExtractResponse* response) {
  return rpc::RunUnary(runtime_, context, "Extract",
                       [this, request, response](int worker) -> absl::StatusOr<rpc::Progress> {
                         serving::ExtractionSession session = NewSession(/*static_mode=*/true);
                         auto result = Process(session, request->has_frame(), request->frame(), worker);
                         if (!result.ok()) return result.status();
                         *response->mutable_result() = *std::move(result);
                         return rpc::Progress::kDone;
                       });
}

serving::ExtractionSession ExtractorService::NewSession(bool static_mode) {
  blazepose::PoseTrackerConfig config;
  config.static_mode = static_mode;
  return serving::ExtractionSession(
      decoder_, metrics_,
      [this, tracker = blazepose::PoseTracker(config)](int worker, const cv::Mat& bgr, uint64_t sequence,
                                                       int64_t timestamp_us) mutable {
        return tracker.Track(engines_.OfWorker(worker), bgr, sequence, timestamp_us);
      });
}

}  // namespace trackfit::extractor
