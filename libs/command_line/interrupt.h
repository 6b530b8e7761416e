// Handles Ctrl-C by a callback on an ordinary thread instead of in a signal handler.
#ifndef TRACKFIT_COMMAND_LINE_INTERRUPT_H_
#define TRACKFIT_COMMAND_LINE_INTERRUPT_H_

#include <functional>
#include <string>
#include <thread>

namespace trackfit::command_line {

// Prints `text` to stderr on a line of its own, replacing a progress bar. Thread-safe.
void PrintNotice(const std::string& text);

// A callback for commands without clean-up: prints `text` and ends the process as if by SIGINT.
std::function<void(int count)> ExitOnInterrupt(std::string text);

// During its lifetime SIGINT and SIGTERM are blocked in the constructing thread and in threads started later.
// Instead `on_interrupt` is called on a thread of this object, with 1 for the first signal, 2 for the second
// and so on. The process ends unconditionally one second after the second signal, or at the third.
class InterruptWatcher {
 public:
  explicit InterruptWatcher(std::function<void(int count)> on_interrupt);
  ~InterruptWatcher();
  InterruptWatcher(const InterruptWatcher&) = delete;
  InterruptWatcher& operator=(const InterruptWatcher&) = delete;

 private:
  std::jthread thread_;
};

}  // namespace trackfit::command_line

#endif  // TRACKFIT_COMMAND_LINE_INTERRUPT_H_
