// The source of all kernels; every kernels_*.cc includes it and is compiled for one kind of CPU. Everything
// is local to the including file, and no inline functions of the standard library are used: the linker might
// pick a copy of them that was compiled for a newer CPU.
#include "tflite/kernels.h"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace trackfit::tflite {
namespace {

using Lanes = float __attribute__((vector_size(kLanes * sizeof(float))));
// Attributes before the equals sign: clang ignores `aligned` after it.
using LooseLanes __attribute__((vector_size(kLanes * sizeof(float)), aligned(alignof(float)), may_alias)) =
    float;

inline Lanes Load(const float* from) { return *reinterpret_cast<const LooseLanes*>(from); }
inline void Store(float* to, Lanes value) { *reinterpret_cast<LooseLanes*>(to) = value; }
inline Lanes Broadcast(float x) { return Lanes{x, x, x, x, x, x, x, x}; }
inline Lanes Limit(Lanes value, Lanes low, Lanes high) {
  value = value < low ? low : value;
  return value > high ? high : value;
}

// Prefetches the next weights in equal parts while the current ones are in use.
class Prefetcher {
 public:
  Prefetcher(const float* from, size_t floats, int parts)
      : at_(from), end_(from + floats), part_(floats / static_cast<size_t>(parts) + 1) {}

  void Advance() {
    constexpr size_t kCacheLineFloats = 16;
    const float* const stop = at_ + part_ < end_ ? at_ + part_ : end_;
    for (; at_ < stop; at_ += kCacheLineFloats) __builtin_prefetch(at_);
  }

 private:
  const float* at_;
  const float* end_;
  size_t part_;
};

// kRows pixels by kVectors * kLanes output channels, with all sums in registers.
template <int kRows, int kVectors, bool kAdds>
inline void ConvolveTile(const ConvolutionArgs& args, const float* panel, int pixel, int channel) {
  Lanes sums[kRows][kVectors];
#pragma GCC unroll 16
  for (int v = 0; v < kVectors; ++v) {
    const Lanes bias = Load(panel + v * kLanes);
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) sums[i][v] = bias;
  }
  const float* weights = panel + kVectors * kLanes;
  const float* const* inputs = args.inputs + pixel;
  for (int segment = 0; segment < args.segments; ++segment, inputs += args.pixels) {
    const float* rows[kRows];
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) rows[i] = inputs[i];
    for (int k = 0; k < args.segment_length; ++k, weights += kVectors * kLanes) {
      Lanes w[kVectors];
#pragma GCC unroll 16
      for (int v = 0; v < kVectors; ++v) w[v] = Load(weights + v * kLanes);
#pragma GCC unroll 16
      for (int i = 0; i < kRows; ++i) {
        const Lanes x = Broadcast(rows[i][k]);
#pragma GCC unroll 16
        for (int v = 0; v < kVectors; ++v) sums[i][v] += x * w[v];
      }
    }
  }
  const Lanes low = Broadcast(args.limits.low), high = Broadcast(args.limits.high);
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; ++v) {
      const int at = channel + v * kLanes;
      if (kAdds) sums[i][v] += Load(args.residuals[pixel + i] + at);
      Store(args.outputs[pixel + i] + at, Limit(sums[i][v], low, high));
    }
  }
}

// kRows and kVectors are chosen to fill 16 vector registers with sums, weights and one input.
template <int kRows, int kVectors, bool kAdds>
inline void ConvolvePanel(const ConvolutionArgs& args, const float* panel, int channel) {
  const size_t floats = PackedSize(args.segments * args.segment_length, kVectors * kLanes);
  Prefetcher next(panel + floats, floats, (args.pixels + kRows - 1) / kRows);
  int pixel = 0;
  for (; pixel + kRows <= args.pixels; pixel += kRows) {
    next.Advance();
    ConvolveTile<kRows, kVectors, kAdds>(args, panel, pixel, channel);
  }
  if (kRows > 4 && pixel + 4 <= args.pixels) {
    ConvolveTile<4, kVectors, kAdds>(args, panel, pixel, channel);
    pixel += 4;
  }
  if (pixel + 2 <= args.pixels) {
    ConvolveTile<2, kVectors, kAdds>(args, panel, pixel, channel);
    pixel += 2;
  }
  if (pixel < args.pixels) ConvolveTile<1, kVectors, kAdds>(args, panel, pixel, channel);
}

