// Waits for SIGTERM, SIGINT or SIGHUP; and what SIGUSR1 and SIGUSR2 ask for meanwhile.
#ifndef TRACKFIT_RPC_TERMINATION_SIGNAL_H_
#define TRACKFIT_RPC_TERMINATION_SIGNAL_H_

#include <chrono>
#include <functional>
#include <utility>

namespace trackfit::rpc {

// What SIGHUP means: the end, or, to a process without a controlling terminal, whose terminal cannot have
// gone, that it should read its files again.
enum class HangUp { kEnds, kReloads };

// While it lives, the first of each of these signals is caught; a second one of the same kind kills the
// process, so that a hanging drain can be cut short. A SIGHUP that means to reload is caught each time. One
// that the process was started to ignore (nohup) stays ignored. One at a time in a process.
class TerminationSignal {
 public:
  explicit TerminationSignal(HangUp hang_up = HangUp::kEnds);
  TerminationSignal(const TerminationSignal&) = delete;
  TerminationSignal& operator=(const TerminationSignal&) = delete;
  ~TerminationSignal();

  // Called by Wait() when a SIGHUP that means to reload has come, at once or while nobody waited.
  void OnReload(std::function<void()> reload) { reload_ = std::move(reload); }

  // Called by Wait() likewise with how many SIGUSR1 have come since, less the SIGUSR2: by as many levels
  // the log shall say more. Signals of one kind that come at once count as one.
  void OnLouder(std::function<void(int steps)> louder) { louder_ = std::move(louder); }

  // True once a signal to end has come; waits at most `limit` for it, and less when another came.
  bool Wait(std::chrono::milliseconds limit);

 private:
  int read_end_ = -1;
  std::function<void()> reload_;
  std::function<void(int)> louder_;
};

}  // namespace trackfit::rpc

#endif  // TRACKFIT_RPC_TERMINATION_SIGNAL_H_
