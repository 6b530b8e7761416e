#include "reference/alignment.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace trackfit::reference {
namespace {

enum Step : uint8_t { kBoth, kRow, kColumn };

}  // namespace

std::vector<Pair> Align(int rows, int columns, int band, const std::function<float(int, int)>& cost) {
  constexpr float kFar = std::numeric_limits<float>::infinity();
  const double slope = rows > 1 ? static_cast<double>(columns - 1) / (rows - 1) : 0;
  const double reach = std::max({static_cast<double>(band), slope, rows > 1 ? 1.0 : columns - 1.0});
  std::vector<float> totals(static_cast<size_t>(rows) * columns, kFar);
  std::vector<Step> steps(totals.size(), kBoth);
  const auto at = [&](int row, int column) { return static_cast<size_t>(row) * columns + column; };
  for (int row = 0; row < rows; ++row) {
    const double diagonal = row * slope;
    const int first = std::max(0, static_cast<int>(std::ceil(diagonal - reach)));
    const int last = std::min(columns - 1, static_cast<int>(std::floor(diagonal + reach)));
    for (int column = first; column <= last; ++column) {
      const float here = cost(row, column);
      float best = row == 0 && column == 0 ? here : kFar;
      Step step = kBoth;
      const auto consider = [&](int from_row, int from_column, float weight, Step taken) {
        if (from_row < 0 || from_column < 0) return;
        const float total = totals[at(from_row, from_column)] + weight * here;
        if (total < best) best = total, step = taken;
      };
      consider(row - 1, column - 1, 2, kBoth);
      consider(row - 1, column, 1, kRow);
      consider(row, column - 1, 1, kColumn);
      totals[at(row, column)] = best;
      steps[at(row, column)] = step;
    }
  }
  std::vector<Pair> path;
  for (Pair cell{rows - 1, columns - 1};;) {
    path.push_back(cell);
    if (cell.row == 0 && cell.column == 0) break;
    const Step step = steps[at(cell.row, cell.column)];
    if (step != kColumn) --cell.row;
    if (step != kRow) --cell.column;
  }
  std::reverse(path.begin(), path.end());
  return path;
}

}  // namespace trackfit::reference
