#include "runtime/worker_pool.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/admission_gate.h"
#include "runtime/guard.h"

namespace trackfit::runtime {
namespace {

constexpr std::chrono::milliseconds kRetryAfter{1000};

}  // namespace

WorkerPool::WorkerPool(WorkerPoolConfig config) : config_(std::move(config)) {
  threads_.reserve(static_cast<std::size_t>(config_.workers));
  try {
    for (int worker = 0; worker < config_.workers; ++worker) {
      threads_.emplace_back([this, worker] { Work(worker); });
    }
  } catch (...) {  // the system has no more threads; those that run must not be left behind
    Shutdown();
    throw;
  }
}

WorkerPool::~WorkerPool() { Shutdown(); }

absl::Status WorkerPool::TrySubmit(Task task) {
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return absl::UnavailableError("the server is shutting down");
    if (queued_alone_ >= config_.max_queued) {
      return WithRetryAfter(
          absl::ResourceExhaustedError(absl::StrCat("all ", config_.workers, " workers are busy and ",
                                                    config_.max_queued, " calls wait already")),
          kRetryAfter);
    }
    Enqueue(std::move(task), true);
  }
  wake_.notify_one();
  return absl::OkStatus();
}

void WorkerPool::Submit(Task task) {
  {
    std::lock_guard lock(mutex_);
    if (stopped_) return;
    Enqueue(std::move(task), false);
  }
  wake_.notify_one();
}

void WorkerPool::ReportException(const absl::Status& failed) const {
  if (config_.on_exception) config_.on_exception(failed);
}

void WorkerPool::Shutdown() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void WorkerPool::Enqueue(Task task, bool stands_alone) {
  queue_.push_back({std::move(task), stands_alone, std::chrono::steady_clock::now()});
  if (stands_alone) ++queued_alone_;
  if (config_.on_queue_size) config_.on_queue_size(queue_.size());
}

WorkerPool::Waiting WorkerPool::Dequeue() {
  Waiting next = std::move(queue_.front());
  queue_.pop_front();
  if (next.stands_alone) --queued_alone_;
  if (config_.on_queue_size) config_.on_queue_size(queue_.size());
  return next;
}

void WorkerPool::Work(int worker) {
  std::unique_lock lock(mutex_);
  while (true) {
    // A running task may still submit more, so workers leave together.
    wake_.wait(lock, [this] { return !queue_.empty() || (stopping_ && running_ == 0); });
    if (queue_.empty()) break;
    Waiting next = Dequeue();
    ++running_;
    lock.unlock();
    if (config_.on_wait) {
      config_.on_wait(std::chrono::duration<double>(std::chrono::steady_clock::now() - next.since).count());
    }
    const absl::Status done = Guard([&] { next.task(worker); });
    if (!done.ok()) ReportException(done);
    next.task = nullptr;  // what it holds dies before the task counts as done
    lock.lock();
    --running_;
    if (stopping_) wake_.notify_all();
  }
  stopped_ = true;
}

}  // namespace trackfit::runtime
