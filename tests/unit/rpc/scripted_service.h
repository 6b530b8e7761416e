// A real server on a free port whose streams are driven by a test.
#ifndef TRACKFIT_TESTS_UNIT_RPC_SCRIPTED_SERVICE_H_
#define TRACKFIT_TESTS_UNIT_RPC_SCRIPTED_SERVICE_H_

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <trackfit/v1/extractor.grpc.pb.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "rpc/server.h"
#include "rpc/stream_reactor.h"
#include "rpc/unary_call.h"
#include "runtime/connection_lost.h"
#include "support/eventually.h"

namespace trackfit::rpc {

using Request = v1::ExtractStreamRequest;
using Response = v1::ExtractStreamResponse;
using Session = streaming::StreamSession<Response>;
using streaming::InFlight;
using streaming::StreamHandler;
using streaming::StreamHandlerFactory;
using testing::Eventually;
using Stream = grpc::ClientReaderWriter<Request, Response>;

inline Request MakeRequest(uint64_t sequence) {
  Request request;
  request.mutable_frame()->set_sequence(sequence);
  return request;
}

inline Response MakeResponse(uint64_t sequence) {
  Response response;
  response.mutable_result()->set_sequence(sequence);
  return response;
}

// Counts what is alive, so that a test can see that nothing is left.
struct Counts {
  std::atomic<int> handlers = 0;
  std::atomic<int> requests = 0;
  std::atomic<int> ends = 0;
  std::atomic<int> lost = 0;  // of these, by clients who may not have wanted to
};

// Does what its lambdas say; answers each request with its sequence by default.
class ScriptedHandler : public StreamHandler<Request> {
 public:
  struct Script {
    std::function<void(const Session&, Request, InFlight)> on_request = [](const Session& session,
                                                                           const Request& request, InFlight) {
      session.responses->Write(MakeResponse(request.frame().sequence()));
    };
    std::function<void(const Session&)> on_half_close = [](const Session& session) {
      session.responses->Finish(absl::OkStatus());
    };
  };

  ScriptedHandler(Session session, Script script, Counts& counts)
      : session_(std::move(session)), script_(std::move(script)), counts_(counts) {
    ++counts_.handlers;
  }
  ~ScriptedHandler() override { --counts_.handlers; }

  void OnRequest(Request request, InFlight in_flight, int) override {
    ++counts_.requests;
    script_.on_request(session_, std::move(request), std::move(in_flight));
  }
  void OnHalfClose(int) override { script_.on_half_close(session_); }
  void OnEnd(const absl::Status& status) override {
    if (runtime::IsConnectionLost(status)) ++counts_.lost;
    ++counts_.ends;
  }

 private:
  Session session_;
  Script script_;
  Counts& counts_;
};

class ScriptedService final : public v1::ExtractorService::CallbackService {
 public:
  ScriptedService(Runtime& runtime, StreamHandlerFactory<Request, Response> make_handler, UnaryWork work)
      : runtime_(runtime), make_handler_(std::move(make_handler)), work_(std::move(work)) {}

  grpc::ServerBidiReactor<Request, Response>* ExtractStream(grpc::CallbackServerContext* context) override {
    return OpenStream<Request, Response>(runtime_, context, "ExtractStream", make_handler_);
  }
  grpc::ServerUnaryReactor* Extract(grpc::CallbackServerContext* context, const v1::ExtractRequest* request,
                                    v1::ExtractResponse*) override {
    return RunUnary(runtime_, context, "Extract", request->ByteSizeLong(), work_);
  }

 private:
  Runtime& runtime_;
  StreamHandlerFactory<Request, Response> make_handler_;
  UnaryWork work_;
};

inline ServerOptions TestOptions() {
  ServerOptions options;
  options.listen = "127.0.0.1:0";
  options.metrics_listen = "";
  options.log_level = "error";
  options.workers = 2;
  options.max_in_flight = 4;
  options.drain_grace = 5;
  return options;
}

// Everything together; drained by its destructor.
class ScriptedServer {
 public:
  explicit ScriptedServer(
      ScriptedHandler::Script script = {}, const ServerOptions& options = TestOptions(),
      UnaryWork work = [](int) { return Progress::kDone; })
      : ScriptedServer(
            [this, script = std::move(script)](Session session) {
              return std::make_unique<ScriptedHandler>(std::move(session), script, counts_);
            },
            options, std::move(work)) {}

  ScriptedServer(StreamHandlerFactory<Request, Response> make_handler, const ServerOptions& options,
                 UnaryWork work)
      : runtime_(*Runtime::Create("test", options)),
        service_(*runtime_, std::move(make_handler), std::move(work)),
        server_(*Server::Start(*runtime_, service_, v1::ExtractorService::service_full_name())) {}

  Counts& counts() { return counts_; }
  Runtime& runtime() { return *runtime_; }
  Server& server() { return *server_; }

  std::string address() const { return "127.0.0.1:" + std::to_string(server_->port()); }
  std::shared_ptr<grpc::Channel> NewChannel() const {
    return grpc::CreateChannel(address(), grpc::InsecureChannelCredentials());
  }
  std::unique_ptr<v1::ExtractorService::Stub> NewStub() const {
    return v1::ExtractorService::NewStub(NewChannel());
  }

 private:
  Counts counts_;
  std::unique_ptr<Runtime> runtime_;
  ScriptedService service_;
  std::unique_ptr<Server> server_;
};

}  // namespace trackfit::rpc

#endif  // TRACKFIT_TESTS_UNIT_RPC_SCRIPTED_SERVICE_H_
