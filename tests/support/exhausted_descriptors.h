// Simulates a process that has run out of file descriptors.
#ifndef TRACKFIT_TESTS_SUPPORT_EXHAUSTED_DESCRIPTORS_H_
#define TRACKFIT_TESTS_SUPPORT_EXHAUSTED_DESCRIPTORS_H_

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <vector>

namespace trackfit::testing {

// Opens all descriptors that this process may have.
class ExhaustedDescriptors {
 public:
  ExhaustedDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit few{200, before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &few);
    for (int taken; (taken = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;) taken_.push_back(taken);
  }
  ~ExhaustedDescriptors() {
    for (const int taken : taken_) close(taken);
    setrlimit(RLIMIT_NOFILE, &before_);
  }
  // Makes one descriptor available again.
  void ReleaseOne() {
    close(taken_.back());
    taken_.pop_back();
  }

 private:
  rlimit before_{};
  std::vector<int> taken_;
};

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_SUPPORT_EXHAUSTED_DESCRIPTORS_H_
