// Random numbers that are the same on every platform and do not depend on the order in which they are drawn.
#ifndef TRACKFIT_SYNTHESIS_RANDOM_H_
#define TRACKFIT_SYNTHESIS_RANDOM_H_

#include <cmath>
#include <cstdint>
#include <numbers>
#include <string_view>

namespace trackfit::synthesis {

// Every draw has a name; the same seed and name always give the same number, so that adding one draw to an
// exercise (or a fault) leaves all others as they were.
class NamedRandom {
 public:
  explicit NamedRandom(uint64_t seed) : seed_(seed) {}

  // Uniform in [0, 1). `index` tells draws of one name apart.
  double Uniform(std::string_view name, uint64_t index = 0) const {
    return static_cast<double>(Bits(name, index) >> 11) * 0x1.0p-53;
  }
  // Uniform in [low, high).
  double Uniform(std::string_view name, double low, double high, uint64_t index = 0) const {
    return low + (high - low) * Uniform(name, index);
  }
  double Normal(std::string_view name, uint64_t index = 0) const {
    const double u = 1 - Uniform(name, 2 * index);
    const double v = Uniform(name, 2 * index + 1);
    return std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v);
  }
  uint64_t Bits(std::string_view name, uint64_t index = 0) const {
    uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return Mix(Mix(seed_ ^ hash) + index * 0x9e3779b97f4a7c15);
  }

 private:
  static constexpr uint64_t Mix(uint64_t x) {  // splitmix64
    x += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
  }

  uint64_t seed_;
};

}  // namespace trackfit::synthesis

#endif  // TRACKFIT_SYNTHESIS_RANDOM_H_
