// Memory between two guard pages: reading or writing out of bounds crashes the process.
#ifndef TRACKFIT_TESTS_SUPPORT_GUARDED_MEMORY_H_
#define TRACKFIT_TESTS_SUPPORT_GUARDED_MEMORY_H_

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <new>

namespace trackfit::testing {

class GuardedMemory {
 public:
  // `size` must be a whole number of pages, so that both ends are guarded.
  explicit GuardedMemory(size_t size)
      : page_(static_cast<size_t>(sysconf(_SC_PAGESIZE))),
        mapped_(size + 2 * page_),
        start_(mmap(nullptr, mapped_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
    if (start_ == MAP_FAILED || size % page_ != 0 || mprotect(data(), size, PROT_READ | PROT_WRITE) != 0) {
      throw std::bad_alloc();
    }
  }
  ~GuardedMemory() { munmap(start_, mapped_); }
  GuardedMemory(const GuardedMemory&) = delete;
  GuardedMemory& operator=(const GuardedMemory&) = delete;

  unsigned char* data() { return static_cast<unsigned char*>(start_) + page_; }

 private:
  const size_t page_;
  const size_t mapped_;
  void* const start_;
};

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_SUPPORT_GUARDED_MEMORY_H_
