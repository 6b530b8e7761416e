#include "media/container.h"

extern "C" {
#include <libavcodec/packet.h>
#include <libavformat/avformat.h>
#include <libavutil/dict.h>
#include <libavutil/log.h>
}

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string_view>

namespace trackfit::media {
namespace {

struct CloseInput {
  void operator()(AVFormatContext* context) const { avformat_close_input(&context); }
};

using Input = std::unique_ptr<AVFormatContext, CloseInput>;

// Nullptr when it cannot be opened.
Input Open(const std::string& path, const std::string& formats = "") {
  AVDictionary* options = nullptr;
  if (!formats.empty()) {
    av_dict_set(&options, "format_whitelist", formats.c_str(), 0);
    av_dict_set(&options, "protocol_whitelist", "file", 0);
  }
  AVFormatContext* opened = nullptr;
  const int error = avformat_open_input(&opened, FileUrl(path).c_str(), nullptr, &options);
  av_dict_free(&options);
  return error == 0 ? Input(opened) : nullptr;
}

struct FreePacket {
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};

AVStream* FirstVideo(const AVFormatContext& file) {
  for (AVStream* stream : std::span(file.streams, file.nb_streams)) {
    if (stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO) return stream;
  }
  return nullptr;
}

// True for MP4 and related formats unless fragmented. Other formats have no index, or estimate the duration
// from the file size.
bool HasFrameIndex(const AVFormatContext& file, const AVStream& video) {
  return std::string_view(file.iformat->name).find("mp4") != std::string_view::npos && video.nb_frames > 0;
}

int64_t CountIndexedFrames(AVStream* video) {
  int64_t frames = 0;
  for (int i = 0; i < avformat_index_get_entries_count(video); ++i)
    frames += (avformat_index_get_entry(video, i)->flags & AVINDEX_DISCARD_FRAME) == 0 ? 1 : 0;
  return frames;
}

bool IsTruncated(const AVFormatContext& file, AVStream* video) {
  const int count = avformat_index_get_entries_count(video);
  const AVIndexEntry* last = count > 0 ? avformat_index_get_entry(video, count - 1) : nullptr;
  const int64_t bytes = avio_size(file.pb);
  return last != nullptr && bytes > 0 && last->pos + last->size > bytes;
}

}  // namespace

std::string FileUrl(const std::string& path) { return "file:" + path; }

Container ReadContainer(const std::string& path, const std::string& formats) {
  Container container;
  const Input file = Open(path, formats);
  if (file == nullptr) return container;
  container.readable = true;
  AVStream* video = FirstVideo(*file);
  if (video == nullptr) return container;
  container.pixels = int64_t{video->codecpar->width} * video->codecpar->height;
  size_t bytes = 0;
  const auto* matrix =
      reinterpret_cast<const int32_t*>(av_stream_get_side_data(video, AV_PKT_DATA_DISPLAYMATRIX, &bytes));
  if (matrix != nullptr && bytes >= 9 * sizeof(int32_t))
    container.orientation = OrientationOf(std::span<const int32_t, 9>(matrix, 9));
  if (HasFrameIndex(*file, *video)) {
    container.frame_count = CountIndexedFrames(video);
    if (video->duration > 0)
      container.duration_seconds = static_cast<double>(video->duration) * av_q2d(video->time_base);
    container.truncated = IsTruncated(*file, video);
  }
  return container;
}

double MeasureDurationSeconds(const std::string& path) {
  const Input file = Open(path);
  const std::unique_ptr<AVPacket, FreePacket> packet(av_packet_alloc());
  if (file == nullptr || packet == nullptr) return 0;
  double first = std::numeric_limits<double>::infinity();
  double last = -first;
  for (; av_read_frame(file.get(), packet.get()) >= 0; av_packet_unref(packet.get())) {
    const int64_t time = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
    if (time == AV_NOPTS_VALUE) continue;
    const double second = av_q2d(file->streams[packet->stream_index]->time_base);
    first = std::min(first, static_cast<double>(time) * second);
    last = std::max(last, static_cast<double>(time + packet->duration) * second);
  }
  return std::max(0.0, last - first);
}

QuietLibav::QuietLibav() : level_(av_log_get_level()) { av_log_set_level(AV_LOG_FATAL); }
QuietLibav::~QuietLibav() { av_log_set_level(level_); }

}  // namespace trackfit::media
