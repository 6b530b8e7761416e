// Loads a real extractor over real sockets, as a gateway does: all streams on one connection.
#ifndef TRACKFIT_TESTS_BENCH_EXTRACTOR_LOAD_H_
#define TRACKFIT_TESTS_BENCH_EXTRACTOR_LOAD_H_

#include <trackfit/v1/extractor.grpc.pb.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "integration/support/server_process.h"
#include "rpc/open_calls.h"

namespace trackfit::bench {

struct ServerFlags {
  std::string program = "trackfit-extractor";  // in the build's folder bin unless it is a path
  std::string model = "full";
  int workers = 1;
};

// An extractor process and the connection to it.
struct Extractor {
  std::unique_ptr<testing::ServerProcess> process;
  std::unique_ptr<v1::ExtractorService::Stub> stub;
  std::unique_ptr<rpc::OpenCalls> calls = std::make_unique<rpc::OpenCalls>();
};

// UNAVAILABLE when it does not start; its log is then on stderr.
absl::StatusOr<Extractor> StartExtractor(const ServerFlags& flags, int max_sessions, int max_in_flight);

struct SessionsFlags {
  std::vector<int> sessions = {1, 4, 16, 64};
  double seconds = 10;
  int passes = 3;
  int in_flight = 2;
};

// Prints a table of throughput, latency, fairness and memory by number of sessions. FAILED_PRECONDITION
// naming what does not hold: flat throughput, latency that follows the queue, fairness.
absl::Status RunSessions(const ServerFlags& server, const SessionsFlags& flags);

struct SoakFlags {
  int64_t frames = 200'000;
  int sessions = 50;
  int parallel = 1;         // sessions at a time
  int corrupt_every = 500;  // one of so many frames is cut in half; 0 = none
};

// Prints the curve of the server's memory over successive sessions. FAILED_PRECONDITION when it grows by
// 20 MiB or more.
absl::Status RunSoak(const ServerFlags& server, const SoakFlags& flags);

}  // namespace trackfit::bench

#endif  // TRACKFIT_TESTS_BENCH_EXTRACTOR_LOAD_H_
