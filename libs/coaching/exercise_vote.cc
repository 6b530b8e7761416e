#include "coaching/exercise_vote.h"

#include <map>
#include <nlohmann/json.hpp>

namespace trackfit::coaching {
namespace {

constexpr size_t kVotes = 4;

}  // namespace

void ExerciseVote::Add(const assessment::Assessment& window) {
  votes_.push_back(window.known ? window.exercise : "");
  if (votes_.size() > kVotes) votes_.pop_front();
}

std::string ExerciseVote::Leader(int votes) const {
  std::map<std::string, int> counts;
  for (const std::string& vote : votes_) {
    if (!vote.empty()) ++counts[vote];
  }
  std::string leader;
  int most = 0;
  for (const auto& [exercise, count] : counts) {
    if (count == most) leader.clear();
    if (count > most) {
      leader = exercise;
      most = count;
    }
  }
  return most >= votes ? leader : "";
}

const std::string& ExerciseVote::last() const {
  static const std::string kUnknown;
  return votes_.empty() ? kUnknown : votes_.back();
}

nlohmann::json ExerciseVote::Save() const { return votes_; }

void ExerciseVote::Load(const nlohmann::json& saved) { saved.get_to(votes_); }

}  // namespace trackfit::coaching
