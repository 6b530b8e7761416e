#include "synthesis/ground_truth.h"

#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"

namespace trackfit::synthesis {
namespace {

using nlohmann::ordered_json;

double Rounded(double value, double steps) { return std::round(value * steps) / steps; }

ordered_json FrameJson(const Motion& motion, const Camera& camera, int frame) {
  ordered_json pixels = ordered_json::array(), metres = ordered_json::array();
  for (const Vec3& joint : motion.frames[frame]) {
    const PixelPoint p = Project(camera, joint);
    pixels.push_back({Rounded(p.x, 100), Rounded(p.y, 100)});
    metres.push_back({Rounded(joint.x, 1e4), Rounded(joint.y, 1e4), Rounded(joint.z, 1e4)});
  }
  return {{"frame", frame},
          {"timestamp_us", std::llround(frame * 1e6 / motion.fps)},
          {"phase", Rounded(motion.phase[frame], 1e4)},
          {"pixels", std::move(pixels)},
          {"metres", std::move(metres)}};
}

}  // namespace

absl::StatusOr<std::string> GroundTruthJson(const Motion& motion, const std::vector<Camera>& cameras,
                                            uint64_t seed) {
  if (cameras.empty() || cameras.size() != motion.frames.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("cameras: ", cameras.size(), " given for ", motion.frames.size(), " frames"));
  }
  ordered_json wrong = ordered_json::array(), spans = ordered_json::array(), frames = ordered_json::array();
  for (const skeleton::Joint joint : motion.wrong_joints) wrong.push_back(skeleton::JointNames()[joint]);
  for (const RepetitionSpan& span : motion.repetitions) {
    spans.push_back({{"first_frame", span.first}, {"last_frame", span.last}});
  }
  for (size_t i = 0; i < cameras.size(); ++i)
    frames.push_back(FrameJson(motion, cameras[i], static_cast<int>(i)));
  const ordered_json document = {
      {"exercise", motion.exercise},
      {"fault", motion.fault.empty() ? ordered_json() : ordered_json(motion.fault)},
      {"wrong_joints", std::move(wrong)},
      {"seed", seed},
      {"repetitions", motion.repetitions.size()},
      {"fps", motion.fps},
      {"width", cameras.front().width},
      {"height", cameras.front().height},
      {"joints", skeleton::JointNames()},
      {"repetition_spans", std::move(spans)},
      {"frames", std::move(frames)}};
  return document.dump() + "\n";
}

}  // namespace trackfit::synthesis
