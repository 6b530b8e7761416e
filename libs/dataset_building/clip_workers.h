// Works through many clips at once: each thread has a pose engine of its own and takes one clip after the
// other.
#ifndef TRACKFIT_DATASET_BUILDING_CLIP_WORKERS_H_
#define TRACKFIT_DATASET_BUILDING_CLIP_WORKERS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>

#include "absl/status/status.h"
#include "blazepose/pose_engine.h"

namespace trackfit::dataset_building {

// Run() is called once; a job calls the other methods from its thread.
class ClipWorkers {
 public:
  struct Events {
    std::function<bool()> interrupted;             // asked at every frame, by any thread
    std::function<void(int64_t frames)> on_frame;  // so many are done in this run; called one at a time
  };
  // Does one clip. An error ends the run, and so does an exception, as INTERNAL.
  using Job = std::function<absl::Status(size_t clip, blazepose::PoseEngine& engine)>;

  // The threads run replicas of `engine`; at most `jobs` threads, >= 1.
  ClipWorkers(const blazepose::PoseEngine& engine, int jobs, Events events);

  // Does the clips 0 .. count - 1, begun in this order, until all are done, a job fails or the run is
  // interrupted. Returns the first error of a job.
  absl::Status Run(size_t count, const Job& job);

  // To be called by a job after each of its frames: tells `on_frame`. False: the run ends, and so should the
  // job.
  bool CountFrame();

  // Whether the run ends before all clips are done.
  bool stopped() const { return stopped_; }

  // Held during `on_frame`; guards what jobs share.
  std::mutex& mutex() { return mutex_; }

 private:
  const blazepose::PoseEngine& engine_;
  const int jobs_;
  const Events events_;
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;
  int64_t frames_ = 0;  // by mutex_
};

}  // namespace trackfit::dataset_building

#endif  // TRACKFIT_DATASET_BUILDING_CLIP_WORKERS_H_
