// Preloaded into a server (LD_PRELOAD), lets its wall clock be stepped as somebody sets a machine's: by the
// nanoseconds that the file $TRACKFIT_CLOCK_STEP holds. The steady clock goes on as it is.
//
// Waits until a time of the wall clock must heed steps, too, and end early or late because of them: those
// that go through the kernel's futex, as Abseil's and so gRPC's do, are made in slices. Nothing here links to
// waits of the POSIX threads for the wall clock.
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kSlice = kSecond / 20;

template <class Function>
Function Real(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

int64_t Step() {
  static const std::atomic<int64_t>* const kStep = []() -> const std::atomic<int64_t>* {
    const char* const name = std::getenv("TRACKFIT_CLOCK_STEP");
    const int file = name == nullptr ? -1 : open(name, O_RDONLY | O_CLOEXEC);
    if (file < 0) return nullptr;
    void* const mapped = mmap(nullptr, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
    close(file);
    return mapped == MAP_FAILED ? nullptr : static_cast<const std::atomic<int64_t>*>(mapped);
  }();
  return kStep == nullptr ? 0 : kStep->load();
}

int RealTime(clockid_t clock, timespec* now) {
  static const auto kReal = Real<int (*)(clockid_t, timespec*)>("clock_gettime");
  return kReal(clock, now);
}

int64_t Nanoseconds(const timespec& time) { return time.tv_sec * kSecond + time.tv_nsec; }
timespec ToTimespec(int64_t nanoseconds) { return {nanoseconds / kSecond, nanoseconds % kSecond}; }

int64_t RealNow() {
  timespec now{};
  RealTime(CLOCK_REALTIME, &now);
  return Nanoseconds(now);
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* now) noexcept {
  const int result = RealTime(clock, now);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    *now = ToTimespec(Nanoseconds(*now) + Step());
  }
  return result;
}

int gettimeofday(timeval* now, void*) noexcept {
  const timespec time = ToTimespec(RealNow() + Step());
  *now = {time.tv_sec, time.tv_nsec / 1000};
  return 0;
}

time_t time(time_t* now) noexcept {
  const time_t seconds = (RealNow() + Step()) / kSecond;
  if (now != nullptr) *now = seconds;
  return seconds;
}

long syscall(long number, ...) noexcept {
  static const auto kReal = Real<long (*)(long, ...)>("syscall");
  va_list list;
  va_start(list, number);
  void* args[6];
  for (void*& arg : args) arg = va_arg(list, void*);
  va_end(list);
  const auto call = [&](const void* timeout) {
    return kReal(number, args[0], args[1], args[2], timeout, args[4], args[5]);
  };
  const auto operation = reinterpret_cast<intptr_t>(args[1]);
  if (number != SYS_futex || (operation & FUTEX_CLOCK_REALTIME) == 0 || args[3] == nullptr)
    return call(args[3]);
  const int64_t deadline = Nanoseconds(*static_cast<const timespec*>(args[3]));
  for (;;) {
    const int64_t now = RealNow(), left = deadline - (now + Step());
    const timespec until = ToTimespec(now + std::clamp<int64_t>(left, 0, kSlice));
    const long result = call(&until);
    if (result == 0 || errno != ETIMEDOUT || left <= kSlice) return result;
  }
}

}  // extern "C"
