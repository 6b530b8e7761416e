#include "dataset_building/clip_workers.h"

#include <algorithm>
#include <utility>

#include "blazepose/pose_engines.h"
#include "runtime/guard.h"
#include "runtime/parallel_for.h"

namespace trackfit::dataset_building {

ClipWorkers::ClipWorkers(const blazepose::PoseEngine& engine, int jobs, Events events)
    : engine_(engine), jobs_(jobs), events_(std::move(events)) {}

absl::Status ClipWorkers::Run(size_t count, const Job& job) {
  const auto run = [&] {
    blazepose::PoseEngines engines(engine_, static_cast<int>(std::min(count, static_cast<size_t>(jobs_))));
    return runtime::ParallelFor(count, jobs_, [&](size_t clip, int worker) {
      if (stopped_) return absl::OkStatus();
      absl::Status status =
          runtime::Guard([&] { return job(clip, engines.OfWorker(worker)); }, "the program");
      if (!status.ok()) stopped_ = true;
      return status;
    });
  };
  return runtime::Guard(run, "the program");  // there may be no memory for the engines
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
