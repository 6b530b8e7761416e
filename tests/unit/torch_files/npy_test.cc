#include "torch_files/npy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace trackfit::torch_files {
namespace {

using namespace std::string_literals;

std::string PathFor(const std::string& name) { return ::testing::TempDir() + "npy_test_" + name + ".npy"; }

std::string Written(const std::string& name, const std::string& bytes) {
  std::ofstream(PathFor(name), std::ios::binary) << bytes;
  return PathFor(name);
}

std::string WithHeader(const std::string& header, const std::string& data) {
  return "\x93NUMPY\x01\x00"s + static_cast<char>(header.size()) + '\0' + header + data;
}

TEST(Npy, GivesBackWhatWasWritten) {
  for (const Array& array :
       {Array{{2, 3}, {1, 2, 3, 4, 5, 6}}, Array{{4}, {1, -1, 0.5, 2}}, Array{{0}, {}}}) {
    ASSERT_TRUE(WriteNpy(PathFor("round_trip"), array).ok());
    auto read = ReadNpy(PathFor("round_trip"));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->shape, array.shape);
    EXPECT_EQ(read->values, array.values);
    EXPECT_EQ((std::filesystem::file_size(PathFor("round_trip")) - array.values.size() * 4) % 64, 0);
  }
}

TEST(Npy, RefusesWhatIsNotFloat32InCOrder) {
  const std::string data(8, '\0');
  EXPECT_TRUE(
      ReadNpy(
          Written("good", WithHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n", data)))
          .ok());
  EXPECT_FALSE(
      ReadNpy(Written("f8", WithHeader("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }\n", data)))
          .ok());
  EXPECT_FALSE(
      ReadNpy(
          Written("fortran", WithHeader("{'descr': '<f4', 'fortran_order': True, 'shape': (2,), }\n", data)))
          .ok());
  EXPECT_FALSE(
      ReadNpy(
          Written("short", WithHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }\n", data)))
          .ok());
  EXPECT_FALSE(ReadNpy(Written("huge", WithHeader("{'descr': '<f4', 'fortran_order': False, 'shape': "
                                                  "(4611686018427387904, 4611686018427387904), }\n",
                                                  data)))
                   .ok());
  EXPECT_FALSE(
      ReadNpy(Written("negative",
                      WithHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }\n", data)))
          .ok());
  EXPECT_FALSE(ReadNpy(Written("cut", "\x93NUMPY\x01\x00\xff\x7f{"s)).ok());
  EXPECT_FALSE(ReadNpy(Written("empty", "")).ok());
  EXPECT_EQ(ReadNpy(PathFor("absent")).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace trackfit::torch_files
