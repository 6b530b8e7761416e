#include "container.h"

extern "C" {
#include <libavformat/avformat.h>
#include <libavutil/log.h>
}

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace trackfit::tools {
namespace {

struct CloseInput {
  void operator()(AVFormatContext* context) const { avformat_close_input(&context); }
};

AVStream* FirstVideo(const AVFormatContext& file) {
  for (AVStream* stream : std::span(file.streams, file.nb_streams)) {
    if (stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO) return stream;
  }
  return nullptr;
}

// MP4 and its kin; other formats know no table, or guess the duration from the file's size.
bool HasTable(const AVFormatContext& file) {
  return std::string_view(file.iformat->name).find("mp4") != std::string_view::npos;
}

bool IsCutOff(const AVFormatContext& file, AVStream* video) {
  const int count = avformat_index_get_entries_count(video);
  const AVIndexEntry* last = count > 0 ? avformat_index_get_entry(video, count - 1) : nullptr;
  const int64_t bytes = avio_size(file.pb);
  return last != nullptr && bytes > 0 && last->pos + last->size > bytes;
}

}  // namespace

std::string FileUrl(const std::string& path) { return "file:" + path; }

Container ReadContainer(const std::string& path) {
  Container container;
  AVFormatContext* opened = nullptr;
  if (avformat_open_input(&opened, FileUrl(path).c_str(), nullptr, nullptr) != 0) return container;
  const std::unique_ptr<AVFormatContext, CloseInput> file(opened);
  AVStream* video = FirstVideo(*file);
  if (video == nullptr) return container;
  size_t bytes = 0;
  const auto* matrix =
      reinterpret_cast<const int32_t*>(av_stream_get_side_data(video, AV_PKT_DATA_DISPLAYMATRIX, &bytes));
  if (matrix != nullptr && bytes >= 9 * sizeof(int32_t))
    container.orientation = OrientationOf(std::span<const int32_t, 9>(matrix, 9));
  if (HasTable(*file)) {
    if (video->duration > 0)
      container.seconds = static_cast<double>(video->duration) * av_q2d(video->time_base);
    container.cut_off = IsCutOff(*file, video);
  }
  return container;
}

QuietLibav::QuietLibav() : level_(av_log_get_level()) { av_log_set_level(AV_LOG_FATAL); }
QuietLibav::~QuietLibav() { av_log_set_level(level_); }

}  // namespace trackfit::tools
