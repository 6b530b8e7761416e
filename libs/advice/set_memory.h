// What the advisor remembers of the set so far.
#ifndef TRACKFIT_ADVICE_SET_MEMORY_H_
#define TRACKFIT_ADVICE_SET_MEMORY_H_

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "repetitions/exercise.h"
#include "repetitions/repetition.h"

namespace trackfit::advice {

// How far a finding is outside its good range, in units of what is slightly off; 0 when good or not judged.
float ExcessOf(const repetitions::Condition& condition, const repetitions::Finding& finding);

// Of one condition. Counts are of repetitions.
struct ConditionMemory {
  uint32_t judged = 0;
  uint32_t below = 0;             // off, below the good range
  uint32_t above = 0;             // off, above it
  uint32_t clearly = 0;           // of both, clearly
  uint32_t good_running = 0;      // good ones since it was off the last time
  uint32_t recent = 0;            // a bit for each, the last lowest: 1 = off
  std::vector<uint32_t> numbers;  // the first ones in which it was off
  uint32_t unpraised = 0;         // off since it was last praised for having improved
  bool advised = false;           // was told to change it, and it has not been good since
  float advised_excess = 0;       // how far off it was then
  uint32_t praised = 0;           // times that it was praised

  uint32_t off() const { return below + above; }
  // Off in the last one, and in one of the two before.
  bool repeated() const { return (recent & 1) != 0 && (recent & 6) != 0; }
};

// Not thread-safe. Its size is bounded by the exercise's conditions.
class SetMemory {
 public:
  // Starts anew when the repetition is of another set or exercise.
  void Add(const repetitions::Exercise& exercise, const repetitions::Repetition& repetition);

  // Whether this is what is remembered.
  bool IsOf(uint32_t set, std::string_view exercise) const { return set_ == set && exercise_ == exercise; }
  // Of a condition; empty if nothing was.
  ConditionMemory& Of(const std::string& code) { return conditions_[code]; }

  uint32_t repetitions() const { return repetitions_; }  // all, complete or not
  const std::vector<uint32_t>& partial() const {
    return partial_;
  }  // numbers of the first that were not complete

  nlohmann::json Save() const;
  // Throws nlohmann::json::exception.
  void Load(const nlohmann::json& saved);

 private:
  uint32_t set_ = 0;
  std::string exercise_;
  uint32_t repetitions_ = 0;
  std::vector<uint32_t> partial_;
  std::map<std::string, ConditionMemory> conditions_;  // by code
};

}  // namespace trackfit::advice

#endif  // TRACKFIT_ADVICE_SET_MEMORY_H_
