#include "rpc/operator_pages.h"

namespace trackfit::rpc {

std::map<std::string, web::HttpHandler> OperatorPages(Runtime& runtime) {
  return {
      {"/metrics",
       [&runtime](const web::HttpRequest&) {
         return web::HttpResponse{.content_type = "text/plain; version=0.0.4; charset=utf-8",
                                  .body = runtime.metrics().Text()};
       }},
      {"/healthz",
       [&runtime](const web::HttpRequest&) {
         return runtime.serving() ? web::HttpResponse{.body = "SERVING\n"}
                                  : web::HttpResponse{.status = 503, .body = "NOT_SERVING\n"};
       }},
  };
}

}  // namespace trackfit::rpc
