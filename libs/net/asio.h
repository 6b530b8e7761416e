// Boost.Asio as this library uses it.
#ifndef TRACKFIT_NET_ASIO_H_
#define TRACKFIT_NET_ASIO_H_

#include <utility>  // before Boost 1.74, which forgets it
// (a line of its own, so that it stays there)
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <exception>

namespace trackfit::net {

namespace asio = boost::asio;
using boost::asio::ip::tcp;
using ErrorCode = boost::system::error_code;

// Runs what is posted to `io` until it is stopped. An exception of a handler is given to `on_exception`
// (never null), and the others go on.
template <class OnException>
void RunForever(asio::io_context& io, OnException&& on_exception) {
  const auto work = asio::make_work_guard(io);
  while (!io.stopped()) {
    try {
      io.run();
    } catch (const std::exception& exception) {
      on_exception(exception);
    }
  }
}

}  // namespace trackfit::net

#endif  // TRACKFIT_NET_ASIO_H_
