#include "spelling/edit_distance.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace trackfit::spelling {
namespace {

constexpr size_t kMostTypos = 2;

}  // namespace

size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i + 1);
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = std::exchange(row[j + 1], std::min({row[j] + 1, row[j + 1] + 1, changed}));
    }
  }
  return row.back();
}

std::string NearestName(std::string_view typed, const std::vector<std::string>& names) {
  std::string nearest;
  size_t least = std::min(kMostTypos, typed.size() / 2) + 1;
  for (const std::string& name : names) {
    const size_t distance = EditDistance(typed, name);
    if (distance >= least) continue;
    least = distance;
    nearest = name;
  }
  return nearest;
}

std::string InsteadOf(std::string_view typed, const std::vector<std::string>& names) {
  std::string text = "; there are ";
  for (size_t i = 0; i < names.size(); ++i) text.append(i == 0 ? "" : ", ").append(names[i]);
  if (const std::string meant = NearestName(typed, names); !meant.empty()) {
    text.append("; did you mean ").append(meant).append("?");
  }
  return text;
}

}  // namespace trackfit::spelling
