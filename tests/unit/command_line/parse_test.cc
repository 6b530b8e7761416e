#include "command_line/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <string>
#include <vector>

namespace trackfit::command_line {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

struct Ended {
  std::optional<int> exit_status;
  std::string said;  // on stderr
};

// A program with flags and a command "model" with the subcommands "show" and "run".
Ended Start(std::vector<std::string> arguments) {
  CLI::App app{"", "prog"};
  std::string text;
  int number = 0;
  app.add_option("--gateway", text);
  app.add_option("--listen", text, "Address of the server; port 0 picks a free one");
  app.add_option("--number", number)->envname("PROG_NUMBER");
  CLI::App* model = app.add_subcommand("model");
  CLI::App* show = model->add_subcommand("show");
  show->add_option("--file", text)->required();
  model->add_subcommand("run");
  model->require_subcommand(1);
  arguments.insert(arguments.begin(), "prog");
  std::vector<char*> raw;
  for (std::string& argument : arguments) raw.push_back(argument.data());
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  Ended ended;
  ended.exit_status = Parse(app, static_cast<int>(raw.size()), raw.data());
  ended.said = ::testing::internal::GetCapturedStderr();
  ::testing::internal::GetCapturedStdout();
  return ended;
}

TEST(Parse, ContinuesWhenAllFlagsAreValid) {
  EXPECT_EQ(Start({"--number", "3", "model", "show", "--file", "x"}).exit_status, std::nullopt);
}

TEST(Parse, ReturnsZeroAfterHelp) { EXPECT_EQ(Start({"--help"}).exit_status, 0); }

TEST(Parse, SuggestsTheFlagThatWasMeant) {
  const Ended ended = Start({"--gatway", "x"});
  EXPECT_EQ(ended.exit_status, kUsageExitCode);
  EXPECT_THAT(ended.said, HasSubstr("prog: there is no flag --gatway; did you mean --gateway?"));
  EXPECT_THAT(ended.said, HasSubstr("See prog --help"));
}

TEST(Parse, NamesTheMistypedFlagRatherThanTheMissingOne) {
  const Ended ended = Start({"model", "show", "--fiel=x"});
  EXPECT_EQ(ended.exit_status, kUsageExitCode);
  EXPECT_THAT(ended.said, AllOf(HasSubstr("prog model show: there is no flag --fiel; did you mean --file?"),
                                Not(HasSubstr("required"))));
}

TEST(Parse, SuggestsFlagsWhoseDescriptionHasTheWord) {
  EXPECT_THAT(Start({"--port", "8000"}).said,
              HasSubstr("no flag --port; it is part of --listen: write --listen 0.0.0.0:8000"));
}

TEST(Parse, SuggestsTheCommandThatWasMeant) {
  EXPECT_THAT(Start({"modle"}).said, HasSubstr("prog: there is no command modle; did you mean model?"));
  EXPECT_THAT(Start({"model", "shwo"}).said,
              HasSubstr("prog model: there is no command shwo; did you mean show?"));
  EXPECT_THAT(Start({"model", "xyzzy"}).said, HasSubstr("there are show, run"));
}

TEST(Parse, ListsTheCommandsWhenOneIsMissing) {
  const Ended ended = Start({"model"});
  EXPECT_EQ(ended.exit_status, kUsageExitCode);
  EXPECT_THAT(ended.said, HasSubstr("prog model: a command is missing; there are show, run"));
}

TEST(Parse, ReturnsTwoForInvalidValues) {
  const Ended ended = Start({"--number", "many"});
  EXPECT_EQ(ended.exit_status, kUsageExitCode);
  EXPECT_THAT(ended.said, AllOf(HasSubstr("--number"), HasSubstr("many")));
}

TEST(Parse, NamesTheVariableOfAnInvalidValue) {
  ::setenv("PROG_NUMBER", "many", 1);
  const Ended ended = Start({});
  ::unsetenv("PROG_NUMBER");
  EXPECT_EQ(ended.exit_status, kUsageExitCode);
  EXPECT_THAT(ended.said, HasSubstr("of the environment variable PROG_NUMBER"));
}

TEST(FlushOutput, KeepsTheStatusWhenAllIsWritten) {
  EXPECT_EQ(FlushOutput("prog", 0), 0);
  EXPECT_EQ(FlushOutput("prog", 3), 3);
}

}  // namespace
}  // namespace trackfit::command_line
