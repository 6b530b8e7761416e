#include "experiment/epoch_log.h"

#include <fstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "files/partial_file.h"

namespace trackfit::experiment {

absl::StatusOr<EpochLog> EpochLog::Open(std::filesystem::path path, int last_epoch) {
  EpochLog log(std::move(path));
  std::ifstream file(log.path_);
  if (!file || last_epoch == 0) return log;
  std::getline(file, log.header_);
  int number = 1;
  for (std::string line; std::getline(file, line);) {
    ++number;
    int epoch = 0;
    if (!absl::SimpleAtoi(line.substr(0, line.find(',')), &epoch)) {
      return absl::InvalidArgumentError(
          absl::StrCat(log.path_.string(), ":", number, ": it must begin with an epoch"));
    }
    if (epoch <= last_epoch) log.rows_.push_back(line);
  }
  return log;
}

absl::Status EpochLog::Append(const LogRow& row) {
  const std::string header =
      absl::StrJoin(row, ",", [](std::string* out, const auto& cell) { *out += cell.first; });
  if (header_.empty()) header_ = header;
  if (header_ != header) {
    return absl::FailedPreconditionError(
        absl::StrCat(path_.string(), " has the columns ", header_, ", not ", header));
  }
  rows_.push_back(absl::StrJoin(row, ",", [](std::string* out, const auto& cell) {
    if (cell.second.has_value()) absl::StrAppend(out, *cell.second);
  }));
  return files::ReplaceFile(path_, absl::StrCat(header_, "\n", absl::StrJoin(rows_, "\n"), "\n"));
}

}  // namespace trackfit::experiment
