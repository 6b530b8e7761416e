// Writes what the fuzzers start from: make_seeds FOLDER MODELS_FOLDER fills a folder for each target in
// FOLDER. The pictures are made by OpenCV, the other files here; of the real models the beginnings.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <opencv2/imgproc.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "extraction/frame_decoder.h"
#include "seed_model.h"
#include "support/image_files.h"
#include "support/web_socket_client.h"
#include "tensor_seeds.h"
#include "tflite/network.h"
#include "tflite/tflite_model.h"
#include "torch_files/npy.h"
#include "torch_files/torch_records.h"

namespace trackfit::testing {
namespace {

using Seeds = std::map<std::string, std::string>;  // file name -> content

cv::Mat Picture(int width, int height) {
  cv::Mat picture(height, width, CV_8UC3, cv::Scalar(180, 190, 200));
  cv::circle(picture, {width / 2, height / 3}, height / 6, {60, 90, 150}, cv::FILLED);
  cv::line(picture, {width / 3, height - 1}, {width / 2, height / 3}, {40, 40, 160}, 5, cv::LINE_AA);
  return picture;
}

std::string Raw(int format, uint32_t width, uint32_t height, uint32_t stride, std::size_t bytes) {
  return static_cast<char>(format) + LittleEndian(width) + LittleEndian(height) + LittleEndian(stride) +
         std::string(bytes, 'x');
}

Seeds Pictures() {
  const cv::Mat colour = Picture(48, 40);
  cv::Mat grey, alpha, deep;
  cv::cvtColor(colour, grey, cv::COLOR_BGR2GRAY);
  cv::cvtColor(colour, alpha, cv::COLOR_BGR2BGRA);
  colour.convertTo(deep, CV_16UC3, 257);
  const std::string jpeg = EncodeImage(".jpg", colour), png = EncodeImage(".png", colour),
                    webp = EncodeImage(".webp", colour);
  const std::string progressive = EncodeImage(".jpg", colour, {cv::IMWRITE_JPEG_PROGRESSIVE, 1});
  const Seeds files = {
      {"colour.jpg", jpeg},
      {"grey.jpg", EncodeImage(".jpg", grey)},
      {"cmyk.jpg", CmykJpeg()},
      {"restarts.jpg", EncodeImage(".jpg", colour, {cv::IMWRITE_JPEG_RST_INTERVAL, 2})},
      {"progressive.jpg", progressive},
      {"endless.jpg", jpeg.substr(0, jpeg.size() - 2)},
      {"endless_progressive.jpg", progressive.substr(0, progressive.size() - 2)},
      {"separate_scans.jpg", SeparateScansJpeg(colour)},
      {"scans.jpg", WithRepeatedScan(progressive, 20)},
      {"exif.jpg", WithExifOrientation(jpeg, 6)},
      {"thumbnail.jpg", jpeg.substr(0, 2) + JpegSegment(0xE1, jpeg) + jpeg.substr(2)},
      {"large.jpg", EncodeImage(".jpg", Picture(500, 400))},
      {"colour.png", png},
      {"grey.png", EncodeImage(".png", grey)},
      {"alpha.png", EncodeImage(".png", alpha)},
      {"deep.png", EncodeImage(".png", deep)},
      {"endless.png", png.substr(0, png.size() - 12)},
      {"bits.png", EncodeImage(".png", grey, {cv::IMWRITE_PNG_BILEVEL, 1})},
      {"interlaced.png", InterlacedPng(colour)},
      {"texts.png", WithPngChunks(png, PngChunk("zTXt", std::string("k\0\0", 3) + Deflated("text")) +
                                           PngChunk("eXIf", ExifOrientation(8)))},
      {"palette.png", PngFile(16, 16, 1, 3, false,
                              PngChunk("PLTE", "abcdef") + PngChunk("tRNS", "\x7F") +
                                  PngChunk("IDAT", Deflated(std::string(48, '\0'))))},
      {"colour.webp", webp},
      {"lossless.webp", EncodeImage(".webp", colour, {cv::IMWRITE_WEBP_QUALITY, 101})},
      {"alpha.webp", EncodeImage(".webp", alpha)},
      {"extended.webp", ExtendedWebp(0, 48, 40, webp.substr(12))},
      {"animated.webp", ExtendedWebp(2, 48, 40, RiffChunk("ANIM", std::string(6, '\0')))},
  };
  Seeds seeds = {{"rgb", Raw(1, 16, 16, 0, 768)},   {"bgr", Raw(2, 17, 16, 60, 960)},
                 {"gray", Raw(3, 20, 16, 0, 320)},  {"nv12", Raw(4, 16, 16, 20, 476)},
                 {"i420", Raw(5, 16, 16, 20, 480)}, {"hostile", Raw(2, ~0U, ~0U, ~0U, 768)}};
  for (const auto& [name, file] : files) seeds[name] = '\0' + file;
  return seeds;
}

std::string Floats(std::size_t count) {
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i) bytes += LittleEndian(i % 3 ? 0x3F800000 : 0xBF000000);  // 1, -0.5
  return bytes;
}

std::string Halves(std::size_t count) {
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i) bytes += std::string("\0\x3C", 2);
  return bytes;
}

