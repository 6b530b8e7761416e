// Waits for SIGTERM, SIGINT or SIGHUP.
#ifndef TRACKFIT_RPC_TERMINATION_SIGNAL_H_
#define TRACKFIT_RPC_TERMINATION_SIGNAL_H_

#include <chrono>

namespace trackfit::rpc {

// While it lives, the first of each of these signals is caught; a second one of the same kind kills the
// process, so that a hanging drain can be cut short. A SIGHUP that the process was started to ignore (nohup)
// stays ignored. One at a time in a process.
class TerminationSignal {
 public:
  TerminationSignal();
  TerminationSignal(const TerminationSignal&) = delete;
  TerminationSignal& operator=(const TerminationSignal&) = delete;
  ~TerminationSignal();

  // True once a signal has come; waits at most `limit` for it.
  bool Wait(std::chrono::milliseconds limit);

 private:
  int read_end_ = -1;
};

}  // namespace trackfit::rpc

#endif  // TRACKFIT_RPC_TERMINATION_SIGNAL_H_
