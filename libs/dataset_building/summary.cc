#include "dataset_building/summary.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <limits>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "files/partial_file.h"
#include "media/frame_source.h"

namespace trackfit::dataset_building {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using nlohmann::ordered_json;

double Share(int64_t part, int64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

ordered_json ToJson(const std::string& output, const ClipRecord& record) {
  ordered_json entry = {{"output", output},
                        {"source",
                         {{"path", record.source},
                          {"bytes", record.stamp.bytes},
                          {"modified_us", record.stamp.modified_us},
                          {"files", record.stamp.files}}},
                        {"options", record.options},
                        {"output_bytes", record.output_bytes},
                        {"frames", record.frames},
                        {"with_person", record.with_person},
                        {"detection_rate", Share(record.with_person, record.frames)},
                        {"seconds", record.seconds}};
  if (!record.note.empty()) entry["note"] = record.note;
  return entry;
}

ClipRecord FromJson(const json& entry) {
  const json& source = entry.at("source");
  return {.source = source.at("path"),
          .stamp = {.bytes = source.at("bytes"),
                    .modified_us = source.at("modified_us"),
                    .files = source.at("files")},
          .options = entry.at("options"),
          .output_bytes = entry.at("output_bytes"),
          .frames = entry.at("frames"),
          .with_person = entry.at("with_person"),
          .seconds = entry.at("seconds"),
          .note = entry.value("note", "")};
}

void AddFile(const fs::path& path, SourceStamp& stamp, std::error_code& error) {
  stamp.bytes += static_cast<int64_t>(fs::file_size(path, error));
  if (error) return;
  const auto modified = std::chrono::file_clock::to_sys(fs::last_write_time(path, error)).time_since_epoch();
  stamp.modified_us = std::max<int64_t>(
      stamp.modified_us, std::chrono::duration_cast<std::chrono::microseconds>(modified).count());
}

// Names are padded to the same width, in characters that people see.
size_t Width(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string Row(const std::string& name, size_t width, const ClipResult& result, const std::string& note) {
  const std::string padding(width - std::min(width, Width(name)), ' ');
  std::string row =
      absl::StrFormat("%s%s  %8d  %8d  %5.1f %%  %8.1f", name, padding, result.frames, result.with_person,
                      100 * Share(result.with_person, result.frames), result.seconds);
  return note.empty() ? row + "\n" : absl::StrCat(row, "  ", note, "\n");
}

}  // namespace

absl::StatusOr<SourceStamp> SourceStamp::Of(const std::string& path) {
  SourceStamp stamp{.bytes = 0, .modified_us = std::numeric_limits<int64_t>::min(), .files = 0};
  std::error_code error;
  if (fs::is_directory(path, error)) {
    for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
      if (!media::IsImageFile(it->path())) continue;
      ++stamp.files;
      AddFile(it->path(), stamp, error);
      if (error) break;
    }
  } else {
    ++stamp.files;
    AddFile(path, stamp, error);
  }
  if (error) return absl::NotFoundError(absl::StrCat(path, ": ", error.message()));
  return stamp;
}

absl::StatusOr<Summary> Summary::Read(const fs::path& folder) {
  Summary summary(folder);
  const fs::path path = folder / kSummaryFile;
  std::error_code error;
  if (!fs::exists(path, error)) return summary;
  try {
    std::ifstream stream(path);
    const json file = json::parse(stream);
    for (const json& entry : file.at("videos")) {
      const std::string output = entry.at("output");
      ClipRecord record = FromJson(entry);
      const auto bytes = static_cast<int64_t>(fs::file_size(folder / output, error));
      if (!error && bytes == record.output_bytes) summary.records_.emplace(output, std::move(record));
    }
  } catch (const json::exception& problem) {
    return absl::InvalidArgumentError(absl::StrCat(
        path.string(), " is no summary of an extraction; choose another --output (", problem.what(), ")"));
  }
  return summary;
}

const ClipRecord* Summary::Find(const std::string& output, const SourceStamp& stamp,
                                const json& options) const {
  const auto found = records_.find(output);
  if (found == records_.end()) return nullptr;
  return found->second.stamp == stamp && found->second.options == options ? &found->second : nullptr;
}

void Summary::Add(const std::string& output, ClipRecord record) {
  left_out_.erase(output);
  records_.insert_or_assign(output, std::move(record));
}

void Summary::AddLeftOut(const std::string& output, const std::string& source, const std::string& reason) {
  left_out_[output] = {{"output", output}, {"source", {{"path", source}}}, {"reason", reason}};
}

absl::Status Summary::Write() const {
  ordered_json videos = ordered_json::array();
  ordered_json left_out = ordered_json::array();
  ClipRecord total;
  for (const auto& [output, record] : records_) {
    videos.push_back(ToJson(output, record));
    total.frames += record.frames;
    total.with_person += record.with_person;
    total.seconds += record.seconds;
  }
  for (const auto& [output, entry] : left_out_) left_out.push_back(entry);
  const ordered_json file = {{"total",
                              {{"videos", records_.size()},
                               {"frames", total.frames},
                               {"with_person", total.with_person},
                               {"detection_rate", Share(total.with_person, total.frames)},
                               {"seconds", total.seconds}}},
                             {"left_out", std::move(left_out)},
                             {"videos", std::move(videos)}};
  // A file name need not be UTF-8.
  return files::ReplaceFile(folder_ / kSummaryFile,
                            file.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n");
}

std::string DetectionTable(const std::vector<ClipResult>& results) {
  using State = ClipResult::State;
  ClipResult total;
  int64_t whole = 0;
  size_t width = 0;
  for (const ClipResult& result : results) {
    width = std::max(width, Width(result.name));
    if (result.state != State::kDone && result.state != State::kKept) continue;
    ++whole;
    total.frames += result.frames;
    total.with_person += result.with_person;
    total.seconds += result.seconds;
  }
  const std::string total_name = results.size() == static_cast<size_t>(whole)
                                     ? absl::StrCat(whole, whole == 1 ? " video" : " videos")
                                     : absl::StrCat(whole, " of ", results.size(), " videos");
  width = std::max({width, total_name.size(), size_t{5}});

  std::string table = absl::StrFormat("%-*s  %8s  %8s  %7s  %8s\n", static_cast<int>(width), "video",
                                      "frames", "person", "rate", "seconds");
  for (const ClipResult& result : results) {
    const std::string padding(width - Width(result.name), ' ');
    switch (result.state) {
      case State::kDone:
        table += Row(result.name, width, result, result.note);
        break;
      case State::kKept:
        table += Row(result.name, width, result,
                     result.note.empty() ? "done before" : absl::StrCat("done before; ", result.note));
        break;
      case State::kLeftOut:
        absl::StrAppend(&table, result.name, padding, "  left out: ", result.note, "\n");
        break;
      case State::kMissing:
        break;  // after an interruption that may be nearly all
    }
  }
  return table + Row(total_name, width, total, "");
}

}  // namespace trackfit::dataset_building
