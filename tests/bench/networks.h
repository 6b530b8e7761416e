// The networks that are measured.
#ifndef TRACKFIT_TESTS_BENCH_NETWORKS_H_
#define TRACKFIT_TESTS_BENCH_NETWORKS_H_

#include <vector>

namespace trackfit::bench {

inline constexpr const char* kModels = "deploy/models/blazepose";

struct NetworkCase {
  const char* name;
  const char* file;              // in kModels
  std::vector<int> outputs;      // that we need
  double million_multiply_adds;  // of the whole file, as is customary
};

inline const std::vector<NetworkCase>& Networks() {
  static const std::vector<NetworkCase> kNetworks = {
      {"detector", "pose_detection.tflite", {0, 1}, 430},
      {"lite", "pose_landmark_lite.tflite", {0, 1, 3, 4}, 198},
      {"full", "pose_landmark_full.tflite", {0, 1, 3, 4}, 386},
      {"heavy", "pose_landmark_heavy.tflite", {0, 1, 3, 4}, 1927}};
  return kNetworks;
}

}  // namespace trackfit::bench

#endif  // TRACKFIT_TESTS_BENCH_NETWORKS_H_
