// Progress output: a bar on a terminal, occasional lines elsewhere.
#ifndef TRACKFIT_COMMAND_LINE_PROGRESS_H_
#define TRACKFIT_COMMAND_LINE_PROGRESS_H_

#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>

namespace trackfit::command_line {

// Not thread-safe. Call Hide() before printing to another stream. The destructor hides the bar.
class Progress {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  enum class Style {
    kNone,      // silent
    kLines,     // a plain line every few seconds
    kTerminal,  // a bar that is redrawn in place
  };

  // `total` frames, or whatever `unit` is, are expected; 0 = unknown. `out` must outlive this.
  Progress(std::ostream& out, Style style, std::string task, int64_t total, TimePoint start,
           std::string unit = "frames");
  ~Progress() { Hide(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Reports that `done` of them are finished. Draws at most ten times a second.
  void Update(int64_t done, TimePoint now = std::chrono::steady_clock::now());

  // Clears the bar, so that something else can be printed.
  void Hide();

 private:
  std::string Line(int64_t done, double seconds) const;

  std::ostream& out_;
  Style style_;
  std::string task_;
  int64_t total_;
  TimePoint start_;
  std::string unit_;
  TimePoint next_draw_;
  bool visible_ = false;
};

// Starts progress output on stderr: a bar on a terminal, lines elsewhere, nothing if `quiet`.
Progress StartProgress(std::string task, int64_t total, bool quiet = false, std::string unit = "frames");

}  // namespace trackfit::command_line

#endif  // TRACKFIT_COMMAND_LINE_PROGRESS_H_
