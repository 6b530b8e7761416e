// A gateway in this process, with stand-ins for the servers behind it.
#ifndef TRACKFIT_TESTS_INTEGRATION_SUPPORT_GATEWAY_FIXTURE_H_
#define TRACKFIT_TESTS_INTEGRATION_SUPPORT_GATEWAY_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>

#include "integration/support/fake_upstreams.h"
#include "integration/support/gateway.h"

namespace trackfit::testing {

class GatewayFixture : public ::testing::Test {
 protected:
  // Begins with the first call, with options_ as they are then.
  Gateway& gateway() {
    if (!gateway_)
      gateway_ = std::make_unique<Gateway>(extractor_.address(), inferencer_.address(), options_);
    return *gateway_;
  }

  gateway_server::GatewayOptions options_;
  FakeServer<FakeExtractor> extractor_;
  FakeServer<FakeInferencer> inferencer_;
  std::unique_ptr<Gateway> gateway_;
};

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_INTEGRATION_SUPPORT_GATEWAY_FIXTURE_H_
