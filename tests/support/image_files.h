// Image files for tests: written by OpenCV, and edited where OpenCV cannot write what a test needs.
#ifndef TRACKFIT_TESTS_SUPPORT_IMAGE_FILES_H_
#define TRACKFIT_TESTS_SUPPORT_IMAGE_FILES_H_

#include <jpeglib.h>
#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>  // must precede jpeglib.h
#include <cstdlib>
#include <map>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace trackfit::testing {

// The extension determines the format.
inline std::string EncodeImage(const std::string& extension, const cv::Mat& image,
                               const std::vector<int>& parameters = {}) {
  std::vector<unsigned char> bytes;
  if (!cv::imencode(extension, image, bytes, parameters)) throw std::runtime_error("cannot encode");
  return {bytes.begin(), bytes.end()};
}

inline std::string BigEndian(uint32_t value, int bytes = 4) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i) & 0xFF);
  return text;
}

inline std::string LittleEndian(uint32_t value, int bytes = 4) {
  const std::string big = BigEndian(value, bytes);
  return {big.rbegin(), big.rend()};
}

// ---- JPEG

inline std::string JpegSegment(int marker, const std::string& data) {
  return "\xFF" + BigEndian(static_cast<uint32_t>(marker), 1) +
         BigEndian(static_cast<uint32_t>(data.size() + 2), 2) + data;
}

// A TIFF structure with one entry: the orientation, 1 to 8.
inline std::string ExifOrientation(int orientation) {
  return std::string("MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0", 19) +
         static_cast<char>(orientation) + std::string(6, '\0');
}

inline std::string WithExifOrientation(const std::string& jpeg, int orientation) {
  const std::string exif = std::string("Exif\0\0", 6) + ExifOrientation(orientation);
  return jpeg.substr(0, 2) + JpegSegment(0xE1, exif) + jpeg.substr(2);
}

// The image as stored by a camera held in that orientation: applying the EXIF orientation gives `upright`.
inline cv::Mat StoredWithOrientation(const cv::Mat& upright, int orientation) {
  cv::Mat stored = upright.clone();
  if (orientation >= 5) cv::transpose(stored, stored);
  const std::map<int, int> flips = {{2, 1}, {3, -1}, {4, 0},
                                    {6, 0}, {7, -1}, {8, 1}};  // as cv::flip takes them
  if (const auto flip = flips.find(orientation); flip != flips.end()) cv::flip(stored, stored, flip->second);
  return stored;
}

// The file with its last scan repeated `times` more.
inline std::string WithRepeatedScan(const std::string& jpeg, int times) {
  const std::size_t scan = jpeg.rfind("\xFF\xDA");
  std::string longer = jpeg.substr(0, jpeg.size() - 2);
  for (int i = 0; i < times; ++i) longer += jpeg.substr(scan, jpeg.size() - 2 - scan);
  return longer + "\xFF\xD9";
}

