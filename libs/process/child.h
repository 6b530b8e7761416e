// A program that runs beside this one, within limits, until it ends or is ended.
#ifndef TRACKFIT_PROCESS_CHILD_H_
#define TRACKFIT_PROCESS_CHILD_H_

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace trackfit::process {

// What the kernel lets a program have; 0: as much as this process.
struct Limits {
  uint64_t memory_bytes = 0;  // of address space
  uint64_t cpu_seconds = 0;   // of all its threads together
  uint64_t open_files = 0;
  bool may_write_files = true;  // pipes and sockets are none
};

struct Command {
  std::vector<std::string> arguments;         // the program's path comes first; no shell sees them
  std::vector<std::string> environment = {};  // NAME=VALUE; nothing else of ours is passed on
  int input = -1;  // a descriptor that becomes its standard input; it stays ours, too
  Limits limits = {};
};

// How a program ended.
struct Exit {
  int code = 0;    // its exit status, where it ended by itself
  int signal = 0;  // what ended it otherwise
};

// The program leads a process group of its own, inherits no other descriptor, and leaves no core. Not
// thread-safe, but for Kill().
class Child {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // NOT_FOUND or PERMISSION_DENIED naming the program that cannot be run; UNAVAILABLE where processes or
  // descriptors run out.
  static absl::StatusOr<std::unique_ptr<Child>> Start(const Command& command);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  // Kills it and all that it has started.
  ~Child();

  // The next piece of what it writes to standard output, as soon as there is any; "" when it will write
  // nothing more. While nobody reads, it soon has to wait. DEADLINE_EXCEEDED.
  absl::StatusOr<std::string> ReadOutput(TimePoint deadline);

  // The end of what it has written to standard error, a few kilobytes at most; seen while output is read.
  const std::string& errors() const { return errors_; }

  // Waits for its end, which follows that of its output soon; kills it at the deadline.
  Exit Wait(TimePoint deadline);

  // From any thread, at any time.
  void Kill();

  pid_t pid() const { return pid_; }

 private:
  Child(pid_t pid, int output, int errors) : pid_(pid), output_(output), errors_pipe_(errors) {}

  bool TakeErrors();
  std::optional<Exit> Reap(int flags);

  const pid_t pid_;
  int output_;       // -1: at its end
  int errors_pipe_;  // likewise
  std::string errors_;
  std::mutex mutex_;
  std::optional<Exit> exit_;  // guarded by mutex_: from then on the number may be another process's
};

}  // namespace trackfit::process

#endif  // TRACKFIT_PROCESS_CHILD_H_
