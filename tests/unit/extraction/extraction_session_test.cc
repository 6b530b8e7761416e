#include "extraction/extraction_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/image_files.h"

namespace trackfit::extraction {
namespace {

using ::testing::HasSubstr;

class ExtractionSessionTest : public ::testing::Test {
 protected:
  ExtractorFrame Frame(uint64_t sequence, int64_t timestamp_us) const {
    return {sequence, timestamp_us, RawImage{16, 16, RawImage::Format::kBgr, pixels_}};
  }

  const std::string pixels_ = std::string(16 * 16 * 3, 'x');
  telemetry::Metrics metrics_{"test", "1"};
  ExtractionMetrics extraction_metrics_{metrics_};
  FrameDecoder decoder_{FrameDecoderConfig()};
  absl::StatusOr<std::vector<skeleton::Pose>> found_ = std::vector<skeleton::Pose>(2);
  int last_worker_ = -1;
  ExtractionSession session_{decoder_, extraction_metrics_,
                             [this](int worker, const cv::Mat&, uint64_t, int64_t) {
                               last_worker_ = worker;
                               return found_;
                             }};
};

TEST_F(ExtractionSessionTest, GivesThePosesFoundWithTheWorkersEngine) {
  const auto result = session_.Process(Frame(5, 100), 3);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->sequence, 5u);
  EXPECT_EQ(result->poses.size(), 2u);
  EXPECT_EQ(last_worker_, 3);
}

TEST_F(ExtractionSessionTest, NobodySeenIsAResultWithoutAPose) {
  found_ = std::vector<skeleton::Pose>();
  const auto result = session_.Process(Frame(5, 100), 0);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->poses.empty());
  EXPECT_FALSE(result->invalid.has_value());
}

TEST_F(ExtractionSessionTest, UnusableImageIsAResultAndTheStreamContinues) {
  const auto bad = session_.Process({1, 100, EncodedImage{"garbage"}}, 0);
  ASSERT_TRUE(bad.ok()) << bad.status();
  EXPECT_THAT(bad->invalid.value_or(""), HasSubstr("JPEG"));
  EXPECT_FALSE(session_.Process(Frame(2, 200), 0)->poses.empty());
}

TEST_F(ExtractionSessionTest, WarnsAboutADamagedImageThatIsUsed) {
  const std::string jpeg = testing::EncodeImage(".jpg", cv::Mat(16, 16, CV_8UC3, cv::Scalar(1, 2, 3)));
  const auto result =
      session_.Process({1, 100, EncodedImage{std::string_view(jpeg).substr(0, jpeg.size() - 2)}}, 0);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->poses.size(), 2u);
  EXPECT_FALSE(result->invalid.has_value());
  EXPECT_THAT(result->warning, HasSubstr("last bytes"));
  EXPECT_EQ(session_.Process(Frame(2, 200), 0)->warning, "");
}

TEST_F(ExtractionSessionTest, SequenceMustIncrease) {
  ASSERT_TRUE(session_.Process(Frame(5, 100), 0).ok());
  EXPECT_EQ(session_.Process(Frame(5, 200), 0).status(),
            absl::InvalidArgumentError("frame.sequence is 5; it must be greater than the one before, 5"));
}

TEST_F(ExtractionSessionTest, TimestampThatDoesNotIncreaseIsAResultAndTheStreamContinues) {
  ASSERT_TRUE(session_.Process(Frame(1, 100), 0).ok());
  for (const auto& [sequence, timestamp_us] : {std::pair(2, 100), std::pair(3, 50)}) {
    const auto bad = session_.Process(Frame(static_cast<uint64_t>(sequence), timestamp_us), 0);
    ASSERT_TRUE(bad.ok()) << bad.status();
    EXPECT_THAT(bad->invalid.value_or(""), HasSubstr("timestamp does not increase: frame.timestamp_us is"));
  }
  EXPECT_FALSE(session_.Process(Frame(4, 101), 0)->invalid);
  EXPECT_THAT(metrics_.Text(), HasSubstr("trackfit_frames_total{status=\"invalid_frame\"} 2"));
}

TEST_F(ExtractionSessionTest, TimestampOutOfRangeIsAResult) {
  const auto bad = session_.Process(Frame(1, std::numeric_limits<int64_t>::max()), 0);
  ASSERT_TRUE(bad.ok()) << bad.status();
  EXPECT_THAT(bad->invalid.value_or(""), HasSubstr("frame.timestamp_us is"));
}

TEST_F(ExtractionSessionTest, TimestampMustIncreaseEvenAfterAnUnusableImage) {
  ASSERT_TRUE(session_.Process({1, 100, std::monostate()}, 0).ok());
  EXPECT_TRUE(session_.Process(Frame(2, 100), 0)->invalid);
}

TEST_F(ExtractionSessionTest, DroppedFramesKeepTheirPlaceInTheOrder) {
  const auto dropped = session_.Drop(5);
  ASSERT_TRUE(dropped.ok()) << dropped.status();
  EXPECT_TRUE(dropped->dropped);
  EXPECT_EQ(dropped->sequence, 5U);
  EXPECT_EQ(last_worker_, -1) << "nobody looked at it";
  EXPECT_THAT(std::string(session_.Drop(5).status().message()), HasSubstr("frame.sequence is 5"));
  EXPECT_FALSE(session_.Process(Frame(6, 100), 0)->dropped);
  EXPECT_THAT(metrics_.Text(), HasSubstr("trackfit_frames_total{status=\"dropped\"} 1"));
}

TEST_F(ExtractionSessionTest, FailureOfTheEngineEndsTheSession) {
  found_ = absl::InternalError("out of luck");
  EXPECT_EQ(session_.Process(Frame(1, 1), 0).status().code(), absl::StatusCode::kInternal);
}

TEST_F(ExtractionSessionTest, CountsFramesByResult) {
  ASSERT_TRUE(session_.Process(Frame(1, 1), 0).ok());
  ASSERT_TRUE(session_.Process({2, 2, std::monostate()}, 0).ok());
  ASSERT_TRUE(session_.Process(Frame(3, 3), 0).ok());
  const std::string page = metrics_.Text();
  EXPECT_THAT(page, HasSubstr("trackfit_frames_total{status=\"pose\"} 2"));
  EXPECT_THAT(page, HasSubstr("trackfit_frames_total{status=\"invalid_frame\"} 1"));
  EXPECT_THAT(page, HasSubstr("trackfit_frames_total{status=\"no_pose\"} 0"));
  EXPECT_THAT(page, HasSubstr("trackfit_decode_seconds_count 3"));
}

}  // namespace
}  // namespace trackfit::extraction
