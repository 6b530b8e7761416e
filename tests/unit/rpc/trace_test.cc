#include "rpc/trace.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <future>
#include <string>

#include "unit/rpc/scripted_service.h"

namespace trackfit::rpc {
namespace {

constexpr char kTraceparent[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

// The trace in which a server runs a session of a client that was given this one.
telemetry::TraceContext TraceOfSession(const std::string& given) {
  std::promise<telemetry::TraceContext> seen;
  ScriptedServer server(
      [&](const Session& session) {
        seen.set_value(session.trace);
        return absl::CancelledError("that is all");
      },
      TestOptions(), nullptr);
  grpc::ClientContext context;
  AddTrace(given, context);
  server.NewStub()->ExtractStream(&context)->Finish();
  return seen.get_future().get();
}

TEST(Trace, GoesOnInASpanOfTheServersOwn) {
  const telemetry::TraceContext trace = TraceOfSession(kTraceparent);
  EXPECT_EQ(trace.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_NE(trace.span_id, "00f067aa0ba902b7");
  EXPECT_EQ(trace.flags, 1);
}

TEST(Trace, BeginsWhereTheClientHasNone) {
  EXPECT_EQ(TraceOfSession("").trace_id.size(), 32U);
  EXPECT_EQ(TraceOfSession("not a\ntraceparent").trace_id.size(), 32U);
}

TEST(Trace, IsTheEnvironmentsUnlessOneIsNamed) {
  setenv("TRACEPARENT", kTraceparent, 1);
  EXPECT_EQ(TraceOfSession("").trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(TraceOfSession("00-11111111111111111111111111111111-00f067aa0ba902b7-01").trace_id,
            "11111111111111111111111111111111");
  unsetenv("TRACEPARENT");
}

}  // namespace
}  // namespace trackfit::rpc