std::string Ints(const std::vector<int32_t>& values) {
  std::string bytes;
  for (const int32_t value : values) bytes += LittleEndian(static_cast<uint32_t>(value));
  return bytes;
}

// Every operator that the importer knows, one after another, in the order of BlazePose.
std::string EveryOperator() {
  SeedModel m;
  const int input = m.Tensor({1, 8, 8, 4});
  const int half_filter = m.Tensor({8, 1, 1, 4}, SeedModel::kFloat16, Halves(32));
  const int filter = m.Tensor({8, 1, 1, 4}), bias = m.Tensor({8}, SeedModel::kFloat32, Floats(8));
  m.Operator(6, {half_filter}, filter);  // DEQUANTIZE
  const int convolved = m.Tensor({1, 8, 8, 8});
  m.Operator(3, {input, filter, bias}, convolved, {{1, 1}, {2, 1}, {3, 1}});  // CONV_2D
  const int depth_filter = m.Tensor({1, 3, 3, 8}, SeedModel::kFloat32, Floats(72));
  const int depthwise = m.Tensor({1, 8, 8, 8});
  m.Operator(4, {convolved, depth_filter, bias}, depthwise, {{1, 1}, {2, 1}, {3, 1}, {4, 3}});
  const int sum = m.Tensor({1, 8, 8, 8});
  m.Operator(0, {convolved, depthwise}, sum);  // ADD
  const int pooled = m.Tensor({1, 4, 4, 8});
  m.Operator(17, {sum}, pooled, {{1, 2}, {2, 2}, {3, 2}, {4, 2}});  // MAX_POOL_2D
  const int margins = m.Tensor({4, 2}, SeedModel::kInt32, Ints({0, 0, 0, 0, 0, 0, 0, 4}));
  const int padded = m.Tensor({1, 4, 4, 12});
  m.Operator(34, {pooled, margins}, padded);  // PAD
  const int size = m.Tensor({2}, SeedModel::kInt32, Ints({8, 8})), resized = m.Tensor({1, 8, 8, 12});
  m.Operator(23, {padded, size}, resized);  // RESIZE_BILINEAR
  const int spread = m.Tensor({1, 16, 16, 3});
  m.Operator(5, {resized}, spread, {{0, 2}});  // DEPTH_TO_SPACE
  const int squashed = m.Tensor({1, 16, 16, 3});
  m.Operator(14, {spread}, squashed);  // LOGISTIC
  const int row = m.Tensor({1, 768, 1}), other = m.Tensor({1, 512, 1}), both = m.Tensor({1, 1280, 1});
  m.Operator(22, {squashed}, row);  // RESHAPE
  m.Operator(22, {sum}, other);
  m.Operator(2, {row, other}, both, {{0, 1}});  // CONCATENATION
  return m.Finish(input, {both, squashed});
}

