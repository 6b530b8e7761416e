#include "serving/strand.h"

#include <utility>

namespace trackfit::serving {

std::shared_ptr<Strand> Strand::Create(WorkerPool& pool) { return std::shared_ptr<Strand>(new Strand(pool)); }

void Strand::Post(Task task) {
  {
    std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    if (tasks_.size() > 1) return;  // the task before it schedules it
  }
  Schedule();
}

void Strand::Schedule() {
  pool_.Submit([self = shared_from_this()](int worker) { self->RunOne(worker); });
}

void Strand::RunOne(int worker) {
  Task task;
  {
    std::lock_guard lock(mutex_);
    task = std::move(tasks_.front());
  }
  task(worker);
  task = nullptr;  // what it holds dies on the strand
  {
    std::lock_guard lock(mutex_);
    tasks_.pop_front();
    if (tasks_.empty()) return;
  }
  Schedule();
}

}  // namespace trackfit::serving
