#include "drawing/coach_overlay.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/words.h"
#include "drawing/palette.h"

namespace trackfit::drawing {
namespace {

using cv::Point2f;
using cv::Rect2f;

constexpr float kFullRange = 1.0F / 1.15F;  // of the phase bar, which has room for more

std::string Seconds(double us) { return absl::StrFormat("%.1f", us / 1e6); }

// Rises from the bottom; a notch says where the full range is reached.
void DrawPhaseBar(Canvas& canvas, const Rect2f& bar, float unit, const CoachFrame& frame) {
  canvas.Rectangle(bar, bar.width / 2, palette::kWhite.WithAlpha(0.18F));
  const float part = std::clamp(frame.phase * kFullRange, 0.0F, 1.0F);
  if (frame.current != nullptr && part > 0) {
    const float height = std::max(bar.width, bar.height * part);
    const Colour colour = frame.phase > 0.97F ? palette::Level(v1::QUALITY_LEVEL_EXCELLENT) : palette::kWhite;
    canvas.Rectangle({bar.x, bar.y + bar.height - height, bar.width, height}, bar.width / 2, colour);
  }
  const float notch = bar.y + bar.height * (1 - kFullRange);
  canvas.Line({bar.x - 3 * unit, notch}, {bar.x + bar.width + 3 * unit, notch}, 1.6F * unit,
              palette::kWhite.WithAlpha(0.8F));
}

// Three parts, as long as they take, that fill as time goes by.
void DrawTempoBar(Canvas& canvas, const Rect2f& bar, float unit, const v1::Repetition& repetition,
                  float elapsed_us) {
  const std::array<int64_t, 3> parts = {repetition.lowering_us(), repetition.pause_us(),
                                        repetition.lifting_us()};
  const std::array<Colour, 3> colours = {palette::kLeft, palette::kWhite, palette::kRight};
  const auto whole = static_cast<float>(std::max<int64_t>(1, parts[0] + parts[1] + parts[2]));
  const float gap = 2 * unit;
  const float length = bar.width - 2 * gap;
  float left = bar.x, begin = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    const auto part = static_cast<float>(parts[i]);
    const float width = length * part / whole;
    const float done = part > 0 ? std::clamp((elapsed_us - begin) / part, 0.0F, 1.0F) : 0;
    canvas.Rectangle({left, bar.y, width, bar.height}, bar.height / 2, colours[i].WithAlpha(0.25F));
    if (done > 0) canvas.Rectangle({left, bar.y, width * done, bar.height}, bar.height / 2, colours[i]);
    left += width + gap;
    begin += part;
  }
}

constexpr float kCaptionText = 19;
constexpr float kCaptionLabel = 12.5F;

std::string LabelOf(Caption::Kind kind, const client::Labels& labels) {
  switch (kind) {
    case Caption::Kind::kAdvice:
      return labels("COACH");
    case Caption::Kind::kHint:
      return labels("CAMERA");
    case Caption::Kind::kFinding:
      break;
  }
  return "";
}

Colour AccentOf(const Caption& caption) {
  switch (caption.kind) {
    case Caption::Kind::kAdvice:
      return palette::kLeft;
    case Caption::Kind::kHint:
      return palette::Level(v1::QUALITY_LEVEL_FAIR);
    case Caption::Kind::kFinding:
      break;
  }
  return FindingColour(caption.level);
}

// Draws it with its lower edge at `bottom`; returns its upper edge.
float DrawCaption(Canvas& canvas, const Rect2f& area, float bottom, float unit, const Caption& caption,
                  const client::Labels& labels) {
  const Font font{.size = kCaptionText * unit};
  const Font label_font{.size = kCaptionLabel * unit, .bold = true};
  const std::string label = LabelOf(caption.kind, labels);
  const float pad = 14 * unit, bar = 5 * unit, line_height = 26 * unit;
  const float label_width = label.empty() ? 0 : TextWidth(label, label_font) + 12 * unit;
  const std::vector<std::string> lines =
      Wrapped(caption.text, font, area.width - 2 * pad - bar - label_width - 8 * unit);
  float text_width = 0;
  for (const std::string& line : lines) text_width = std::max(text_width, TextWidth(line, font));
  const cv::Size2f size(text_width + label_width + 2 * pad + bar + 4 * unit,
                        line_height * static_cast<float>(lines.size()) + 14 * unit);
  const Rect2f box({area.x + (area.width - size.width) / 2, bottom - size.height}, size);
  const float radius = 12 * unit, alpha = caption.strength;
  canvas.Shadow(box, radius, 10 * unit, palette::kInk.WithAlpha(0.35F * alpha));
  canvas.Rectangle(box, radius, palette::kInk.WithAlpha(0.82F * alpha));
  canvas.Rectangle({box.x + 8 * unit, box.y + 9 * unit, bar, box.height - 18 * unit}, bar / 2,
                   AccentOf(caption).WithAlpha(alpha));
  float left = box.x + pad + bar + 4 * unit;
  const float first = box.y + 7 * unit + line_height / 2;
  if (!label.empty())
    canvas.Text({left, first}, label, label_font, AccentOf(caption).WithAlpha(alpha), Anchor::kLeft);
  left += label_width;
  for (size_t i = 0; i < lines.size(); ++i) {
    canvas.Text({left, first + line_height * static_cast<float>(i)}, lines[i], font,
                palette::kWhite.WithAlpha(alpha), Anchor::kLeft);
  }
  return box.y;
}

}  // namespace

