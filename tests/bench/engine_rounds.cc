// Our engine for tests/bench/onnx: writes a network as ONNX with a picture and what we make of it, then runs
// it whenever a line is read, so that another program can take turns with it.
#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "clip.h"
#include "extraction/frame_decoder.h"
#include "networks.h"
#include "onnx_model.h"
#include "processor_time.h"
#include "tflite/network.h"
#include "tflite/network_plan.h"

namespace trackfit::bench {
namespace {

constexpr int kRunsOfARound = 4;

absl::Status WriteFloats(const std::string& path, absl::Span<const float> values) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(values.data()),
             static_cast<std::streamsize>(values.size() * sizeof(float)));
  return file ? absl::OkStatus() : absl::InternalError("cannot write " + path);
}

// The first frame of the clip, as large as the network's input; once as it is (NHWC) and once channels first.
absl::Status FillWithPicture(tflite::Network& network, std::vector<float>& channels_first) {
  const auto clip = Clip::Draw(480, 640, Encoding::kJpeg);
  if (!clip.ok()) return clip.status();
  const auto picture = extraction::FrameDecoder({}).Decode(extraction::EncodedImage{clip->At(0).encoded()});
  if (!picture.ok()) return picture.status();
  const int height = network.input_shape()[1], width = network.input_shape()[2];
  cv::Mat small;
  cv::resize(picture->bgr, small, {width, height}, 0, 0, cv::INTER_AREA);
  channels_first.resize(network.input().size());
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < 3; ++c) {
        const float value = static_cast<float>(small.at<cv::Vec3b>(y, x)[2 - c]) / 255;
        network.input()[static_cast<size_t>((y * width + x) * 3 + c)] = value;
        channels_first[static_cast<size_t>((c * height + y) * width + x)] = value;
      }
    }
  }
  return absl::OkStatus();
}

absl::Status Serve(const NetworkCase& network_case, const std::string& folder) {
  const auto model = tflite::TfliteModel::Load(std::string(kModels) + "/" + network_case.file);
  if (!model.ok()) return model.status();
  const auto plan = tflite::PlanNetwork(*model, network_case.outputs);
  if (!plan.ok()) return plan.status();
  auto network = tflite::Network::Create(*model, network_case.outputs);
  if (!network.ok()) return network.status();
  std::vector<float> channels_first;
  if (absl::Status filled = FillWithPicture(*network, channels_first); !filled.ok()) return filled;
  network->Run();
  const std::string base = folder + "/" + network_case.name;
  std::ofstream(base + ".onnx", std::ios::binary) << OnnxModel(*model, *plan);
  absl::Status written = WriteFloats(base + ".input", channels_first);
  for (size_t i = 0; i < network_case.outputs.size() && written.ok(); ++i) {
    written = WriteFloats(base + ".output" + std::to_string(i), network->output(i));
  }
  if (!written.ok()) return written;
  std::cout << "ready" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << LeastProcessorMilliseconds(kRunsOfARound, [&] { network->Run(); }) << std::endl;
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace trackfit::bench

int main(int argc, char** argv) {
  CLI::App app{"Runs one of our networks whenever a line is read, from the repository's root",
               "engine_rounds"};
  std::string name, folder;
  app.add_option("network", name, "detector, lite, full or heavy")->required();
  app.add_option("folder", folder, "Where the ONNX file, the picture and our results are written")
      ->required()
      ->check(CLI::ExistingDirectory);
  CLI11_PARSE(app, argc, argv);
  for (const auto& network_case : trackfit::bench::Networks()) {
    if (network_case.name != name) continue;
    const absl::Status status = trackfit::bench::Serve(network_case, folder);
    if (status.ok()) return 0;
    std::cerr << "engine_rounds: " << status.message() << "\n";
    return 1;
  }
  std::cerr << "engine_rounds: there is no network " << name << "\n";
  return 2;
}
