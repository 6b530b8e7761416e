#include "pose_session.h"

#include <algorithm>
#include <string>
#include <utility>

#include "assessment/window_session.h"
#include "contract/coaching_convert.h"
#include "contract/convert.h"
#include "contract/names.h"

namespace trackfit::inferencer_server {
namespace {

bool Has(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

// The exercise that windows are judged against; empty: the one that the model recognises, because it does not
// know the one that the client expects, but the coach does, or the version did with which the session began.
absl::StatusOr<std::string> ExpectedOfModel(const assessment::Assessor& model,
                                            const PoseSession::Shared& shared,
                                            const v1::InferStreamConfig& config) {
  const std::string& expected = config.expected_exercise();
  const std::vector<std::string>& known = model.exercises();
  if (expected.empty() || Has(known, expected)) return expected;
  std::vector<std::string> coached;
  if (!config.coach().off()) coached = shared.knowledge->exercises();
  if (Has(coached, expected)) return std::string();
  if (!config.model_version().empty() && config.model_version() != model.model_version())
    return std::string();
  return contract::UnknownExercise("expected_exercise", expected, known, coached);
}

absl::StatusOr<std::optional<coaching::CoachSession>> MakeCoach(const PoseSession::Shared& shared,
                                                                const v1::InferStreamConfig& config) {
  if (config.coach().off()) return std::nullopt;
  auto coach = contract::FromProto(config.coach(), shared.knowledge->catalogue());
  if (!coach.ok()) return coach.status();
  coach->reference = config.reference();
  coach->reference_data = config.reference_data();
  std::optional<coaching::Checkpoint> checkpoint;
  if (config.has_checkpoint()) checkpoint = contract::FromProto(config.checkpoint());
  auto session =
      coaching::CoachSession::Create(shared.knowledge, *coach, config.expected_exercise(), checkpoint);
  if (!session.ok()) return session.status();
  return std::optional(*std::move(session));
}

}  // namespace

absl::StatusOr<PoseSession> PoseSession::Create(const Shared& shared, const v1::InferStreamConfig& config,
                                                const std::string& session_id) {
  const auto model = shared.models->Choose({config.model(), config.model_version(), session_id});
  if (!model.ok()) return model.status();
  const auto expected = ExpectedOfModel(**model, shared, config);
  if (!expected.ok()) return expected.status();
  auto windows = assessment::WindowSession::Create(*model, contract::FromProto(config.window()), *expected);
  if (!windows.ok()) return windows.status();
  auto coach = MakeCoach(shared, config);
  if (!coach.ok()) return coach.status();
  return PoseSession(coaching::MovementSession(*std::move(windows), *std::move(coach)), shared.metrics);
}

PoseSession::PoseSession(coaching::MovementSession session, CoachMetrics& metrics)
    : session_(std::move(session)), metrics_(&metrics) {}

absl::StatusOr<PoseSession::Results> PoseSession::Push(const v1::Pose& message, uint32_t people,
                                                       assessment::Due due) {
  const auto pose = contract::FromProto(message);
  if (!pose.ok()) return pose.status();
  absl::Status ordered = order_.TakeSequence("pose", pose->sequence);
  if (ordered.ok()) ordered = order_.TakeTimestamp("pose", pose->timestamp_us);
  if (!ordered.ok()) return ordered;
  auto results = session_.Push(*pose, static_cast<int>(std::min(people, skeleton::kMaxPeople)), due);
  if (!results.ok()) return results.status();
  return Counted(*std::move(results));
}

absl::StatusOr<PoseSession::Results> PoseSession::PushNobody(const v1::NoPose& frame) {
  absl::Status ordered = order_.TakeSequence("no_pose", frame.sequence());
  if (ordered.ok()) ordered = order_.TakeTimestamp("no_pose", frame.timestamp_us());
  if (!ordered.ok()) return ordered;
  return Counted(session_.PushNobody(frame.sequence(), frame.timestamp_us()));
}

absl::StatusOr<PoseSession::Results> PoseSession::Finish() {
  auto results = session_.Finish();
  if (!results.ok()) return results.status();
  return Counted(*std::move(results));
}

std::optional<coaching::Checkpoint> PoseSession::TakeCheckpoint() { return session_.TakeCheckpoint(); }

PoseSession::Results PoseSession::Counted(Results results) {
  for (const coaching::Event& event : results.events) metrics_->Count(event);
  return results;
}

}  // namespace trackfit::inferencer_server
