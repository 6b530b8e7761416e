#include "drawing/typeface.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace trackfit::drawing {
namespace {

struct FontFiles {
  const char* regular;
  const char* bold;
};

constexpr FontFiles kFonts[] = {
    {"dejavu/DejaVuSans.ttf", "dejavu/DejaVuSans-Bold.ttf"},
    {"liberation/LiberationSans-Regular.ttf", "liberation/LiberationSans-Bold.ttf"},
    {"liberation2/LiberationSans-Regular.ttf", "liberation2/LiberationSans-Bold.ttf"},
    {"freefont/FreeSans.ttf", "freefont/FreeSansBold.ttf"},
};

constexpr float kFixed = 64;  // FreeType counts in 64ths of a pixel

}  // namespace

struct Typeface::Face {
  FT_Library library = nullptr;
  FT_Face face = nullptr;

  ~Face() {
    if (face != nullptr) FT_Done_Face(face);
    if (library != nullptr) FT_Done_FreeType(library);
  }

  void SetSize(float size) const {
    FT_Set_Char_Size(face, 0, std::lround(std::max(1.0F, size) * kFixed), 72, 72);
  }

  // Calls `visit(pen_x)` with the glyph loaded, for each character; returns the whole advance in pixels.
  float Walk(const std::string& text, const std::function<void(float)>& visit) const {
    float pen = 0;
    FT_UInt previous = 0;
    for (const char letter : text) {
      const auto code = static_cast<unsigned char>(letter);
      const FT_UInt glyph = FT_Get_Char_Index(face, code < 0x80 ? code : '?');
      FT_Vector kerning{0, 0};
      if (previous != 0) FT_Get_Kerning(face, previous, glyph, FT_KERNING_UNFITTED, &kerning);
      pen += static_cast<float>(kerning.x) / kFixed;
      if (FT_Load_Glyph(face, glyph, FT_LOAD_TARGET_LIGHT) != 0) continue;
      visit(pen);
      pen += static_cast<float>(face->glyph->linearHoriAdvance) / 65536.0F;
      previous = glyph;
    }
    return pen;
  }
};

Typeface::Typeface(std::unique_ptr<Face> face) : face_(std::move(face)) {}
Typeface::Typeface(Typeface&&) noexcept = default;
Typeface& Typeface::operator=(Typeface&&) noexcept = default;
Typeface::~Typeface() = default;

absl::StatusOr<Typeface> Typeface::Find(Weight weight) {
  auto face = std::make_unique<Face>();
  if (FT_Init_FreeType(&face->library) != 0) return absl::InternalError("FreeType cannot be started");
  for (const FontFiles& font : kFonts) {
    const std::string path =
        absl::StrCat("/usr/share/fonts/truetype/", weight == Weight::kBold ? font.bold : font.regular);
    if (FT_New_Face(face->library, path.c_str(), 0, &face->face) == 0) return Typeface(std::move(face));
  }
  return absl::NotFoundError("drawing needs a font: install the package fonts-dejavu-core");
}

float Typeface::Width(const std::string& text, float size) const {
  face_->SetSize(size);
  return face_->Walk(text, [](float) {});
}

float Typeface::CapHeight(float size) const { return size * 0.73F; }

Typeface::Bitmap Typeface::Render(const std::string& text, float size, float fraction) const {
  face_->SetSize(size);
  const int ascent = static_cast<int>(std::ceil(size * 1.1F));
  const int descent = static_cast<int>(std::ceil(size * 0.35F));
  const int margin = 2;
  const int width = static_cast<int>(std::ceil(face_->Walk(text, [](float) {}))) + 2 * margin + 1;
  Bitmap result{cv::Mat1b::zeros(ascent + descent, width), cv::Point(-margin, -ascent)};
  cv::Mat1b& coverage = result.coverage;
  face_->Walk(text, [&](float pen) {
    FT_GlyphSlot slot = face_->face->glyph;
    const float x = pen + fraction;
    const float whole = std::floor(x);
    FT_Outline_Translate(&slot->outline, std::lround((x - whole) * kFixed), 0);
    if (FT_Render_Glyph(slot, FT_RENDER_MODE_NORMAL) != 0) return;
    const int left = margin + static_cast<int>(whole) + slot->bitmap_left;
    const int top = ascent - slot->bitmap_top;
    for (int row = 0; row < static_cast<int>(slot->bitmap.rows); ++row) {
      for (int column = 0; column < static_cast<int>(slot->bitmap.width); ++column) {
        const int y = top + row;
        const int at = left + column;
        if (y < 0 || y >= coverage.rows || at < 0 || at >= coverage.cols) continue;
        uchar& pixel = coverage(y, at);
        pixel = std::max(pixel, slot->bitmap.buffer[row * slot->bitmap.pitch + column]);
      }
    }
  });
  return result;
}

}  // namespace trackfit::drawing
