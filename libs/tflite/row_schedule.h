// The order in which the rows of a network's tensors are computed, and how many of them are kept.
//
// Executed layer by layer, the large tensors of the first layers would go through main memory. Instead every
// operator computes a few rows as soon as its inputs allow, the deepest operator first, so that rows are
// consumed while they are still in the cache, and only rows that are still needed are kept.
#ifndef TRACKFIT_TFLITE_ROW_SCHEDULE_H_
#define TRACKFIT_TFLITE_ROW_SCHEDULE_H_

#include <cstddef>
#include <functional>
#include <vector>

namespace trackfit::tflite {

// Rows [begin, end).
struct RowRange {
  int begin = 0;
  int end = 0;

  friend bool operator==(const RowRange&, const RowRange&) = default;
};

// One operator as the schedule sees it.
struct RowProducer {
  std::vector<int> inputs;  // tensors
  int output = -1;          // tensor, or -1 when the rows are a network output
  int rows = 0;             // to be computed, at least 1
  int rows_per_step = 1;    // at least 1
  // The rows of inputs[position] that these rows of the output depend on; may extend past the input's edges.
  // Neither end may decrease from one step to the next.
  std::function<RowRange(size_t position, RowRange output)> needs;
};

struct RowStep {
  int producer = 0;
  RowRange rows;
};

struct RowSchedule {
  std::vector<RowStep> steps;  // every row of every producer once
  // For each tensor the size of its ring buffer: row r is stored at r modulo this.
  std::vector<int> rows_kept;
};

// `producers` are in topological order, each tensor written by at most one; `heights` are those of all
// tensors.
RowSchedule ScheduleRows(const std::vector<RowProducer>& producers, const std::vector<int>& heights);

}  // namespace trackfit::tflite

#endif  // TRACKFIT_TFLITE_ROW_SCHEDULE_H_
