// A scripted gateway on a real socket.
#ifndef TRACKFIT_TESTS_SUPPORT_FAKE_GATEWAY_H_
#define TRACKFIT_TESTS_SUPPORT_FAKE_GATEWAY_H_

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "trackfit/v1/gateway.grpc.pb.h"

namespace trackfit::testing {

using ServerStream = grpc::ServerReaderWriter<v1::AnalyzeResponse, v1::AnalyzeRequest>;
using Script = std::function<grpc::Status(grpc::ServerContext&, ServerStream&)>;

// Calls the script for each session.
class FakeGateway : public v1::GatewayService::Service {
 public:
  explicit FakeGateway(Script script) : script_(std::move(script)) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~FakeGateway() override { server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(2)); }

  grpc::Status Analyze(grpc::ServerContext* context, ServerStream* stream) override {
    return script_(*context, *stream);
  }

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  Script script_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_SUPPORT_FAKE_GATEWAY_H_
