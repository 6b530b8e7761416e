// What is asked of a web server, and what it answers.
#ifndef TRACKFIT_WEB_HTTP_MESSAGE_H_
#define TRACKFIT_WEB_HTTP_MESSAGE_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace trackfit::web {

struct HttpRequest {
  std::string path;                            // "/metrics"
  std::string query;                           // what follows the "?", undecoded
  std::map<std::string, std::string> headers;  // by name in lower case; repeated ones joined by ", "
  std::string peer = {};                       // the client's address and port

  // "" where it was not sent.
  std::string Header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::shared_ptr<const std::string> kept_body = nullptr;  // sent instead of `body`, without a copy
  std::vector<std::pair<std::string, std::string>> headers = {};
};

// Generates one page. Called on the server's thread, so it must be fast. If it throws, the client gets status
// 500.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

}  // namespace trackfit::web

#endif  // TRACKFIT_WEB_HTTP_MESSAGE_H_
