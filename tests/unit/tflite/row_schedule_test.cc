#include "tflite/row_schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace trackfit::tflite {
namespace {

using ::testing::ElementsAre;

// Rows r-1, r and r+1 for row r.
RowRange ThreeRows(size_t, RowRange output) { return {output.begin - 1, output.end + 1}; }
RowRange SameRows(size_t, RowRange output) { return output; }

RowProducer Source(int output, int rows) { return {{}, output, rows, 1, SameRows}; }

// The producers in the order of execution.
std::vector<int> Order(const RowSchedule& schedule) {
  std::vector<int> order;
  for (const RowStep& step : schedule.steps) order.push_back(step.producer);
  return order;
}

// Replays a schedule with labelled rows, and fails when a row is read that is not stored.
void ExpectRowsAreThereWhenRead(const std::vector<RowProducer>& producers, const std::vector<int>& heights,
                                const RowSchedule& schedule) {
  std::vector<std::vector<int>> stored(heights.size());
  for (size_t tensor = 0; tensor < heights.size(); ++tensor)
    stored[tensor].assign(schedule.rows_kept[tensor], -1);
  std::vector<int> done(producers.size(), 0);
  for (const RowStep& step : schedule.steps) {
    const RowProducer& producer = producers[step.producer];
    EXPECT_EQ(step.rows.begin, done[step.producer]);
    done[step.producer] = step.rows.end;
    for (size_t k = 0; k < producer.inputs.size(); ++k) {
      const int input = producer.inputs[k];
      const RowRange needed = producer.needs(k, step.rows);
      for (int row = std::max(0, needed.begin); row < std::min(heights[input], needed.end); ++row) {
        EXPECT_EQ(stored[input][row % schedule.rows_kept[input]], row) << "tensor " << input;
      }
    }
    for (int row = step.rows.begin; row < step.rows.end && producer.output >= 0; ++row) {
      stored[producer.output][row % schedule.rows_kept[producer.output]] = row;
    }
  }
  for (size_t i = 0; i < producers.size(); ++i) EXPECT_EQ(done[i], producers[i].rows);
}

TEST(ScheduleRows, ComputesEachRowAsSoonAsItsInputsAreThere) {
  const std::vector<RowProducer> producers = {
      Source(0, 4), {{0}, 1, 4, 1, ThreeRows}, {{1}, -1, 4, 1, SameRows}};
  const RowSchedule schedule = ScheduleRows(producers, {4, 4});
  EXPECT_THAT(Order(schedule), ElementsAre(0, 0, 1, 2, 0, 1, 2, 0, 1, 2, 1, 2));
}

TEST(ScheduleRows, KeepsOnlyTheRowsThatAreStillNeeded) {
  const std::vector<RowProducer> producers = {
      Source(0, 100), {{0}, 1, 100, 1, ThreeRows}, {{1}, -1, 100, 1, SameRows}};
  EXPECT_THAT(ScheduleRows(producers, {100, 100}).rows_kept, ElementsAre(3, 1));
}

TEST(ScheduleRows, KeepsATensorForAReaderThatComesLate) {
  // The last one adds the source to a tensor that depends on all of the source's rows.
  const auto all_rows = [](size_t, RowRange) { return RowRange{0, 8}; };
  const std::vector<RowProducer> producers = {
      Source(0, 8), {{0}, 1, 1, 1, all_rows}, {{0, 1}, -1, 8, 1, [](size_t position, RowRange output) {
                                                 return position == 0 ? output : RowRange{0, 1};
                                               }}};
  const RowSchedule schedule = ScheduleRows(producers, {8, 1});
  EXPECT_THAT(schedule.rows_kept, ElementsAre(8, 1));
  ExpectRowsAreThereWhenRead(producers, {8, 1}, schedule);
}

TEST(ScheduleRows, NeverOverwritesARowThatIsStillNeeded) {
  const auto halved = [](size_t, RowRange output) {
    return RowRange{2 * output.begin - 1, 2 * output.end + 1};
  };
  const auto doubled = [](size_t, RowRange output) {
    return RowRange{output.begin / 2, (output.end - 1) / 2 + 1};
  };
  // Downsampling, upsampling and a skip connection over both, in uneven steps.
  const std::vector<RowProducer> producers = {Source(0, 37),
                                              {{0}, 1, 37, 3, ThreeRows},
                                              {{1}, 2, 18, 2, halved},
                                              {{2}, 3, 36, 5, doubled},
                                              {{3, 1}, 4, 36, 4, SameRows},
                                              {{4}, -1, 36, 1, SameRows}};
  const std::vector<int> heights = {37, 37, 18, 36, 36};
  ExpectRowsAreThereWhenRead(producers, heights, ScheduleRows(producers, heights));
}

}  // namespace
}  // namespace trackfit::tflite
