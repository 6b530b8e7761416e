// Compares BlazePose here with landmarks that the official runtime gave (@mediapipe/pose 0.5.1675469404, no
// smoothing).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/videoio.hpp>
#include <optional>
#include <string>
#include <vector>

#include "blazepose/pose_tracker.h"
#include "models.h"
#include "support/shared_data.h"

namespace trackfit::blazepose {
namespace {

using nlohmann::json;
using skeleton::kJointCount;
using skeleton::Pose;

// The official runtime was fed at exactly 30 frames per second; the smoothing of its crop depends on that.
constexpr int64_t kReferenceFrame = 33'333;  // microseconds

// Distances of our landmarks from the official ones.
struct Errors {
  std::vector<double> image;  // % of torso length, x and y
  std::vector<double> world;  // millimetres
  int disagreements = 0;      // frames where only one of both saw a person
};

double Percentile(std::vector<double> values, double fraction) {
  if (values.empty()) return NAN;
  std::sort(values.begin(), values.end());
  return values[static_cast<size_t>(fraction * static_cast<double>(values.size() - 1))];
}

void Compare(const json& reference, const std::optional<Pose>& pose, Errors& errors) {
  if (reference.is_null() != !pose.has_value()) ++errors.disagreements;
  if (reference.is_null() || !pose) return;
  const double width = pose->image_width, height = pose->image_height;
  const auto x = [&](int joint) { return reference["landmarks"][joint][0].get<double>() * width; };
  const auto y = [&](int joint) { return reference["landmarks"][joint][1].get<double>() * height; };
  const double torso = std::hypot(x(skeleton::kLeftShoulder) + x(skeleton::kRightShoulder) -
                                      x(skeleton::kLeftHip) - x(skeleton::kRightHip),
                                  y(skeleton::kLeftShoulder) + y(skeleton::kRightShoulder) -
                                      y(skeleton::kLeftHip) - y(skeleton::kRightHip)) /
                       2;
  for (int joint = 0; joint < kJointCount; ++joint) {
    const skeleton::Landmark& landmark = pose->landmarks[joint];
    errors.image.push_back(100 * std::hypot(landmark.x * width - x(joint), landmark.y * height - y(joint)) /
                           torso);
    const json& world = reference["world"][joint];
    const skeleton::WorldLandmark& ours = pose->world_landmarks[joint];
    errors.world.push_back(1000 * std::hypot(ours.x - world[0].get<double>(), ours.y - world[1].get<double>(),
                                             ours.z - world[2].get<double>()));
  }
}

void Print(const std::string& name, const Errors& errors) {
  std::printf(
      "%-60s %5zu landmarks: median %.3f %%, 95th percentile %.3f %% of torso; world median %.2f mm\n",
      name.c_str(), errors.image.size(), Percentile(errors.image, 0.5), Percentile(errors.image, 0.95),
      Percentile(errors.world, 0.5));
}

void Append(const Errors& part, Errors& all) {
  all.image.insert(all.image.end(), part.image.begin(), part.image.end());
  all.world.insert(all.world.end(), part.world.begin(), part.world.end());
  all.disagreements += part.disagreements;
}

std::vector<std::filesystem::path> JsonFiles(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

void ExpectAgreement(const Errors& all) {
  EXPECT_EQ(all.disagreements, 0);
  EXPECT_LE(Percentile(all.image, 0.5), 0.1);
  EXPECT_LE(Percentile(all.image, 0.95), 0.5);
  EXPECT_LE(Percentile(all.world, 0.5), 1.0);
}

TEST(ReferenceAgreement, TracksVideosLikeTheOfficialRuntime) {
  const auto datasets = trackfit::testing::SharedData("datasets");
  if (!datasets) GTEST_SKIP() << "no recorded data: set TRACKFIT_SHARED";
  Errors all;
  for (const std::filesystem::path& file : JsonFiles(*datasets / "mediapipe_reference")) {
    const json reference = json::parse(std::ifstream(file));
    PoseEngine engine =
        trackfit::testing::MakeEngine(static_cast<ModelComplexity>(reference["complexity"].get<int>()));
    PoseTracker tracker({.smooth = false});
    cv::VideoCapture video((*datasets / reference["video"].get<std::string>()).string());
    Errors errors;
    cv::Mat image;
    for (size_t i = 0; i < reference["frames"].size(); ++i) {
      ASSERT_TRUE(video.read(image)) << file << " frame " << i;
      const auto pose = tracker.Track(engine, image, i, static_cast<int64_t>(i + 1) * kReferenceFrame);
      ASSERT_TRUE(pose.ok()) << pose.status();
      Compare(reference["frames"][i], *pose, errors);
    }
    Print(file.stem().string(), errors);
    Append(errors, all);
  }
  Print("all videos", all);
  ExpectAgreement(all);
}

TEST(ReferenceAgreement, SeesPhotosLikeTheOfficialRuntime) {
  const auto datasets = trackfit::testing::SharedData("datasets");
  if (!datasets) GTEST_SKIP() << "no recorded data: set TRACKFIT_SHARED";
  Errors all;
  for (const std::filesystem::path& file : JsonFiles(*datasets / "photos")) {
    const json reference = json::parse(std::ifstream(file));
    PoseEngine engine =
        trackfit::testing::MakeEngine(static_cast<ModelComplexity>(reference["complexity"].get<int>()));
    PoseTracker tracker({.static_mode = true});
    const cv::Mat image = cv::imread((file.parent_path() / reference["image"].get<std::string>()).string());
    const auto pose = tracker.Track(engine, image, 0, 0);
    ASSERT_TRUE(pose.ok()) << pose.status();
    Errors errors;
    Compare(reference["frames"][0], *pose, errors);
    Print(file.stem().string(), errors);
    Append(errors, all);
  }
  Print("all photos", all);
  ExpectAgreement(all);
}

}  // namespace
}  // namespace trackfit::blazepose
