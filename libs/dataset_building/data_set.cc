#include "dataset_building/data_set.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <mutex>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "command_line/exit_code.h"
#include "dataset_building/clip_workers.h"
#include "dataset_building/pose_grid.h"
#include "dataset_building/video_variant.h"
#include "files/partial_file.h"
#include "media/container.h"
#include "media/orientation.h"
#include "skeleton/upright.h"

namespace trackfit::dataset_building {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using State = ClipResult::State;

bool HoldsImages(const std::string& path) {
  std::error_code error;
  return media::IsImageFile(path) || fs::is_directory(path, error);
}

// Everything besides the source that the output depends on.
nlohmann::json OptionsOf(const SourceClip& clip, const DataSetOptions& options) {
  nlohmann::json json = {{"format", ClipFormatName(options.format)},
                         {"model", options.poses.model},
                         {"smooth", !options.poses.no_smooth && !options.poses.static_mode},
                         {"static", options.poses.static_mode}};
  if (clip.fps > 0) json["fps"] = clip.fps;
  if (clip.retimed) json["retimed"] = true;
  // Earlier versions turned some of these the wrong way: they are to be extracted again.
  const media::Orientation turned =
      HoldsImages(clip.path) ? media::Orientation{} : media::ReadContainer(clip.path).orientation;
  if (turned != media::Orientation{})
    json["orientation"] = {turned.transposed, turned.flipped_x, turned.flipped_y};
  if (options.variants > 0) json["variants"] = {options.variants, options.variant_seed};
  if (options.format == ClipFormat::kTrackfitJson)
    json["joints"] = options.joints == TrackfitJoints::kTrunk ? "trunk" : "original";
  if (options.format == ClipFormat::kLandmarks) {
    json["id"] = clip.id;
    json["exercise"] = clip.exercise;
    json["form"] = clip.form;
    json["group"] = clip.group;
    if (!clip.fault.empty()) json["fault"] = clip.fault;
    json["source"] = clip.source;
    // kRecorded is left out, so that what was extracted before there were kinds is not extracted again.
    if (clip.kind != dataset::SourceKind::kRecorded) json["kind"] = dataset::SourceKindName(clip.kind);
  }
  return json;
}

// The rate by which the clip's frames are timed; nullopt where the video times them.
std::optional<double> TimingOf(const SourceClip& clip) {
  if (!HoldsImages(clip.path) && !clip.retimed) return std::nullopt;
  return media::ValidFpsOr(clip.fps);
}

// The engines of all landmark networks that variants are seen by.
using Engines = std::map<std::string, blazepose::PoseEngine>;

absl::Status ExtractVariant(const SourceClip& clip, int number, const DataSetOptions& options,
                            const Engines& engines, const std::function<absl::Status()>& on_frame,
                            ClipWriter& writer) {
  const VideoVariant variant = DrawVariant(options.variant_seed, clip.id, number);
  const absl::StatusOr<std::unique_ptr<media::FrameSource>> source =
      media::OpenFrameSource({clip.path}, TimingOf(clip));
  if (!source.ok()) return source.status();
  VariantSource changed(**source, variant);
  const double original_fps = media::ValidFpsOr(clip.fps, (*source)->info().fps);
  const double fps = variant.fps > 0 ? std::min(original_fps, variant.fps) : original_fps;
  SourceClip labelled = clip;
  labelled.id = dataset::VariantId(clip.id, number);
  labelled.fault = FaultOf(clip);
  labelled.variant = variant.Describe();
  if (absl::Status status = writer.NextClip(labelled, fps); !status.ok()) return status;
  GridTimedSource on_grid(changed, fps);
  blazepose::PoseEngine engine = engines.at(variant.model).Replica();
  return TrackPoses(on_grid, options.poses, engine,
                    [&](const media::SourceFrame& frame, const std::optional<skeleton::Pose>& pose) {
                      if (absl::Status status = writer.Write(frame, pose); !status.ok()) return status;
                      return on_frame();
                    });
}

// Counts the original's frames in `result` as it goes. Ends with the error of `on_frame`, if there is one.
absl::Status ExtractClip(const SourceClip& clip, const DataSetOptions& options, const std::string& path,
                         blazepose::PoseEngine& engine, const Engines& variant_engines,
                         const std::function<absl::Status()>& on_frame, ClipResult& result) {
  const absl::StatusOr<std::unique_ptr<media::FrameSource>> source =
      media::OpenFrameSource({clip.path}, TimingOf(clip));
  if (!source.ok()) return source.status();
  const double fps = media::ValidFpsOr(clip.fps, (*source)->info().fps);
  const auto writer = OpenClipWriter(
      path, clip,
      {.format = options.format, .joints = options.joints, .fps = fps, .model = options.poses.model});
  if (!writer.ok()) return writer.status();
  GridTimedSource on_grid(**source, fps);
  media::FrameSource& frames = options.format == ClipFormat::kLandmarks ? on_grid : **source;
  skeleton::UpsideDownDetector upright;
  absl::Status tracked =
      TrackPoses(frames, options.poses, engine,
                 [&](const media::SourceFrame& frame, const std::optional<skeleton::Pose>& pose) {
                   ++result.frames;
                   result.with_person += pose.has_value() ? 1 : 0;
                   if (pose.has_value()) upright.Add(*pose);
                   if (absl::Status status = (*writer)->Write(frame, pose); !status.ok()) return status;
                   return on_frame();
                 });
  if (!tracked.ok()) return tracked;
  std::vector<std::string> warnings = (*source)->warnings();
  if (upright.upside_down()) warnings.push_back("is upside down: people stand on their heads");
  result.note = absl::StrJoin(warnings, "; ");
  for (int number = 1; number <= options.variants; ++number) {
    absl::Status extracted = ExtractVariant(clip, number, options, variant_engines, on_frame, **writer);
    if (!extracted.ok()) return extracted;
  }
  return (*writer)->Finish();
}

}  // namespace

