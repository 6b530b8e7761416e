#include "client/columns.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/strings/str_cat.h"

namespace trackfit::client {
namespace {

struct Span {
  uint32_t first, last;
};

constexpr Span kWide[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0x33FF},  {0x3400, 0x4DBF},
                          {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},   {0xA960, 0xA97F},  {0xAC00, 0xD7A3},
                          {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},  {0xFFE0, 0xFFE6},
                          {0x1F300, 0x1F64F}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};
constexpr Span kCombining[] = {{0x0300, 0x036F}, {0x1160, 0x11FF}, {0x200B, 0x200F}, {0xFE00, 0xFE0F}};

template <size_t kCount>
bool IsIn(const Span (&spans)[kCount], uint32_t point) {
  return std::ranges::any_of(spans,
                             [point](const Span& span) { return span.first <= point && point <= span.last; });
}

constexpr uint32_t kReplacement = 0xFFFD;

// Takes the first code point off the text; what is none is taken for one replacement character.
uint32_t TakePoint(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const size_t length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  uint32_t point = length == 1 ? lead : lead & (0x7FU >> length);
  size_t taken = 1;
  for (; taken < std::min(length, text.size()); ++taken) {
    const auto next = static_cast<unsigned char>(text[taken]);
    if ((next & 0xC0U) != 0x80U) break;
    point = point << 6U | (next & 0x3FU);
  }
  text.remove_prefix(taken);
  return taken == length ? point : kReplacement;
}

std::string Spaces(std::string_view text, int columns) {
  return std::string(static_cast<size_t>(std::max(0, columns - ColumnsOf(text))), ' ');
}

}  // namespace

int ColumnsOf(std::string_view text) {
  int columns = 0;
  while (!text.empty()) {
    const uint32_t point = TakePoint(text);
    if (!IsIn(kCombining, point)) columns += IsIn(kWide, point) ? 2 : 1;
  }
  return columns;
}

std::string LeftAligned(const std::string& text, int columns) {
  return absl::StrCat(text, Spaces(text, columns));
}

std::string RightAligned(const std::string& text, int columns) {
  return absl::StrCat(Spaces(text, columns), text);
}

std::string SummaryRow(const std::string& label, const std::string& text) {
  return absl::StrCat("  ", LeftAligned(label, 10), " ", text, "\n");
}

}  // namespace trackfit::client
