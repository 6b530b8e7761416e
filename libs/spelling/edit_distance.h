// How near two spellings are, and which of several names was probably meant by a mistyped one.
#ifndef TRACKFIT_SPELLING_EDIT_DISTANCE_H_
#define TRACKFIT_SPELLING_EDIT_DISTANCE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace trackfit::spelling {

// The least number of letters to change, insert or delete that makes one of the other (Levenshtein).
size_t EditDistance(std::string_view a, std::string_view b);

// The name nearest to `typed`, the first of several equally near; "" where none is within two letters, or
// within half of the letters of a short word.
std::string NearestName(std::string_view typed, const std::vector<std::string>& names);

// What there is instead of an unknown name: "; there are calm, drill; did you mean drill?".
std::string InsteadOf(std::string_view typed, const std::vector<std::string>& names);

}  // namespace trackfit::spelling

#endif  // TRACKFIT_SPELLING_EDIT_DISTANCE_H_
