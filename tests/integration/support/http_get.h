// Fetches a page as Prometheus does.
#ifndef TRACKFIT_TESTS_INTEGRATION_SUPPORT_HTTP_GET_H_
#define TRACKFIT_TESTS_INTEGRATION_SUPPORT_HTTP_GET_H_

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace trackfit::testing {

// The whole answer with its head, or "" when nobody listens on this port of 127.0.0.1.
inline std::string HttpGet(int port, const std::string& path) {
  const int connection = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
    const std::string request = "GET " + path + " HTTP/1.0\r\n\r\n";
    if (write(connection, request.data(), request.size()) == static_cast<ssize_t>(request.size())) {
      char buffer[4096];
      for (ssize_t count; (count = read(connection, buffer, sizeof(buffer))) > 0;) {
        answer.append(buffer, static_cast<std::size_t>(count));
      }
    }
  }
  close(connection);
  return answer;
}

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_INTEGRATION_SUPPORT_HTTP_GET_H_
