#include "dataset_building/rendered_mannequins.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "dataset/landmark_file.h"
#include "dataset_building/pose_grid.h"
#include "exercises/vocabulary.h"
#include "synthesis/random.h"
#include "synthesis/renderer.h"

namespace trackfit::dataset_building {
namespace {

namespace fs = std::filesystem;

constexpr double kFps = 30;
// To be raised when a plan comes to stand for another image: clips in the cache are known by their id.
constexpr const char* kCacheVersion = "v1";
// The shapes of phones' and webcams' videos, small enough to be rendered fast; BlazePose looks at 256 x 256
// pixels.
constexpr std::array<std::array<int, 2>, 6> kSizes = {
    {{320, 240}, {320, 180}, {180, 320}, {320, 180}, {240, 320}, {320, 320}}};
// About the length of a window.
constexpr double kMinFrames = 75, kMaxFrames = 110;
constexpr double kMinRepetitionSeconds = 1.1;
constexpr double kMaxLeadSeconds = 0.3;
constexpr int kExercisesPerBackground = 4;

bool IsBackground(const synthesis::ExerciseInfo& exercise) {
  return exercise.kind == synthesis::ExerciseKind::kBackground;
}

MannequinPlan PlanOne(const synthesis::ExerciseInfo& exercise, int index, uint64_t seed) {
  const synthesis::NamedRandom clip_seeds(seed ^ 0x3a99e9);
  MannequinPlan plan;
  synthesis::MotionOptions& motion = plan.motion;
  motion.exercise = exercise.name;
  motion.seed = 1 + clip_seeds.Bits(exercise.name, index) % 1'000'000'000;
  motion.fps = kFps;
  const synthesis::NamedRandom random(motion.seed ^ 0x9fa3);
  const double seconds = random.Uniform("frames", kMinFrames, kMaxFrames) / kFps;
  motion.lead_in_seconds = random.Uniform("lead in", 0, kMaxLeadSeconds);
  motion.lead_out_seconds = random.Uniform("lead out", 0, kMaxLeadSeconds);
  const double moving = seconds - motion.lead_in_seconds - motion.lead_out_seconds;
  const int most = std::clamp(static_cast<int>(moving / kMinRepetitionSeconds), 1, 3);
  motion.repetitions = 1 + static_cast<int>(random.Bits("repetitions") % most);
  motion.repetition_seconds = moving / motion.repetitions;
  if (index % 2 == 1 && !exercise.faults.empty()) {
    motion.fault = exercise.faults[index / 2 % exercise.faults.size()].name;
    motion.fault_strength = random.Uniform("fault strength", 0.6, 1.3);
  }
  const auto& size = kSizes[random.Bits("size") % kSizes.size()];
  plan.width = size[0];
  plan.height = size[1];
  return plan;
}

// Renders a scene frame by frame.
class SceneSource : public media::FrameSource {
 public:
  SceneSource(const MannequinScene& scene, uint64_t seed)
      : scene_(scene),
        renderer_(scene.motion, synthesis::DrawAppearance(seed)),
        info_{.name = scene.motion.exercise,
              .frame_count = static_cast<int64_t>(scene.cameras.size()),
              .fps = scene.motion.fps,
              .is_live = false} {}

  const media::SourceInfo& info() const override { return info_; }

  absl::StatusOr<std::optional<media::SourceFrame>> Next() override {
    if (next_ >= scene_.cameras.size()) return std::nullopt;
    absl::StatusOr<cv::Mat> image = renderer_.Render(static_cast<int>(next_), scene_.cameras[next_]);
    if (!image.ok()) return image.status();
    const int64_t time_us = std::llround(static_cast<double>(next_++) * 1e6 / scene_.motion.fps);
    return media::SourceFrame{.timestamp_us = time_us, .image = *std::move(image)};
  }

