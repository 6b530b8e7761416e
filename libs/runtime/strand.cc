#include "runtime/strand.h"

#include <utility>

#include "runtime/guard.h"

namespace trackfit::runtime {

std::shared_ptr<Strand> Strand::Create(WorkerPool& pool, OnException on_exception) {
  return std::shared_ptr<Strand>(new Strand(pool, std::move(on_exception)));
}

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
  absl::Status done = Guard([&] { task(worker); });
  task = nullptr;  // what it holds dies on the strand
  if (!done.ok() && on_exception_) done = Guard([&] { on_exception_(done); });
  if (!done.ok()) pool_.ReportException(done);
  {
    std::lock_guard lock(mutex_);
    tasks_.pop_front();
    if (tasks_.empty()) return;
  }
  Schedule();
}

}  // namespace trackfit::runtime
