// The notices that a session has sent its client.
#ifndef TRACKFIT_GATEWAY_SESSION_NOTICES_H_
#define TRACKFIT_GATEWAY_SESSION_NOTICES_H_

#include <trackfit/v1/common.pb.h>
#include <trackfit/v1/gateway.pb.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace trackfit::gateway {

// Keeps the first notice of each code for the summary: bounded, however long the session. Not thread-safe.
class SessionNotices {
 public:
  // A response that carries the notice alone.
  v1::AnalyzeResponse Tell(v1::NoticeCode code, std::string message, uint64_t sequence);

  // Remembers those of an assessment, which travel with it.
  void Remember(const v1::Assessment& assessment);

  // In the order in which they were noticed.
  const std::vector<v1::Notice>& first_of_each() const { return first_of_each_; }

  // As if it had been told with these.
  void Restore(std::vector<v1::Notice> first_of_each) { first_of_each_ = std::move(first_of_each); }

 private:
  void RememberFirst(const v1::Notice& notice);

  std::vector<v1::Notice> first_of_each_;
};

}  // namespace trackfit::gateway

#endif  // TRACKFIT_GATEWAY_SESSION_NOTICES_H_
