#include "extraction/png_file.h"

#include <png.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace trackfit::extraction {
namespace {

[[noreturn]] void GiveUp(png_structp png, png_const_charp) { png_longjmp(png, 1); }

void IgnoreWarning(png_structp, png_const_charp) {}

void Read(png_structp png, png_bytep to, std::size_t size) {
  auto& rest = *static_cast<std::string_view*>(png_get_io_ptr(png));
  if (size > rest.size()) png_error(png, "cut off");
  std::copy_n(rest.data(), size, to);
  rest.remove_prefix(size);
}

// The header first. From there on libpng makes 8-bit BGR of whatever it finds.
bool StartBgr(png_structp png, png_infop info, png_uint_32 width, png_uint_32 height) {
  png_set_user_limits(png, width, height);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);  // inflates no text and no profile
  png_read_info(png, info);
  if (png_get_image_width(png, info) != width || png_get_image_height(png, info) != height) return false;
  png_set_strip_16(png);
  png_set_strip_alpha(png);
  png_set_expand(png);
  png_set_gray_to_rgb(png);
  png_set_bgr(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  return png_get_rowbytes(png, info) == std::size_t{3} * width;
}

}  // namespace

bool DecodePng(std::string_view file, cv::Mat& bgr) {
  std::vector<png_bytep> rows(static_cast<std::size_t>(bgr.rows));
  for (int y = 0; y < bgr.rows; ++y) rows[static_cast<std::size_t>(y)] = bgr.ptr(y);
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, GiveUp, IgnoreWarning);
  if (png == nullptr) return false;
  png_infop info = png_create_info_struct(png);
  volatile bool done = false;                             // survives the longjmp
  if (info != nullptr && setjmp(png_jmpbuf(png)) == 0) {  // nothing within has a destructor
    png_set_read_fn(png, &file, Read);
    if (StartBgr(png, info, static_cast<png_uint_32>(bgr.cols), static_cast<png_uint_32>(bgr.rows))) {
      png_read_image(png, rows.data());
      done = true;
    }
  }
  png_destroy_read_struct(&png, &info, nullptr);
  return done;
}

}  // namespace trackfit::extraction
