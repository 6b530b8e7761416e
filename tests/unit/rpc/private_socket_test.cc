#include "rpc/private_socket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "support/scratch_folder.h"

namespace trackfit::rpc {
namespace {

namespace fs = std::filesystem;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class PrivateSocketTest : public ::testing::Test {
 protected:
  PrivateSocketTest() : before_(fs::temp_directory_path()) { ::setenv("TMPDIR", folder_.path().c_str(), 1); }
  ~PrivateSocketTest() override { ::setenv("TMPDIR", before_.c_str(), 1); }

  const testing::ScratchFolder folder_;
  const std::string before_;
};

TEST_F(PrivateSocketTest, IsInAFolderThatOnlyThisUserMayEnter) {
  std::string folder;
  {
    const auto socket = PrivateSocket::Create();
    ASSERT_TRUE(socket.ok()) << socket.status();
    EXPECT_THAT((*socket)->address(), StartsWith("unix:" + folder_.path() + "/trackfit-"));
    EXPECT_THAT((*socket)->address(), EndsWith("/grpc"));
    const fs::path path = (*socket)->address().substr(5);
    folder = path.parent_path();
    EXPECT_EQ(fs::status(folder).permissions(), fs::perms::owner_all);
    std::ofstream(path) << "what gRPC leaves behind";
  }
  EXPECT_FALSE(fs::exists(folder));
}

TEST_F(PrivateSocketTest, NamesTheFolderThatCannotBeMade) {
  fs::permissions(folder_.path(), fs::perms::owner_read | fs::perms::owner_exec);
  const auto socket = PrivateSocket::Create();
  fs::permissions(folder_.path(), fs::perms::owner_all);
  if (socket.ok()) GTEST_SKIP() << "root may write anywhere";
  EXPECT_THAT(std::string(socket.status().message()), HasSubstr("cannot make the folder " + folder_.path()));
}

}  // namespace
}  // namespace trackfit::rpc
