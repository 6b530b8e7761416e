#include "net/probe.h"

#include <array>
#include <boost/asio/write.hpp>
#include <exception>

#include "net/listen.h"

namespace trackfit::net {
namespace {

bool IsOurOwnLack(const ErrorCode& error) {
  namespace errc = boost::system::errc;
  return error == asio::error::no_descriptors || error == errc::too_many_files_open_in_system ||
         error == asio::error::no_buffer_space || error == asio::error::no_memory ||
         error == errc::address_not_available;
}

Reaction ProbeOne(const tcp::endpoint& endpoint, const std::string& greeting,
                  std::chrono::milliseconds limit) try {
  asio::io_context io;
  tcp::socket socket(io);
  std::array<char, 64> answer{};
  Reaction reaction = Reaction::kNone;
  socket.async_connect(endpoint, [&](const ErrorCode& refused) {
    if (IsOurOwnLack(refused)) reaction = Reaction::kUnknown;
    if (refused) return;
    asio::async_write(socket, asio::buffer(greeting), [&](const ErrorCode& hung_up, std::size_t) {
      if (hung_up) {
        reaction = Reaction::kAny;
        return;
      }
      socket.async_read_some(asio::buffer(answer),
                             [&](const ErrorCode&, std::size_t) { reaction = Reaction::kAny; });
    });
  });
  io.run_for(limit);
  return reaction;
} catch (const std::exception&) {
  return Reaction::kUnknown;  // no descriptor is left
}

}  // namespace

Reaction Probe(const std::vector<tcp::endpoint>& bound, const std::string& greeting,
               std::chrono::milliseconds limit) {
  Reaction worst = Reaction::kAny;
  for (const tcp::endpoint& endpoint : bound) {
    const Reaction reaction = ProbeOne(Reachable(endpoint), greeting, limit);
    if (reaction == Reaction::kNone) return reaction;
    if (reaction == Reaction::kUnknown) worst = reaction;
  }
  return worst;
}

}  // namespace trackfit::net
