// `trackfit report`: a page for people, made of what `trackfit analyze --json` wrote.
#include <fstream>
#include <iostream>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/results_json.h"
#include "command_line/exit_code.h"
#include "commands.h"
#include "files/outputs.h"
#include "files/partial_file.h"
#include "report/page.h"

namespace trackfit::tools {
namespace {

struct ReportOptions {
  std::string input;
  std::string output;
  std::string title;
};

absl::StatusOr<client::SessionRecord> Read(const std::string& path) {
  if (path == "-") return client::ReadResults(std::cin, "standard input");
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  return client::ReadResults(file, path);
}

absl::Status WriteReport(const ReportOptions& options) {
  if (absl::Status status =
          files::CheckOutputs({{"--output", options.output}}, {{"the results", options.input}});
      !status.ok())
    return command_line::UsageError(status);
  const absl::StatusOr<client::SessionRecord> record = Read(options.input);
  if (!record.ok()) return record.status();
  report::PageOptions page;
  if (!options.title.empty()) page.title = options.title;
  if (options.input != "-") page.source = std::filesystem::path(options.input).filename().string();
  const std::string html = report::PageOf(*record, page);
  if (options.output != "-") return files::ReplaceFile(options.output, html);
  std::cout << html;
  return absl::OkStatus();
}

}  // namespace

Action ReportCommand(CLI::App& command) {
  auto options = std::make_shared<ReportOptions>();
  command
      .add_option("results", options->input, "What `trackfit analyze --json` wrote; '-' reads standard input")
      ->required()
      ->type_name("RESULTS.jsonl");
  command.add_option("--output", options->output, "The page; '-' is standard output")
      ->required()
      ->type_name("FILE.html");
  command.add_option("--title", options->title, "Its headline")->type_name("TEXT");
  command.footer(
      "Example:\n"
      "  trackfit analyze workout.mp4 --json results.jsonl && trackfit report results.jsonl --output "
      "report.html\n\n"
      "The page is one file that loads nothing: open it, send it, print it.");
  return [options] { return WriteReport(*options); };
}

}  // namespace trackfit::tools