Colour VerdictColour(const v1::Repetition& repetition) {
  if (!repetition.complete()) return palette::Level(v1::QUALITY_LEVEL_FAIR);
  return repetition.correct() ? palette::Level(v1::QUALITY_LEVEL_EXCELLENT) : palette::kVeryOff;
}

Colour FindingColour(v1::FindingLevel level) {
  return level == v1::FINDING_LEVEL_CLEARLY ? palette::kVeryOff : palette::kOff;
}

void DrawCoachCard(Canvas& canvas, const Rect2f& card, float unit, const CoachFrame& frame) {
  const client::Labels& labels = frame.labels;
  const float radius = 18 * unit;
  canvas.Shadow(card, radius, 14 * unit, palette::kInk.WithAlpha(0.35F));
  canvas.Rectangle(card, radius, palette::kInk.WithAlpha(0.78F));
  canvas.RectangleOutline(card, radius, std::max(1.0F, 1.2F * unit), palette::kWhite.WithAlpha(0.14F));

  const Font small{.size = 15 * unit}, label{.size = 13 * unit, .bold = true};
  DrawPhaseBar(canvas, {card.x + 18 * unit, card.y + 16 * unit, 9 * unit, card.height - 32 * unit}, unit,
               frame);

  const float left = card.x + 44 * unit, right = card.x + card.width - 16 * unit;
  const v1::Repetition* shown = frame.current != nullptr ? frame.current : frame.last;
  const bool held = shown != nullptr && shown->held_us() > 0;
  canvas.Text({left, card.y + 23 * unit},
              frame.set > 0 ? labels("SET {n}", {{"n", absl::StrCat(frame.set)}}) : labels("READY"), label,
              palette::kMuted, Anchor::kLeft);
  const bool at_rest = frame.current == nullptr;
  const Colour ink = at_rest && frame.last != nullptr ? VerdictColour(*frame.last) : palette::kWhite;
  std::string number = absl::StrCat(frame.complete);
  if (held) {
    const double held_us =
        at_rest ? static_cast<double>(shown->held_us()) : static_cast<double>(frame.elapsed_us);
    number = Seconds(held_us);
  }
  const Font big{.size = 46 * unit, .bold = true};
  canvas.Text({left, card.y + 53 * unit}, number, big, ink, Anchor::kLeft);
  const float after = left + TextWidth(number, big) + 8 * unit;
  canvas.Text({after, card.y + 53 * unit + (big.CapHeight() - small.CapHeight()) / 2},
              labels(held                  ? "s"
                     : frame.complete == 1 ? "rep"
                                           : "reps"),
              small, palette::kMuted, Anchor::kLeft);
  if (shown == nullptr) return;
  if (at_rest) {
    canvas.Disc({left + 5 * unit, card.y + 91 * unit}, 5 * unit, ink);
    canvas.Text({left + 17 * unit, card.y + 91 * unit}, client::VerdictWord(*shown, labels), small,
                palette::kWhite, Anchor::kLeft);
  } else if (!held) {
    const std::string tempo =
        labels("{n} s", {{"n", absl::StrCat(Seconds(static_cast<double>(shown->lowering_us())), " - ",
                                            Seconds(static_cast<double>(shown->pause_us())), " - ",
                                            Seconds(static_cast<double>(shown->lifting_us())))}});
    canvas.Text({left, card.y + 82 * unit}, tempo, {.size = 13 * unit}, palette::kMuted, Anchor::kLeft);
    DrawTempoBar(canvas, {left, card.y + 94 * unit, right - left, 6 * unit}, unit, *shown, frame.elapsed_us);
  }
}

void DrawCaptions(Canvas& canvas, const Rect2f& area, float unit, const CoachFrame& frame) {
  float bottom = area.y + area.height;
  for (const Caption& caption : frame.captions)
    bottom = DrawCaption(canvas, area, bottom, unit, caption, frame.labels) - 8 * unit;
}

}  // namespace trackfit::drawing
