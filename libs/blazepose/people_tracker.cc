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

constexpr float kSamePerson = 0.5f;    // overlap of a detection with somebody's region
constexpr float kMovedAway = 0.2f;     // sides of the region: a mistaken track has left its person
constexpr float kSurelyBetter = 0.3f;  // difference of mismatches that decides between two tracks
// How far from where they should be hidden people may come out, in sides of their region.
constexpr double kReach = 0.3;
constexpr double kReachPerSecond = 0.5;
constexpr int kSureFindings = 2;       // in a row, of a mistaken track's person
constexpr int kProbeEvery = 2;         // pictures, while somebody is hidden or a track seems to be mistaken
constexpr int kDetectHiddenEvery = 3;  // pictures, while somebody is hidden

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

// Decided before the tracks are followed: a picture in which a single person is lost is not searched, as in
// MediaPipe.
bool PeopleTracker::DetectionIsDue() {
  ++since_detection_;
  const auto followed =
      std::ranges::count_if(people_, [](const Person& p) { return p.track.region().has_value(); });
  if (followed == 0) return true;
  if (followed >= config_.max_people) return false;
  const bool hidden = static_cast<size_t>(followed) < people_.size();
  return since_detection_ >=
         (hidden ? std::min(kDetectHiddenEvery, config_.detect_every) : config_.detect_every);
}

absl::StatusOr<std::optional<Observation>> PeopleTracker::Observe(const Frame& frame,
                                                                  const RegionOfInterest& region) const {
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

// Of two tracks that have come upon one body the one whose person it fits goes on, in doubt the older one.
// The other one's person is hidden, or never was another.
void PeopleTracker::ResolveDuplicates() {
  const auto misfit = [](const Person& person, const Observation& observation) {
    const PersonMemory& memory = person.track.memory();
    return memory.is_mature() ? memory.Mismatch(observation) : std::numeric_limits<float>::infinity();
  };
  for (size_t older = 0; older < people_.size(); ++older) {
    for (size_t younger = older + 1; younger < people_.size(); ++younger) {
      Person &first = people_[older], &second = people_[younger];
      if (!first.seen || !second.seen || !IsSameBody(*first.seen, *second.seen)) continue;
      const bool second_fits = misfit(second, *second.seen) + kSurelyBetter < misfit(first, *first.seen);
      Person& hidden = second_fits ? first : second;
      hidden.seen.reset();
      hidden.track.MarkLost();
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

// Looks for those who are hidden, or whose track seems to follow somebody else, where they should be by now.
absl::Status PeopleTracker::RecoverLost(const Frame& frame) {
  if (frames_ % kProbeEvery != 0) return absl::OkStatus();
  for (Person& person : people_) {
    const PersonMemory& memory = person.track.memory();
    const RegionOfInterest region = memory.PredictRegion(frame.timestamp_us);
    const int findings = std::exchange(person.findings, 0);
    if (person.seen) {
      const cv::Point2f away = person.seen->region.center - region.center;
      if (!person.track.in_doubt() || std::hypot(away.x, away.y) < kMovedAway * region.side) continue;
    } else if (!multi_person() || !memory.is_mature() || VisibleCount() >= config_.max_people) {
      continue;  // a single person who is lost is left to the detector, as in MediaPipe
    }
    absl::StatusOr<std::optional<Observation>> seen = Observe(frame, region);
    if (!seen.ok()) return seen.status();
    if (!seen->has_value() || IsTracked(**seen)) continue;
    const float mismatch = memory.Mismatch(**seen);
    if (mismatch > 1) continue;
    if (person.seen) {  // it takes much to say that this is somebody else
      if (mismatch + kSurelyBetter > memory.Mismatch(*person.seen) || !AreSideBySide(**seen, *person.seen))
        continue;
      person.findings = findings + 1;
      if (person.findings < kSureFindings) continue;
    }
    person.track.MarkLost();
    person.seen = *std::move(seen);
  }
  return absl::OkStatus();
}

absl::Status PeopleTracker::DetectNewPeople(const Frame& frame) {
  since_detection_ = 0;
  const absl::StatusOr<std::vector<PersonDetection>> found =
      frame.engine.detector().DetectAll(frame.bgr, config_.min_detection_score);
  if (!found.ok()) return found.status();
  size_t room = config_.max_people - VisibleCount();
  for (const PersonDetection& detection : *found) {
    const RegionOfInterest region =
        RegionFromAlignment(detection.keypoints[0], detection.keypoints[1]).Expanded(kRegionExpansion);
    const bool known = std::ranges::any_of(people_, [&](const Person& person) {
      return person.seen && Overlap(person.seen->region, region) > kSamePerson;
    });
    if (known) continue;
    if (room-- == 0) break;
    if (!region.IsValid()) continue;
    const absl::StatusOr<std::optional<Observation>> seen = Observe(frame, region);
    if (!seen.ok()) return seen.status();
    if (seen->has_value() && !IsTracked(**seen)) AssignTrack(**seen, frame.timestamp_us);
  }
  return absl::OkStatus();
}

// Somebody who was hidden, or somebody new. A single person who was lost is taken for the one who is found.
void PeopleTracker::AssignTrack(const Observation& observation, int64_t timestamp_us) {
  Person* best = nullptr;
  if (!multi_person() && !people_.empty()) best = &people_.front();
  float least = 1;
  for (Person& person : people_) {
    const PersonMemory& memory = person.track.memory();
    if (!multi_person() || person.seen || !memory.is_mature()) continue;
    const cv::Point2f apart = observation.region.center - memory.PredictRegion(timestamp_us).center;
    const double hidden_seconds = static_cast<double>(timestamp_us - memory.timestamp_us()) * 1e-6;
    const bool near =
        std::hypot(apart.x, apart.y) < (kReach + kReachPerSecond * hidden_seconds) * observation.region.side;
    const float mismatch = memory.Mismatch(observation);
    if (!near || mismatch > least) continue;
    best = &person;
    least = mismatch;
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

// A single person is never given up; of several, those who stay hidden or were hardly seen are.
void PeopleTracker::DropStaleTracks(int64_t timestamp_us) {
  if (!multi_person()) return;
  const auto hidden = [](const Person& person) { return !person.track.region().has_value(); };
  std::erase_if(people_, [&](const Person& person) {
    const PersonMemory& memory = person.track.memory();
    return hidden(person) && (!memory.is_mature() || timestamp_us - memory.timestamp_us() > kMaxLostUs);
  });
  // A stream in which time hardly passes must not fill the memory.
  while (people_.size() > 2 * config_.max_people) people_.erase(std::ranges::find_if(people_, hidden));
}

size_t PeopleTracker::VisibleCount() const {
  return std::ranges::count_if(people_, [](const Person& person) { return person.seen.has_value(); });
}

bool PeopleTracker::IsTracked(const Observation& observation) const {
  return std::ranges::any_of(
      people_, [&](const Person& person) { return person.seen && IsSameBody(*person.seen, observation); });
}

}  // namespace trackfit::blazepose
