// A gold standard: one repetition as it should be, the mean of recorded ones.
#ifndef TRACKFIT_REFERENCE_REFERENCE_H_
#define TRACKFIT_REFERENCE_REFERENCE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "reference/figure.h"

namespace trackfit::reference {

// Of a reference's file, bytes.
inline constexpr size_t kMaxFileBytes = 256 * 1024;

// Of the body.
enum class Part { kArms, kTrunk, kLegs };
inline constexpr int kPartCount = 3;
// "arms", "trunk" or "legs".
std::string_view PartName(Part part);

struct Reference {
  std::string exercise;
  std::string name;
  std::string source;          // what it was recorded from, in words
  int repetitions = 0;         // that it is the mean of
  int64_t duration_us = 0;     // mean of theirs
  std::vector<Part> parts;     // that matter to the exercise, in the order of Part; not empty
  float depth_error = 0;       // standard deviation of a segment's depth, torso lengths; 0 = exact
  std::vector<Figure> phases;  // kPhases
  // Standard deviation of each angle between the repetitions, degrees, by phase; 0 where it is not known.
  std::vector<std::array<float, kAngleCount>> spread;

  // Of the mean skeleton, by phase, degrees; NaN where a joint was never seen.
  std::vector<std::array<float, kAngleCount>> Angles() const;

  // JSON as docs/reference.md describes it, on lines of one joint or angle.
  std::string ToJson() const;
  // INVALID_ARGUMENT naming the field that is missing, unknown or wrong, or that the text is too long.
  static absl::StatusOr<Reference> Parse(std::string_view json);
};

// The references of a folder. Immutable, so thread-safe.
class References {
 public:
  // Reads <folder>/*.json; errors as Parse, naming the file; also when two have one name. NOT_FOUND when the
  // folder cannot be read.
  static absl::StatusOr<std::shared_ptr<const References>> Load(const std::string& folder);
  // Throws nothing; names are unique.
  explicit References(std::vector<Reference> references);

  const std::vector<Reference>& references() const { return references_; }  // sorted by name
  // Null when there is none of this name.
  const Reference* Find(std::string_view name) const;

 private:
  std::vector<Reference> references_;
};

}  // namespace trackfit::reference

#endif  // TRACKFIT_REFERENCE_REFERENCE_H_
