#include "extraction/jpeg_file.h"

#include <jerror.h>
#include <jpeglib.h>

#include <algorithm>
#include <csetjmp>
#include <cstddef>
#include <cstdio>  // jpeglib.h needs it, and size_t, before

namespace trackfit::extraction {
namespace {

struct Failure {
  jpeg_error_mgr manager;  // first, so that libjpeg's pointer to it can be cast to Failure
  std::jmp_buf jump;
};

[[noreturn]] void GiveUp(j_common_ptr jpeg) { std::longjmp(reinterpret_cast<Failure*>(jpeg->err)->jump, 1); }

// libjpeg inserts an end marker at the end of the file, and warns if it meets it before the last block.
void GiveUpAtEarlyEnd(j_common_ptr jpeg, int level) {
  if (level < 0 && jpeg->err->msg_code == JWRN_HIT_MARKER) GiveUp(jpeg);
}

void IgnoreMessage(j_common_ptr, int) {}

void SayNothing(j_common_ptr) {}

// Calls `read(jpeg)` with a decoder that has the file's header; false when that, or libjpeg, gives up.
// libjpeg leaves by longjmp(), so `read` must have no local variables with destructors.
template <typename Read>
bool WithDecoder(std::string_view file, void (*on_message)(j_common_ptr, int), Read read) {
  Failure failure;
  jpeg_decompress_struct jpeg{};
  jpeg.err = jpeg_std_error(&failure.manager);
  failure.manager.error_exit = GiveUp;
  failure.manager.emit_message = on_message;
  failure.manager.output_message = SayNothing;
  volatile bool done = false;  // survives the longjmp
  if (setjmp(failure.jump) == 0) {
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char*>(file.data()), file.size());
    jpeg_read_header(&jpeg, TRUE);
    done = read(jpeg);
  }
  jpeg_destroy_decompress(&jpeg);
  return done;
}

JSAMPARRAY RowBuffer(jpeg_decompress_struct& jpeg) {
  const JDIMENSION row_bytes = jpeg.output_width * static_cast<JDIMENSION>(jpeg.output_components);
  return jpeg.mem->alloc_sarray(reinterpret_cast<j_common_ptr>(&jpeg), JPOOL_IMAGE, row_bytes, 1);
}

// A missing scan leaves a component without a quantization table, or coefficients without their last bits.
bool HasAllScans(const jpeg_decompress_struct& jpeg) {
  for (int component = 0; component < jpeg.num_components; ++component) {
    if (jpeg.comp_info[component].quant_table == nullptr) return false;
    if (!jpeg.progressive_mode) continue;
    const int* const missing_bits = jpeg.coef_bits[component];
    if (std::any_of(missing_bits, missing_bits + DCTSIZE2, [](int bits) { return bits != 0; })) return false;
  }
  return true;
}

bool ReadAll(jpeg_decompress_struct& jpeg) {
  jpeg.out_color_space = jpeg.jpeg_color_space;  // avoids all work beyond entropy decoding
  jpeg.scale_num = 1;
  jpeg.scale_denom = DCTSIZE;
  jpeg.do_fancy_upsampling = FALSE;
  jpeg.do_block_smoothing = FALSE;
  jpeg_start_decompress(&jpeg);
  JSAMPARRAY row = RowBuffer(jpeg);
  while (jpeg.output_scanline < jpeg.output_height) jpeg_read_scanlines(&jpeg, row, 1);
  return HasAllScans(jpeg);
}

bool ReadCmyk(jpeg_decompress_struct& jpeg, cv::Mat& bgr) {
  JSAMPARRAY row = RowBuffer(jpeg);
  while (jpeg.output_scanline < jpeg.output_height) {
    unsigned char* to = bgr.ptr(static_cast<int>(jpeg.output_scanline));
    jpeg_read_scanlines(&jpeg, row, 1);
    const unsigned char* cmyk = row[0];
    for (int x = 0; x < bgr.cols; ++x, cmyk += 4, to += 3) {
      for (int channel = 0; channel < 3; ++channel) {
        to[channel] = static_cast<unsigned char>(cmyk[2 - channel] * cmyk[3] / 255);
      }
    }
  }
  return true;
}

bool ReadBgr(jpeg_decompress_struct& jpeg, cv::Mat& bgr) {
  if (jpeg.image_width != static_cast<JDIMENSION>(bgr.cols) ||
      jpeg.image_height != static_cast<JDIMENSION>(bgr.rows)) {
    return false;
  }
  const bool cmyk = jpeg.num_components == 4;
  jpeg.out_color_space = cmyk ? JCS_CMYK : JCS_EXT_BGR;
  jpeg_start_decompress(&jpeg);
  if (cmyk) return ReadCmyk(jpeg, bgr);
  while (jpeg.output_scanline < jpeg.output_height) {
    JSAMPROW row = bgr.ptr(static_cast<int>(jpeg.output_scanline));
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  return true;
}

}  // namespace

bool HasAllJpegPixels(std::string_view file) { return WithDecoder(file, GiveUpAtEarlyEnd, ReadAll); }

bool DecodeJpeg(std::string_view file, cv::Mat& bgr) {
  return WithDecoder(file, IgnoreMessage,
                     [&bgr](jpeg_decompress_struct& jpeg) { return ReadBgr(jpeg, bgr); });
}

}  // namespace trackfit::extraction