// One run over the clips that are not done.
class DataSet::Extraction {
 public:
  Extraction(DataSet& set, const DataSetEvents& events, const blazepose::PoseEngine& engine,
             const Engines& variant_engines)
      : set_(set),
        events_(events),
        variant_engines_(variant_engines),
        workers_(engine, set.options_.jobs,
                 {.interrupted = events.interrupted, .on_frame = events.on_frame}) {
    for (Item& item : set.items_) {
      if (item.result.state == State::kMissing) queue_.push_back(&item);
    }
    // The largest first, so that no long one is left to a single thread at the end.
    std::stable_sort(queue_.begin(), queue_.end(), [](const Item* a, const Item* b) {
      return a->stamp.ok() && b->stamp.ok() && a->stamp->bytes > b->stamp->bytes;
    });
  }

  absl::Status Execute() {
    return workers_.Run(queue_.size(), [this](size_t clip, blazepose::PoseEngine& engine) {
      return Process(*queue_[clip], engine);
    });
  }

 private:
  // An error is one that concerns all clips.
  absl::Status Process(Item& item, blazepose::PoseEngine& engine) {
    const Clock::time_point start = Clock::now();
    const fs::path path = fs::path(set_.options_.folder) / item.output;
    files::PartialFile partial(path);
    absl::Status status = Extract(item, partial.path().string(), engine);
    if (status.ok()) status = partial.Commit();
    item.result.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    const std::scoped_lock lock(workers_.mutex());
    return Record(item, path, status);
  }

  absl::Status Extract(Item& item, const std::string& partial, blazepose::PoseEngine& engine) {
    if (!item.stamp.ok()) return item.stamp.status();
    std::error_code error;
    const fs::path folder = fs::path(partial).parent_path();
    fs::create_directories(folder, error);
    if (error) return absl::UnavailableError(absl::StrCat(folder.string(), ": ", error.message()));
    const auto on_frame = [this] {
      return workers_.CountFrame() ? absl::OkStatus() : absl::CancelledError("interrupted");
    };
    try {  // a thread must not end by an exception of OpenCV or the standard library
      return ExtractClip(item.clip, set_.options_, partial, engine, variant_engines_, on_frame, item.result);
    } catch (const std::exception& problem) {
      return absl::InternalError(problem.what());
    }
  }

  // Holds the workers' mutex.
  absl::Status Record(Item& item, const fs::path& path, const absl::Status& status) {
    if (workers_.stopped() && absl::IsCancelled(status)) return absl::OkStatus();
    ClipResult& result = item.result;
    result.state = status.ok() ? State::kDone : State::kLeftOut;
    if (!status.ok()) result.note = std::string(status.message());
    if (!status.ok() && events_.on_left_out) events_.on_left_out(item.clip, status);
    if (!set_.summary_) return absl::OkStatus();
    if (status.ok()) {
      std::error_code error;
      set_.summary_->Add(item.output, {.source = item.clip.path,
                                       .stamp = *item.stamp,
                                       .options = item.options,
                                       .output_bytes = static_cast<int64_t>(fs::file_size(path, error)),
                                       .frames = result.frames,
                                       .with_person = result.with_person,
                                       .seconds = result.seconds,
                                       .note = result.note});
    } else {
      set_.summary_->AddLeftOut(item.output, item.clip.path, result.note);
    }
    return set_.summary_->Write();
  }

