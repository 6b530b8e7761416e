// t-SNE: maps points of many dimensions to a plane so that neighbours stay neighbours.
#ifndef TRACKFIT_EVALUATION_TSNE_H_
#define TRACKFIT_EVALUATION_TSNE_H_

#include <array>
#include <cstdint>
#include <vector>

namespace trackfit::evaluation {

struct TsneOptions {
  double perplexity = 30;  // at most a third of the points
  int iterations = 600;
  uint64_t seed = 1;
};

// Exact t-SNE (van der Maaten and Hinton, 2008): time and memory grow with the square of the points, which
// should be at most a few thousand, all of the same dimension. Fewer than four come back on a line. The same
// input gives the same picture; its scale and orientation mean nothing.
std::vector<std::array<double, 2>> Tsne(const std::vector<std::vector<float>>& points,
                                        const TsneOptions& options = {});

}  // namespace trackfit::evaluation

#endif  // TRACKFIT_EVALUATION_TSNE_H_
