#include <memory>
#include <utility>

#include "web/beast.h"
#include "web/connections.h"
#include "web/http_connection.h"

namespace trackfit::web {

void StartPlainConnection(net::tcp::socket socket, HttpShared& shared) {
  std::make_shared<HttpConnection<beast::tcp_stream>>(beast::tcp_stream(std::move(socket)), shared)->Start();
}

}  // namespace trackfit::web
