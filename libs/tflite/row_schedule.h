// In which order the rows of a network's tensors are computed, and how many of them are kept.
//
// Layer by layer, each tensor of the first layers would be written to and read from main memory. Instead
// every operator computes a few rows as soon as it can, the deepest one first, so that rows are consumed
// while they are still in the cache, and only those that somebody still needs are kept.
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
  int output = -1;          // tensor, or -1 where the rows leave the network
  int rows = 0;             // to be computed, at least 1
  int rows_per_step = 1;    // at least 1
  // The rows of inputs[position] that these rows of the output need; may reach beyond the input's edges.
  // Both ends must not decrease from one step to the next.
  std::function<RowRange(size_t position, RowRange output)> needs;
};

struct RowStep {
  int producer = 0;
  RowRange rows;
};

struct RowSchedule {
  std::vector<RowStep> steps;  // every row of every producer once
  // For each tensor: if row r is stored at r modulo this, no row is overwritten that is still needed.
  std::vector<int> rows_kept;
};

// `producers` in topological order, each tensor made by at most one of them; `heights` of all tensors.
RowSchedule ScheduleRows(const std::vector<RowProducer>& producers, const std::vector<int>& heights);

}  // namespace trackfit::tflite

#endif  // TRACKFIT_TFLITE_ROW_SCHEDULE_H_
