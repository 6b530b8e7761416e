// A network small enough for tests.
#ifndef TRACKFIT_TESTS_SUPPORT_SMALL_NETWORK_H_
#define TRACKFIT_TESTS_SUPPORT_SMALL_NETWORK_H_

#include <map>
#include <string>
#include <vector>

#include "protogcn/architecture.h"
#include "protogcn/model_archive.h"
#include "protogcn/network.h"

namespace trackfit::testing {

protogcn::NetworkConfig SmallConfig();
protogcn::ModelMetadata SmallMetadata();

// As BuildNetwork makes it, but with noise on whatever starts at zero or one, so that nothing is trivially
// zero.
protogcn::Network MakeNetwork(const protogcn::NetworkConfig& config);

// Makes the classifier give these logits whatever it sees.
void FixLogits(const protogcn::Network& network, const std::vector<float>& logits);

// The parameters by name.
std::map<std::string, std::vector<float>> WeightsOf(const protogcn::Network& network);

// Whether the values differ by at most 1e-6 plus a share of 1e-4.
bool AllClose(const std::vector<float>& a, const std::vector<float>& b);

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_SUPPORT_SMALL_NETWORK_H_
