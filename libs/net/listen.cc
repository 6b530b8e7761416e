#include "net/listen.h"

#include <boost/asio/ip/v6_only.hpp>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace trackfit::net {
namespace {

namespace error = boost::asio::error;

// To find a port that is free on all addresses of a host.
constexpr int kAttempts = 16;

struct Target {
  std::string host;
  std::string port;
};

absl::StatusOr<Target> Parse(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos || colon == 0) {
    return absl::InvalidArgumentError(absl::StrCat("\"", address, "\" must be host:port"));
  }
  Target target{address.substr(0, colon), address.substr(colon + 1)};
  if (target.host.size() > 2 && target.host.front() == '[' && target.host.back() == ']') {
    target.host = target.host.substr(1, target.host.size() - 2);
  }
  return target;
}

absl::Status CannotListen(const std::string& address, const ErrorCode& reason) {
  std::string advice;
  if (reason == error::address_in_use) {
    advice = "; another process has this port: stop it, or choose another port";
  } else if (reason == error::access_denied) {
    advice = "; ports below 1024 need permission: choose another port";
  } else if (reason == boost::system::errc::address_not_available) {
    advice = "; this machine does not have that address: 0.0.0.0 stands for all that it has";
  }
  return absl::UnavailableError(absl::StrCat("cannot listen on ", address, ": ", reason.message(), advice));
}

// An IPv6 wildcard also accepts IPv4.
ErrorCode Open(const tcp::endpoint& endpoint, tcp::acceptor& acceptor) {
  ErrorCode failed;
  acceptor.open(endpoint.protocol(), failed);
  if (failed) return failed;
  acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
  if (endpoint.address().is_v6()) {
    acceptor.set_option(asio::ip::v6_only(!endpoint.address().is_unspecified()), failed);
    if (failed) return failed;
  }
  acceptor.bind(endpoint, failed);
  if (failed) return failed;
  acceptor.listen(tcp::acceptor::max_listen_connections, failed);
  return failed;
}

bool IsAddressUnavailable(const ErrorCode& reason) {
  return reason == error::address_family_not_supported ||
         reason == boost::system::errc::address_not_available;
}

// Skips addresses that this machine does not have (IPv6 in many containers) as long as there are others.
ErrorCode OpenAll(asio::io_context& io, const std::vector<tcp::endpoint>& endpoints,
                  std::vector<tcp::acceptor>& listening) {
  ErrorCode absent;
  listening.clear();
  for (tcp::endpoint endpoint : endpoints) {
    if (endpoint.port() == 0 && !listening.empty()) endpoint.port(listening[0].local_endpoint().port());
    tcp::acceptor acceptor(io);
    const ErrorCode failed = Open(endpoint, acceptor);
    if (IsAddressUnavailable(failed)) {
      absent = failed;
    } else if (failed) {
      return failed;
    } else {
      listening.push_back(std::move(acceptor));
    }
  }
  return listening.empty() ? absent : ErrorCode();
}

}  // namespace

absl::StatusOr<std::vector<tcp::acceptor>> Listen(asio::io_context& io, const std::string& address) {
  const auto target = Parse(address);
  if (!target.ok()) return target.status();
  ErrorCode unknown;
  const auto found = tcp::resolver(io).resolve(
      target->host, target->port, tcp::resolver::passive | tcp::resolver::numeric_service, unknown);
  if (unknown) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", address, ": ", unknown.message(),
                                               "; write an address or a name of this machine"));
  }
  std::vector<tcp::endpoint> endpoints;
  for (const auto& entry : found) endpoints.push_back(entry.endpoint());
  const auto port = endpoints.front().port();
  const bool wildcard = endpoints.front().address().is_unspecified();

  std::vector<tcp::acceptor> listening;
  if (wildcard && !OpenAll(io, {{asio::ip::address_v6::any(), port}}, listening)) return listening;
  if (wildcard) endpoints = {{asio::ip::address_v4::any(), port}};
  ErrorCode failed;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    failed = OpenAll(io, endpoints, listening);
    if (port != 0 || failed != error::address_in_use) break;
  }
  if (failed) return CannotListen(address, failed);
  return listening;
}

tcp::endpoint LoopbackOf(const tcp::endpoint& bound) {
  if (!bound.address().is_unspecified()) return bound;
  return {asio::ip::address_v4::loopback(), bound.port()};
}

}  // namespace trackfit::net
