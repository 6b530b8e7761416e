// Checks network addresses typed by users.
#ifndef TRACKFIT_COMMAND_LINE_ADDRESS_H_
#define TRACKFIT_COMMAND_LINE_ADDRESS_H_

#include <string>

#include "absl/status/status.h"

namespace trackfit::command_line {

enum class AddressUse {
  kListen,   // port 0 picks a free one
  kConnect,  // gRPC's name schemes are accepted, too: dns:, ipv4:, ipv6:, unix:
};

// INVALID_ARGUMENT naming `flag`, what is wrong and how to fix it, unless `address` is host:port.
// `default_port` is suggested when the port is missing; 0: there is none.
absl::Status CheckAddress(const std::string& flag, const std::string& address, AddressUse use,
                          int default_port = 0);

}  // namespace trackfit::command_line

#endif  // TRACKFIT_COMMAND_LINE_ADDRESS_H_
