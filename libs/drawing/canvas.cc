#include "drawing/canvas.h"

#include <pango/pangocairo.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <opencv2/imgproc.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "files/partial_file.h"

namespace trackfit::drawing {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;
constexpr double kTop = -kTurn / 4;  // the angle

template <auto kFree>
struct Deleter {
  void operator()(auto* object) const { kFree(object); }
};
template <class T>
using Object = std::unique_ptr<T, Deleter<g_object_unref>>;
using Context = std::unique_ptr<cairo_t, Deleter<cairo_destroy>>;
using Surface = std::unique_ptr<cairo_surface_t, Deleter<cairo_surface_destroy>>;
using Pattern = std::unique_ptr<cairo_pattern_t, Deleter<cairo_pattern_destroy>>;
using FontOptions = std::unique_ptr<cairo_font_options_t, Deleter<cairo_font_options_destroy>>;
using FontDescription = std::unique_ptr<PangoFontDescription, Deleter<pango_font_description_free>>;

Object<PangoContext> NewPangoContext() {
  Object<PangoContext> context(pango_font_map_create_context(pango_cairo_font_map_get_default()));
  const FontOptions options(cairo_font_options_create());
  cairo_font_options_set_antialias(options.get(), CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_SLIGHT);
  cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(context.get(), options.get());
  pango_context_set_round_glyph_positions(context.get(), FALSE);
  return context;
}

FontDescription Describe(const Font& font) {
  FontDescription description(pango_font_description_new());
  pango_font_description_set_family_static(description.get(), "DejaVu Sans, sans-serif");
  pango_font_description_set_weight(description.get(), font.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_font_description_set_absolute_size(description.get(), pango_units_from_double(font.size));
  return description;
}

Object<PangoLayout> LayOut(const std::string& text, const Font& font) {
  Object<PangoLayout> layout(pango_layout_new(NewPangoContext().get()));
  pango_layout_set_font_description(layout.get(), Describe(font).get());
  const std::unique_ptr<char, Deleter<g_free>> valid(
      g_utf8_make_valid(text.data(), static_cast<gssize>(text.size())));
  pango_layout_set_text(layout.get(), valid.get(), -1);
  return layout;
}

double WidthOf(PangoLayout* layout) {
  int width = 0;
  pango_layout_get_size(layout, &width, nullptr);
  return pango_units_to_double(width);
}

void AddStop(const Pattern& pattern, double way, const Colour& colour) {
  cairo_pattern_add_color_stop_rgba(pattern.get(), way, colour.red / 255, colour.green / 255,
                                    colour.blue / 255, colour.alpha);
}

// `profile` says how much of the colour is there, for a way in [0, 1].
template <class Profile>
void AddStops(const Pattern& pattern, const Colour& colour, const Profile& profile) {
  constexpr int kSteps = 8;
  for (int i = 0; i <= kSteps; ++i) {
    const float way = static_cast<float>(i) / kSteps;
    AddStop(pattern, way, colour.WithAlpha(colour.alpha * profile(way)));
  }
}

void AddRectangle(cairo_t* context, const cv::Rect2f& r, float corner_radius) {
  if (r.empty()) return;
  const double radius = std::min({corner_radius, r.width / 2, r.height / 2});
  const double left = r.x + radius, right = r.x + r.width - radius;
  const double top = r.y + radius, bottom = r.y + r.height - radius;
  cairo_new_sub_path(context);
  cairo_arc(context, right, top, radius, kTop, 0);
  cairo_arc(context, right, bottom, radius, 0, kTurn / 4);
  cairo_arc(context, left, bottom, radius, kTurn / 4, kTurn / 2);
  cairo_arc(context, left, top, radius, kTurn / 2, kTurn + kTop);
  cairo_close_path(context);
}

}  // namespace

absl::Status CheckFont() {
  const Object<PangoContext> context = NewPangoContext();
  PangoFont* font = pango_context_load_font(context.get(), Describe({.size = 16}).get());
  if (font == nullptr)
    return absl::NotFoundError("drawing needs a font: install the package fonts-dejavu-core");
  g_object_unref(font);
  return absl::OkStatus();
}

float TextWidth(const std::string& text, const Font& font) {
  return static_cast<float>(WidthOf(LayOut(text, font).get()));
}

std::vector<std::string> Wrapped(const std::string& text, const Font& font, float width) {
  std::vector<std::string> lines;
  for (const absl::string_view word : absl::StrSplit(text, ' ')) {
    const std::string longer = lines.empty() ? std::string(word) : absl::StrCat(lines.back(), " ", word);
    if (!lines.empty() && TextWidth(longer, font) <= width) {
      lines.back() = longer;
    } else {
      lines.emplace_back(word);
    }
  }
  return lines;
}

struct Canvas::Cairo {
  Context context;
};

Canvas::Canvas(Canvas&& other) noexcept = default;
Canvas& Canvas::operator=(Canvas&& other) noexcept = default;
Canvas::~Canvas() = default;

Canvas::Canvas(cv::Size size, const Colour& background) : pixels_(size, CV_8UC4) {
  const Surface surface(cairo_image_surface_create_for_data(pixels_.data, CAIRO_FORMAT_RGB24, size.width,
                                                            size.height, static_cast<int>(pixels_.step)));
  cairo_ = std::make_unique<Cairo>();
  cairo_->context.reset(cairo_create(surface.get()));
  cairo_set_line_cap(cairo_->context.get(), CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join(cairo_->context.get(), CAIRO_LINE_JOIN_ROUND);
  SetColour(background);
  cairo_paint(cairo_->context.get());
}

void Canvas::Load(const cv::Mat& bgr) {
  CV_Assert(bgr.type() == CV_8UC3 && bgr.size() == pixels_.size());
  cairo_surface_t* surface = cairo_get_target(cairo_->context.get());
  cairo_surface_flush(surface);
  cv::cvtColor(bgr, pixels_, cv::COLOR_BGR2BGRA);
  cairo_surface_mark_dirty(surface);
}

void Canvas::Store(cv::Mat& bgr) const {
  cairo_surface_flush(cairo_get_target(cairo_->context.get()));
  cv::cvtColor(pixels_, bgr, cv::COLOR_BGRA2BGR);
}

absl::Status Canvas::WritePng(const std::string& path) const {
  std::string bytes;
  const auto append = [](void* to, const unsigned char* data, unsigned size) {
    static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(data), size);
    return CAIRO_STATUS_SUCCESS;
  };
  const cairo_status_t status =
      cairo_surface_write_to_png_stream(cairo_get_target(cairo_->context.get()), append, &bytes);
  if (status != CAIRO_STATUS_SUCCESS)
    return absl::InternalError(absl::StrCat("cannot write ", path, ": ", cairo_status_to_string(status)));
  return files::ReplaceFile(path, bytes);
}

void Canvas::SetColour(const Colour& colour) {
  cairo_set_source_rgba(cairo_->context.get(), colour.red / 255, colour.green / 255, colour.blue / 255,
                        colour.alpha);
}

void Canvas::Fill(const Colour& colour) {
  SetColour(colour);
  cairo_fill(cairo_->context.get());
}

void Canvas::Stroke(float width, const Colour& colour) {
  SetColour(colour);
  cairo_set_line_width(cairo_->context.get(), width);
  cairo_stroke(cairo_->context.get());
}

void Canvas::Rectangle(const cv::Rect2f& rectangle, float corner_radius, const Colour& colour) {
  AddRectangle(cairo_->context.get(), rectangle, corner_radius);
  Fill(colour);
}

void Canvas::RectangleOutline(const cv::Rect2f& r, float corner_radius, float width, const Colour& colour) {
  AddRectangle(cairo_->context.get(), {r.x + width / 2, r.y + width / 2, r.width - width, r.height - width},
               corner_radius - width / 2);
  Stroke(width, colour);
}

void Canvas::Shadow(const cv::Rect2f& r, float corner_radius, float blur, const Colour& colour) {
  // Cairo cannot blur: two box filters are a soft one.
  const cv::Point corner(cvFloor(r.x - blur), cvFloor(r.y - blur));
  const cv::Size size(cvCeil(r.width + 2 * blur) + 1, cvCeil(r.height + 2 * blur) + 1);
  const Surface mask(cairo_image_surface_create(CAIRO_FORMAT_A8, size.width, size.height));
  if (cairo_surface_status(mask.get()) != CAIRO_STATUS_SUCCESS) return;  // larger than Cairo's images
  const Context context(cairo_create(mask.get()));
  AddRectangle(context.get(), r - cv::Point2f(corner), corner_radius);
  cairo_fill(context.get());
  cairo_surface_flush(mask.get());
  cv::Mat pixels(size, CV_8UC1, cairo_image_surface_get_data(mask.get()),
                 static_cast<size_t>(cairo_image_surface_get_stride(mask.get())));
  const int side = 2 * cvRound(blur / 2) + 1;
  for (int pass = 0; pass < 2; ++pass) cv::blur(pixels, pixels, {side, side});
  cairo_surface_mark_dirty(mask.get());
  SetColour(colour);
  cairo_mask_surface(cairo_->context.get(), mask.get(), corner.x, corner.y);
}

void Canvas::FadeDown(const cv::Rect2f& r, const Colour& colour) {
  const Pattern pattern(cairo_pattern_create_linear(0, r.y, 0, r.y + r.height));
  AddStops(pattern, colour, [](float way) { return way * way * (3 - 2 * way); });
  cairo_set_source(cairo_->context.get(), pattern.get());
  cairo_rectangle(cairo_->context.get(), r.x, r.y, r.width, r.height);
  cairo_fill(cairo_->context.get());
}

void Canvas::Line(const cv::Point2f& from, const cv::Point2f& to, float width, const Colour& from_colour,
                  const Colour& to_colour) {
  if (from_colour == to_colour) return Line(from, to, width, from_colour);  // in a quarter of the time
  const Pattern pattern(cairo_pattern_create_linear(from.x, from.y, to.x, to.y));
  AddStop(pattern, 0, from_colour);
  AddStop(pattern, 1, to_colour);
  cairo_set_source(cairo_->context.get(), pattern.get());
  cairo_set_line_width(cairo_->context.get(), width);
  cairo_move_to(cairo_->context.get(), from.x, from.y);
  cairo_line_to(cairo_->context.get(), to.x, to.y);
  cairo_stroke(cairo_->context.get());
}

void Canvas::Line(std::span<const cv::Point2f> points, float width, const Colour& colour) {
  for (const cv::Point2f& point : points) cairo_line_to(cairo_->context.get(), point.x, point.y);
  Stroke(width, colour);
}

void Canvas::Disc(const cv::Point2f& centre, float radius, const Colour& colour) {
  cairo_arc(cairo_->context.get(), centre.x, centre.y, radius, 0, kTurn);
  Fill(colour);
}

void Canvas::Glow(const cv::Point2f& centre, float radius, const Colour& colour) {
  const Pattern pattern(cairo_pattern_create_radial(centre.x, centre.y, 0, centre.x, centre.y, radius));
  AddStops(pattern, colour, [](float way) { return (1 - way) * (1 - way); });
  cairo_set_source(cairo_->context.get(), pattern.get());
  cairo_arc(cairo_->context.get(), centre.x, centre.y, radius, 0, kTurn);
  cairo_fill(cairo_->context.get());
}

void Canvas::Arc(const cv::Point2f& centre, float radius, float width, float fraction, const Colour& colour) {
  if (fraction <= 0) return;
  cairo_arc(cairo_->context.get(), centre.x, centre.y, radius, kTop, kTop + kTurn * fraction);
  if (fraction >= 1) cairo_close_path(cairo_->context.get());
  Stroke(width, colour);
}

void Canvas::Text(const cv::Point2f& at, const std::string& text, const Font& font, const Colour& colour,
                  Anchor anchor) {
  const Object<PangoLayout> layout = LayOut(text, font);
  double x = at.x, y = at.y;
  if (anchor == Anchor::kCentre) x -= WidthOf(layout.get()) / 2;
  if (anchor == Anchor::kRight) x -= WidthOf(layout.get());
  if (anchor != Anchor::kBaseline) y += font.CapHeight() / 2;
  // A path, because Cairo 1.16 puts letters on whole pixels otherwise; hinted, so the baseline is on one.
  cairo_move_to(cairo_->context.get(), x, std::nearbyint(y));
  pango_cairo_layout_line_path(cairo_->context.get(), pango_layout_get_line_readonly(layout.get(), 0));
  Fill(colour);
}

}  // namespace trackfit::drawing
