#include "dataset_building/clip_workers.h"

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

namespace trackfit::dataset_building {

ClipWorkers::ClipWorkers(const blazepose::PoseEngine& engine, int jobs, Events events)
    : engine_(engine), jobs_(jobs), events_(std::move(events)) {}

absl::Status ClipWorkers::Run(size_t count, const Job& job) {
  const size_t threads_needed = std::min(count, static_cast<size_t>(jobs_));
  std::vector<std::jthread> threads;
  threads.reserve(threads_needed);
  for (size_t i = 0; i < threads_needed; ++i) threads.emplace_back([&] { Work(count, job); });
  threads.clear();
  return status_;
}

void ClipWorkers::Work(size_t count, const Job& job) {
  blazepose::PoseEngine engine = engine_.Replica();
  while (!stopped_) {
    const size_t clip = next_++;
    if (clip >= count) return;
    absl::Status status = job(clip, engine);
    if (status.ok()) continue;
    const std::scoped_lock lock(mutex_);
    stopped_ = true;
    if (status_.ok()) status_ = std::move(status);
  }
}

bool ClipWorkers::CountFrame() {
  if (events_.interrupted && events_.interrupted()) stopped_ = true;
  if (stopped_) return false;
  const std::scoped_lock lock(mutex_);
  ++frames_;
  if (events_.on_frame) events_.on_frame(frames_);
  return true;
}

}  // namespace trackfit::dataset_building
