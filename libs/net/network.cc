#include "net/network.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_replace.h"

namespace trackfit::net {

std::string NetworkOf(const asio::ip::address& address) {
  if (address.is_v4()) return address.to_string();
  const auto v6 = address.to_v6();
  if (v6.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, v6).to_string();
  auto bytes = v6.to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return asio::ip::address_v6(bytes).to_string() + "/64";
}

std::string NetworkOfPeer(const std::string& peer) {
  std::string host = absl::StrReplaceAll(peer, {{"%5B", "["}, {"%5D", "]"}, {"%25", "%"}});
  for (const char* scheme : {"ipv4:", "ipv6:", "ws:"}) {
    if (host.rfind(scheme, 0) == 0) host.erase(0, std::string(scheme).size());
  }
  host = host.substr(0, host.rfind(':'));
  if (host.size() > 1 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  ErrorCode none;
  const auto address = asio::ip::make_address(host, none);
  return none ? peer : NetworkOf(address);
}

}  // namespace trackfit::net
