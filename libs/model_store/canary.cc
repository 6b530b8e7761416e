#include "model_store/canary.h"

#include <cstdint>

namespace trackfit::model_store {
namespace {

// FNV-1a, then the finalizer of SplitMix64: ids that differ in their last letter are far apart.
uint64_t Hash(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char letter : text) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
  return hash ^ (hash >> 31);
}

}  // namespace

bool IsInCanary(std::string_view session_id, double share) {
  return static_cast<double>(Hash(session_id) >> 11) < share * static_cast<double>(uint64_t{1} << 53);
}

}  // namespace trackfit::model_store
