#include "net/probe.h"

#include <array>
#include <boost/asio/write.hpp>
#include <exception>

namespace trackfit::net {

bool Reacts(const tcp::endpoint& endpoint, const std::string& greeting, std::chrono::milliseconds limit) try {
  asio::io_context io;
  tcp::socket socket(io);
  std::array<char, 64> answer{};
  bool reacts = false;
  socket.async_connect(endpoint, [&](const ErrorCode& refused) {
    if (refused) return;
    asio::async_write(socket, asio::buffer(greeting), [&](const ErrorCode& hung_up, std::size_t) {
      reacts = hung_up.failed();
      if (reacts) return;
      socket.async_read_some(asio::buffer(answer), [&](const ErrorCode&, std::size_t) { reacts = true; });
    });
  });
  io.run_for(limit);
  return reacts;
} catch (const std::exception&) {
  return false;  // no descriptor is left
}

}  // namespace trackfit::net
