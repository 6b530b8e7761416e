// Dynamic time warping with a band (Sakoe and Chiba 1978).
#ifndef TRACKFIT_REFERENCE_ALIGNMENT_H_
#define TRACKFIT_REFERENCE_ALIGNMENT_H_

#include <functional>
#include <vector>

namespace trackfit::reference {

struct Pair {
  int row = 0;
  int column = 0;
};

// The cheapest way through a table of rows x columns from its first to its last cell, in steps of one row,
// one column or both, that stays within `band` columns of the diagonal (at least as far as the diagonal's own
// steps need). `cost` is >= 0; a step of both counts twice, so that detours gain nothing. Both counts >= 1;
// the first pair is {0, 0}, the last {rows - 1, columns - 1}.
std::vector<Pair> Align(int rows, int columns, int band, const std::function<float(int, int)>& cost);

}  // namespace trackfit::reference

#endif  // TRACKFIT_REFERENCE_ALIGNMENT_H_