template <bool kAdds>
inline void ConvolvePanels(const ConvolutionArgs& args) {
  const float* panel = args.weights;
  for (int channel = 0; channel < args.channels;) {
    const int vectors = PanelVectors(args.channels - channel);
    if (vectors == 3) {
      ConvolvePanel<4, 3, kAdds>(args, panel, channel);
    } else if (vectors == 2) {
      ConvolvePanel<6, 2, kAdds>(args, panel, channel);
    } else {
      ConvolvePanel<8, 1, kAdds>(args, panel, channel);
    }
    panel += PackedSize(args.segments * args.segment_length, vectors * kLanes);
    channel += vectors * kLanes;
  }
}

void Convolve(const ConvolutionArgs& args) {
  args.residuals != nullptr ? ConvolvePanels<true>(args) : ConvolvePanels<false>(args);
}

// kRows rows of kPixels pixels each, because neighbours share inputs and weights.
template <int kSize, int kStride, int kRows, int kPixels>
inline void DepthwisePixels(const DepthwiseArgs& args, int pixel) {
  const Lanes low = Broadcast(args.limits.low), high = Broadcast(args.limits.high);
  const ptrdiff_t step = args.channels;
  const float* weights = args.weights;
  for (ptrdiff_t channel = 0; channel < step; channel += kLanes) {
    Lanes sums[kRows][kPixels];
    const Lanes bias = Load(weights);
    weights += kLanes;
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
      for (int i = 0; i < kPixels; ++i) sums[r][i] = bias;
    }
#pragma GCC unroll 16
    for (int row = 0; row < kSize; ++row) {
#pragma GCC unroll 16
      for (int column = 0; column < kSize; ++column, weights += kLanes) {
        const Lanes w = Load(weights);
#pragma GCC unroll 16
        for (int r = 0; r < kRows; ++r) {
          const float* input = args.rows[row + r * kStride] + pixel * kStride * step + channel;
#pragma GCC unroll 16
          for (int i = 0; i < kPixels; ++i) sums[r][i] += Load(input + (i * kStride + column) * step) * w;
        }
      }
    }
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
      for (int i = 0; i < kPixels; ++i) {
        Store(args.outputs[r] + (pixel + i) * step + channel, Limit(sums[r][i], low, high));
      }
    }
  }
}

template <int kSize, int kStride, int kRows>
inline void DepthwiseRows(const DepthwiseArgs& args) {
  int pixel = 0;
  for (; pixel + 4 <= args.pixels; pixel += 4) DepthwisePixels<kSize, kStride, kRows, 4>(args, pixel);
  for (; pixel < args.pixels; ++pixel) DepthwisePixels<kSize, kStride, kRows, 1>(args, pixel);
}

template <int kSize, int kStride>
inline void DepthwiseWindow(const DepthwiseArgs& args) {
  args.outputs[1] != nullptr ? DepthwiseRows<kSize, kStride, 2>(args)
                             : DepthwiseRows<kSize, kStride, 1>(args);
}

void Depthwise(const DepthwiseArgs& args) {
  if (args.size == 3) {
    args.stride == 1 ? DepthwiseWindow<3, 1>(args) : DepthwiseWindow<3, 2>(args);
  } else {
    args.stride == 1 ? DepthwiseWindow<5, 1>(args) : DepthwiseWindow<5, 2>(args);
  }
}

void Add(const AddArgs& args) {
  const Lanes low = Broadcast(args.limits.low), high = Broadcast(args.limits.high);
  for (size_t i = 0; i < args.floats; i += kLanes) {
    Store(args.output + i, Limit(Load(args.left + i) + Load(args.right + i), low, high));
  }
}

