// A progress bar on a terminal, an occasional line elsewhere.
#ifndef TRACKFIT_COMMAND_LINE_PROGRESS_H_
#define TRACKFIT_COMMAND_LINE_PROGRESS_H_

#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>

namespace trackfit::command_line {

// Not thread-safe. Lines for other streams are printed between Hide() and the next Update(). Its end hides
// it.
class Progress {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  enum class Style {
    kNone,      // silent
    kLines,     // a plain line now and then
    kTerminal,  // a bar that is drawn over
  };

  // `total` frames, or what `unit` says, are to come, 0 = unknown. `out` must outlive this.
  Progress(std::ostream& out, Style style, std::string task, int64_t total, TimePoint start,
           std::string unit = "frames");
  ~Progress() { Hide(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `done` of them are finished. Draws at most ten times a second.
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

// From now on, on stderr: a bar on a terminal, lines elsewhere, nothing where `quiet`.
Progress StartProgress(std::string task, int64_t total, bool quiet = false, std::string unit = "frames");

}  // namespace trackfit::command_line

#endif  // TRACKFIT_COMMAND_LINE_PROGRESS_H_
