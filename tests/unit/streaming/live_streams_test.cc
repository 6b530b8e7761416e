#include "streaming/live_streams.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

namespace trackfit::streaming {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

class Stream : public LiveStream {
 public:
  explicit Stream(milliseconds idle) : idle_(idle) {}
  void Abort(absl::Status status) override { status_ = std::move(status); }
  std::chrono::steady_clock::duration idle() const override { return idle_; }
  const absl::Status& status() const { return status_; }

 private:
  const milliseconds idle_;
  absl::Status status_;
};

TEST(LiveStreams, EndsThoseOnlyWhoseClientsHaveBeenIdleForTooLong) {
  LiveStreams streams;
  const auto idle = std::make_shared<Stream>(milliseconds(1100));
  const auto busy = std::make_shared<Stream>(milliseconds(900));
  streams.Add(idle);
  streams.Add(busy);
  streams.AbortIdle(milliseconds(1000));
  EXPECT_EQ(idle->status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(std::string(idle->status().message()), HasSubstr("for 1 s (idle-timeout)"));
  EXPECT_TRUE(busy->status().ok());
}

TEST(LiveStreams, WaitsUntilTheLastHasLeft) {
  LiveStreams streams;
  const auto stream = std::make_shared<Stream>(milliseconds(0));
  streams.Add(stream);
  EXPECT_EQ(streams.count(), 1);
  EXPECT_FALSE(streams.WaitUntilEmpty(milliseconds(1)));
  streams.Remove(stream.get());
  EXPECT_TRUE(streams.WaitUntilEmpty(milliseconds(1)));
}

}  // namespace
}  // namespace trackfit::streaming
