// Turns exceptions, which other people's code throws, into our errors.
#ifndef TRACKFIT_RUNTIME_GUARD_H_
#define TRACKFIT_RUNTIME_GUARD_H_

#include <exception>
#include <functional>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace trackfit::runtime {

// Runs `work`: its status, or OK where it returns nothing. INTERNAL when it throws: "the server failed: " and
// what the exception says, the server or whoever `who` names.
template <class Work>
absl::Status Guard(Work&& work, const char* who = "the server") {
  try {
    if constexpr (std::is_same_v<std::invoke_result_t<Work>, absl::Status>) {
      return std::invoke(std::forward<Work>(work));
    } else {
      std::invoke(std::forward<Work>(work));
      return absl::OkStatus();
    }
  } catch (const std::exception& exception) {
    return absl::InternalError(absl::StrCat(who, " failed: ", exception.what()));
  } catch (...) {
    return absl::InternalError(absl::StrCat(who, " failed for an unknown reason"));
  }
}

}  // namespace trackfit::runtime

#endif  // TRACKFIT_RUNTIME_GUARD_H_
