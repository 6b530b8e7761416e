// What a process has used, as Linux tells it.
#ifndef TRACKFIT_TESTS_BENCH_PROCESS_USAGE_H_
#define TRACKFIT_TESTS_BENCH_PROCESS_USAGE_H_

#include <sys/types.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace trackfit::bench {

struct ProcessUsage {
  double cpu_seconds = 0;   // of all its threads, since it was started; in steps of 10 ms
  double rss_kib = 0;       // resident now
  double peak_rss_kib = 0;  // the most that ever was
};

// All zero when there is no such process.
inline ProcessUsage UsageOf(pid_t pid) {
  ProcessUsage usage;
  const std::string folder = "/proc/" + std::to_string(pid);
  std::ifstream status(folder + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) usage.rss_kib = std::stod(line.substr(6));
    if (line.starts_with("VmHWM:")) usage.peak_rss_kib = std::stod(line.substr(6));
  }
  std::ifstream file(folder + "/stat");
  const std::string stat{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto name_end = stat.rfind(')');  // the program's name may hold anything
  if (name_end == std::string::npos) return usage;
  std::istringstream fields(stat.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;  // see proc(5): 14 is utime, 15 stime
  double user = 0, system = 0;
  fields >> user >> system;
  usage.cpu_seconds = (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
  return usage;
}

}  // namespace trackfit::bench

#endif  // TRACKFIT_TESTS_BENCH_PROCESS_USAGE_H_
