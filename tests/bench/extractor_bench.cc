// What BlazePose costs on one core: each network beside XNNPACK and the machine's own matrix product, and
// what there is around it. Prints Markdown. These machines are noisy, so everything that is compared runs in
// turn, and medians are told.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <memory>
#include <opencv2/core.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "blazepose/image_sampler.h"
#include "blazepose/pose_engine.h"
#include "blazepose/pose_tracker.h"
#include "clip.h"
#include "extraction/frame_decoder.h"
#include "networks.h"
#include "processor_time.h"
#include "support/percentile.h"
#include "tflite/network.h"
#include "tflite/network_plan.h"
#include "xnnpack_network.h"

namespace trackfit::bench {
namespace {

using testing::Median;

constexpr int kRunsOfARound = 4;

// Multiply-adds that are run: without the segmentation branch, and in the order of our plan.
absl::StatusOr<double> MillionRun(const tflite::TfliteModel& model, const NetworkCase& network_case) {
  const auto plan = tflite::PlanNetwork(model, network_case.outputs);
  if (!plan.ok()) return plan.status();
  return 1e-6 * static_cast<double>(tflite::MultiplyAdds(model, *plan));
}

// What networks are compared with.
class MatrixProduct {
 public:
  static constexpr double kMillionMultiplyAdds = 512 * 512 * 512 * 1e-6;

  // The least of so many runs.
  double Milliseconds(int runs) {
    return LeastProcessorMilliseconds(runs, [this] { at::mm_out(product_, left_, right_); });
  }

