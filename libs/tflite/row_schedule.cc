#include "tflite/row_schedule.h"

#include <algorithm>
#include <cstddef>

namespace trackfit::tflite {
namespace {

class Scheduler {
 public:
  Scheduler(const std::vector<RowProducer>& producers, const std::vector<int>& heights)
      : producers_(producers), heights_(heights), done_(producers.size(), 0), made_(heights.size(), 0) {
    schedule_.rows_kept.assign(heights.size(), 1);
  }

  RowSchedule Run() {
    while (TakeDeepest()) {
    }
    return std::move(schedule_);
  }

 private:
  // False when nothing is left to do.
  bool TakeDeepest() {
    for (size_t i = producers_.size(); i-- > 0;) {
      if (done_[i] < producers_[i].rows && IsReady(i)) {
        Take(i);
        return true;
      }
    }
    return false;
  }

  RowRange NextRows(size_t i) const {
    return {done_[i], std::min(producers_[i].rows, done_[i] + producers_[i].rows_per_step)};
  }

  bool IsReady(size_t i) const {
    const RowProducer& producer = producers_[i];
    for (size_t k = 0; k < producer.inputs.size(); ++k) {
      const int input = producer.inputs[k];
      if (std::min(producer.needs(k, NextRows(i)).end, heights_[input]) > made_[input]) return false;
    }
    return true;
  }

  void Take(size_t i) {
    const RowRange rows = NextRows(i);
    schedule_.steps.push_back({static_cast<int>(i), rows});
    if (const int output = producers_[i].output; output >= 0) {
      made_[output] = rows.end;
      int& kept = schedule_.rows_kept[output];
      kept = std::max(kept, rows.end - OldestNeeded(output));
    }
    done_[i] = rows.end;
  }

  // The first row of a tensor that is still needed.
  int OldestNeeded(int tensor) const {
    int oldest = made_[tensor];
    for (size_t i = 0; i < producers_.size(); ++i) {
      const RowProducer& reader = producers_[i];
      if (done_[i] == reader.rows) continue;
      for (size_t k = 0; k < reader.inputs.size(); ++k) {
        if (reader.inputs[k] == tensor) oldest = std::min(oldest, reader.needs(k, NextRows(i)).begin);
      }
    }
    return std::max(oldest, 0);
  }

  const std::vector<RowProducer>& producers_;
  const std::vector<int>& heights_;
  std::vector<int> done_;  // rows of each producer
  std::vector<int> made_;  // rows of each tensor
  RowSchedule schedule_;
};

}  // namespace

RowSchedule ScheduleRows(const std::vector<RowProducer>& producers, const std::vector<int>& heights) {
  return Scheduler(producers, heights).Run();
}

}  // namespace trackfit::tflite
