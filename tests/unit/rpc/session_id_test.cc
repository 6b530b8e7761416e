#include "rpc/session_id.h"

#include <gtest/gtest.h>

#include <future>

#include "unit/rpc/scripted_service.h"

namespace trackfit::rpc {
namespace {

// The id under which a server with this caller's metadata runs a session.
std::string IdOfSession(const std::string& sent) {
  std::promise<std::string> seen;
  ScriptedServer server(
      [&](const Session& session) {
        seen.set_value(session.id);
        return absl::CancelledError("that is all");
      },
      TestOptions(), nullptr);
  grpc::ClientContext context;
  if (!sent.empty()) context.AddMetadata(kSessionIdKey, sent);
  server.NewStub()->ExtractStream(&context)->Finish();
  return seen.get_future().get();
}

TEST(SessionId, IsTheCallersWhereItIsAcceptable) { EXPECT_EQ(IdOfSession("ab-12"), "ab-12"); }

TEST(SessionId, IsANewOneForACallerWithoutOrWithABadOne) {
  EXPECT_EQ(IdOfSession("").size(), 16u);
  EXPECT_EQ(IdOfSession("no spaces, please").size(), 16u);
  EXPECT_EQ(IdOfSession(std::string(65, 'a')).size(), 16u);
}

}  // namespace
}  // namespace trackfit::rpc
