#include "files/folder_lock.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

#include "support/scratch_folder.h"

namespace trackfit::files {
namespace {

using Busy = FolderLock::Busy;

TEST(FolderLock, KeepsOthersOutUntilItEnds) {
  const testing::ScratchFolder folder;
  std::optional<absl::StatusOr<FolderLock>> first = FolderLock::Take(folder.path(), Busy::kFail);
  ASSERT_TRUE(first->ok()) << first->status();
  EXPECT_EQ(FolderLock::Take(folder.path(), Busy::kFail).status().code(), absl::StatusCode::kUnavailable);
  first.reset();
  EXPECT_TRUE(FolderLock::Take(folder.path(), Busy::kFail).ok());
}

TEST(FolderLock, WaitsForTheOtherWhereItMay) {
  const testing::ScratchFolder folder;
  std::optional<absl::StatusOr<FolderLock>> first = FolderLock::Take(folder.path(), Busy::kFail);
  std::atomic<bool> let_go = false;
  std::thread other([&] {
    EXPECT_TRUE(FolderLock::Take(folder.path(), Busy::kWait).ok());
    EXPECT_TRUE(let_go);
  });
  let_go = true;
  first.reset();
  other.join();
}

TEST(FolderLock, NamesAFolderThatIsNotThere) {
  const auto lock = FolderLock::Take("/nowhere/at/all", Busy::kWait);
  EXPECT_EQ(lock.status().code(), absl::StatusCode::kNotFound);
  EXPECT_NE(lock.status().message().find("/nowhere/at/all"), std::string::npos);
}

}  // namespace
}  // namespace trackfit::files
