// The arithmetic of the networks on rows of pixels, compiled for several kinds of CPU.
//
// A picture's row is a run of pixels, each of `channels` floats (a multiple of kLanes; what is beyond a
// tensor's own channels is finite and of no meaning). No kernel allocates, throws or keeps anything.
#ifndef TRACKFIT_TFLITE_KERNELS_H_
#define TRACKFIT_TFLITE_KERNELS_H_

#include <cstddef>

namespace trackfit::tflite {

inline constexpr int kLanes = 8;             // floats that are computed together
inline constexpr int kMaxDepthwiseRows = 7;  // of the input, for two rows of windows of 5 with stride 2

// Values are limited to [low, high].
struct Limits {
  float low;
  float high;
};

// A convolution of `pixels` pixels. A window is `segments` runs (one for each of its rows) of
// `segment_length` floats.
struct ConvolutionArgs {
  const float* const* inputs;  // [segments][pixels]: where each pixel's segments start
  int pixels;
  int segments;
  int segment_length;
  const float* weights;           // as PackedSize() describes
  int channels;                   // of the output
  const float* const* residuals;  // [pixels]: what is added to the result; null for nothing
  float* const* outputs;          // [pixels]
  Limits limits;
};

// Packed weights of a convolution: panel by panel, each with its biases and then, for each input float of the
// window, the weights of its output channels. PanelVectors gives the width of the panel that starts at a
// channel, in kLanes.
[[gnu::always_inline]] inline int PanelVectors(int channels_left) {
  const int vectors = channels_left / kLanes;
  return vectors % 3 == 0 || vectors > 4 ? 3 : vectors >= 2 ? 2 : 1;
}
[[gnu::always_inline]] inline size_t PackedSize(int window_floats, int channels) {
  return (static_cast<size_t>(window_floats) + 1) * static_cast<size_t>(channels);
}

// One or two rows of a depthwise convolution with a square window of 3 or 5 and a stride of 1 or 2.
struct DepthwiseArgs {
  const float* rows[kMaxDepthwiseRows];  // first pixel of the first windows, in each row that they cover
  float* outputs[2];                     // the second is null for one row
  int size;
  int stride;
  int pixels;
  int channels;
  const float* weights;  // for each kLanes channels: biases, then the window's weights row by row
  Limits limits;
};

struct AddArgs {
  const float* left;
  const float* right;
  size_t floats;  // a multiple of kLanes
  float* output;
  Limits limits;
};

// The largest value of each channel in a window of rows x columns pixels.
struct PoolArgs {
  const float* const* rows;
  int row_count;
  int column_count;
  int channels;
  float* output;  // one pixel
  Limits limits;
};

// Where an output column of a bilinear resize lies between two input columns.
struct InterpolationTap {
  int first;
  int second;
  float weight;  // of the second
};

struct ResizeArgs {
  const float* upper;
  const float* lower;
  float lower_weight;
  const InterpolationTap* columns;  // [pixels]
  int pixels;
  int channels;
  float* output;
};

// Bilinear samples of an 8-bit BGR picture along a line. Sample i is taken `left` + i * `right_step` columns
// from the middle of the picture's first column and `top` + i * `down_step` rows from that of its first row;
// there should be a column to the left of it and two to the right, a row above and one below (or exactly
// there), by the caller's reckoning: a kernel's sum may round otherwise, for which it reads nothing beyond
// the picture.
struct SampleArgs {
  const unsigned char* pixels;
  size_t row_bytes;
  int columns;  // at least 3
  int rows;     // at least 2
  float left, top;
  float right_step, down_step;
  int first;  // samples [first, last)
  int last;
  float scale;  // a sample's value is its byte * scale + offset
  float offset;
  float* rgb;  // of sample 0; the float behind the last sample is written to, too
};

struct Kernels {
  const char* name;
  void (*convolve)(const ConvolutionArgs&);
  void (*depthwise)(const DepthwiseArgs&);
  void (*add)(const AddArgs&);
  void (*pool)(const PoolArgs&);
  void (*resize)(const ResizeArgs&);
  void (*sample)(const SampleArgs&);
};

// The fastest that this CPU can run; always the same.
const Kernels& BestKernels();

// For any CPU.
const Kernels& PortableKernels();

}  // namespace trackfit::tflite

#endif  // TRACKFIT_TFLITE_KERNELS_H_
