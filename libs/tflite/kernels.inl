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

#if defined(__AVX512F__)
constexpr int kWidest = 16;  // floats of a vector register
#else
constexpr int kWidest = kLanes;
#endif

// kWidth floats in a register.
template <int kWidth>
struct Vector;
template <>
struct Vector<kLanes> {
  using Type = Lanes;
  using Loose = LooseLanes;
  static Type Broadcast(float x) { return Type{x, x, x, x, x, x, x, x}; }
};
#if defined(__AVX512F__)
template <>
struct Vector<16> {
  using Type = float __attribute__((vector_size(64)));
  using Loose __attribute__((vector_size(64), aligned(alignof(float)), may_alias)) = float;
  static Type Broadcast(float x) { return Type{x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}; }
};
#endif

template <int kWidth = kLanes>
inline typename Vector<kWidth>::Type Load(const float* from) {
  return *reinterpret_cast<const typename Vector<kWidth>::Loose*>(from);
}
template <int kWidth = kLanes>
inline void Store(float* to, typename Vector<kWidth>::Type value) {
  *reinterpret_cast<typename Vector<kWidth>::Loose*>(to) = value;
}
template <int kWidth = kLanes>
inline typename Vector<kWidth>::Type Broadcast(float x) {
  return Vector<kWidth>::Broadcast(x);
}
template <class Values>
inline Values Limit(Values value, Values low, Values high) {
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

// kRows pixels by kVectors * kWidth output channels, with all sums in registers.
template <int kWidth, int kRows, int kVectors, bool kAdds>
inline void ConvolveTile(const ConvolutionArgs& args, const float* panel, int pixel, int channel) {
  using Values = typename Vector<kWidth>::Type;
  Values sums[kRows][kVectors];
#pragma GCC unroll 16
  for (int v = 0; v < kVectors; ++v) {
    const Values bias = Load<kWidth>(panel + v * kWidth);
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) sums[i][v] = bias;
  }
  const float* weights = panel + kVectors * kWidth;
  const float* const* inputs = args.inputs + pixel;
  for (int segment = 0; segment < args.segments; ++segment, inputs += args.pixels) {
    const float* rows[kRows];
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) rows[i] = inputs[i];
    for (int k = 0; k < args.segment_length; ++k, weights += kVectors * kWidth) {
      Values w[kVectors];
#pragma GCC unroll 16
      for (int v = 0; v < kVectors; ++v) w[v] = Load<kWidth>(weights + v * kWidth);
#pragma GCC unroll 16
      for (int i = 0; i < kRows; ++i) {
        const Values x = Broadcast<kWidth>(rows[i][k]);
#pragma GCC unroll 16
        for (int v = 0; v < kVectors; ++v) sums[i][v] += x * w[v];
      }
    }
  }
  const Values low = Broadcast<kWidth>(args.limits.low), high = Broadcast<kWidth>(args.limits.high);
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; ++v) {
      const int at = channel + v * kWidth;
      if (kAdds) sums[i][v] += Load<kWidth>(args.residuals[pixel + i] + at);
      Store<kWidth>(args.outputs[pixel + i] + at, Limit(sums[i][v], low, high));
    }
  }
}

// kRows and kVectors are chosen to fill the vector registers with sums, weights and one input.
template <int kWidth, int kRows, int kVectors, bool kAdds>
inline void ConvolvePanel(const ConvolutionArgs& args, const float* panel, int channel) {
  const size_t floats = PackedSize(args.segments * args.segment_length, kVectors * kWidth);
  Prefetcher next(panel + floats, floats, (args.pixels + kRows - 1) / kRows);
  int pixel = 0;
  for (; pixel + kRows <= args.pixels; pixel += kRows) {
    next.Advance();
    ConvolveTile<kWidth, kRows, kVectors, kAdds>(args, panel, pixel, channel);
  }
  if (kRows > 4 && pixel + 4 <= args.pixels) {
    ConvolveTile<kWidth, 4, kVectors, kAdds>(args, panel, pixel, channel);
    pixel += 4;
  }
  if (pixel + 2 <= args.pixels) {
    ConvolveTile<kWidth, 2, kVectors, kAdds>(args, panel, pixel, channel);
    pixel += 2;
  }
  if (pixel < args.pixels) ConvolveTile<kWidth, 1, kVectors, kAdds>(args, panel, pixel, channel);
}

