// Bounds-checked reading of numbers from an untrusted file.
#ifndef TRACKFIT_EXTRACTION_FILE_BYTES_H_
#define TRACKFIT_EXTRACTION_FILE_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace trackfit::extraction {

// A view of the bytes; those past the end read as zero.
class FileBytes {
 public:
  explicit FileBytes(std::string_view bytes) : bytes_(bytes) {}

  std::size_t size() const { return bytes_.size(); }
  bool Has(std::size_t offset, std::string_view text) const {
    return offset < bytes_.size() && bytes_.substr(offset, text.size()) == text;
  }
  int64_t At(std::size_t offset) const {
    return offset < bytes_.size() ? static_cast<unsigned char>(bytes_[offset]) : 0;
  }
  int64_t Big(std::size_t offset, int count) const {
    int64_t value = 0;
    for (int i = 0; i < count; ++i) value = value << 8 | At(offset + static_cast<std::size_t>(i));
    return value;
  }
  int64_t Little(std::size_t offset, int count) const {
    int64_t value = 0;
    for (int i = count - 1; i >= 0; --i) value = value << 8 | At(offset + static_cast<std::size_t>(i));
    return value;
  }
  // Up to `size` bytes from `offset`, as far as they exist.
  std::string_view Part(std::size_t offset, std::size_t size) const {
    return offset < bytes_.size() ? bytes_.substr(offset, size) : std::string_view();
  }
  // The offset of the next `byte`; size() when there is none.
  std::size_t Find(char byte, std::size_t offset) const {
    const std::size_t found = bytes_.find(byte, offset);
    return found == std::string_view::npos ? bytes_.size() : found;
  }

 private:
  std::string_view bytes_;
};

}  // namespace trackfit::extraction

#endif  // TRACKFIT_EXTRACTION_FILE_BYTES_H_
