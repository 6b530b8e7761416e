#include "rpc/deadline.h"

namespace trackfit::rpc {
namespace {

using std::chrono::steady_clock;
using std::chrono::system_clock;

constexpr auto kYear = std::chrono::hours(24 * 365);

}  // namespace

steady_clock::time_point SteadyDeadline(system_clock::time_point deadline) {
  const auto left = deadline - system_clock::now();
  return left > kYear ? steady_clock::time_point::max() : steady_clock::now() + left;
}

system_clock::time_point SystemDeadline(steady_clock::time_point deadline) {
  if (deadline == steady_clock::time_point::max()) return system_clock::time_point::max();
  return system_clock::now() +
         std::chrono::duration_cast<system_clock::duration>(deadline - steady_clock::now());
}

}  // namespace trackfit::rpc
