#include "command_line/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace trackfit::command_line {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBarInterval{100};
constexpr milliseconds kLineInterval{5000};
constexpr int kBarCells = 24;

// Draws in eighths of a cell, so that the bar moves smoothly.
std::string Bar(double fraction) {
  constexpr const char* kPartial[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const int eighths = static_cast<int>(std::lround(std::clamp(fraction, 0.0, 1.0) * kBarCells * 8));
  std::string bar;
  for (int i = 0; i < eighths / 8; ++i) bar += "█";
  bar += kPartial[eighths % 8];
  const int used = (eighths + 7) / 8;
  for (int i = used; i < kBarCells; ++i) bar += "░";
  return bar;
}

std::string MinutesSeconds(double seconds) {
  const int64_t whole = std::llround(seconds);
  return absl::StrFormat("%d:%02d", whole / 60, whole % 60);
}

}  // namespace

Progress::Progress(std::ostream& out, Style style, std::string task, int64_t total, TimePoint start,
                   std::string unit)
    : out_(out), style_(style), task_(std::move(task)), total_(total), start_(start), unit_(std::move(unit)) {
  next_draw_ = style == Style::kLines ? start + kLineInterval : start;
}

void Progress::Update(int64_t done, TimePoint now) {
  if (style_ == Style::kNone || now < next_draw_) return;
  const std::string line = Line(done, std::chrono::duration<double>(now - start_).count());
  if (style_ == Style::kTerminal) {
    out_ << "\r\x1b[2K" << line << std::flush;
    visible_ = true;
    next_draw_ = now + kBarInterval;
  } else {
    out_ << line << "\n" << std::flush;
    next_draw_ = now + kLineInterval;
  }
}

void Progress::Hide() {
  if (!visible_) return;
  out_ << "\r\x1b[2K" << std::flush;
  visible_ = false;
  next_draw_ = TimePoint{};
}

std::string Progress::Line(int64_t done, double seconds) const {
  const double fps = seconds > 0 ? static_cast<double>(done) / seconds : 0;
  std::string line = task_;
  if (total_ > 0) {
    const double fraction = std::min(1.0, static_cast<double>(done) / static_cast<double>(total_));
    if (style_ == Style::kTerminal) absl::StrAppend(&line, "  ", Bar(fraction));
    absl::StrAppendFormat(&line, "  %3.0f %%  %d of %d %s", fraction * 100, done, total_, unit_);
  } else {
    absl::StrAppendFormat(&line, "  %d %s", done, unit_);
  }
  if (unit_ == "frames") absl::StrAppendFormat(&line, "  %.0f fps", fps);
  if (total_ > done && fps > 0) {
    absl::StrAppend(&line, "  ", MinutesSeconds(static_cast<double>(total_ - done) / fps), " left");
  }
  return line;
}

Progress StartProgress(std::string task, int64_t total, bool quiet, std::string unit) {
  const auto style = isatty(STDERR_FILENO) != 0 ? Progress::Style::kTerminal : Progress::Style::kLines;
  return Progress(std::cerr, quiet ? Progress::Style::kNone : style, std::move(task), total,
                  std::chrono::steady_clock::now(), std::move(unit));
}

}  // namespace trackfit::command_line