// A baseline file with a scan for each component, as some scanners write it.
inline std::string SeparateScansJpeg(const cv::Mat& bgr) {
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors;
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;  // NOLINT(google-runtime-int): libjpeg's type
  jpeg_mem_dest(&jpeg, &bytes, &size);
  jpeg.image_width = static_cast<JDIMENSION>(bgr.cols);
  jpeg.image_height = static_cast<JDIMENSION>(bgr.rows);
  jpeg.input_components = 3;
  jpeg.in_color_space = JCS_EXT_BGR;
  jpeg_set_defaults(&jpeg);
  const jpeg_scan_info scans[] = {{1, {0}, 0, 63, 0, 0}, {1, {1}, 0, 63, 0, 0}, {1, {2}, 0, 63, 0, 0}};
  jpeg.scan_info = scans;
  jpeg.num_scans = 3;
  jpeg_start_compress(&jpeg, TRUE);
  for (int y = 0; y < bgr.rows; ++y) {
    JSAMPROW row = const_cast<unsigned char*>(bgr.ptr(y));
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  std::string file(reinterpret_cast<const char*>(bytes), size);
  jpeg_destroy_compress(&jpeg);
  std::free(bytes);
  return file;
}

// 16 x 16 pixels of mid-grey in four components (C, M, Y, K), with the Huffman tables of a baseline file.
inline std::string CmykJpeg() {
  const std::string donor = EncodeImage(".jpg", cv::Mat(16, 16, CV_8UC3, cv::Scalar::all(9)));
  std::string tables;
  for (std::size_t at = 2; donor[at + 1] != '\xDA';) {
    const std::size_t length =
        2 + static_cast<unsigned char>(donor[at + 2]) * 256U + static_cast<unsigned char>(donor[at + 3]);
    if (donor[at + 1] == '\xDB' || donor[at + 1] == '\xC4') tables += donor.substr(at, length);
    at += length;
  }
  std::string frame = BigEndian(8, 1) + BigEndian(16, 2) + BigEndian(16, 2) + "\x04", scan = "\x04";
  for (char component = 1; component <= 4; ++component) {
    frame += std::string{component, '\x11', '\0'};
    scan += std::string{component, '\0'};
  }
  scan += std::string("\0\x3F\0", 3);
  std::string data;
  for (int block = 0; block < 4; ++block) data += "\x28\xA2\x8A";  // each: zero difference, end of block
  return "\xFF\xD8" + tables + JpegSegment(0xC0, frame) + JpegSegment(0xDA, scan) + data + "\xFF\xD9";
}

// ---- PNG

inline std::string PngChunk(const std::string& type, const std::string& data) {
  const std::string body = type + data;
  const auto checksum = crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
  return BigEndian(static_cast<uint32_t>(data.size())) + body + BigEndian(static_cast<uint32_t>(checksum));
}

inline std::string Deflated(const std::string& raw) {
  uLongf size = compressBound(raw.size());
  std::string deflated(size, '\0');
  compress2(reinterpret_cast<Bytef*>(deflated.data()), &size, reinterpret_cast<const Bytef*>(raw.data()),
            raw.size(), 9);
  deflated.resize(size);
  return deflated;
}

// A PNG with the given chunks after its header.
inline std::string PngFile(int width, int height, int depth, int colour_type, bool interlaced,
                           const std::string& chunks) {
  const std::string header = BigEndian(static_cast<uint32_t>(width)) +
                             BigEndian(static_cast<uint32_t>(height)) + static_cast<char>(depth) +
                             static_cast<char>(colour_type) + std::string(2, '\0') +
                             static_cast<char>(interlaced ? 1 : 0);
  return "\x89PNG\r\n\x1A\n" + PngChunk("IHDR", header) + chunks + PngChunk("IEND", "");
}

// The file with `chunks` inserted right after its header.
inline std::string WithPngChunks(const std::string& png, const std::string& chunks) {
  constexpr std::size_t kHeaderEnd = 33;
  return png.substr(0, kHeaderEnd) + chunks + png.substr(kHeaderEnd);
}

// 8-bit RGB pixels in the seven passes of Adam7.
inline std::string InterlacedPng(const cv::Mat& bgr) {
  constexpr int kPasses[7][4] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                                 {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};
  std::string rows;
  for (const auto& [left, top, step_x, step_y] : kPasses) {
    for (int y = top; y < bgr.rows; y += step_y) {
      rows += '\0';  // no filter
      for (int x = left; x < bgr.cols; x += step_x) {
        const auto& pixel = bgr.at<cv::Vec3b>(y, x);
        for (const int channel : {2, 1, 0}) rows += static_cast<char>(pixel[channel]);
      }
    }
  }
  return PngFile(bgr.cols, bgr.rows, 8, 2, true, PngChunk("IDAT", Deflated(rows)));
}

// ---- WebP

inline std::string RiffChunk(const std::string& type, const std::string& data) {
  return type + LittleEndian(static_cast<uint32_t>(data.size())) + data + (data.size() % 2 ? "\0" : "");
}

// A WebP file in the extended format; `chunks` follow its header.
inline std::string ExtendedWebp(int flags, int width, int height, const std::string& chunks) {
  const std::string header = static_cast<char>(flags) + std::string(3, '\0') +
                             LittleEndian(static_cast<uint32_t>(width - 1), 3) +
                             LittleEndian(static_cast<uint32_t>(height - 1), 3);
  return RiffChunk("RIFF", "WEBP" + RiffChunk("VP8X", header) + chunks);
}

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_SUPPORT_IMAGE_FILES_H_
