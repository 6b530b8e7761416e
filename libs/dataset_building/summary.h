// What became of each video of a data set: a table for people, and a file from which the next run sees what
// is done.
#ifndef TRACKFIT_DATASET_BUILDING_SUMMARY_H_
#define TRACKFIT_DATASET_BUILDING_SUMMARY_H_

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace trackfit::dataset_building {

inline constexpr const char* kSummaryFile = "summary.json";

// Identifies a version of an input. For a folder of images: over all of them.
struct SourceStamp {
  int64_t bytes = 0;
  int64_t modified_us = 0;  // the latest, since 1970
  int64_t files = 1;

  // NOT_FOUND when it is not there.
  static absl::StatusOr<SourceStamp> Of(const std::string& path);

  bool operator==(const SourceStamp&) const = default;
};

// A complete output.
struct ClipRecord {
  std::string source;  // path
  SourceStamp stamp;
  nlohmann::json options;  // everything that the output depends on
  int64_t output_bytes = 0;
  int64_t frames = 0;
  int64_t with_person = 0;
  double seconds = 0;  // that it took
  std::string note{};  // for people; "" = nothing to say
};

// The summary.json of an output folder. Not thread-safe.
class Summary {
 public:
  // Reads it, without the records of outputs that are gone or have changed; empty where there is none.
  // INVALID_ARGUMENT when the file is something else.
  static absl::StatusOr<Summary> Read(const std::filesystem::path& folder);

  // The record of `output` (relative to the folder) if it was made from this source with these options.
  const ClipRecord* Find(const std::string& output, const SourceStamp& stamp,
                         const nlohmann::json& options) const;

  void Add(const std::string& output, ClipRecord record);
  void AddLeftOut(const std::string& output, const std::string& source, const std::string& reason);

  // Replaces the file, whole. UNAVAILABLE when it cannot be written.
  absl::Status Write() const;

 private:
  explicit Summary(std::filesystem::path folder) : folder_(std::move(folder)) {}

  std::filesystem::path folder_;
  std::map<std::string, ClipRecord> records_;               // by output
  std::map<std::string, nlohmann::ordered_json> left_out_;  // by output; of this run
};

// A row of the table.
struct ClipResult {
  enum class State {
    kDone,
    kKept,     // done by an earlier run
    kLeftOut,  // cannot be read
    kMissing,  // interrupted before it was done
  };

  std::string name;
  State state = State::kMissing;
  int64_t frames = 0;
  int64_t with_person = 0;
  double seconds = 0;
  std::string note;  // what people should know of it; of kLeftOut: why
};

// One line per video and a total: frames, frames with a person, their share, seconds.
std::string DetectionTable(const std::vector<ClipResult>& results);

}  // namespace trackfit::dataset_building

#endif  // TRACKFIT_DATASET_BUILDING_SUMMARY_H_
