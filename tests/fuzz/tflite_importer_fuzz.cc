// Model files as a damaged disk or a stranger may hand them over: read, built and, when small, run.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <vector>

#include "tflite/network.h"
#include "tflite/tflite_model.h"

namespace {

using trackfit::tflite::Network;
using trackfit::tflite::TfliteModel;
using trackfit::tflite::TfliteOperator;
using trackfit::tflite::TfliteTensor;

void Require(bool condition) {
  if (!condition) std::abort();
}

// What the readers of a model rely on.
void CheckModel(const TfliteModel& model) {
  const auto is_tensor = [&](int index) {
    return index >= 0 && index < static_cast<int>(model.tensors().size());
  };
  for (const TfliteTensor& tensor : model.tensors()) {
    for (const int extent : tensor.shape) Require(extent > 0);
    Require(tensor.floats.empty() || tensor.floats.size() == tensor.ElementCount());
    Require(tensor.integers.empty() || tensor.integers.size() == tensor.ElementCount());
  }
  for (const TfliteOperator& op : model.operators()) {
    Require(is_tensor(op.output) && !op.inputs.empty());
    for (const int input : op.inputs) Require(is_tensor(input));
  }
  for (const int tensor : model.inputs()) Require(is_tensor(tensor));
  for (const int tensor : model.outputs()) Require(is_tensor(tensor));
}

// Of all tensors together, so that neither memory nor time of one run says anything about the importer.
bool IsSmall(const TfliteModel& model) {
  constexpr size_t kMaxElements = 1 << 14;
  size_t elements = 0;
  for (const TfliteTensor& tensor : model.tensors()) elements += tensor.ElementCount();
  return elements <= kMaxElements && model.operators().size() <= 64;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto parsed = TfliteModel::Parse({data, size});
  if (!parsed.ok()) {
    Require(!parsed.status().message().empty());
    return 0;
  }
  CheckModel(*parsed);
  if (!IsSmall(*parsed)) return 0;
  std::vector<int> outputs(parsed->outputs().size());
  std::iota(outputs.begin(), outputs.end(), 0);
  auto network = Network::Create(*parsed, outputs);
  if (!network.ok()) {
    Require(!network.status().message().empty());
    return 0;
  }
  float value = -1;
  for (float& number : network->input()) number = value = std::fmod(value + 1.37f, 2.0f);
  network->Run();
  double sum = 0;
  for (size_t i = 0; i < outputs.size(); ++i) {
    for (const float number : network->output(i)) sum += number;  // reads all of it
  }
  volatile double read = sum;
  (void)read;
  return 0;
}
