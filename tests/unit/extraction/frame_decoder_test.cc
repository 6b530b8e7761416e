#include "extraction/frame_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/image_files.h"

namespace trackfit::extraction {
namespace {

using Format = RawImage::Format;
using ::testing::AllOf;
using ::testing::HasSubstr;
using trackfit::testing::BigEndian;
using trackfit::testing::CmykJpeg;
using trackfit::testing::Deflated;
using trackfit::testing::EncodeImage;
using trackfit::testing::ExifOrientation;
using trackfit::testing::ExtendedWebp;
using trackfit::testing::InterlacedPng;
using trackfit::testing::JpegSegment;
using trackfit::testing::PngChunk;
using trackfit::testing::PngFile;
using trackfit::testing::RiffChunk;
using trackfit::testing::SeparateScansJpeg;
using trackfit::testing::StoredWithOrientation;
using trackfit::testing::WithExifOrientation;
using trackfit::testing::WithPngChunks;

// The left half is blue, the right half red.
cv::Mat TwoColours(int width = 64, int height = 48) {
  cv::Mat image(height, width, CV_8UC3, cv::Scalar(255, 0, 0));
  image.colRange(width / 2, width).setTo(cv::Scalar(0, 0, 255));
  return image;
}

// Smooth colours that differ everywhere, so that no row or column can be mistaken for another.
cv::Mat Gradient(int width = 64, int height = 48) {
  cv::Mat image(height, width, CV_8UC3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      image.at<cv::Vec3b>(y, x) =
          cv::Vec3b(static_cast<uchar>(40 + 160 * x / width), static_cast<uchar>(40 + 160 * y / height),
                    static_cast<uchar>(200 - 80 * (x + y) / (width + height)));
    }
  }
  return image;
}

// Throws when the image is rejected, so that the test fails with the reason.
cv::Mat Decode(const Image& image) {
  const auto decoded = FrameDecoder({}).Decode(image);
  if (!decoded.ok()) throw std::runtime_error(std::string(decoded.status().message()));
  EXPECT_EQ(decoded->bgr.type(), CV_8UC3);
  EXPECT_EQ(decoded->warning, "");
  return decoded->bgr;
}

double LargestDifference(const cv::Mat& a, const cv::Mat& b) {
  return a.size() == b.size() ? cv::norm(a, b, cv::NORM_INF) : 1000;
}

std::string ErrorOf(const Image& image, FrameDecoderConfig config = {}) {
  const auto decoded = FrameDecoder(config).Decode(image);
  EXPECT_EQ(decoded.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(decoded.status().message());
}

TEST(FrameDecoder, DecodesFilesToBgr) {
  for (const char* extension : {".jpg", ".png", ".webp"}) {
    const std::string file = EncodeImage(extension, TwoColours());
    const cv::Mat bgr = Decode(EncodedImage{file});
    ASSERT_EQ(bgr.size(), cv::Size(64, 48)) << extension;
    EXPECT_GT(bgr.at<cv::Vec3b>(24, 8)[0], 200) << extension << ": blue on the left";
    EXPECT_GT(bgr.at<cv::Vec3b>(24, 56)[2], 200) << extension << ": red on the right";
  }
}

TEST(FrameDecoder, ReducesEveryKindOfFileToBgr) {
  const cv::Mat image = Gradient(), grey = [&] {
    cv::Mat grey_levels;
    cv::cvtColor(image, grey_levels, cv::COLOR_BGR2GRAY);
    return grey_levels;
  }();
  cv::Mat grey_bgr, with_alpha, deep, deep_with_alpha;
  cv::cvtColor(grey, grey_bgr, cv::COLOR_GRAY2BGR);
  cv::cvtColor(image, with_alpha, cv::COLOR_BGR2BGRA);
  with_alpha.forEach<cv::Vec4b>([](cv::Vec4b& pixel, const int* at) { pixel[3] = at[1] % 2 ? 0 : 200; });
  image.convertTo(deep, CV_16UC3, 257);
  cv::cvtColor(deep, deep_with_alpha, cv::COLOR_BGR2BGRA);
  const auto difference = [](const std::string& file, const cv::Mat& expected) {
    return LargestDifference(Decode(EncodedImage{file}), expected);
  };
  EXPECT_EQ(difference(EncodeImage(".png", grey), grey_bgr), 0);
  EXPECT_EQ(difference(EncodeImage(".png", with_alpha), image), 0) << "alpha is ignored";
  EXPECT_EQ(difference(EncodeImage(".png", deep), image), 0) << "16-bit";
  EXPECT_EQ(difference(EncodeImage(".png", deep_with_alpha), image), 0);
  EXPECT_EQ(difference(InterlacedPng(image), image), 0);
  EXPECT_LE(difference(EncodeImage(".jpg", grey), grey_bgr), 8);
  EXPECT_LE(difference(EncodeImage(".jpg", image, {cv::IMWRITE_JPEG_PROGRESSIVE, 1}), image), 12);
  EXPECT_EQ(difference(EncodeImage(".webp", image, {cv::IMWRITE_WEBP_QUALITY, 101}), image), 0);
  EXPECT_LE(difference(EncodeImage(".webp", with_alpha, {cv::IMWRITE_WEBP_QUALITY, 100}), image), 20);
}

TEST(FrameDecoder, DecodesAPaletteToItsColours) {
  std::string rows;
  for (int y = 0; y < 16; ++y) rows += '\0' + std::string(8, '\0') + std::string(8, '\1');
  const std::string palette = PngChunk("PLTE", "\x0A\x14\x1E\x28\x32\x3C");  // RGB 10 20 30, 40 50 60
  const cv::Mat bgr =
      Decode(EncodedImage{PngFile(16, 16, 8, 3, false, palette + PngChunk("IDAT", Deflated(rows)))});
  EXPECT_EQ(bgr.at<cv::Vec3b>(5, 0), cv::Vec3b(30, 20, 10));
  EXPECT_EQ(bgr.at<cv::Vec3b>(5, 15), cv::Vec3b(60, 50, 40));
}

TEST(FrameDecoder, DecodesACmykJpeg) {
  const cv::Mat bgr = Decode(EncodedImage{CmykJpeg()});
  EXPECT_EQ(bgr.size(), cv::Size(16, 16));
  const cv::Mat half_of_half(16, 16, CV_8UC3,
                             cv::Scalar::all(64));  // half of the ink's light, half of black's
  EXPECT_LE(LargestDifference(bgr, half_of_half), 1);
}

TEST(FrameDecoder, AppliesTheExifOrientation) {
  const cv::Mat upright = Gradient(64, 48);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const cv::Mat stored = StoredWithOrientation(upright, orientation);
    const std::string jpeg =
        WithExifOrientation(EncodeImage(".jpg", stored, {cv::IMWRITE_JPEG_QUALITY, 100}), orientation);
    EXPECT_LE(LargestDifference(Decode(EncodedImage{jpeg}), upright), 8) << "JPEG, " << orientation;
    const std::string png =
        WithPngChunks(EncodeImage(".png", stored), PngChunk("eXIf", ExifOrientation(orientation)));
    EXPECT_EQ(LargestDifference(Decode(EncodedImage{png}), upright), 0) << "PNG, " << orientation;
  }
  const std::string webp = EncodeImage(".webp", upright, {cv::IMWRITE_WEBP_QUALITY, 101}).substr(12);
  const std::string turned = ExtendedWebp(0x08, 64, 48, webp + RiffChunk("EXIF", ExifOrientation(6)));
  EXPECT_EQ(LargestDifference(Decode(EncodedImage{turned}), upright), 0) << "that of a WebP is not looked at";
  const std::string nonsense = WithExifOrientation(EncodeImage(".jpg", upright), 9);
  EXPECT_LE(LargestDifference(Decode(EncodedImage{nonsense}), upright), 12);
}

// OpenCV's are what the landmarks were measured with (docs/blazepose.md).
TEST(FrameDecoder, GivesThePixelsOfOpenCvsDecoders) {
  const cv::Mat image = Gradient(173, 118);
  cv::Mat grey, with_alpha;
  cv::cvtColor(image, grey, cv::COLOR_BGR2GRAY);
  cv::cvtColor(image, with_alpha, cv::COLOR_BGR2BGRA);
  for (const std::string& file :
       {EncodeImage(".jpg", image), EncodeImage(".jpg", image, {cv::IMWRITE_JPEG_QUALITY, 40}),
        EncodeImage(".jpg", image, {cv::IMWRITE_JPEG_PROGRESSIVE, 1}), EncodeImage(".jpg", grey),
        SeparateScansJpeg(image), EncodeImage(".png", with_alpha), EncodeImage(".webp", image),
        EncodeImage(".webp", with_alpha)}) {
    const cv::Mat expected = cv::imdecode(std::vector<uchar>(file.begin(), file.end()), cv::IMREAD_COLOR);
    EXPECT_EQ(LargestDifference(Decode(EncodedImage{file}), expected), 0);
  }
}

// OpenCV takes a file for DICOM by four bytes in its middle, whatever it begins with, and that decoder
// allocates what the file tells it to: here 4 GB.
TEST(FrameDecoder, LetsNoOtherDecoderSeeAFile) {
  std::string webp = EncodeImage(".webp", Gradient(), {cv::IMWRITE_WEBP_QUALITY, 101});
  ASSERT_GT(webp.size(), 200U);
  webp.replace(128, 16, std::string("DICM\xFF\xFF\x00\x00US\0\0\xFF\xFF\xFF\xF7", 16));
  const auto decoded = FrameDecoder({}).Decode(EncodedImage{webp});  // other pixels than before, or damaged
  if (decoded.ok()) {
    EXPECT_EQ(decoded->bgr.size(), cv::Size(64, 48));
  } else {
    EXPECT_THAT(std::string(decoded.status().message()), HasSubstr("damaged"));
  }
  std::string jpeg = EncodeImage(".jpg", Gradient());
  jpeg.insert(2, JpegSegment(0xFE, std::string(122, ' ') + "DICM" + std::string(40, '\xFF')));
  ASSERT_EQ(jpeg.substr(128, 4), "DICM");
  EXPECT_EQ(
      LargestDifference(Decode(EncodedImage{jpeg}), Decode(EncodedImage{EncodeImage(".jpg", Gradient())})), 0)
      << "a comment";
}

TEST(FrameDecoder, LooksAtNoTextAndNoColourProfileOfAPng) {
  const std::string png = EncodeImage(".png", Gradient());
  const std::string million = Deflated(std::string(1'000'000, ' '));
  std::string chunks =
      PngChunk("iCCP", std::string("k\0\0", 3) + million) + PngChunk("gAMA", BigEndian(1000));
  for (int i = 0; i < 1000; ++i) chunks += PngChunk("zTXt", std::string("k\0\0", 3) + million);
  EXPECT_EQ(LargestDifference(Decode(EncodedImage{WithPngChunks(png, chunks)}), Gradient()), 0);
}

// ---- uncompressed pixels

// The image in the layout of each format, with `padding` bytes of garbage after every row.
std::string Raw(const cv::Mat& bgr, Format format, int padding) {
  cv::Mat planes = bgr.clone();
  if (format == Format::kRgb) cv::cvtColor(bgr, planes, cv::COLOR_BGR2RGB);
  if (format == Format::kGray) cv::cvtColor(bgr, planes, cv::COLOR_BGR2GRAY);
  if (format == Format::kI420 || format == Format::kNv12) cv::cvtColor(bgr, planes, cv::COLOR_BGR2YUV_I420);
  std::string bytes;
  const auto append = [&](const uchar* row, std::size_t size, int rubbish) {
    bytes.append(reinterpret_cast<const char*>(row), size);
    bytes.append(static_cast<std::size_t>(rubbish), '\xAA');
  };
  const int height = bgr.rows, width = bgr.cols;
  const std::size_t row_bytes = static_cast<std::size_t>(planes.cols) * planes.elemSize();
  for (int y = 0; y < height; ++y) append(planes.ptr(y), row_bytes, padding);
  if (planes.rows == height) return bytes;
  const uchar* u = planes.ptr(height);
  const uchar* v = u + width * height / 4;
  if (format == Format::kI420) {
    for (const uchar* plane : {u, v}) {
      for (int y = 0; y < height / 2; ++y) append(plane + y * width / 2, row_bytes / 2, padding / 2);
    }
    return bytes;
  }
  for (int y = 0; y < height / 2; ++y) {
    std::string row;
    for (int x = 0; x < width / 2; ++x) {
      row += {static_cast<char>(u[y * width / 2 + x]), static_cast<char>(v[y * width / 2 + x])};
    }
    append(reinterpret_cast<const uchar*>(row.data()), row.size(), padding);
  }
  return bytes;
}

constexpr Format kFormats[] = {Format::kRgb, Format::kBgr, Format::kGray, Format::kNv12, Format::kI420};

TEST(FrameDecoder, ConvertsEveryRawFormatWithAndWithoutPadding) {
  const cv::Mat image = Gradient(64, 46);
  cv::Mat grey;
  cv::cvtColor(image, grey, cv::COLOR_BGR2GRAY);
  cv::cvtColor(grey, grey, cv::COLOR_GRAY2BGR);
  for (const Format format : kFormats) {
    const bool three = format == Format::kRgb || format == Format::kBgr;
    const double tolerance = three || format == Format::kGray ? 0 : 8;  // halved chroma
    const cv::Mat& expected = format == Format::kGray ? grey : image;
    const std::string tight = Raw(image, format, 0);
    EXPECT_LE(LargestDifference(Decode(RawImage{64, 46, format, tight}), expected), tolerance)
        << static_cast<int>(format);
    const std::string padded = Raw(image, format, 10);
    const int64_t stride = (three ? 192 : 64) + 10;
    const cv::Mat from_padded = Decode(RawImage{64, 46, format, padded, stride}).clone();
    EXPECT_EQ(LargestDifference(from_padded, Decode(RawImage{64, 46, format, tight})), 0)
        << static_cast<int>(format);
  }
}

TEST(FrameDecoder, YuvIsBt601InLimitedRange) {
  const auto pixel = [](char y, char u, char v) {
    const std::string bytes = std::string(256, y) + std::string(64, u) + std::string(64, v);
    return Decode(RawImage{16, 16, Format::kI420, bytes}).at<cv::Vec3b>(8, 8);
  };
  EXPECT_EQ(pixel(16, '\x80', '\x80'), cv::Vec3b(0, 0, 0));
  EXPECT_EQ(pixel('\xEB', '\x80', '\x80'), cv::Vec3b(255, 255, 255));
  const cv::Vec3b red = pixel(81, 90, '\xF0');
  EXPECT_NEAR(red[2], 255, 2);
  EXPECT_NEAR(red[1], 0, 2);
}

TEST(FrameDecoder, OnlyTheLastRowMayLackItsPadding) {
  const cv::Mat image = Gradient(64, 48);
  for (const Format format : kFormats) {
    const int64_t stride = (format == Format::kRgb || format == Format::kBgr ? 192 : 64) + 10;
    const std::size_t optional = format == Format::kI420 ? 5 : 10;
    const std::string whole = Raw(image, format, 10), least = whole.substr(0, whole.size() - optional);
    EXPECT_EQ(LargestDifference(Decode(RawImage{64, 48, format, least, stride}).clone(),
                                Decode(RawImage{64, 48, format, whole, stride})),
              0);
    const std::string one_less = whole.substr(0, least.size() - 1), one_more = whole + "x";
    EXPECT_THAT(ErrorOf(RawImage{64, 48, format, one_less, stride}),
                AllOf(HasSubstr("frame.raw.data has"), HasSubstr("between")));
    EXPECT_THAT(ErrorOf(RawImage{64, 48, format, one_more, stride}), HasSubstr("between"));
  }
}

TEST(FrameDecoder, SaysWhatIsWrongWithARawImage) {
  const std::string nothing;
  EXPECT_THAT(ErrorOf(RawImage{64, 48, Format::kRgb, "short"}),
              HasSubstr("frame.raw.data has 5 bytes; 48 rows of 192 = 9216 are required"));
  EXPECT_THAT(ErrorOf(RawImage{64, 48, Format::kI420, "short"}), HasSubstr("72 rows of 64 = 4608"));
  EXPECT_THAT(ErrorOf(RawImage{64, 48, Format::kUnknown, std::string(9216, 'x')}),
              HasSubstr("frame.raw.format"));
  EXPECT_THAT(ErrorOf(RawImage{8, 48, Format::kRgb, nothing}), HasSubstr("at least 16 x 16"));
  EXPECT_THAT(ErrorOf(RawImage{63, 48, Format::kNv12, nothing}), HasSubstr("even"));
  EXPECT_THAT(ErrorOf(RawImage{64, 47, Format::kI420, nothing}), HasSubstr("even"));
  EXPECT_THAT(ErrorOf(RawImage{64, 48, Format::kRgb, nothing, 191}),
              HasSubstr("frame.raw.stride is 191 bytes; a row has 192 bytes"));
  EXPECT_THAT(ErrorOf(RawImage{64, 48, Format::kI420, nothing, 65}),
              HasSubstr("frame.raw.stride is 65; I420 requires an even number"));
}

TEST(FrameDecoder, RefusesRawImagesWithHugeNumbers) {
  constexpr int64_t kLargest = 4294967295;
  for (const Format format : kFormats) {
    EXPECT_THAT(ErrorOf(RawImage{kLargest, kLargest, format, ""}), HasSubstr("at most"));
    EXPECT_THAT(ErrorOf(RawImage{kLargest, 16, format, ""}), HasSubstr("at most"));
    EXPECT_THAT(ErrorOf(RawImage{16, 16, format, std::string(768, 'x'), kLargest - 1}),
                HasSubstr("frame.raw.data has 768 bytes"));
  }
}

// ---- limits and hostile files

TEST(FrameDecoder, RefusesOversizedFilesBeforeDecodingThem) {
  const std::string file = EncodeImage(".png", TwoColours(100, 50));
  EXPECT_THAT(ErrorOf(EncodedImage{file}, {.max_pixels = 4999}),
              HasSubstr("frame.encoded is 100 x 50 pixels; at most 4999"));
  EXPECT_TRUE(FrameDecoder({.max_pixels = 5000}).Decode(EncodedImage{file}).ok());
  const std::string promise = PngFile(65000, 65000, 8, 2, false, PngChunk("IDAT", Deflated("few")));
  EXPECT_THAT(ErrorOf(EncodedImage{promise}), HasSubstr("65000 x 65000 pixels; at most 16777216"));
}

TEST(FrameDecoder, RefusesFilesOfMoreBytesThanAllowed) {
  const std::string file = EncodeImage(".png", TwoColours()) + std::string(2000, 'x');
  const auto bytes = static_cast<int64_t>(file.size());
  EXPECT_TRUE(FrameDecoder({.max_file_bytes = bytes}).Decode(EncodedImage{file}).ok());
  EXPECT_THAT(ErrorOf(EncodedImage{file}, {.max_file_bytes = bytes - 1}),
              AllOf(HasSubstr("frame.encoded has"), HasSubstr("at most " + std::to_string(bytes - 1))));
  EXPECT_THAT(ErrorOf(EncodedImage{std::string((4 << 20) + 1, 'x')}), HasSubstr("at most 4194304"));
}

TEST(FrameDecoder, ConfigErrorsNameTheFlag) {
  EXPECT_TRUE(FrameDecoderConfig().Validate().ok());
  EXPECT_THAT(std::string(FrameDecoderConfig{.max_pixels = 255}.Validate().message()),
              HasSubstr("max-image-pixels"));
  EXPECT_THAT(std::string(FrameDecoderConfig{.max_file_bytes = 1023}.Validate().message()),
              HasSubstr("max-frame-bytes"));
}

TEST(FrameDecoder, RefusesCorruptFilesWithAReason) {
  const std::string jpeg = EncodeImage(".jpg", TwoColours());
  EXPECT_THAT(ErrorOf(EncodedImage{jpeg.substr(0, jpeg.size() / 2)}), HasSubstr("cut off"));
  EXPECT_THAT(ErrorOf(EncodedImage{jpeg.substr(0, 20)}), HasSubstr("damaged header"));
  EXPECT_THAT(ErrorOf(EncodedImage{"no picture at all"}), HasSubstr("neither a JPEG nor a PNG nor a WebP"));
  EXPECT_THAT(ErrorOf(EncodedImage{""}), HasSubstr("neither"));
  const std::string png = EncodeImage(".png", TwoColours());
  EXPECT_THAT(ErrorOf(EncodedImage{png.substr(0, 60)}), HasSubstr("cut off"));
  EXPECT_THAT(ErrorOf(EncodedImage{PngFile(64, 64, 8, 2, false, PngChunk("IDAT", Deflated("few")))}),
              HasSubstr("damaged"));
}

// ---- files that only lack their end

std::vector<std::pair<std::string, std::string>> KindsOfJpeg() {
  const cv::Mat colour = Gradient(99, 70), grey = Gradient(99, 70).reshape(1).colRange(0, 99).clone();
  return {{"baseline", EncodeImage(".jpg", colour)},
          {"sharp", EncodeImage(".jpg", colour, {cv::IMWRITE_JPEG_QUALITY, 100})},
          {"grey", EncodeImage(".jpg", grey)},
          {"progressive", EncodeImage(".jpg", colour, {cv::IMWRITE_JPEG_PROGRESSIVE, 1})},
          {"restarts", EncodeImage(".jpg", colour, {cv::IMWRITE_JPEG_RST_INTERVAL, 1})},
          {"a scan for each component", SeparateScansJpeg(colour)},
          {"turned", WithExifOrientation(EncodeImage(".jpg", colour), 6)}};
}

void ExpectTakenWithARemark(const std::string& without_end, const std::string& whole) {
  const auto decoded = FrameDecoder({}).Decode(EncodedImage{without_end});
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_THAT(decoded->warning, HasSubstr("without its last bytes"));
  EXPECT_EQ(LargestDifference(decoded->bgr, Decode(EncodedImage{whole})), 0);
}

TEST(FrameDecoder, AcceptsAJpegWithoutItsEndMarkerWithAWarning) {
  for (const auto& [kind, file] : KindsOfJpeg()) {
    SCOPED_TRACE(kind);
    ExpectTakenWithARemark(file.substr(0, file.size() - 2), file);
    ExpectTakenWithARemark(file.substr(0, file.size() - 1), file);
    ExpectTakenWithARemark(file.substr(0, file.size() - 2) + std::string(500, '\0'), file);
  }
}

TEST(FrameDecoder, AcceptsAPngWithoutItsLastChunkWithAWarning) {
  for (const std::string& file : {EncodeImage(".png", Gradient()), InterlacedPng(Gradient(17, 31))}) {
    for (size_t missing = 1; missing <= 12; ++missing) {
      ExpectTakenWithARemark(file.substr(0, file.size() - missing), file);
    }
  }
}

TEST(FrameDecoder, IgnoresDataAfterTheEnd) {
  for (const char* extension : {".jpg", ".png", ".webp"}) {
    const std::string file = EncodeImage(extension, Gradient());
    for (const std::string& rest : {std::string(3000, '\0'), std::string("\xFF\xD9\xFF"), file}) {
      const std::string longer = file + rest;
      EXPECT_EQ(LargestDifference(Decode(EncodedImage{longer}), Decode(EncodedImage{file})), 0) << extension;
    }
  }
}

TEST(FrameDecoder, RefusesAJpegThatLacksAnyOfItsPixels) {
  for (const auto& [kind, file] : KindsOfJpeg()) {
    for (size_t size = 4; size < file.size() - 2; ++size) {
      const auto decoded = FrameDecoder({}).Decode(EncodedImage{std::string_view(file).substr(0, size)});
      EXPECT_TRUE(absl::IsInvalidArgument(decoded.status())) << kind << ", " << size << " of " << file.size();
    }
  }
}

TEST(FrameDecoder, RefusesAPngThatLacksAnyOfItsPixels) {
  const std::string file = EncodeImage(".png", Gradient());
  for (size_t size = 8; size < file.size() - 12; ++size) {
    const auto decoded = FrameDecoder({}).Decode(EncodedImage{std::string_view(file).substr(0, size)});
    EXPECT_TRUE(absl::IsInvalidArgument(decoded.status())) << size << " of " << file.size();
  }
}

TEST(FrameDecoder, RefusesTruncatedWebp) {
  const std::string file = EncodeImage(".webp", Gradient());
  const std::string shorter = file.substr(0, file.size() - 1);
  EXPECT_TRUE(cv::imdecode(std::vector<uchar>(shorter.begin(), shorter.end()), cv::IMREAD_COLOR).empty());
  EXPECT_THAT(ErrorOf(EncodedImage{shorter}), HasSubstr("cut off"));
}

TEST(FrameDecoder, SkipsBytesBetweenTheSegmentsOfAJpeg) {
  const std::string file = EncodeImage(".jpg", Gradient());
  std::string padded = file;
  padded.insert(file.find("\xFF\xDB"), std::string("padding\xFF\0of a camera", 19));
  EXPECT_EQ(LargestDifference(Decode(EncodedImage{padded}), Decode(EncodedImage{file})), 0);
}

TEST(FrameDecoder, ASecondFrameHeaderOrCanvasDoesNotMakeTheImageLarger) {
  const std::string jpeg = EncodeImage(".jpg", Gradient());
  std::string twice = jpeg;
  const std::string second =
      std::string("\xFF\xC0\x00\x11\x08\x0F\xFF\x0F\xFF", 9) + jpeg.substr(jpeg.find("\xFF\xC0") + 9, 10);
  twice.insert(jpeg.find("\xFF\xDA"), second);
  EXPECT_THAT(ErrorOf(EncodedImage{twice}), HasSubstr("damaged"));

  const std::string webp = EncodeImage(".webp", Gradient(640, 480));
  EXPECT_THAT(ErrorOf(EncodedImage{ExtendedWebp(0, 64, 48, webp.substr(12))}), HasSubstr("damaged"));
}

TEST(FrameDecoder, RefusesAFrameWithoutAnImage) {
  EXPECT_THAT(ErrorOf(std::monostate()), HasSubstr("frame.image is missing"));
}

}  // namespace
}  // namespace trackfit::extraction
