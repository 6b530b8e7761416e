// Names a session in the logs of all servers that take part in it.
#ifndef TRACKFIT_STREAMING_SESSION_ID_H_
#define TRACKFIT_STREAMING_SESSION_ID_H_

#include <string>

namespace trackfit::streaming {

// 16 random hexadecimal digits.
std::string NewSessionId();

}  // namespace trackfit::streaming

#endif  // TRACKFIT_STREAMING_SESSION_ID_H_
