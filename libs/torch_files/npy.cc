#include "torch_files/npy.h"

#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "files/partial_file.h"

namespace trackfit::torch_files {
namespace {

constexpr std::string_view kMagic("\x93NUMPY", 6);
constexpr size_t kAlignment = 64;

absl::Status Invalid(const std::string& what) { return absl::InvalidArgumentError(what); }

// The text between `begin` and `end` after the dictionary's key.
std::optional<std::string> Field(std::string_view header, std::string_view key, char begin, char end) {
  const size_t at = header.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  const size_t from = header.find(begin, at + key.size());
  if (from == std::string_view::npos) return std::nullopt;
  const size_t to = header.find(end, from + 1);
  if (to == std::string_view::npos) return std::nullopt;
  return std::string(header.substr(from + 1, to - from - 1));
}

// Row-major element count within `limit`, or nullopt.
std::optional<size_t> Elements(const std::vector<int64_t>& shape, size_t limit) {
  size_t count = 1;
  for (const int64_t size : shape) {
    if (size < 0) return std::nullopt;
    if (size != 0 && count > limit / static_cast<size_t>(size)) return std::nullopt;
    count *= static_cast<size_t>(size);
  }
  return count;
}

}  // namespace

absl::StatusOr<Array> ParseNpy(std::string_view bytes) {
  if (bytes.size() < 12 || bytes.compare(0, kMagic.size(), kMagic) != 0)
    return Invalid("it is not a .npy file");

  const bool wide = bytes[6] > 1;  // version 1 has a 16-bit header length, later ones a 32-bit one
  const size_t prefix = wide ? 12 : 10;
  size_t length = 0;
  for (size_t i = prefix; i-- > 8;) length = length << 8 | static_cast<unsigned char>(bytes[i]);
  if (length > bytes.size() - prefix) return Invalid("its header is cut off");
  const std::string_view header(bytes.data() + prefix, length);

  const auto type = Field(header, "'descr':", '\'', '\'');
  if (type != "<f4") return Invalid("its values are not little-endian float32");
  if (header.find("'fortran_order': False") == std::string_view::npos) return Invalid("it is not in C order");
  const auto shape = Field(header, "'shape':", '(', ')');
  if (!shape.has_value()) return Invalid("it has no shape");
  Array array;
  for (const absl::string_view part : absl::StrSplit(*shape, ',', absl::SkipWhitespace())) {
    int64_t size = 0;
    if (!absl::SimpleAtoi(part, &size)) return Invalid("its shape is malformed");
    array.shape.push_back(size);
  }
  const size_t available = bytes.size() - prefix - length;
  const auto elements = Elements(array.shape, available / sizeof(float));
  if (!elements.has_value() || *elements * sizeof(float) != available) {
    return Invalid("its size does not match its shape");
  }
  array.values.resize(*elements);
  if (available > 0) std::memcpy(array.values.data(), bytes.data() + prefix + length, available);
  return array;
}

absl::StatusOr<Array> ReadNpy(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat(path, ": cannot be opened"));
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  absl::StatusOr<Array> array = ParseNpy(bytes);
  if (!array.ok())
    return absl::Status(array.status().code(), absl::StrCat(path, ": ", array.status().message()));
  return array;
}

absl::Status WriteNpy(const std::string& path, const Array& array) {
  if (Elements(array.shape, array.values.size()) != array.values.size()) {
    return Invalid(absl::StrCat(path, ": the shape does not match the values"));
  }
  std::string header =
      absl::StrCat("{'descr': '<f4', 'fortran_order': False, 'shape': (", absl::StrJoin(array.shape, ", "),
                   array.shape.size() == 1 ? ",), }" : "), }");
  constexpr size_t kPrefix = 10;
  header.append(kAlignment - (kPrefix + header.size() + 1) % kAlignment, ' ');
  header.push_back('\n');
  std::string bytes(kMagic);
  bytes += {'\x01', '\0'};
  bytes.push_back(static_cast<char>(header.size() & 0xff));
  bytes.push_back(static_cast<char>(header.size() >> 8));
  bytes += header;
  bytes.append(reinterpret_cast<const char*>(array.values.data()), array.values.size() * sizeof(float));
  return files::ReplaceFile(path, bytes);
}

}  // namespace trackfit::torch_files
