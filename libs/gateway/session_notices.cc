#include "gateway/session_notices.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace trackfit::gateway {

v1::AnalyzeResponse SessionNotices::Tell(v1::NoticeCode code, std::string message, uint64_t sequence) {
  v1::AnalyzeResponse response;
  v1::Notice& notice = *response.add_notices();
  notice.set_code(code);
  notice.set_message(std::move(message));
  notice.set_sequence(sequence);
  RememberFirst(notice);
  return response;
}

void SessionNotices::Remember(const v1::Assessment& assessment) {
  for (const v1::Notice& notice : assessment.notices()) RememberFirst(notice);
}

void SessionNotices::RememberFirst(const v1::Notice& notice) {
  const auto same = [&notice](const v1::Notice& earlier) { return earlier.code() == notice.code(); };
  if (std::ranges::none_of(first_of_each_, same)) first_of_each_.push_back(notice);
}

}  // namespace trackfit::gateway
