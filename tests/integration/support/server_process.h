// One of our servers as a real process on free ports, to be asked, terminated and killed.
#ifndef TRACKFIT_TESTS_INTEGRATION_SUPPORT_SERVER_PROCESS_H_
#define TRACKFIT_TESTS_INTEGRATION_SUPPORT_SERVER_PROCESS_H_

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace trackfit::testing {

// Runs `program`, of the folder TRACKFIT_BINARIES unless it is an absolute path; killed when this dies. Not
// thread-safe.
class ServerProcess {
 public:
  enum class Await { kListening, kNothing };
  // Its controlling terminal: the test's if that has one, none, or one of its own.
  enum class Terminal { kTests, kNone, kOwn };

  // Starts it and waits up to a minute until it listens; port() is 0 when it does not. `descriptors` is how
  // many files and sockets it may have open; 0: as many as the test.
  ServerProcess(std::string program, std::vector<std::string> flags, Await await = Await::kListening,
                rlim_t descriptors = 0, Terminal terminal = Terminal::kTests)
      : program_(std::move(program)),
        flags_(std::move(flags)),
        await_(await),
        descriptors_(descriptors),
        terminal_(terminal) {
    Start();
  }
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;
  ~ServerProcess() {
    Kill();
    CloseTerminal();
    std::filesystem::remove(log_file_);
    std::filesystem::remove(port_file_);
  }

  pid_t pid() const { return pid_; }
  int port() const { return port_; }
  int metrics_port() const { return metrics_port_; }
  int http_port() const { return http_port_; }  // 0: it has none
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  // What it has written to standard error since it was first started.
  std::string Log() const {
    std::ifstream file(log_file_);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  // As an out-of-memory killer does it.
  void Kill() {
    if (pid_ > 0) kill(pid_, SIGKILL);
    Reap();
  }

  // As an operator does it, so that what it counts of its own lines is written; killed if that takes five
  // seconds.
  void Stop() {
    if (pid_ <= 0) return;
    kill(pid_, SIGTERM);
    for (int waited = 0; waited < 500; ++waited) {
      int status = 0;
      if (waitpid(pid_, &status, WNOHANG) == pid_) {
        pid_ = -1;
        return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    Kill();
  }

  // Starts it again on the same port.
  void Restart() {
    Kill();
    Start();
  }

  void SendTerm() const { kill(pid_, SIGTERM); }
  void SendHangUp() const { kill(pid_, SIGHUP); }
  // Its own terminal goes away, for which the kernel sends SIGHUP.
  void CloseTerminal() {
    if (manager_ >= 0) close(std::exchange(manager_, -1));
  }

  // Waits for its end, as long as the test may last; its exit status, or -1 when a signal ended it.
  int Wait() { return Reap(); }

 private:
  void Start() {
    std::filesystem::remove(port_file_);
    std::vector<std::string> arguments = {(std::filesystem::path(TRACKFIT_BINARIES) / program_).string(),
                                          "--listen",
                                          address(),
                                          "--metrics-listen",
                                          "127.0.0.1:0",
                                          "--port-file",
                                          port_file_.string()};
    if (program_.ends_with("trackfit-gateway")) {
      arguments.insert(arguments.end(), {"--http-listen", "127.0.0.1:0"});
    }
    arguments.insert(arguments.end(), flags_.begin(), flags_.end());
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    CloseTerminal();
    const std::string terminal = terminal_ == Terminal::kOwn ? OpenTerminal() : "";
    pid_ = fork();
    if (pid_ == 0) {
      if (terminal_ != Terminal::kTests) setsid();
      if (!terminal.empty() && open(terminal.c_str(), O_RDWR) < 0) _exit(125);  // becomes the session's
      prctl(PR_SET_PDEATHSIG, SIGKILL);  // also when a test is killed for taking too long
      const int log = open(log_file_.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
      if (log >= 0) dup2(log, STDERR_FILENO);
      const rlimit limit{descriptors_, descriptors_};
      if (descriptors_ > 0 && setrlimit(RLIMIT_NOFILE, &limit) != 0) _exit(126);
      execv(argv[0], argv.data());
      _exit(127);
    }
    if (await_ == Await::kListening) AwaitPorts();
  }

  std::string OpenTerminal() {
    manager_ = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    const bool usable = manager_ >= 0 && grantpt(manager_) == 0 && unlockpt(manager_) == 0;
    return usable ? ptsname(manager_) : "/no/terminal";
  }

  void AwaitPorts() {
    for (int waited = 0; waited < 6000; ++waited) {
      if (std::filesystem::exists(port_file_)) {
        const auto ports = nlohmann::json::parse(std::ifstream(port_file_));
        port_ = ports.at("grpc").get<int>();
        metrics_port_ = ports.at("metrics").get<int>();
        http_port_ = ports.value("http", 0);
        return;
      }
      int status = 0;
      if (waitpid(pid_, &status, WNOHANG) == pid_) {
        pid_ = -1;
        break;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    std::cerr << program_ << " does not start:\n" << Log();
    port_ = 0;
  }

  static std::filesystem::path NewLogFile(const std::string& program) {
    static int count = 0;
    return std::filesystem::temp_directory_path() /
           ("trackfit_test_" + std::to_string(getpid()) + "_" +
            std::filesystem::path(program).filename().string() + "_" + std::to_string(++count));
  }

  int Reap() {
    if (pid_ <= 0) return -1;
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  const std::string program_;
  const std::vector<std::string> flags_;
  const Await await_;
  const rlim_t descriptors_;
  const Terminal terminal_;
  int manager_ = -1;  // of its own terminal
  const std::filesystem::path log_file_ = NewLogFile(program_);
  const std::filesystem::path port_file_ = log_file_.string() + ".ports";
  int port_ = 0;
  int metrics_port_ = 0;
  int http_port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_INTEGRATION_SUPPORT_SERVER_PROCESS_H_
