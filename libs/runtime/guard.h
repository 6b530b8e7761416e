// Where an exception of somebody else's code becomes an error of ours.
#ifndef TRACKFIT_RUNTIME_GUARD_H_
#define TRACKFIT_RUNTIME_GUARD_H_

#include <exception>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace trackfit::runtime {

// Runs `work`. INTERNAL, with what the exception says, when it throws one.
template <class Work>
absl::Status Guard(Work&& work) {
  try {
    std::forward<Work>(work)();
    return absl::OkStatus();
  } catch (const std::exception& exception) {
    return absl::InternalError(absl::StrCat("the server failed: ", exception.what()));
  } catch (...) {
    return absl::InternalError("the server failed for an unknown reason");
  }
}

}  // namespace trackfit::runtime

#endif  // TRACKFIT_RUNTIME_GUARD_H_
