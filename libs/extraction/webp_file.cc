#include "extraction/webp_file.h"

#include <webp/decode.h>

#include <cstddef>
#include <cstdint>

namespace trackfit::extraction {

bool DecodeWebp(std::string_view file, cv::Mat& bgr) {
  const auto* data = reinterpret_cast<const uint8_t*>(file.data());
  int width = 0, height = 0;
  if (WebPGetInfo(data, file.size(), &width, &height) == 0 || width != bgr.cols || height != bgr.rows) {
    return false;
  }
  const std::size_t stride = bgr.step[0];
  return WebPDecodeBGRInto(data, file.size(), bgr.data, stride * static_cast<std::size_t>(height),
                           static_cast<int>(stride)) != nullptr;
}

}  // namespace trackfit::extraction
