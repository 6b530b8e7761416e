#include "load/recording.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/gateway_client.h"
#include "media/frame_source.h"

namespace trackfit::load {
namespace {

int64_t TimeUs(uint64_t sequence, double fps) {
  return std::llround(static_cast<double>(sequence) * 1e6 / fps);
}

}  // namespace

std::size_t Recording::IndexOf(uint64_t sequence) const {
  if (frames.size() == 1) return 0;
  const uint64_t there_and_back = 2 * (frames.size() - 1);
  const uint64_t at = sequence % there_and_back;
  return std::min(at, there_and_back - at);
}

v1::AnalyzeRequest Recording::FrameRequest(uint64_t sequence) const {
  v1::AnalyzeRequest request;
  v1::Frame& frame = *request.mutable_frame();
  frame = frames[IndexOf(sequence)];
  frame.set_sequence(sequence);
  frame.set_timestamp_us(TimeUs(sequence, fps));
  return request;
}

v1::AnalyzeRequest Recording::PoseRequest(uint64_t sequence) const {
  v1::AnalyzeRequest request;
  v1::Pose& pose = *request.mutable_pose();
  pose = poses[std::min(IndexOf(sequence), poses.size() - 1)];
  pose.set_sequence(sequence);
  pose.set_timestamp_us(TimeUs(sequence, fps));
  return request;
}

absl::StatusOr<Recording> ReadRecording(const std::string& video, double fps, double seconds,
                                        const client::EncodeOptions& encode) {
  absl::StatusOr<std::unique_ptr<media::FrameSource>> source = media::OpenFrameSource({video});
  if (!source.ok()) return source.status();
  Recording recording;
  recording.name = std::filesystem::path(video).filename().string();
  recording.fps = fps;
  std::optional<int64_t> first_us;
  while (true) {
    const absl::StatusOr<std::optional<media::SourceFrame>> frame = (*source)->Next();
    if (!frame.ok()) return frame.status();
    if (!frame->has_value()) break;
    if (!first_us) first_us = (*frame)->timestamp_us;
    const int64_t time_us = (*frame)->timestamp_us - *first_us;
    if (static_cast<double>(time_us) > seconds * 1e6) break;
    while (time_us >= TimeUs(recording.frames.size(), fps)) {  // a slower video shows a frame more than once
      absl::StatusOr<v1::Frame> encoded = client::EncodeFrame(**frame, 0, encode);
      if (!encoded.ok()) return encoded.status();
      recording.frames.push_back(*std::move(encoded));
    }
  }
  if (recording.frames.empty()) return absl::InvalidArgumentError(absl::StrCat(video, " holds no frames"));
  return recording;
}

absl::Status PlayAlone(const std::string& gateway, const tls::ClientFlags& tls,
                       const v1::SessionConfig& config, bool need_poses, Recording& recording,
                       const std::string& api_key) {
  v1::SessionConfig lossless = config;
  lossless.set_delivery(v1::DELIVERY_MODE_LOSSLESS);
  client::GatewaySession session({.gateway = gateway, .tls = tls, .max_unanswered = 32, .api_key = api_key});
  uint64_t next = 0;
  absl::Status played = session.Run(
      lossless,
      [&]() -> absl::StatusOr<std::optional<v1::Frame>> {
        if (next == recording.frames.size()) return std::nullopt;
        return std::move(*recording.FrameRequest(next++).mutable_frame());
      },
      [&](const v1::AnalyzeResponse& response) {
        if (response.has_frame_result()) {
          const v1::FrameResult& result = response.frame_result();
          recording.results.push_back(result.SerializeAsString());
          if (result.has_pose()) recording.poses.push_back(result.pose());
        } else if (response.has_assessment()) {
          recording.assessments[response.assessment().last_sequence()] =
              response.assessment().SerializeAsString();
        }
        return absl::OkStatus();
      });
  if (!played.ok()) return played;
  if (need_poses && recording.poses.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("nobody is seen in ", recording.name, ", so there are no poses to send"));
  }
  return absl::OkStatus();
}

}  // namespace trackfit::load
