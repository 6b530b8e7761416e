#include "rpc/server_main.h"

#include <iostream>

#include "runtime/guard.h"

namespace trackfit::rpc {

int RunMain(const std::string& program, const std::function<int()>& run) {
  int status = 1;
  const absl::Status done = runtime::Guard([&] { status = run(); });
  if (!done.ok()) std::cerr << program << ": " << done.message() << "\n";
  return done.ok() ? status : 1;
}

int RefuseFlags(const std::string& program, const absl::Status& status) {
  std::cerr << program << ": " << status.message() << "\n";
  return command_line::kUsageExitCode;
}

}  // namespace trackfit::rpc
