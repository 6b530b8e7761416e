#include "extractor_service.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "blazepose/people_tracker.h"
#include "contract/convert.h"
#include "rpc/stream_reactor.h"
#include "rpc/unary_call.h"
#include "skeleton/validate.h"
#include "streaming/stream_handler.h"

namespace trackfit::extractor_server {
namespace {

extraction::RawImage::Format ToFormat(v1::RawImage::PixelFormat format) {
  using Format = extraction::RawImage::Format;
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
extraction::ExtractorFrame ViewOf(const v1::Frame& frame) {
  extraction::ExtractorFrame view;
  view.sequence = frame.sequence();
  view.timestamp_us = frame.timestamp_us();
  if (frame.has_encoded()) {
    view.image = extraction::EncodedImage{frame.encoded()};
  } else if (frame.has_raw()) {
    const v1::RawImage& raw = frame.raw();
    view.image =
        extraction::RawImage{raw.width(), raw.height(), ToFormat(raw.format()), raw.data(), raw.stride()};
  }
  return view;
}

v1::PoseModel ToProto(blazepose::ModelComplexity complexity) {
  switch (complexity) {
    case blazepose::ModelComplexity::kLite:
      return v1::POSE_MODEL_LITE;
    case blazepose::ModelComplexity::kFull:
      return v1::POSE_MODEL_FULL;
    case blazepose::ModelComplexity::kHeavy:
      return v1::POSE_MODEL_HEAVY;
  }
  return v1::POSE_MODEL_UNSPECIFIED;
}

// Of a network that ran.
void Observe(prometheus::Histogram& seconds, std::chrono::steady_clock::duration time) {
  if (time > time.zero()) seconds.Observe(std::chrono::duration<double>(time).count());
}

v1::FrameResult ToProto(const extraction::ExtractionResult& result) {
  v1::FrameResult message;
  message.set_sequence(result.sequence);
  message.set_detail(result.warning);
  if (result.dropped) {
    message.set_status(v1::FRAME_STATUS_DROPPED);
    message.set_detail("a newer frame was waiting");
  } else if (result.invalid) {
    message.set_status(v1::FRAME_STATUS_INVALID_FRAME);
    message.set_detail(*result.invalid);
  } else if (result.poses.empty()) {
    message.set_status(v1::FRAME_STATUS_NO_POSE);
  } else {
    message.set_status(v1::FRAME_STATUS_POSE);
    *message.mutable_pose() = contract::ToProto(result.poses.front());
    for (size_t other = 1; other < result.poses.size(); ++other) {
      *message.add_other_poses() = contract::ToProto(result.poses[other]);
    }
  }
  return message;
}

absl::StatusOr<v1::FrameResult> Process(extraction::ExtractionSession& session, bool has_frame,
                                        const v1::Frame& frame, int worker) {
  if (!has_frame) return absl::InvalidArgumentError("frame is missing");
  const auto result = session.Process(ViewOf(frame), worker);
  if (!result.ok()) return result.status();
  return ToProto(*result);
}

class ExtractStreamHandler : public streaming::StreamHandler<v1::ExtractStreamRequest> {
 public:
  using NewSession =
      std::function<absl::StatusOr<extraction::ExtractionSession>(const v1::ExtractStreamConfig& config)>;

  ExtractStreamHandler(streaming::StreamSession<v1::ExtractStreamResponse> stream, NewSession new_session)
      : stream_(std::move(stream)), new_session_(std::move(new_session)) {}

  void OnRequest(v1::ExtractStreamRequest request, streaming::InFlight, int worker) override {
    if (request.has_config()) {
      if (absl::Status status = Configure(request.config()); !status.ok()) {
        stream_.responses->Finish(std::move(status));
      }
      return;
    }
    if (!session_) {
      if (absl::Status status = Configure({}); !status.ok())
        return stream_.responses->Finish(std::move(status));
    }
    Answer(Process(*session_, request.has_frame(), request.frame(), worker));
  }

  bool newest_only() const override { return newest_only_; }
  void OnSuperseded(v1::ExtractStreamRequest request, streaming::InFlight in_flight) override {
    if (!request.has_frame()) return OnRequest(std::move(request), std::move(in_flight), 0);  // says why not
    auto dropped = session_->Drop(request.frame().sequence());
    if (!dropped.ok()) return stream_.responses->Finish(dropped.status());
    Answer(ToProto(*dropped));
  }

  void OnHalfClose(int) override { stream_.responses->Finish(absl::OkStatus()); }

 private:
  absl::Status Configure(const v1::ExtractStreamConfig& config) {
    if (session_) {
      return absl::InvalidArgumentError(
          "config came late; it must be the first request, and the only config");
    }
    auto session = new_session_(config);
    if (!session.ok()) return session.status();
    session_.emplace(*std::move(session));
    newest_only_ = config.newest_only();
    return absl::OkStatus();
  }

  void Answer(absl::StatusOr<v1::FrameResult> result) {
    if (!result.ok()) return stream_.responses->Finish(result.status());
    v1::ExtractStreamResponse response;
    *response.mutable_result() = *std::move(result);
    stream_.responses->Write(std::move(response));
  }

  streaming::StreamSession<v1::ExtractStreamResponse> stream_;
  const NewSession new_session_;
  std::optional<extraction::ExtractionSession> session_;  // from the first request on
  bool newest_only_ = false;                              // then session_ is there
};

}  // namespace

ExtractorService::ExtractorService(rpc::Runtime& runtime, std::vector<PoseModel>& models,
                                   const extraction::FrameDecoderConfig& decoder)
    : runtime_(runtime),
      models_(models),
      decoder_(decoder),
      metrics_(runtime.metrics()),
      detector_seconds_(runtime.metrics().Histogram(
          "trackfit_detector_seconds",
          "Time in the network that finds people, of the frames in which it ran.")),
      landmark_seconds_(runtime.metrics().Histogram(
          "trackfit_landmark_seconds",
          "Time in the network that finds the landmarks, for all people of a frame.")) {}

grpc::ServerBidiReactor<v1::ExtractStreamRequest, v1::ExtractStreamResponse>* ExtractorService::ExtractStream(
    grpc::CallbackServerContext* context) {
  return rpc::OpenStream<v1::ExtractStreamRequest, v1::ExtractStreamResponse>(
      runtime_, context, "ExtractStream", [this](auto stream) {
        return std::make_unique<ExtractStreamHandler>(
            std::move(stream),
            [this](const v1::ExtractStreamConfig& config) -> absl::StatusOr<extraction::ExtractionSession> {
              const uint32_t max_people = std::max(config.max_people(), 1U);
              absl::Status valid = skeleton::ValidateMaxPeople("config", max_people);
              if (!valid.ok()) return valid;
              return NewSession({.max_people = max_people}, config.pose_model());
            });
      });
}

grpc::ServerUnaryReactor* ExtractorService::Extract(grpc::CallbackServerContext* context,
                                                    const v1::ExtractRequest* request,
                                                    v1::ExtractResponse* response) {
  return rpc::RunUnary(runtime_, context, "Extract", request->ByteSizeLong(),
                       [this, request, response](int worker) -> absl::StatusOr<rpc::Progress> {
                         auto session = NewSession({.static_mode = true}, v1::POSE_MODEL_UNSPECIFIED);
                         if (!session.ok()) return session.status();
                         auto result = Process(*session, request->has_frame(), request->frame(), worker);
                         if (!result.ok()) return result.status();
                         *response->mutable_result() = *std::move(result);
                         return rpc::Progress::kDone;
                       });
}

absl::StatusOr<extraction::ExtractionSession> ExtractorService::NewSession(
    const blazepose::PoseTrackerConfig& config, v1::PoseModel model) {
  absl::StatusOr<blazepose::PoseEngines*> engines = EnginesOf(model);
  if (!engines.ok()) return engines.status();
  return extraction::ExtractionSession(
      decoder_, metrics_,
      [this, engines = *engines, tracker = blazepose::PeopleTracker(config)](
          int worker, const cv::Mat& bgr, uint64_t sequence, int64_t timestamp_us) mutable {
        auto poses = tracker.Track(engines->OfWorker(worker), bgr, sequence, timestamp_us);
        Observe(detector_seconds_, tracker.times().detector);
        Observe(landmark_seconds_, tracker.times().landmarks);
        return poses;
      });
}

absl::StatusOr<blazepose::PoseEngines*> ExtractorService::EnginesOf(v1::PoseModel model) {
  if (model == v1::POSE_MODEL_UNSPECIFIED) return &models_.front().engines;
  std::vector<std::string> names;
  for (PoseModel& loaded : models_) {
    if (ToProto(loaded.complexity) == model) return &loaded.engines;
    names.push_back(v1::PoseModel_Name(ToProto(loaded.complexity)));
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "config.pose_model is ",
      v1::PoseModel_IsValid(model) ? v1::PoseModel_Name(model) : std::to_string(static_cast<int>(model)),
      "; the server has ", absl::StrJoin(names, " and ")));
}

}  // namespace trackfit::extractor_server