// The widest first, but two of two vectors rather than one of three and one of one.
int PanelChannels(int channels_left) {
  const int vectors = channels_left / kWidest;
  if (vectors == 0) return kLanes;
  return kWidest * (vectors >= 3 && channels_left != 4 * kWidest ? 3 : vectors >= 2 ? 2 : 1);
}

template <bool kAdds>
inline void ConvolvePanels(const ConvolutionArgs& args) {
  const float* panel = args.weights;
  for (int channel = 0; channel < args.channels;) {
    const int width = PanelChannels(args.channels - channel);
#if defined(__AVX512F__)  // as many rows as there are registers for their addresses
    if (width == 48) {
      ConvolvePanel<16, 8, 3, kAdds>(args, panel, channel);
    } else if (width == 32) {
      ConvolvePanel<16, 8, 2, kAdds>(args, panel, channel);
    } else if (width == 16) {
      ConvolvePanel<16, 8, 1, kAdds>(args, panel, channel);
    } else {
      ConvolvePanel<8, 8, 1, kAdds>(args, panel, channel);
    }
#else
    if (width == 24) {
      ConvolvePanel<8, 4, 3, kAdds>(args, panel, channel);
    } else if (width == 16) {
      ConvolvePanel<8, 6, 2, kAdds>(args, panel, channel);
    } else {
      ConvolvePanel<8, 8, 1, kAdds>(args, panel, channel);
    }
#endif
    panel += PackedSize(args.segments * args.segment_length, width);
    channel += width;
  }
}

void Convolve(const ConvolutionArgs& args) {
  args.residuals != nullptr ? ConvolvePanels<true>(args) : ConvolvePanels<false>(args);
}

// kRows rows of kPixels pixels each, because neighbours share inputs and weights; kWidth channels of them.
// Returns the next channels' weights.
template <int kWidth, int kSize, int kStride, int kRows, int kPixels>
inline const float* DepthwiseChannels(const DepthwiseArgs& args, int pixel, ptrdiff_t channel,
                                      const float* weights) {
  using Values = typename Vector<kWidth>::Type;
  const ptrdiff_t step = args.channels;
  Values sums[kRows][kPixels];
  const Values bias = Load<kWidth>(weights);
  weights += kWidth;
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (int i = 0; i < kPixels; ++i) sums[r][i] = bias;
  }
#pragma GCC unroll 16
  for (int row = 0; row < kSize; ++row) {
#pragma GCC unroll 16
    for (int column = 0; column < kSize; ++column, weights += kWidth) {
      const Values w = Load<kWidth>(weights);
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) {
        const float* input = args.rows[row + r * kStride] + pixel * kStride * step + channel;
#pragma GCC unroll 16
        for (int i = 0; i < kPixels; ++i)
          sums[r][i] += Load<kWidth>(input + (i * kStride + column) * step) * w;
      }
    }
  }
  const Values low = Broadcast<kWidth>(args.limits.low), high = Broadcast<kWidth>(args.limits.high);
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (int i = 0; i < kPixels; ++i) {
      Store<kWidth>(args.outputs[r] + (pixel + i) * step + channel, Limit(sums[r][i], low, high));
    }
  }
  return weights;
}

template <int kSize, int kStride, int kRows, int kPixels>
inline void DepthwisePixels(const DepthwiseArgs& args, int pixel) {
  const float* weights = args.weights;
  ptrdiff_t channel = 0;
  for (; channel + kWidest <= args.channels; channel += kWidest) {
    weights = DepthwiseChannels<kWidest, kSize, kStride, kRows, kPixels>(args, pixel, channel, weights);
  }
  for (; channel < args.channels; channel += kLanes) {
    weights = DepthwiseChannels<kLanes, kSize, kStride, kRows, kPixels>(args, pixel, channel, weights);
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
  return {name, PanelChannels, kWidest, Convolve, Depthwise, Add, Pool, Resize, Sample};
}

}  // namespace
}  // namespace trackfit::tflite
