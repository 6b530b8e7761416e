// Makes, lists and revokes the API keys of the gateway's --api-keys.
#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <string>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "access/api_key.h"
#include "access/key_file.h"
#include "access/key_list.h"
#include "command_line/exit_code.h"
#include "command_line/parse.h"

namespace trackfit::tools {
namespace {

struct Flags {
  std::string file;
  access::NewKey key;
  std::string id;
};

void DeclareLimits(CLI::App& command, const std::string& prefix, const std::string& whose,
                   access::Limits& limits) {
  command
      .add_option("--" + prefix + "sessions", limits.sessions, "Sessions " + whose + " may have at a time")
      ->check(CLI::Range(1, 100'000))
      ->type_name("N");
  command
      .add_option("--" + prefix + "frames-per-second", limits.frames_per_second,
                  "Frames per second that sessions of " + whose + " may send, all together")
      ->check(CLI::Range(1.0, 1e6))
      ->type_name("N");
}

// The key alone goes to standard output, once.
absl::Status New(const Flags& flags) {
  const auto made = access::AddKey(flags.file, flags.key, absl::Now());
  if (!made.ok()) return made.status();
  std::cout << made->Text() << std::endl;
  std::cerr << "key " << made->id << " of " << flags.key.tenant << ", shown only now; " << flags.file
            << " holds its hash\n";
  return absl::OkStatus();
}

absl::Status List(const Flags& flags) {
  const auto keys = access::ReadKeyFile(flags.file);
  if (keys.ok()) std::cout << access::DescribeKeys(*keys, absl::Now());
  return keys.status();
}

int Run(int argc, char** argv) {
  Flags flags;
  CLI::App app{"Makes, lists and revokes API keys of TrackFit's gateway (--api-keys)", "trackfit-key"};
  app.set_version_flag("--version", TRACKFIT_VERSION);
  app.require_subcommand(1);
  CLI::App& make = *app.add_subcommand("new", "Make a key: it is printed once, its hash goes into the file");
  CLI::App& list = *app.add_subcommand("list", "List the keys of a file");
  CLI::App& revoke = *app.add_subcommand("revoke", "Revoke a key; running gateways notice within seconds");
  for (CLI::App* command : {&make, &list, &revoke}) {
    command->add_option("--file", flags.file, "The file of keys")
        ->required()
        ->type_name("FILE")
        ->envname("TRACKFIT_API_KEYS");
  }
  make.add_option("--tenant", flags.key.tenant, "Whose it is")->required()->type_name("NAME");
  make.add_option("--note", flags.key.note, "What it is for")->type_name("TEXT");
  make.add_option("--expires", flags.key.expires, "When it ends to be right, in UTC")
      ->type_name("2027-01-31");
  DeclareLimits(make, "", "the key", flags.key.limits);
  DeclareLimits(make, "tenant-", "the tenant", flags.key.tenant_limits);
  revoke.add_option("id", flags.id, "The key's id: of tf_<id>_<secret>")->required()->type_name("ID");
  if (const auto ended = command_line::Parse(app, argc, argv)) return *ended;

  const absl::Status status = make.parsed()   ? New(flags)
                              : list.parsed() ? List(flags)
                                              : access::RevokeKey(flags.file, flags.id);
  if (!status.ok()) std::cerr << "trackfit-key: " << status.message() << "\n";
  return command_line::FlushOutput("trackfit-key", command_line::ExitCodeOf(status));
}

}  // namespace
}  // namespace trackfit::tools

int main(int argc, char** argv) {
  try {
    return trackfit::tools::Run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "trackfit-key: " << error.what() << "\n";
    return 1;
  }
}