// A pruned filter: a matrix of compressed rows, made dense.
std::string SparseFilter() {
  SeedModel m;
  const int input = m.Tensor({1, 2, 1, 1});
  const auto rows = m.CompressedRows(4, {0, 1, 2, 3, 4}, {0, 1, 0, 1});
  const int stored = m.Tensor({4, 2}, SeedModel::kFloat32, Floats(4), rows), dense = m.Tensor({4, 2});
  m.Operator(124, {stored}, dense);  // DENSIFY
  const int output = m.Tensor({1, 2});
  m.Operator(22, {input}, output);
  return m.Finish(input, {output, dense});
}

Seeds Models(const std::filesystem::path& models_folder) {
  const auto tiny = [](const TinyConvolution& convolution) {
    const std::vector<uint8_t> bytes = WriteTinyModel(convolution);
    return std::string(bytes.begin(), bytes.end());
  };
  TinyConvolution dequantized = SummingConvolution();
  dequantized.dequantized = 2;
  Seeds seeds = {{"convolution", tiny(SummingConvolution())},
                 {"dequantized", tiny(dequantized)},
                 {"every_operator", EveryOperator()},
                 {"sparse", SparseFilter()}};
  for (const auto& entry : std::filesystem::directory_iterator(models_folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    std::string beginning(32 << 10, '\0');
    file.read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
    beginning.resize(static_cast<std::size_t>(file.gcount()));
    seeds[entry.path().filename()] = beginning;
  }
  return seeds;
}

// Regions as image_sampler_fuzz.cc reads them: x, y, side, rotation, and a picture of 64 x 36 pixels.
Seeds Regions() {
  const auto region = [](const std::vector<float>& numbers, char border) {
    std::string bytes(reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(float));
    return bytes + "\x3F\x23\x01\x0F" + border + "pixels";
  };
  return {{"whole", region({32, 18, 64, 0}, 0)},
          {"turned", region({40, 20, 50, 1.10123348F}, 0)},
          {"around", region({32, 18, 640, -2}, 1)},
          {"outside", region({-900, 18, 30, 3}, 0)},
          {"far", region({1e6F, 1e6F, 3e6F, 0.5F}, 1)}};
}

// A seed that is refused at once leads nowhere.
void RequireDecoding(const Seeds& pictures) {
  for (const auto& [name, seed] : pictures) {
    if (seed[0] != 0 || name == "animated.webp") continue;
    const auto decoded = extraction::FrameDecoder({}).Decode(extraction::EncodedImage{seed.substr(1)});
    if (!decoded.ok()) throw std::runtime_error(name + ": " + decoded.status().ToString());
  }
}

void RequireRunning(const Seeds& models) {
  for (const char* name : {"convolution", "dequantized", "every_operator", "sparse"}) {
    const std::string& seed = models.at(name);
    auto model = tflite::TfliteModel::Parse({reinterpret_cast<const uint8_t*>(seed.data()), seed.size()});
    if (!model.ok()) throw std::runtime_error(name + (": " + model.status().ToString()));
    auto network = tflite::Network::Create(*model, {0});
    if (!network.ok()) throw std::runtime_error(name + (": " + network.status().ToString()));
    network->Run();
  }
}

void RequireReading(const Seeds& pickles, const Seeds& torch_files, const Seeds& arrays) {
  for (const auto& [name, seed] : pickles) {
    const auto pickle = torch_files::ReadPickle(seed);
    if (!pickle.ok()) throw std::runtime_error(name + ": " + pickle.status().ToString());
  }
  for (const auto& [name, seed] : torch_files) {
    const auto records = torch_files::TorchRecords::Read(seed);
    if (!records.ok()) throw std::runtime_error(name + ": " + records.status().ToString());
    const auto values = records->ReadValues();
    if (!values.ok()) throw std::runtime_error(name + ": " + values.status().ToString());
    const absl::Status sound = torch_files::CheckTensors(*records, *values);
    if (!sound.ok()) throw std::runtime_error(name + ": " + sound.ToString());
  }
  for (const auto& [name, seed] : arrays) {
    const auto array = torch_files::ParseNpy(seed);
    if (!array.ok()) throw std::runtime_error(name + ": " + array.status().ToString());
  }
}

// The first byte: whether the handshake comes before them, and in which pieces they come (web_edge_fuzz.cc).
Seeds WebSeeds() {
  using Client = WebSocketClient;
  const auto binary = [](const std::string& payload) { return Client::Encode({.payload = payload}); };
  const std::string raw = "\x02", whole = "\x01", pieces = "\xFF", some = "\x41";
  return {
      {"page", raw + "GET /page?q=1 HTTP/1.1\r\nHost: here\r\n\r\nHEAD / HTTP/1.0\r\n\r\n"},
      {"handshake", raw + "GET /v1/analyze HTTP/1.1\r\nHost: here\r\nOrigin: http://here\r\n"
                          "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"},
      {"body", raw + "POST /v1/analyze HTTP/1.1\r\nHost: here\r\nContent-Length: 4\r\n\r\nbody"},
      {"chunks", some +
                     "POST /v1/analyze HTTP/1.1\r\nHost: here\r\nExpect: 100-continue\r\n"
                     "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n2;a=b\r\n!!\r\n0\r\nA: b\r\n\r\nmore"},
      {"large_body",
       raw + "POST /v1/analyze HTTP/1.0\r\nContent-Length: 2000\r\n\r\n" + std::string(2000, 'x')},
      {"no_body", raw + "POST /other HTTP/1.1\r\nHost: here\r\nContent-Length: 4\r\n\r\nbody"},
      {"messages", whole + binary("one") + binary(std::string(300, 'x')) + binary("")},
      {"pieces", pieces + binary("one") + binary("two") +
                     Client::Encode({.opcode = Client::kClose, .payload = "\x03\xE8"})},
      {"fragments", some + Client::Encode({.payload = "a", .fin = false}) +
                        Client::Encode({.opcode = Client::kPing, .payload = "?"}) +
                        Client::Encode({.opcode = Client::kContinuation, .payload = "b"})},
      {"text", whole + Client::Encode({.opcode = Client::kText, .payload = "{}"})},
      {"large", whole + binary(std::string(2000, 'x'))},
  };
}

void Write(const std::filesystem::path& folder, const Seeds& seeds) {
  std::filesystem::create_directories(folder);
  for (const auto& [name, content] : seeds) std::ofstream(folder / name, std::ios::binary) << content;
  std::cout << seeds.size() << " seeds in " << folder.string() << "\n";
}

}  // namespace
}  // namespace trackfit::testing

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: make_seeds FOLDER MODELS_FOLDER\n";
    return 2;
  }
  using namespace trackfit::testing;  // NOLINT(google-build-using-namespace): this is the program
  const Seeds pictures = Pictures(), models = Models(argv[2]), pickles = PickleSeeds(),
              torch_files = TorchFileSeeds(), arrays = NpySeeds();
  RequireDecoding(pictures);
  RequireRunning(models);
  RequireReading(pickles, torch_files, arrays);
  const std::filesystem::path folder = argv[1];
  Write(folder / "frame_decoder", pictures);
  Write(folder / "image_sampler", Regions());
  Write(folder / "npy", arrays);
  Write(folder / "tflite_importer", models);
  Write(folder / "torch_records", torch_files);
  Write(folder / "unpickler", pickles);
  Write(folder / "web_edge", WebSeeds());
  return 0;
}
