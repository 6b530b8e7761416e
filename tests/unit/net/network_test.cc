#include "net/network.h"

#include <gtest/gtest.h>

namespace trackfit::net {
namespace {

TEST(Network, IsAnAddressOfIpv4) {
  EXPECT_EQ(NetworkOfPeer("ipv4:10.0.0.1:4242"), "10.0.0.1");
  EXPECT_EQ(NetworkOfPeer("10.0.0.1:80"), "10.0.0.1");
  EXPECT_EQ(NetworkOfPeer("ws:10.0.0.1:80"), "10.0.0.1");
  EXPECT_EQ(NetworkOfPeer("ipv6:%5B::ffff:10.0.0.1%5D:80"), "10.0.0.1");
}

TEST(Network, IsTheFirstHalfOfAnAddressOfIpv6) {
  EXPECT_EQ(NetworkOfPeer("ipv6:%5B2001:db8:1:2:3:4:5:6%5D:4242"), "2001:db8:1:2::/64");
  EXPECT_EQ(NetworkOfPeer("[2001:db8:1:2:ffff::1]:80"), "2001:db8:1:2::/64");
  EXPECT_EQ(NetworkOfPeer("ws:[2001:db8:1:3::1]:80"), "2001:db8:1:3::/64");
}

TEST(Network, IsWhateverElseThereIs) {
  EXPECT_EQ(NetworkOfPeer("unix:/run/socket"), "unix:/run/socket");
  EXPECT_EQ(NetworkOfPeer(""), "");
}

}  // namespace
}  // namespace trackfit::net
