// A client whose calls have deadlines that pass while frames are on their way: nothing of them may stay
// behind.
#ifndef TRACKFIT_LOAD_IMPATIENT_CLIENT_H_
#define TRACKFIT_LOAD_IMPATIENT_CLIENT_H_

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "load/recording.h"
#include "load/session.h"
#include "trackfit/v1/gateway.grpc.pb.h"

namespace trackfit::load {

// Calls again and again, for 50 ms to a second each, as the seed says, and sends a frame with each answer.
// One thread of its own.
class ImpatientClient {
 public:
  // What it is made of must outlive it.
  ImpatientClient(v1::GatewayService::Stub& stub, const Recording& recording, const SessionOptions& options,
                  uint64_t seed);
  ImpatientClient(const ImpatientClient&) = delete;
  ImpatientClient& operator=(const ImpatientClient&) = delete;
  // Waits for the last call.
  ~ImpatientClient();

  // Waits for the last call; there is no other then.
  void Stop();
  // After Stop():
  uint64_t calls() const { return calls_; }
  // Ends that are none of a deadline, a full gateway or a network that breaks.
  const std::vector<std::string>& faults() const { return faults_; }

 private:
  void Run(v1::GatewayService::Stub& stub, const Recording& recording, const SessionOptions& options,
           uint64_t seed);

  uint64_t calls_ = 0;
  std::vector<std::string> faults_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace trackfit::load

#endif  // TRACKFIT_LOAD_IMPATIENT_CLIENT_H_
