// What a client of TLS sends first.
#ifndef TRACKFIT_TLS_CLIENT_HELLO_H_
#define TRACKFIT_TLS_CLIENT_HELLO_H_

#include <string>

namespace trackfit::tls {

// The bytes to which any server with TLS answers. Who sends the same again and again, and never goes on,
// learns nothing but that it answers.
std::string ClientHello();

}  // namespace trackfit::tls

#endif  // TRACKFIT_TLS_CLIENT_HELLO_H_
