#include "net/probe.h"

#include <array>
#include <boost/asio/write.hpp>
#include <exception>

#include "net/listen.h"

namespace trackfit::net {
namespace {

bool IsLocalResourceError(const ErrorCode& error) {
  namespace errc = boost::system::errc;
  return error == asio::error::no_descriptors || error == errc::too_many_files_open_in_system ||
         error == asio::error::no_buffer_space || error == asio::error::no_memory ||
         error == errc::address_not_available;
}

ProbeResult ProbeOne(const tcp::endpoint& endpoint, const std::string& greeting,
                     std::chrono::milliseconds limit) try {
  asio::io_context io;
  tcp::socket socket(io);
  std::array<char, 64> answer{};
  ProbeResult result = ProbeResult::kNoResponse;
  socket.async_connect(endpoint, [&](const ErrorCode& refused) {
    if (IsLocalResourceError(refused)) result = ProbeResult::kUnknown;
    if (refused) return;
    asio::async_write(socket, asio::buffer(greeting), [&](const ErrorCode& hung_up, std::size_t) {
      if (hung_up) {
        result = ProbeResult::kAlive;
        return;
      }
      socket.async_read_some(asio::buffer(answer),
                             [&](const ErrorCode&, std::size_t) { result = ProbeResult::kAlive; });
    });
  });
  io.run_for(limit);
  return result;
} catch (const std::exception&) {
  return ProbeResult::kUnknown;  // out of descriptors
}

}  // namespace

ProbeResult Probe(const std::vector<tcp::endpoint>& bound, const std::string& greeting,
                  std::chrono::milliseconds limit) {
  ProbeResult worst = ProbeResult::kAlive;
  for (const tcp::endpoint& endpoint : bound) {
    const ProbeResult result = ProbeOne(LoopbackOf(endpoint), greeting, limit);
    if (result == ProbeResult::kNoResponse) return result;
    if (result == ProbeResult::kUnknown) worst = result;
  }
  return worst;
}

}  // namespace trackfit::net
