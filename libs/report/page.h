// A session's results as a page for people: sets, repetitions, what to change.
#ifndef TRACKFIT_REPORT_PAGE_H_
#define TRACKFIT_REPORT_PAGE_H_

#include <string>

#include "client/session_record.h"

namespace trackfit::report {

struct PageOptions {
  std::string title{};   // empty: "Training report", in the session's language
  std::string source{};  // what was analysed, or the file with its results; may be empty
};

// One HTML document (UTF-8) that needs nothing else and loads nothing: no script, no network. `record` is
// made with keep_results; without poses there are no skeletons and no angles. Whatever text a server sent is
// escaped.
std::string PageOf(const client::SessionRecord& record, const PageOptions& options);

}  // namespace trackfit::report

#endif  // TRACKFIT_REPORT_PAGE_H_
