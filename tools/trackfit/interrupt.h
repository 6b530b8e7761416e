// Ctrl-C as a call instead of a signal.
#ifndef TRACKFIT_TOOLS_INTERRUPT_H_
#define TRACKFIT_TOOLS_INTERRUPT_H_

#include <functional>
#include <thread>

namespace trackfit::tools {

// While it lives, SIGINT and SIGTERM are not delivered to threads started after it, nor to its own; instead
// `on_interrupt` is called, on a thread of this object, with 1 for the first, 2 for the second and so on.
class InterruptWatcher {
 public:
  explicit InterruptWatcher(std::function<void(int count)> on_interrupt);
  ~InterruptWatcher();
  InterruptWatcher(const InterruptWatcher&) = delete;
  InterruptWatcher& operator=(const InterruptWatcher&) = delete;

 private:
  std::jthread thread_;
};

}  // namespace trackfit::tools

#endif  // TRACKFIT_TOOLS_INTERRUPT_H_
