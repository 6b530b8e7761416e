#include "handover/clip_state.h"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace trackfit::handover {
namespace {

using Clip = assessment::ClipSummary;

ClipState::Coverage ToProto(const assessment::Coverage& coverage) {
  ClipState::Coverage message;
  message.set_us(coverage.us());
  if (coverage.last_sequence()) message.set_last_sequence(*coverage.last_sequence());
  return message;
}

assessment::Coverage FromProto(const ClipState::Coverage& message) {
  return {message.us(), message.has_last_sequence() ? std::optional(message.last_sequence()) : std::nullopt};
}

ClipState::Named ToProto(const Clip::Named& named) {
  ClipState::Named message;
  message.set_windows(named.windows);
  message.set_known_log_odds(named.known_log_odds);
  *message.mutable_coverage() = ToProto(named.coverage);
  message.set_counted(named.counted);
  message.set_title(named.title);
  return message;
}

Clip::Named FromProto(const ClipState::Named& message) {
  return {message.windows(), message.known_log_odds(), FromProto(message.coverage()), message.counted(),
          message.title()};
}

ClipState::Judged ToProto(const Clip::Judged& judged) {
  ClipState::Judged message;
  message.set_windows(judged.windows);
  message.set_rated(judged.rated);
  message.set_cosine(judged.cosine);
  message.set_score(judged.score);
  message.mutable_joint_windows()->Assign(judged.joint_windows.begin(), judged.joint_windows.end());
  message.mutable_error()->Assign(judged.error.begin(), judged.error.end());
  message.mutable_percentile()->Assign(judged.percentile.begin(), judged.percentile.end());
  return message;
}

template <class Values, class Array>
void Fill(const Values& values, Array& array) {
  const auto count = std::min(static_cast<size_t>(values.size()), array.size());
  std::copy_n(values.begin(), count, array.begin());
}

Clip::Judged FromProto(const ClipState::Judged& message) {
  Clip::Judged judged;
  judged.windows = message.windows();
  judged.rated = message.rated();
  judged.cosine = message.cosine();
  judged.score = message.score();
  Fill(message.joint_windows(), judged.joint_windows);
  Fill(message.error(), judged.error);
  Fill(message.percentile(), judged.percentile);
  return judged;
}

ClipState::Sums ToProto(const Clip::Sums& sums) {
  ClipState::Sums message;
  message.set_windows(sums.windows);
  message.set_known_log_odds(sums.known_log_odds);
  message.set_known_score(sums.known_score);
  *message.mutable_coverage() = ToProto(sums.coverage);
  message.mutable_embedding()->Assign(sums.embedding.begin(), sums.embedding.end());
  message.mutable_probability()->insert(sums.probability.begin(), sums.probability.end());
  for (const auto& [exercise, named] : sums.named) (*message.mutable_named())[exercise] = ToProto(named);
  for (const auto& [exercise, judged] : sums.judged) (*message.mutable_judged())[exercise] = ToProto(judged);
  return message;
}

Clip::Sums FromProto(const ClipState::Sums& message) {
  Clip::Sums sums;
  if (message.windows() <= 0 || message.judged().empty()) return sums;  // no window was added
  sums.windows = message.windows();
  sums.known_log_odds = message.known_log_odds();
  sums.known_score = message.known_score();
  sums.coverage = FromProto(message.coverage());
  sums.embedding.assign(message.embedding().begin(), message.embedding().end());
  sums.probability.insert(message.probability().begin(), message.probability().end());
  for (const auto& [exercise, named] : message.named()) sums.named[exercise] = FromProto(named);
  for (const auto& [exercise, judged] : message.judged()) sums.judged[exercise] = FromProto(judged);
  return sums;
}

}  // namespace

ClipState ToProto(const Clip::State& state) {
  ClipState message;
  message.mutable_repetitions()->insert(state.repetitions.begin(), state.repetitions.end());
  message.set_first_sequence(state.first_sequence);
  message.set_last_sequence(state.last_sequence);
  message.set_model_version(state.model_version);
  message.set_known_threshold(state.known_threshold);
  message.set_background(state.background);
  for (const assessment::Notice& notice : state.notices) {
    ClipState::Notice& told = *message.add_notices();
    told.set_code(static_cast<int>(notice.code));
    told.set_message(notice.message);
    told.set_sequence(notice.sequence);
  }
  *message.mutable_sufficient() = ToProto(state.sufficient);
  *message.mutable_held_back() = ToProto(state.held_back);
  return message;
}

Clip::State FromProto(const ClipState& message) {
  Clip::State state;
  state.repetitions.insert(message.repetitions().begin(), message.repetitions().end());
  state.first_sequence = message.first_sequence();
  state.last_sequence = message.last_sequence();
  state.model_version = message.model_version();
  state.known_threshold = message.known_threshold();
  state.background = message.background();
  for (const ClipState::Notice& notice : message.notices()) {
    state.notices.push_back(
        {static_cast<assessment::NoticeCode>(notice.code()), notice.message(), notice.sequence()});
  }
  state.sufficient = FromProto(message.sufficient());
  state.held_back = FromProto(message.held_back());
  return state;
}

}  // namespace trackfit::handover
