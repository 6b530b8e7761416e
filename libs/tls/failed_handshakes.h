// Counts the handshakes that failed, whichever library makes them.
#ifndef TRACKFIT_TLS_FAILED_HANDSHAKES_H_
#define TRACKFIT_TLS_FAILED_HANDSHAKES_H_

#include <cstdint>

namespace trackfit::tls {

// To be called before any connection is made; again: nothing.
void CountFailedHandshakes();

// How many connections of clients to this process ended because of an error in the handshake: no TLS, too old
// a version, a certificate that is missing or not trusted, on either side. Not those that were only given
// up. Thread-safe.
int64_t FailedHandshakes();

}  // namespace trackfit::tls

#endif  // TRACKFIT_TLS_FAILED_HANDSHAKES_H_