 private:
  const at::Tensor left_ = at::full({512, 512}, 0.5f);
  const at::Tensor right_ = at::full({512, 512}, 0.25f);
  at::Tensor product_ = at::empty({512, 512});
};

void FillPattern(absl::Span<float> input) {
  for (size_t i = 0; i < input.size(); ++i) input[i] = static_cast<float>(i * 7919 % 257) / 256.0f;
}

absl::Status CompareEngines(int rounds) {
  std::cout
      << "| network | M multiply-adds | run | ms | share of sgemm | XNNPACK ms | time against XNNPACK | "
         "shared MiB | MiB per worker |\n|---|---|---|---|---|---|---|---|---|\n";
  std::vector<double> peaks;
  MatrixProduct product;
  for (const NetworkCase& network_case : Networks()) {
    auto loaded = tflite::TfliteModel::Load(std::string(kModels) + "/" + network_case.file);
    if (!loaded.ok()) return loaded.status();
    const auto model = std::make_shared<const tflite::TfliteModel>(*std::move(loaded));
    auto ours = tflite::Network::Create(*model, network_case.outputs);
    if (!ours.ok()) return ours.status();
    auto theirs = XnnpackNetwork::Create(model, network_case.outputs);
    if (!theirs.ok()) return theirs.status();
    FillPattern(ours->input());
    FillPattern(theirs->input());
    const auto million_run = MillionRun(*model, network_case);
    if (!million_run.ok()) return million_run.status();
    std::vector<double> our_ms, their_ms, our_share, ratio;
    for (int round = 0; round < rounds; ++round) {
      const double peak = 2e-3 * MatrixProduct::kMillionMultiplyAdds / (product.Milliseconds(8) * 1e-3);
      const double our_best = LeastProcessorMilliseconds(kRunsOfARound, [&] { ours->Run(); });
      const double their_best = LeastProcessorMilliseconds(kRunsOfARound, [&] { (void)theirs->Run(); });
      our_ms.push_back(our_best);
      their_ms.push_back(their_best);
      our_share.push_back(2e-3 * *million_run / (our_best * 1e-3) / peak);
      ratio.push_back(our_best / their_best);
      peaks.push_back(peak);
    }
    constexpr double kMebi = 1 << 20;
    std::cout << absl::StrFormat("| %s | %.0f | %.0f | %.1f | %.0f %% | %.1f | %.2f | %.1f | %.1f |\n",
                                 network_case.name, network_case.million_multiply_adds, *million_run,
                                 Median(our_ms), 100 * Median(our_share), Median(their_ms), Median(ratio),
                                 static_cast<double>(ours->shared_bytes()) / kMebi,
                                 static_cast<double>(ours->own_bytes()) / kMebi)
              << std::flush;
  }
  std::cout << absl::StrFormat(
      "\nsgemm (OpenBLAS, one thread, 512 x 512 x 512): %.0f GFLOP/s. Kernels: %s.\n", Median(peaks),
      tflite::BestKernels().name);
  return absl::OkStatus();
}

absl::Status MeasureFrames(size_t frames) {
  const auto clip = Clip::Draw(480, 640, Encoding::kJpeg);
  if (!clip.ok()) return clip.status();
  std::cout << "\n| model | decode ms | around the network ms | network ms | its share of sgemm | frame ms | "
               "frames/s | poses | detector runs |\n|---|---|---|---|---|---|---|---|---|\n";
  for (const auto complexity : {blazepose::ModelComplexity::kLite, blazepose::ModelComplexity::kFull,
                                blazepose::ModelComplexity::kHeavy}) {
    const auto models = blazepose::LoadPoseModels(kModels, complexity);
    if (!models.ok()) return models.status();
    auto engine = blazepose::PoseEngine::Create(*models);
    if (!engine.ok()) return engine.status();
    tflite::Network network = engine->landmarks().network().Replica();
    FillPattern(network.input());
    MatrixProduct product;
    const extraction::FrameDecoder decoder({});
    blazepose::PoseTracker tracker{blazepose::PoseTrackerConfig()};
    std::vector<double> decode_ms, around_ms, network_ms, frame_ms, product_ms;
    size_t poses = 0;
    for (size_t i = 0; i < frames; ++i) {
      const v1::Frame frame = clip->At(i);
      absl::StatusOr<extraction::DecodedImage> picture;
      const double decode =
          ProcessorMilliseconds([&] { picture = decoder.Decode(extraction::EncodedImage{frame.encoded()}); });
      if (!picture.ok()) return picture.status();
      absl::StatusOr<std::optional<skeleton::Pose>> pose;
      const double track = ProcessorMilliseconds(
          [&] { pose = tracker.Track(*engine, picture->bgr, i, frame.timestamp_us()); });
      if (!pose.ok()) return pose.status();
      const double alone = ProcessorMilliseconds([&] { network.Run(); });
      product_ms.push_back(product.Milliseconds(1));
      if (pose->has_value()) ++poses;
      decode_ms.push_back(decode);
      network_ms.push_back(alone);
      around_ms.push_back(track - alone);
      frame_ms.push_back(decode + track);
    }
    const std::string name(blazepose::ModelComplexityName(complexity));
    const auto network_case =
        std::ranges::find_if(Networks(), [&name](const NetworkCase& c) { return c.name == name; });
    const auto million_run = MillionRun(*models->landmarks, *network_case);
    if (!million_run.ok()) return million_run.status();
    const double share =
        *million_run / Median(network_ms) / (MatrixProduct::kMillionMultiplyAdds / Median(product_ms));
    std::cout << absl::StrFormat("| %s | %.2f | %.2f | %.1f | %.0f %% | %.1f | %.0f | %d of %d | %d |\n",
                                 name, Median(decode_ms), Median(around_ms), Median(network_ms), 100 * share,
                                 Median(frame_ms), 1000 / Median(frame_ms), poses, frames,
                                 engine->detector().runs())
              << std::flush;
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace trackfit::bench

int main(int argc, char** argv) {
  CLI::App app{"Measures BlazePose on one core, from the repository's root; prints Markdown",
               "extractor_bench"};
  int rounds = 25;
  size_t frames = 300;
  app.add_option("--rounds", rounds, "Rounds of the comparison of engines")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  app.add_option("--frames", frames, "Frames of the tracked video")
      ->check(CLI::Range(10, 100000))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  at::set_num_threads(1);
  absl::Status status = trackfit::bench::CompareEngines(rounds);
  if (status.ok()) status = trackfit::bench::MeasureFrames(frames);
  if (status.ok()) return 0;
  std::cerr << "extractor_bench: " << status.message() << "\n";
  return 1;
}