 private:
  const MannequinScene& scene_;
  synthesis::Renderer renderer_;
  media::SourceInfo info_;
  size_t next_ = 0;
};

std::optional<dataset::Clip> ReadCached(const fs::path& path, const std::string& id) {
  std::error_code error;
  if (!fs::exists(path, error)) return std::nullopt;
  absl::StatusOr<std::vector<dataset::Clip>> clips = dataset::ReadLandmarkFile(path);
  if (!clips.ok() || clips->size() != 1 || clips->front().id != id) return std::nullopt;
  return std::move(clips->front());
}

}  // namespace

std::string MannequinPlan::Id() const {
  const std::string fault = motion.fault.empty() ? "" : absl::StrCat("_", motion.fault);
  return absl::StrCat("mannequin_", motion.exercise, fault, "_", motion.seed);
}

std::vector<MannequinPlan> PlanMannequins(int per_exercise, uint64_t seed) {
  std::vector<MannequinPlan> plans;
  for (int i = 0; i < per_exercise; ++i) {
    for (const synthesis::ExerciseInfo& exercise : synthesis::Exercises()) {
      if (!IsBackground(exercise)) {
        plans.push_back(PlanOne(exercise, i, seed));
      } else if (i % kExercisesPerBackground == 0) {
        plans.push_back(PlanOne(exercise, i / kExercisesPerBackground, seed));
      }
    }
  }
  return plans;
}

std::vector<skeleton::Pose> MannequinScene::TruePoses() const {
  return synthesis::ProjectMotion(cameras, motion);
}

absl::StatusOr<MannequinScene> MakeScene(const MannequinPlan& plan) {
  absl::StatusOr<synthesis::Motion> motion = synthesis::SynthesizeMotion(plan.motion);
  if (!motion.ok()) return motion.status();
  const synthesis::CameraOptions camera =
      synthesis::DrawCamera(*motion, plan.motion.seed, plan.width, plan.height);
  absl::StatusOr<std::vector<synthesis::Camera>> cameras = synthesis::MakeCameraPath(camera, *motion);
  if (!cameras.ok()) return cameras.status();
  return MannequinScene{
      .motion = *std::move(motion), .cameras = *std::move(cameras), .yaw_degrees = camera.yaw_degrees};
}

absl::StatusOr<dataset::Clip> RenderAndExtract(const MannequinPlan& plan, const PoseOptions& poses,
                                               blazepose::PoseEngine& engine,
                                               const std::function<absl::Status()>& on_frame) {
  const absl::StatusOr<MannequinScene> scene = MakeScene(plan);
  if (!scene.ok()) return scene.status();
  const bool background = scene->motion.kind == synthesis::ExerciseKind::kBackground;
  dataset::Clip clip{.id = plan.Id(),
                     .source = dataset::kMannequinSource,
                     .exercise = background ? exercises::Builtin().background() : plan.motion.exercise,
                     .form = plan.motion.fault.empty() ? "correct" : "incorrect",
                     .fault = background ? plan.motion.exercise : plan.motion.fault,
                     .group = absl::StrCat("mannequin_", plan.motion.seed),
                     .fps = scene->motion.fps,
                     .kind = dataset::SourceKind::kMannequin,
                     .poses = {},
                     .wrong_joints = scene->motion.wrong_joints};
  SceneSource source(*scene, plan.motion.seed);
  const absl::Status tracked = TrackPoses(
      source, poses, engine, [&](const media::SourceFrame& frame, const std::optional<skeleton::Pose>& pose) {
        clip.poses.push_back(pose ? *pose : NobodyAt(frame.timestamp_us, frame.image.size()));
        return on_frame();
      });
  if (!tracked.ok()) return tracked;
  return clip;
}

absl::StatusOr<MannequinStudio> MannequinStudio::Open(std::vector<MannequinPlan> plans,
                                                      MannequinOptions options) {
  fs::path folder = fs::path(options.cache) / absl::StrCat(kCacheVersion, "_", options.poses.model);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    return absl::InvalidArgumentError(
        absl::StrCat("the folder of mannequins ", folder.string(), " cannot be used: ", error.message()));
  }
  MannequinStudio studio(std::move(plans), std::move(options), std::move(folder));
  for (size_t i = 0; i < studio.plans_.size(); ++i) {
    const MannequinPlan& plan = studio.plans_[i];
    std::optional<dataset::Clip> cached = ReadCached(studio.PathOf(plan), plan.Id());
    if (cached)
      studio.clips_[i] = *std::move(cached);
    else
      studio.missing_.push_back(i);
  }
  return studio;
}

int64_t MannequinStudio::PendingFrames() const {
  int64_t frames = 0;
  for (const size_t index : missing_) {
    const absl::StatusOr<synthesis::Motion> motion = synthesis::SynthesizeMotion(plans_[index].motion);
    if (motion.ok()) frames += static_cast<int64_t>(motion->frames.size());
  }
  return frames;
}

absl::StatusOr<std::vector<dataset::Clip>> MannequinStudio::Run(const Events& events) {
  if (!missing_.empty()) {
    const absl::StatusOr<blazepose::PoseEngine> engine = LoadPoseEngine(options_.poses);
    if (!engine.ok()) return engine.status();
    ClipWorkers workers(*engine, options_.jobs, events);
    const absl::Status status =
        workers.Run(missing_.size(), [&](size_t clip, blazepose::PoseEngine& replica) {
          return MakeClip(missing_[clip], replica, workers);
        });
    if (!status.ok()) return status;
  }
  return std::move(clips_);
}

absl::Status MannequinStudio::MakeClip(size_t index, blazepose::PoseEngine& engine, ClipWorkers& workers) {
  const MannequinPlan& plan = plans_[index];
  const auto on_frame = [&] {
    if (workers.CountFrame()) return absl::OkStatus();
    return absl::CancelledError(
        "interrupted while mannequins were rendered. The same command goes on from there");
  };
  try {  // a thread must not end by an exception of OpenCV or the standard library
    absl::StatusOr<dataset::Clip> clip = RenderAndExtract(plan, options_.poses, engine, on_frame);
    if (!clip.ok()) return clip.status();
    if (absl::Status status = dataset::WriteLandmarkFile(PathOf(plan), {*clip}); !status.ok()) return status;
    clips_[index] = *std::move(clip);
    return absl::OkStatus();
  } catch (const std::exception& problem) {
    return absl::InternalError(absl::StrCat(plan.Id(), ": ", problem.what()));
  }
}

fs::path MannequinStudio::PathOf(const MannequinPlan& plan) const {
  return folder_ / absl::StrCat(plan.Id(), ".clip");  // not .pt: folders are searched for those
}

}  // namespace trackfit::dataset_building
