// The networks' arithmetic on rows of pixels, compiled for several kinds of CPU.
//
// A row is a run of pixels of `channels` floats each (a multiple of kLanes; the values beyond a tensor's own
// channels are finite and meaningless). Kernels do not allocate, throw or keep state.
#ifndef TRACKFIT_TFLITE_KERNELS_H_
#define TRACKFIT_TFLITE_KERNELS_H_

#include <cstddef>

namespace trackfit::tflite {

inline constexpr int kLanes = 8;             // channels come in multiples of it
inline constexpr int kMaxDepthwiseRows = 7;  // input rows of two rows of 5 x 5 windows with stride 2

// Values are clamped to [low, high].
struct Limits {
  float low;
  float high;
};

// A convolution that computes `pixels` output pixels. A window consists of `segments` runs (one for each of
// its rows) of `segment_length` floats.
struct ConvolutionArgs {
  const float* const* inputs;  // [segments][pixels]: where each pixel's segments start
  int pixels;
  int segments;
  int segment_length;
  const float* weights;           // as PackedSize() describes
  int channels;                   // of the output
  const float* const* residuals;  // [pixels]: added to the result; null for none
  float* const* outputs;          // [pixels]
  Limits limits;
};

// Packed weights of a convolution: panel by panel, each with its biases and then, for each input float of the
// window, the weights of the panel's output channels. Kernels::panel_channels says how wide the next panel
// is.
[[gnu::always_inline]] inline size_t PackedSize(int window_floats, int channels) {
  return (static_cast<size_t>(window_floats) + 1) * static_cast<size_t>(channels);
}

// One or two rows of a depthwise convolution with a square window of 3 or 5 and a stride of 1 or 2.
struct DepthwiseArgs {
  const float* rows[kMaxDepthwiseRows];  // first pixel of the first window, in each input row covered
  float* outputs[2];                     // the second is null for one row
  int size;
  int stride;
  int pixels;
  int channels;
  const float* weights;  // for each block of channels: biases, then the window's weights row by row
  Limits limits;
};

struct AddArgs {
  const float* left;
  const float* right;
  size_t floats;  // a multiple of kLanes
  float* output;
  Limits limits;
};

// Max pooling: the largest value of each channel in a window of row_count x column_count pixels.
struct PoolArgs {
  const float* const* rows;
  int row_count;
  int column_count;
  int channels;
  float* output;  // one pixel
  Limits limits;
};

// The two input rows or columns that an output row or column of a bilinear resize interpolates between.
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
  Limits limits;
};

// Bilinear samples of an 8-bit BGR image along a line. Sample i is taken `left` + i * `right_step` columns
// from the centre of the image's first column and `top` + i * `down_step` rows from the centre of its first
// row. The caller passes only samples with a column to the left and two to the right, a row above and one
// below. Because a kernel may round positions differently, it clamps them and never reads outside the image.
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
  float* rgb;  // of sample 0; one float past the last sample is overwritten, too
};

struct Kernels {
  const char* name;
  // Of the next panel, where so many channels, a multiple of kLanes, are left.
  int (*panel_channels)(int channels_left);
  // Of the next block of a depthwise convolution's weights, unless fewer are left: then kLanes.
  int block_channels;
  void (*convolve)(const ConvolutionArgs&);
  void (*depthwise)(const DepthwiseArgs&);
  void (*add)(const AddArgs&);
  void (*pool)(const PoolArgs&);
  void (*resize)(const ResizeArgs&);
  void (*sample)(const SampleArgs&);
};

// The fastest kernels that this CPU supports; the same object on every call.
const Kernels& BestKernels();

// Run on any CPU.
const Kernels& PortableKernels();

}  // namespace trackfit::tflite

#endif  // TRACKFIT_TFLITE_KERNELS_H_
