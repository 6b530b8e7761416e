// Boost.Beast as this library uses it.
#ifndef TRACKFIT_WEB_BEAST_H_
#define TRACKFIT_WEB_BEAST_H_

#include "net/asio.h"
// (a line of its own, so that clang-format does not reorder them)
#include <boost/asio/ssl/stream_base.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <chrono>
#include <sstream>
#include <string>

namespace trackfit::web {

namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
namespace asio = boost::asio;
using net::ErrorCode;

// Whether a stream encrypts.
template <class Stream>
inline constexpr bool IsTls = requires(Stream& stream) {
  stream.native_handle();
};

// Limits the time of what is started next on a stream over TCP; other streams have no clock.
template <class Stream>
void ExpireAfter(Stream& stream, std::chrono::milliseconds limit) {
  auto& lowest = beast::get_lowest_layer(stream);
  if constexpr (requires { lowest.expires_after(limit); }) lowest.expires_after(limit);
}
template <class Stream>
void ExpireNever(Stream& stream) {
  auto& lowest = beast::get_lowest_layer(stream);
  if constexpr (requires { lowest.expires_never(); }) lowest.expires_never();
}

// Address and port of the other side; "" where there is none any more.
template <class Stream>
std::string PeerOf(Stream& stream) {
  auto& lowest = beast::get_lowest_layer(stream);
  if constexpr (requires { lowest.socket(); }) {
    ErrorCode gone;
    const auto endpoint = lowest.socket().remote_endpoint(gone);
    if (gone) return "";
    std::ostringstream text;
    text << endpoint;
    return text.str();
  }
  return "";
}

}  // namespace trackfit::web

#endif  // TRACKFIT_WEB_BEAST_H_
