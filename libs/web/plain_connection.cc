#include <memory>
#include <utility>

#include "web/beast.h"
#include "web/connections.h"
#include "web/http_connection.h"
#include "web/tcp_stream.h"

namespace trackfit::web {

void StartPlainConnection(net::tcp::socket socket, HttpShared& shared) {
  std::make_shared<HttpConnection<TcpStream>>(TcpStream(std::move(socket)), shared)->Start();
}

}  // namespace trackfit::web
