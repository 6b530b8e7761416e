#include "command_line/parse.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "spelling/edit_distance.h"

namespace trackfit::command_line {
namespace {

constexpr size_t kMinWordLength = 4;  // of words that are looked up in the flags' descriptions
constexpr size_t kMaxSuggestions = 3;

const CLI::App& Innermost(const CLI::App& app) {
  const CLI::App* inner = &app;
  while (!inner->get_subcommands().empty()) inner = inner->get_subcommands().front();
  return *inner;
}

std::vector<std::string> CommandNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  return names;
}

std::string UnknownFlagMessage(const CLI::App& app, const std::string& argument) {
  const std::string typed = argument.substr(0, argument.find('='));
  const std::string word = typed.substr(std::min(typed.find_first_not_of('-'), typed.size()));
  std::vector<std::string> names;
  std::vector<std::string> related;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      names.push_back(name);
      if (word.size() >= kMinWordLength && absl::StrContains(option->get_description(), word))
        related.push_back("--" + name);
    }
  }
  std::string text = absl::StrCat("there is no flag ", typed);
  if (const std::string meant = spelling::NearestName(word, names); !meant.empty())
    return absl::StrCat(text, "; did you mean --", meant, "?");
  if ((word == "port" || word == "host") && app.get_option_no_throw("--listen") != nullptr)
    return absl::StrCat(text, "; it is part of --listen: write --listen 0.0.0.0:8000");
  if (related.empty() || related.size() > kMaxSuggestions) return text;
  return absl::StrCat(text, "; perhaps you are looking for ", absl::StrJoin(related, ", "));
}

std::string UnknownCommandMessage(const CLI::App& app, const std::string& typed) {
  const std::vector<std::string> names = CommandNames(app);
  const std::string meant = spelling::NearestName(typed, names);
  return meant.empty()
             ? absl::StrCat("there is no command ", typed, "; there are ", absl::StrJoin(names, ", "))
             : absl::StrCat("there is no command ", typed, "; did you mean ", meant, "?");
}

// The environment variable that an invalid value came from; empty if it was typed.
std::string SourceVariable(const CLI::App& app, const std::string& message, int argc, char** argv) {
  for (const CLI::Option* option : app.get_options()) {
    const std::string flag = option->get_name();
    const std::string& variable = option->get_envname();
    if (variable.empty() || std::getenv(variable.c_str()) == nullptr || !absl::StrContains(message, flag))
      continue;
    const bool typed = std::any_of(argv, argv + argc,
                                   [&](const char* argument) { return absl::StartsWith(argument, flag); });
    if (!typed) return variable;
  }
  return "";
}

// The error message for the user. A mistyped word comes first, because it causes the other errors.
std::string Explain(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  const CLI::App& inner = Innermost(app);
  const bool takes_command = !CommandNames(inner).empty();
  for (const std::string& argument : app.remaining(true)) {
    if (argument.size() > 1 && argument.front() == '-') return UnknownFlagMessage(inner, argument);
    if (takes_command) return UnknownCommandMessage(inner, argument);
  }
  if (takes_command && inner.get_require_subcommand_min() > 0 && error.get_name() == "RequiredError")
    return absl::StrCat("a command is missing; there are ", absl::StrJoin(CommandNames(inner), ", "));
  std::string what = error.what();
  if (constexpr const char* kUnread = "Could not convert: "; absl::StartsWith(what, kUnread))
    what = absl::StrCat(what.substr(std::strlen(kUnread)), " is not a number");
  if (constexpr const char* kFolder = "File is actually a directory: "; absl::StrContains(what, kFolder)) {
    const size_t at = what.find(kFolder);
    what = absl::StrCat(what.substr(0, at), what.substr(at + std::strlen(kFolder)),
                        " is a folder; name a file, for example one in it");
  }
  for (const CLI::Option* option : inner.get_options()) {
    if (option->get_positional() && what == absl::StrCat(option->get_name(true), " is required"))
      what = absl::StrCat(option->get_name(true), " is missing: ", option->get_description());
  }
  const std::string variable = SourceVariable(inner, what, argc, argv);
  return variable.empty() ? what : absl::StrCat(what, " (of the environment variable ", variable, ")");
}

// For example "trackfit model show".
std::string FullName(const CLI::App& app) {
  const CLI::App* parent = app.get_parent();
  return parent == nullptr ? app.get_name() : absl::StrCat(FullName(*parent), " ", app.get_name());
}

}  // namespace

std::optional<int> Parse(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return FlushOutput(app.get_name(), app.exit(help));
  } catch (const CLI::ParseError& error) {
    const std::string program = FullName(Innermost(app));
    std::cerr << program << ": " << Explain(app, error, argc, argv) << "\nSee " << program << " --help\n";
    return kUsageExitCode;
  }
  return std::nullopt;
}

int FlushOutput(const std::string& program, int exit_status) {
  std::cout.flush();
  if (std::cout) return exit_status;
  std::cerr << program << ": standard output was not written whole; is the disk full?\n";
  return exit_status == 0 ? 1 : exit_status;
}

}  // namespace trackfit::command_line
