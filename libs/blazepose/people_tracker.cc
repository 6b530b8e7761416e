#include "blazepose/people_tracker.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "skeleton/validate.h"

namespace trackfit::blazepose {
namespace {

using skeleton::kJointCount;

constexpr float kSamePerson = 0.5f;  // IoU from which a detection belongs to a tracked person
constexpr float kMovedAway = 0.2f;   // region sides from the predicted position: the track may be mistaken
constexpr float kMismatchMargin = 0.3f;  // difference in mismatch that decides between two tracks
// How far from the predicted position an occluded person may reappear, in sides of their region.
constexpr double kGate = 0.3;
constexpr double kGatePerSecond = 0.5;
constexpr int kMinRecoveries = 2;        // consecutive, before a mistaken track is moved to its person
constexpr int kRecoverEvery = 2;         // frames, while somebody is occluded or a track seems mistaken
constexpr int kDetectOccludedEvery = 3;  // frames, while somebody is occluded

// Adds the time from construction to destruction.
class Stopwatch {
 public:
  explicit Stopwatch(std::chrono::steady_clock::duration& total) : total_(total) {}
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;
  ~Stopwatch() { total_ += std::chrono::steady_clock::now() - start_; }

 private:
  std::chrono::steady_clock::duration& total_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

absl::Status CheckProbability(const char* field, float value) {
  if (value >= 0 && value <= 1) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(field, " must be between 0 and 1, not ", value));
}

skeleton::Pose MakePose(const LandmarkDetection& detection, cv::Size image, uint64_t sequence,
                        int64_t timestamp_us) {
  skeleton::Pose pose;
  pose.sequence = sequence;
  pose.timestamp_us = timestamp_us;
  pose.image_width = image.width;
  pose.image_height = image.height;
  pose.has_world_landmarks = true;
  pose.score = detection.score;
  const auto width = static_cast<float>(image.width), height = static_cast<float>(image.height);
  for (int i = 0; i < kJointCount; ++i) {
    const cv::Point3f& position = detection.positions[i];
    pose.landmarks[i] = {position.x / width, position.y / height, position.z / width, detection.visibility[i],
                         detection.presence[i]};
    const cv::Point3f& world = detection.world[i];
    pose.world_landmarks[i] = {world.x, world.y, world.z, detection.visibility[i]};
  }
  return pose;
}

}  // namespace

absl::Status PoseTrackerConfig::Validate() const {
  if (absl::Status status = CheckProbability("min_detection_score", min_detection_score); !status.ok())
    return status;
  if (absl::Status status = CheckProbability("min_presence_score", min_presence_score); !status.ok())
    return status;
  if (detect_every < 1) {
    return absl::InvalidArgumentError(absl::StrCat("detect_every must be at least 1, not ", detect_every));
  }
  return skeleton::ValidateMaxPeople("config", max_people);
}

PeopleTracker::PeopleTracker(const PoseTrackerConfig& config) : config_(config) {}

void PeopleTracker::Reset() { people_.clear(); }

absl::StatusOr<std::vector<skeleton::Pose>> PeopleTracker::Track(PoseEngine& engine, const cv::Mat& bgr,
                                                                 uint64_t sequence, int64_t timestamp_us) {
  if (bgr.empty() || bgr.dims != 2 || bgr.type() != CV_8UC3) {
    return absl::InvalidArgumentError("image must be 8-bit with three channels (BGR) and not empty");
  }
  if (bgr.size() != image_size_ || config_.static_mode) {
    Reset();
    cuts_ = SceneCutDetector();
  }
  image_size_ = bgr.size();
  if (!config_.static_mode && cuts_.IsCut(bgr)) Reset();

  ++frames_;
  times_ = {};
  for (Person& person : people_) person.seen.reset();
  const Frame frame{engine, bgr, timestamp_us};
  const bool search = DetectionIsDue();
  if (absl::Status status = UpdateTracks(frame); !status.ok()) return status;
  ResolveDuplicates();
  FixIdentitySwaps();
  if (absl::Status status = RecoverLost(frame); !status.ok()) return status;
  if (search) {
    if (absl::Status status = DetectNewPeople(frame); !status.ok()) return status;
  }
  std::vector<skeleton::Pose> poses = MakePoses(sequence, timestamp_us);
  DropStaleTracks(timestamp_us);
  return poses;
}

// Decided before the tracks are updated: as in MediaPipe, the detector does not run in the frame in which a
// single person is lost.
bool PeopleTracker::DetectionIsDue() {
  ++since_detection_;
  const auto followed =
      std::ranges::count_if(people_, [](const Person& p) { return p.track.region().has_value(); });
  if (followed == 0) return true;
  if (followed >= config_.max_people) return false;
  const bool any_lost = static_cast<size_t>(followed) < people_.size();
  return since_detection_ >=
         (any_lost ? std::min(kDetectOccludedEvery, config_.detect_every) : config_.detect_every);
}

absl::StatusOr<std::optional<Observation>> PeopleTracker::Observe(const Frame& frame,
                                                                  const RegionOfInterest& region) {
  const Stopwatch stopwatch(times_.landmarks);
  const absl::StatusOr<LandmarkDetection> body = frame.engine.landmarks().Detect(frame.bgr, region);
  if (!body.ok()) return body.status();
  if (!(body->score > config_.min_presence_score)) return std::nullopt;
  return MakeObservation(frame.bgr, *body);
}

absl::Status PeopleTracker::UpdateTracks(const Frame& frame) {
  for (Person& person : people_) {
    if (!person.track.region()) continue;
    absl::StatusOr<std::optional<Observation>> seen = Observe(frame, *person.track.region());
    if (!seen.ok()) return seen.status();
    person.seen = *std::move(seen);
    if (!person.seen) person.track.MarkLost();
  }
  return absl::OkStatus();
}

// When two tracks converge on one body, the one whose person it matches better keeps it; the older one, if
// neither is clearly better. The other track is lost: its person is occluded, or was a duplicate all along.
void PeopleTracker::ResolveDuplicates() {
  const auto mismatch = [](const Person& person, const Observation& observation) {
    const PersonMemory& memory = person.track.memory();
    return memory.is_mature() ? memory.Mismatch(observation) : std::numeric_limits<float>::infinity();
  };
  for (size_t older = 0; older < people_.size(); ++older) {
    for (size_t younger = older + 1; younger < people_.size(); ++younger) {
      Person &first = people_[older], &second = people_[younger];
      if (!first.seen || !second.seen || !IsSameBody(*first.seen, *second.seen)) continue;
      const bool second_fits =
          mismatch(second, *second.seen) + kMismatchMargin < mismatch(first, *first.seen);
      Person& duplicate = second_fits ? first : second;
      duplicate.seen.reset();
      duplicate.track.MarkLost();
    }
  }
}

void PeopleTracker::FixIdentitySwaps() {
  const auto fits = [](const Person& person, const Observation& observation) {
    return person.track.memory().Mismatch(observation) <= 1;
  };
  for (Person& a : people_) {
    for (Person& b : people_) {
      if (!a.seen || !b.seen || !a.track.memory().is_mature() || !b.track.memory().is_mature()) continue;
      if (fits(a, *a.seen) || fits(b, *b.seen) || !fits(a, *b.seen) || !fits(b, *a.seen)) continue;
      a.track.SwapIdentities(b.track);
    }
  }
}

// Looks for people who are occluded, or whose track seems to follow somebody else, at their predicted
// positions.
absl::Status PeopleTracker::RecoverLost(const Frame& frame) {
  if (frames_ % kRecoverEvery != 0) return absl::OkStatus();
  for (Person& person : people_) {
    const PersonMemory& memory = person.track.memory();
    const RegionOfInterest region = memory.PredictRegion(frame.timestamp_us);
    const int recoveries = std::exchange(person.recoveries, 0);
    if (person.seen) {
      const cv::Point2f away = person.seen->region.center - region.center;
      if (!person.track.in_doubt() || std::hypot(away.x, away.y) < kMovedAway * region.side) continue;
    } else if (!multi_person() || !memory.is_mature() || VisibleCount() >= config_.max_people) {
      continue;  // as in MediaPipe, only the detector finds a single lost person again
    }
    absl::StatusOr<std::optional<Observation>> seen = Observe(frame, region);
    if (!seen.ok()) return seen.status();
    if (!seen->has_value() || IsTracked(**seen)) continue;
    const float mismatch = memory.Mismatch(**seen);
    if (mismatch > 1) continue;
    if (person.seen) {  // the track has an observation already: demand clear evidence before replacing it
      if (mismatch + kMismatchMargin > memory.Mismatch(*person.seen) || !AreSideBySide(**seen, *person.seen))
        continue;
      person.recoveries = recoveries + 1;
      if (person.recoveries < kMinRecoveries) continue;
    }
    person.track.MarkLost();
    person.seen = *std::move(seen);
  }
  return absl::OkStatus();
}

absl::Status PeopleTracker::DetectNewPeople(const Frame& frame) {
  since_detection_ = 0;
  const auto found = [&] {
    const Stopwatch stopwatch(times_.detector);
    return frame.engine.detector().DetectAll(frame.bgr, config_.min_detection_score);
  }();
  if (!found.ok()) return found.status();
  size_t free_slots = config_.max_people - VisibleCount();
  for (const PersonDetection& detection : *found) {
    const RegionOfInterest region =
        RegionFromAlignment(detection.keypoints[0], detection.keypoints[1]).Expanded(kRegionExpansion);
    const bool known = std::ranges::any_of(people_, [&](const Person& person) {
      return person.seen && Overlap(person.seen->region, region) > kSamePerson;
    });
    if (known) continue;
    if (free_slots-- == 0) break;
    if (!region.IsValid()) continue;
    const absl::StatusOr<std::optional<Observation>> seen = Observe(frame, region);
    if (!seen.ok()) return seen.status();
    if (seen->has_value() && !IsTracked(**seen)) AssignTrack(**seen, frame.timestamp_us);
  }
  return absl::OkStatus();
}

// Assigns a detected person to the lost track that matches best, or to a new one. In single-person mode
// whoever is found continues the one track.
void PeopleTracker::AssignTrack(const Observation& observation, int64_t timestamp_us) {
  Person* best = nullptr;
  if (!multi_person() && !people_.empty()) best = &people_.front();
  float best_mismatch = 1;
  for (Person& person : people_) {
    const PersonMemory& memory = person.track.memory();
    if (!multi_person() || person.seen || !memory.is_mature()) continue;
    const cv::Point2f apart = observation.region.center - memory.PredictRegion(timestamp_us).center;
    const double lost_seconds = static_cast<double>(timestamp_us - memory.timestamp_us()) * 1e-6;
    const bool near =
        std::hypot(apart.x, apart.y) < (kGate + kGatePerSecond * lost_seconds) * observation.region.side;
    const float mismatch = memory.Mismatch(observation);
    if (!near || mismatch > best_mismatch) continue;
    best = &person;
    best_mismatch = mismatch;
  }
  if (best == nullptr) best = &people_.emplace_back(Person{PersonTrack(++last_id_), std::nullopt, 0});
  best->seen = observation;
}

std::vector<skeleton::Pose> PeopleTracker::MakePoses(uint64_t sequence, int64_t timestamp_us) {
  std::ranges::sort(people_, {}, [](const Person& person) { return person.track.id(); });
  std::vector<skeleton::Pose> poses;
  for (Person& person : people_) {
    if (!person.seen) continue;
    LandmarkDetection body = person.seen->body;
    if (!config_.static_mode) person.track.Update(timestamp_us, config_.smooth, *person.seen, body);
    skeleton::Pose& pose = poses.emplace_back(MakePose(body, image_size_, sequence, timestamp_us));
    if (!config_.static_mode) pose.person_id = person.track.id();
  }
  return poses;
}

// In single-person mode the track is never dropped. Otherwise tracks are dropped that stay lost for too long
// or were lost before they were confirmed.
void PeopleTracker::DropStaleTracks(int64_t timestamp_us) {
  if (!multi_person()) return;
  const auto is_lost = [](const Person& person) { return !person.track.region().has_value(); };
  std::erase_if(people_, [&](const Person& person) {
    const PersonMemory& memory = person.track.memory();
    return is_lost(person) && (!memory.is_mature() || timestamp_us - memory.timestamp_us() > kMaxLostUs);
  });
  // Bounds the memory of a stream whose timestamps hardly advance.
  while (people_.size() > 2 * config_.max_people) people_.erase(std::ranges::find_if(people_, is_lost));
}

size_t PeopleTracker::VisibleCount() const {
  return std::ranges::count_if(people_, [](const Person& person) { return person.seen.has_value(); });
}

bool PeopleTracker::IsTracked(const Observation& observation) const {
  return std::ranges::any_of(
      people_, [&](const Person& person) { return person.seen && IsSameBody(*person.seen, observation); });
}

}  // namespace trackfit::blazepose
