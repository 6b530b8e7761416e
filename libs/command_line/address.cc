#include "command_line/address.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace trackfit::command_line {
namespace {

constexpr int kMaxPort = 65535;

bool IsGrpcName(const std::string& address) {
  constexpr const char* kSchemes[] = {"dns:", "ipv4:", "ipv6:", "unix:", "unix-abstract:"};
  return std::any_of(std::begin(kSchemes), std::end(kSchemes),
                     [&](const char* scheme) { return absl::StartsWith(address, scheme); });
}

bool IsNumber(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

// What is wrong with the address and how to fix it; empty when it is valid.
std::string FindAddressError(const std::string& address, AddressUse use, int default_port) {
  const std::string example_port = default_port > 0 ? absl::StrCat(default_port) : "PORT";
  if (address.empty()) return absl::StrCat("it must be HOST:PORT, as in localhost:", example_port);
  if (const size_t scheme = address.find("://"); scheme != std::string::npos) {
    const std::string rest = address.substr(scheme + 3);
    return absl::StrCat("it must be HOST:PORT without \"", address.substr(0, scheme + 3), "\": write ",
                        rest.substr(0, rest.find('/')));
  }
  if (IsNumber(address)) {
    return absl::StrCat("it has no host: write ",
                        use == AddressUse::kListen ? "0.0.0.0:" : "localhost:", address);
  }
  const size_t colon = address.rfind(':');
  if (address.front() == '[') {
    if (address.find("]:") == std::string::npos)
      return absl::StrCat("it must be HOST:PORT, as in [::1]:", example_port);
  } else if (colon == std::string::npos) {
    return absl::StrCat("it has no port: write ", address, ":", example_port);
  } else if (address.find(':') != colon) {
    return absl::StrCat("an IPv6 address must be in brackets: write [", address.substr(0, colon),
                        "]:", address.substr(colon + 1));
  }
  const std::string port = address.substr(colon + 1);
  if (colon == 0) {
    return absl::StrCat("it has no host: write ", use == AddressUse::kListen ? "0.0.0.0" : "localhost",
                        address);
  }
  if (!IsNumber(port))
    return absl::StrCat("its port, \"", port, "\", must be a number, as in :", example_port);
  int number = 0;
  if (!absl::SimpleAtoi(port, &number) || number > kMaxPort)
    return absl::StrCat("its port must be at most ", kMaxPort);
  if (number == 0 && use == AddressUse::kConnect)
    return "nobody listens on port 0: use the port that the server reports";
  return "";
}

}  // namespace

absl::Status CheckAddress(const std::string& flag, const std::string& address, AddressUse use,
                          int default_port) {
  if (use == AddressUse::kConnect && IsGrpcName(address)) return absl::OkStatus();
  const std::string error = FindAddressError(address, use, default_port);
  if (error.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(flag, " is \"", address, "\"; ", error));
}

}  // namespace trackfit::command_line
