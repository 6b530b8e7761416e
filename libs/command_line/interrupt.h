// Ctrl-C as a call instead of a signal.
#ifndef TRACKFIT_COMMAND_LINE_INTERRUPT_H_
#define TRACKFIT_COMMAND_LINE_INTERRUPT_H_

#include <functional>
#include <string>
#include <thread>

namespace trackfit::command_line {

// Says `text` on stderr as a line of its own, also over a progress bar; from any thread.
void PrintNotice(const std::string& text);

// For commands that have nothing to put in order: says `text` and ends the process, as if by SIGINT.
std::function<void(int count)> ExitOnInterrupt(std::string text);

// While it lives, SIGINT and SIGTERM are not delivered to threads started after it, nor to its own; instead
// `on_interrupt` is called, on a thread of this object, with 1 for the first, 2 for the second and so on. A
// second after the second one, and at the third, the process ends, whatever it is at.
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
