#include "contract/names.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "spelling/edit_distance.h"

namespace trackfit::contract {

absl::Status UnknownExercise(const std::string& field, const std::string& name,
                             const std::vector<std::string>& of_model,
                             const std::vector<std::string>& of_coach) {
  std::vector<std::string> others;
  std::ranges::copy_if(of_coach, std::back_inserter(others), [&](const std::string& exercise) {
    return std::ranges::find(of_model, exercise) == of_model.end();
  });
  std::vector<std::string> all = of_model;
  all.insert(all.end(), others.begin(), others.end());
  const std::string meant = spelling::NearestName(name, all);
  return absl::InvalidArgumentError(
      absl::StrCat(field, " is \"", name, "\"; the model knows ", absl::StrJoin(of_model, ", "),
                   others.empty() ? "" : "; the coach also ", absl::StrJoin(others, ", "),
                   meant.empty() ? "" : absl::StrCat("; did you mean ", meant, "?")));
}

}  // namespace trackfit::contract
