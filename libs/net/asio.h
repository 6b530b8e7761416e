// Boost.Asio as this library uses it.
#ifndef TRACKFIT_NET_ASIO_H_
#define TRACKFIT_NET_ASIO_H_

#include <utility>  // must precede Boost 1.74, which forgets to include it
// (a line of its own, so that clang-format does not reorder them)
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

// Runs `io` until it is stopped. A handler's exception is passed to `on_exception` (never null), and the
// other handlers continue.
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
