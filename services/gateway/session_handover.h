// What becomes of resumable sessions at the end of the process: the next one goes on with them.
#ifndef TRACKFIT_SERVICES_GATEWAY_SESSION_HANDOVER_H_
#define TRACKFIT_SERVICES_GATEWAY_SESSION_HANDOVER_H_

#include <memory>
#include <vector>

#include "analysis.h"
#include "gateway/resumable_sessions.h"
#include "gateway_options.h"
#include "handover/session_folder.h"
#include "rpc/runtime.h"

namespace trackfit::gateway_server {

// Blocks on files, so it has the thread that starts and ends the server.
class SessionHandover {
 public:
  // `options` have a folder.
  SessionHandover(const GatewayOptions& options, rpc::Runtime& runtime);

  // Before the server serves: those that the process before has left wait for their clients.
  void TakeOver(const AnalyzeContext& context);
  // Of these, writes as many as there is room for, and ends their streams; the others are left as they are.
  void HandOver(std::vector<std::shared_ptr<gateway::ResumableSession>> sessions);

 private:
  const telemetry::Logger& log_;
  handover::SessionFolder folder_;
};

}  // namespace trackfit::gateway_server

#endif  // TRACKFIT_SERVICES_GATEWAY_SESSION_HANDOVER_H_
