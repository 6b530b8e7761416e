// POST /v1/analyze: a video file in, lines of JSON out.
#ifndef TRACKFIT_SERVICES_GATEWAY_UPLOAD_PAGE_H_
#define TRACKFIT_SERVICES_GATEWAY_UPLOAD_PAGE_H_

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "access/gatekeeper.h"
#include "gateway_options.h"
#include "gateway_service.h"
#include "rpc/runtime.h"
#include "uploads/uploads.h"
#include "web/http_exchange.h"
#include "web/http_message.h"

namespace trackfit::gateway_server {

// The gateway decodes no videos: a program does, and streams the frames to the gateway like any client. Must
// be stopped before the web server ends. Thread-safe.
class UploadPage {
 public:
  // `refuse`: the answer to a client that may not analyse here; nullopt: it may. Runtime and service outlive
  // it.
  UploadPage(rpc::Runtime& runtime, const UploadOptions& options, const GatewayService& service,
             std::function<std::optional<web::HttpResponse>(const web::HttpRequest&)> refuse);

  // Refers to this page.
  web::PostPage Page();
  // Where its program reaches this gateway; nothing is taken before.
  void Serve(const std::string& gateway);
  void Drain() { uploads_.Drain(); }
  void Stop();

 private:
  static uploads::UploadsConfig Config(rpc::Runtime& runtime, const UploadOptions& options);
  void Take(const web::HttpRequest& request, const std::shared_ptr<web::HttpExchange>& exchange);
  // Once it is known who calls.
  void Enter(const web::HttpRequest& request, const std::shared_ptr<web::HttpExchange>& exchange,
             const absl::StatusOr<access::Caller>& caller);
  // A place for the caller, and a key for the program, which takes no further one.
  absl::Status Admit(const access::Caller& caller, uploads::Program& program);
  absl::StatusOr<std::vector<std::string>> CommandFor(const web::HttpRequest& request);

  const UploadOptions options_;
  const GatewayService& service_;
  const std::function<std::optional<web::HttpResponse>(const web::HttpRequest&)> refuse_;
  std::mutex mutex_;
  std::string gateway_;  // guarded by mutex_
  uploads::Uploads uploads_;
};

}  // namespace trackfit::gateway_server

#endif  // TRACKFIT_SERVICES_GATEWAY_UPLOAD_PAGE_H_
