// How a connection ends when everything is said.
#ifndef TRACKFIT_WEB_GOODBYE_H_
#define TRACKFIT_WEB_GOODBYE_H_

#include <chrono>
#include <utility>

#include "web/beast.h"

namespace trackfit::web {

// So that nothing that was sent is lost where the client still sends. `owner` keeps the stream alive.
template <class Stream, class Owner>
void FarewellTo(Stream& stream, std::chrono::milliseconds limit, Owner owner) {
  const auto done = [owner = std::move(owner)](const ErrorCode&) {};
  if constexpr (IsTls<Stream>) {
    ExpireAfter(stream, limit);
    stream.async_shutdown(done);
  } else if constexpr (requires { Discard(stream, done); }) {
    Discard(stream, done);
  }
}

}  // namespace trackfit::web

#endif  // TRACKFIT_WEB_GOODBYE_H_