  DataSet& set_;
  const DataSetEvents& events_;
  const Engines& variant_engines_;
  ClipWorkers workers_;  // whose mutex guards the summary and the events
  std::vector<Item*> queue_;
};

absl::StatusOr<DataSet> DataSet::Open(std::vector<SourceClip> clips, DataSetOptions options) {
  std::error_code error;
  fs::create_directories(options.folder, error);
  if (error || !fs::is_directory(options.folder, error)) {
    return command_line::UsageError(absl::StrCat("--output ", options.folder,
                                                 " is no folder and cannot be made one",
                                                 error ? ": " + error.message() : ""));
  }
  std::optional<Summary> summary;
  auto lock = files::FolderLock::Take(options.folder, files::FolderLock::Busy::kFail);
  if (!lock.ok()) {
    return absl::IsUnavailable(lock.status())
               ? absl::UnavailableError(absl::StrCat("another run is writing to --output ", options.folder))
               : command_line::UsageError(absl::StrCat("--output ", std::string(lock.status().message())));
  }
  if (options.summary) {
    absl::StatusOr<Summary> read = Summary::Read(options.folder);
    if (!read.ok()) return read.status();
    summary = *std::move(read);
  }
  DataSet set(std::move(options), *std::move(lock), std::move(summary));
  for (SourceClip& clip : clips) {
    Item item{.clip = std::move(clip), .output = {}, .stamp = SourceStamp{}, .options = {}, .result = {}};
    item.output = item.clip.name + EndingOf(set.options_.format);
    item.stamp = SourceStamp::Of(item.clip.path);
    item.options = OptionsOf(item.clip, set.options_);
    item.result.name = item.clip.name;
    const ClipRecord* done = nullptr;
    if (item.stamp.ok() && set.summary_ && !set.options_.force)
      done = set.summary_->Find(item.output, *item.stamp, item.options);
    if (done != nullptr) {
      item.result = {.name = item.clip.name,
                     .state = State::kKept,
                     .frames = done->frames,
                     .with_person = done->with_person,
                     .seconds = done->seconds,
                     .note = done->note};
    }
    set.items_.push_back(std::move(item));
  }
  return set;
}

size_t DataSet::pending() const {
  return static_cast<size_t>(std::count_if(
      items_.begin(), items_.end(), [](const Item& item) { return item.result.state == State::kMissing; }));
}

int64_t DataSet::PendingFrames(const std::function<bool()>& interrupted) const {
  int64_t total = 0;
  for (const Item& item : items_) {
    if (item.result.state != State::kMissing) continue;
    if (interrupted()) return 0;
    const auto source = media::OpenFrameSource({item.clip.path});
    if (!source.ok()) continue;  // it will be left out
    if ((*source)->info().frame_count == 0) return 0;
    total += (*source)->info().frame_count * (1 + options_.variants);
  }
  return total;
}

absl::StatusOr<std::vector<ClipResult>> DataSet::Run(const DataSetEvents& events) {
  if (pending() > 0) {
    const absl::StatusOr<blazepose::PoseEngine> engine = LoadPoseEngine(options_.poses);
    if (!engine.ok()) return engine.status();
    Engines variant_engines;
    for (const char* model : {"lite", "full", "heavy"}) {
      if (options_.variants == 0) break;
      PoseOptions poses = options_.poses;
      poses.model = model;
      absl::StatusOr<blazepose::PoseEngine> variant_engine = LoadPoseEngine(poses);
      if (!variant_engine.ok()) return variant_engine.status();
      variant_engines.emplace(model, *std::move(variant_engine));
    }
    const absl::Status extracted = Extraction(*this, events, *engine, variant_engines).Execute();
    if (!extracted.ok()) return extracted;
  }
  std::vector<ClipResult> results;
  for (const Item& item : items_) results.push_back(item.result);
  return results;
}

}  // namespace trackfit::dataset_building
