#include "extraction/jpeg_pixels.h"

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
void OnMessage(j_common_ptr jpeg, int level) {
  if (level < 0 && jpeg->err->msg_code == JWRN_HIT_MARKER) GiveUp(jpeg);
}

void SayNothing(j_common_ptr) {}

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

bool ReadAll(jpeg_decompress_struct& jpeg, std::string_view file) {
  jpeg_create_decompress(&jpeg);
  jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char*>(file.data()), file.size());
  jpeg_read_header(&jpeg, TRUE);
  jpeg.out_color_space = jpeg.jpeg_color_space;  // avoids all work beyond entropy decoding
  jpeg.scale_num = 1;
  jpeg.scale_denom = DCTSIZE;
  jpeg.do_fancy_upsampling = FALSE;
  jpeg.do_block_smoothing = FALSE;
  jpeg_start_decompress(&jpeg);
  const JDIMENSION row_bytes = jpeg.output_width * static_cast<JDIMENSION>(jpeg.output_components);
  JSAMPARRAY row = jpeg.mem->alloc_sarray(reinterpret_cast<j_common_ptr>(&jpeg), JPOOL_IMAGE, row_bytes, 1);
  while (jpeg.output_scanline < jpeg.output_height) jpeg_read_scanlines(&jpeg, row, 1);
  return HasAllScans(jpeg);
}

}  // namespace

bool HasAllJpegPixels(std::string_view file) {
  Failure failure;
  jpeg_decompress_struct jpeg{};
  jpeg.err = jpeg_std_error(&failure.manager);
  failure.manager.error_exit = GiveUp;
  failure.manager.emit_message = OnMessage;
  failure.manager.output_message = SayNothing;
  volatile bool all = false;  // survives the longjmp
  if (setjmp(failure.jump) == 0) all = ReadAll(jpeg, file);
  jpeg_destroy_decompress(&jpeg);
  return all;
}

}  // namespace trackfit::extraction
