#include "rpc/server_main.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

namespace trackfit::rpc {
namespace {

using ::testing::HasSubstr;
using ::testing::internal::CaptureStderr;
using ::testing::internal::CaptureStdout;
using ::testing::internal::GetCapturedStderr;
using ::testing::internal::GetCapturedStdout;

struct Options {
  Options() { server.listen = "localhost:0"; }

  void Register(CLI::App& app) {
    server.Register(app);
    AddFlag(app, "reps", reps, "Repetitions");
  }
  absl::Status Validate() const {
    if (absl::Status valid = server.Validate(); !valid.ok()) return valid;
    return reps > 0 ? absl::OkStatus() : absl::InvalidArgumentError("reps is 0; it must be at least 1");
  }

  ServerOptions server;
  int reps = 1;
};

int Main(std::vector<std::string> arguments,
         int (*serve)(const Options& options, Runtime& runtime, TerminationSignal& signal)) {
  arguments.insert(arguments.begin(), "trackfit-counter");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  return ServerMain(static_cast<int>(argv.size()), argv.data(), {"counter", "videos in, repetitions out"},
                    serve);
}

int Unserved(const Options&, Runtime&, TerminationSignal&) {
  ADD_FAILURE() << "must not serve";
  return 0;
}

TEST(ServerMain, ServesWithTheFlagsThatWereGiven) {
  EXPECT_EQ(Main({"--reps", "5", "--workers", "2"},
                 [](const Options& options, Runtime& runtime, TerminationSignal& signal) {
                   EXPECT_FALSE(signal.Wait(std::chrono::milliseconds(0)));
                   return options.reps * 10 + runtime.pool().workers();
                 }),
            52);
}

TEST(ServerMain, DescribesTheServerAndItsFlags) {
  CaptureStdout();
  EXPECT_EQ(Main({"--help"}, Unserved), 0);
  const std::string help = GetCapturedStdout();
  EXPECT_THAT(help, HasSubstr("TrackFit's counter: videos in, repetitions out"));
  EXPECT_THAT(help, HasSubstr("--reps"));
}

TEST(ServerMain, RefusesAWrongFlagOfTheServersOwnAndOfAll) {
  CaptureStderr();
  EXPECT_EQ(Main({"--reps", "0"}, Unserved), command_line::kUsageExitCode);
  EXPECT_EQ(GetCapturedStderr(), "trackfit-counter: reps is 0; it must be at least 1\n");
  CaptureStderr();
  EXPECT_EQ(Main({"--workers", "-1"}, Unserved), command_line::kUsageExitCode);
  EXPECT_EQ(GetCapturedStderr(), "trackfit-counter: workers is -1; it must be between 0 and 1024\n");
  CaptureStderr();
  EXPECT_EQ(Main({"--rep", "3"}, Unserved), command_line::kUsageExitCode);
  EXPECT_THAT(GetCapturedStderr(), HasSubstr("did you mean --reps?"));
}

TEST(ServerMain, EndsWithOneAndTheReasonWhenSomethingThrows) {
  CaptureStderr();
  EXPECT_EQ(Main({},
                 [](const Options&, Runtime&, TerminationSignal&) -> int {
                   throw std::runtime_error("out of luck");
                 }),
            1);
  EXPECT_EQ(GetCapturedStderr(), "trackfit-counter: the server failed: out of luck\n");
}

}  // namespace
}  // namespace trackfit::rpc
