// A client that goes on with its session when its stream was lost.
#ifndef TRACKFIT_TESTS_INTEGRATION_SUPPORT_RESUMING_CLIENT_H_
#define TRACKFIT_TESTS_INTEGRATION_SUPPORT_RESUMING_CLIENT_H_

#include <trackfit/v1/gateway.pb.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "integration/support/analyze_client.h"

namespace trackfit::testing {

inline v1::AnalyzeRequest ResumeRequest(const std::string& token, uint64_t last_number) {
  v1::AnalyzeRequest request;
  request.mutable_config()->mutable_resume()->set_token(token);
  request.mutable_config()->mutable_resume()->set_last_number(last_number);
  return request;
}

inline std::vector<v1::AnalyzeRequest> Resumable(std::vector<v1::AnalyzeRequest> requests) {
  requests.front().mutable_config()->set_resumable(true);
  return requests;
}

// What the streams of one session brought together.
struct ResumedSession {
  std::string token;
  uint64_t last_number = 0;
  Analyzed all;  // without what only resumable sessions have, so that it can be compared with another

  // After the end of a stream.
  void Add(Analyzed part) {
    all.status = part.status;
    for (v1::AnalyzeResponse& response : part.responses) {
      if (response.has_resumed()) continue;
      in_order = in_order && response.number() == last_number + 1;
      last_number = response.number();
      response.clear_number();
      if (response.has_started()) {
        token = response.started().resume_token();
        response.mutable_started()->clear_resume_token();
        response.mutable_started()->clear_resume_seconds();
      }
      all.responses.push_back(std::move(response));
    }
  }
  v1::AnalyzeRequest Request() const { return ResumeRequest(token, last_number); }

  bool in_order = true;  // no number was left out or came twice
};

// The sequence of a frame or pose.
inline uint64_t SequenceOf(const v1::AnalyzeRequest& request) {
  return request.has_pose() ? request.pose().sequence() : request.frame().sequence();
}

// How many of the requests the server has, the configuration included.
inline std::size_t Received(const std::vector<v1::AnalyzeRequest>& requests,
                            const v1::SessionResumed& resumed) {
  const auto behind = std::find_if(requests.begin() + 1, requests.end(), [&](const auto& request) {
    return SequenceOf(request) >= resumed.next_sequence();
  });
  return static_cast<std::size_t>(behind - requests.begin());
}

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_INTEGRATION_SUPPORT_RESUMING_CLIENT_H_
