// A network as an ONNX graph, for ONNX Runtime: what our engine is compared with.
#ifndef TRACKFIT_TESTS_BENCH_ONNX_MODEL_H_
#define TRACKFIT_TESTS_BENCH_ONNX_MODEL_H_

#include <string>

#include "tflite/network_plan.h"
#include "tflite/tflite_model.h"

namespace trackfit::bench {

// The file's bytes. The graph does what our plan does, no operator more: without branches that no output
// needs, with padding inside of the convolutions, 1x1 convolutions before the resizes, and channels first, as
// that runtime likes it. Input "input", (1, channels, height, width); outputs "output0", ... hold what ours
// do, flat.
std::string OnnxModel(const tflite::TfliteModel& model, const tflite::NetworkPlan& plan);

}  // namespace trackfit::bench

#endif  // TRACKFIT_TESTS_BENCH_ONNX_MODEL_H_
