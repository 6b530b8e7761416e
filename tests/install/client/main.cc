// The C++ client of README.md at work: client GATEWAY FOLDER_OF_PICTURES.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "readme_client.h"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  std::vector<std::filesystem::path> files(std::filesystem::directory_iterator(argv[2]), {});
  std::sort(files.begin(), files.end());
  std::vector<std::string> pictures;
  for (const auto& path : files) {
    std::ifstream file(path, std::ios::binary);
    pictures.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  const grpc::Status status = Analyze(argv[1], pictures, 30);
  if (!status.ok()) std::cerr << status.error_message() << "\n";
  return status.ok() ? 0 : 1;
}
