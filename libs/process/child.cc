#include "process/child.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"

namespace trackfit::process {
namespace {

constexpr std::size_t kPieceBytes = 64 << 10;
constexpr std::size_t kErrorBytes = 4 << 10;
constexpr std::chrono::milliseconds kReapEvery{5};

void Close(int& descriptor) {
  if (descriptor >= 0) close(descriptor);
  descriptor = -1;
}

struct Pipe {
  int read = -1;
  int write = -1;

  Pipe() = default;
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    Close(read);
    Close(write);
  }
  bool Open() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    read = ends[0];
    write = ends[1];
    return true;
  }
};

// What becomes of descriptors and signals in the child.
class Setup {
 public:
  Setup(int input, int output, int errors) {
    posix_spawn_file_actions_init(&files_);
    posix_spawn_file_actions_adddup2(&files_, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files_, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files_, errors, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&files_, STDERR_FILENO + 1);
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes_, 0);
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes_, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes_, &signals);
  }
  Setup(const Setup&) = delete;
  Setup& operator=(const Setup&) = delete;
  ~Setup() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }

  const posix_spawn_file_actions_t* files() const { return &files_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t files_;
  posix_spawnattr_t attributes_;
};

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// It is still being loaded then: what it will read of strangers is far away.
void Limit(pid_t pid, const Limits& limits) {
  const auto set = [pid](__rlimit_resource resource, rlim_t most) {
    const rlimit limit{most, most};
    prlimit(pid, resource, &limit, nullptr);
  };
  if (limits.memory_bytes > 0) set(RLIMIT_AS, limits.memory_bytes);
  if (limits.cpu_seconds > 0) set(RLIMIT_CPU, limits.cpu_seconds);
  if (limits.open_files > 0) set(RLIMIT_NOFILE, limits.open_files);
  if (!limits.may_write_files) set(RLIMIT_FSIZE, 0);
  set(RLIMIT_CORE, 0);
}

absl::Status NotStarted(const std::string& program, int error) {
  const std::string message = absl::StrCat(program, " cannot be run: ", std::strerror(error));
  if (error == ENOENT) return absl::NotFoundError(message);
  if (error == EACCES || error == ENOEXEC) return absl::PermissionDeniedError(message);
  return absl::UnavailableError(message);
}

int MillisecondsUntil(Child::TimePoint deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<int64_t>(left.count(), 0, 60'000));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Child>> Child::Start(const Command& command) {
  const std::string& program = command.arguments.at(0);
  Pipe output, errors;
  if (!output.Open() || !errors.Open()) return NotStarted(program, errno);
  int nothing = command.input < 0 ? open("/dev/null", O_RDONLY | O_CLOEXEC) : -1;
  const Setup setup(command.input < 0 ? nothing : command.input, output.write, errors.write);
  pid_t pid = -1;
  const int error = posix_spawn(&pid, program.c_str(), setup.files(), setup.attributes(),
                                Pointers(command.arguments).data(), Pointers(command.environment).data());
  Close(nothing);
  if (error != 0) return NotStarted(program, error);
  Limit(pid, command.limits);
  return std::unique_ptr<Child>(
      new Child(pid, std::exchange(output.read, -1), std::exchange(errors.read, -1)));
}

Child::~Child() {
  Kill();
  Reap(0);
  Close(output_);
  Close(errors_pipe_);
}

absl::StatusOr<std::string> Child::ReadOutput(TimePoint deadline) {
  std::string piece(kPieceBytes, '\0');
  while (output_ >= 0) {
    std::array<pollfd, 2> pipes = {pollfd{output_, POLLIN, 0}, pollfd{errors_pipe_, POLLIN, 0}};
    const int ready = poll(pipes.data(), pipes.size(), MillisecondsUntil(deadline));
    if (ready < 0 && errno != EINTR) return absl::InternalError(std::strerror(errno));
    if (ready <= 0) {
      if (std::chrono::steady_clock::now() < deadline) continue;
      return absl::DeadlineExceededError("the program writes nothing");
    }
    if (pipes[1].revents != 0 && !TakeErrors()) Close(errors_pipe_);
    if (pipes[0].revents == 0) continue;
    const ssize_t count = read(output_, piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    piece.resize(static_cast<std::size_t>(count));
    return piece;
  }
  Close(output_);
  return "";
}

// False at the end.
bool Child::TakeErrors() {
  std::array<char, kErrorBytes> piece{};
  const ssize_t count = read(errors_pipe_, piece.data(), piece.size());
  if (count <= 0) return count < 0 && errno == EINTR;
  errors_.append(piece.data(), static_cast<std::size_t>(count));
  if (errors_.size() > kErrorBytes) errors_.erase(0, errors_.size() - kErrorBytes);
  return true;
}

Exit Child::Wait(TimePoint deadline) {
  std::optional<Exit> ended;
  while (!(ended = Reap(WNOHANG)) && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(kReapEvery);
  }
  if (!ended) {
    Kill();
    ended = Reap(0);
  }
  // What it said last.
  for (pollfd pipe = {errors_pipe_, POLLIN, 0}; errors_pipe_ >= 0 && poll(&pipe, 1, 0) > 0;) {
    if (!TakeErrors()) Close(errors_pipe_);
  }
  return *ended;
}

void Child::Kill() {
  const std::lock_guard lock(mutex_);
  if (!exit_) kill(-pid_, SIGKILL);
}

std::optional<Exit> Child::Reap(int flags) {
  if (flags == 0) {  // without the lock: it may take a while
    siginfo_t ended;
    while (waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
  }
  const std::lock_guard lock(mutex_);
  if (exit_) return exit_;
  siginfo_t ended{};
  if (waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG | WNOWAIT) != 0) {
    return exit_ = Exit{.signal = SIGKILL};  // somebody else has waited for it
  }
  if (ended.si_pid == 0) return std::nullopt;
  kill(-pid_, SIGKILL);  // what it has left behind; the group's number is free only when it is reaped
  int status = 0;
  waitpid(pid_, &status, 0);
  return exit_ = WIFEXITED(status) ? Exit{.code = WEXITSTATUS(status)} : Exit{.signal = WTERMSIG(status)};
}

}  // namespace trackfit::process