void Pool(const PoolArgs& args) {
  const Lanes low = Broadcast(args.limits.low), high = Broadcast(args.limits.high);
  for (int channel = 0; channel < args.channels; channel += kLanes) {
    Lanes largest = Load(args.rows[0] + channel);
    for (int row = 0; row < args.row_count; ++row) {
      for (int column = 0; column < args.column_count; ++column) {
        const Lanes value = Load(args.rows[row] + column * args.channels + channel);
        largest = largest < value ? value : largest;
      }
    }
    Store(args.output + channel, Limit(largest, low, high));
  }
}

void Resize(const ResizeArgs& args) {
  const Lanes lower_weight = Broadcast(args.lower_weight);
  const Lanes low = Broadcast(args.limits.low), high = Broadcast(args.limits.high);
  for (int pixel = 0; pixel < args.pixels; ++pixel) {
    const InterpolationTap& column = args.columns[pixel];
    const Lanes right_weight = Broadcast(column.weight);
    const int left = column.first * args.channels, right = column.second * args.channels;
    float* output = args.output + pixel * args.channels;
    for (int channel = 0; channel < args.channels; channel += kLanes) {
      const Lanes upper_left = Load(args.upper + left + channel),
                  lower_left = Load(args.lower + left + channel);
      const Lanes upper = upper_left + (Load(args.upper + right + channel) - upper_left) * right_weight;
      const Lanes lower = lower_left + (Load(args.lower + right + channel) - lower_left) * right_weight;
      Store(output + channel, Limit(upper + (lower - upper) * lower_weight, low, high));
    }
  }
}

// kLanes bytes as floats.
inline Lanes LoadBytes(const unsigned char* from) {
#if defined(__AVX2__)  // g++ would convert the bytes one by one
  const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from));
  return _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(bytes));
#else
  using Bytes __attribute__((vector_size(kLanes), aligned(1), may_alias)) = unsigned char;
  return __builtin_convertvector(*reinterpret_cast<const Bytes*>(from), Lanes);
#endif
}

inline int ClampIndex(int value, int last) {
  value = value < last ? value : last;
  return value > 0 ? value : 0;
}

void Sample(const SampleArgs& args) {
  using FourFloats __attribute__((vector_size(16), aligned(alignof(float)), may_alias)) = float;
  const SampleArgs a = args;  // the compiler cannot know that rgb does not alias args
  const Lanes offset = Broadcast(a.offset);
  const int last_column = a.columns - 3, last_row = a.rows - 2;
  for (int i = a.first; i < a.last; ++i) {
    const float x = a.left + static_cast<float>(i) * a.right_step;
    const float y = a.top + static_cast<float>(i) * a.down_step;
    // With fused multiply-add, positions may round differently from the caller's, so clamp them.
    const int column = ClampIndex(static_cast<int>(x), last_column);
    const int row = ClampIndex(static_cast<int>(y), last_row);
    const Lanes right = Broadcast(x - static_cast<float>(column));
    const Lanes lower = Broadcast(y - static_cast<float>(row));
    // One vector holds two neighbouring pixels, BGRBGR, and two unused bytes.
    const unsigned char* const from = a.pixels + static_cast<size_t>(row) * a.row_bytes + 3 * column;
    const Lanes above = LoadBytes(from), below = LoadBytes(from + a.row_bytes);
    const Lanes left_pixel = above + (below - above) * lower;
    const Lanes right_pixel = __builtin_shufflevector(left_pixel, left_pixel, 3, 4, 5, 3, 4, 5, 3, 4);
    const Lanes bgr = (left_pixel + (right_pixel - left_pixel) * right) * a.scale + offset;
    *reinterpret_cast<FourFloats*>(a.rgb + 3 * i) = __builtin_shufflevector(bgr, bgr, 2, 1, 0, 0);
  }
}

constexpr Kernels MakeKernels(const char* name) {
  return {name, Convolve, Depthwise, Add, Pool, Resize, Sample};
}

}  // namespace
}  // namespace trackfit::tflite
