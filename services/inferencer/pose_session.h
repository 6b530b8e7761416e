// One person's poses in; assessments of windows and what the coach says out.
#ifndef TRACKFIT_SERVICES_INFERENCER_POSE_SESSION_H_
#define TRACKFIT_SERVICES_INFERENCER_POSE_SESSION_H_

#include <trackfit/v1/inferencer.pb.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "coach_metrics.h"
#include "coaching/coach_session.h"
#include "coaching/movement_session.h"
#include "model_store/served_models.h"
#include "skeleton/validate.h"

namespace trackfit::inferencer_server {

// Not thread-safe.
class PoseSession {
 public:
  // What all sessions share; the metrics outlive them.
  struct Shared {
    std::shared_ptr<const model_store::ServedModels> models;
    std::shared_ptr<const coaching::Knowledge> knowledge;
    CoachMetrics& metrics;
  };

  using Results = coaching::MovementSession::Results;

  // Keeps to its end the version of the model that it gets now. INVALID_ARGUMENT naming the field of the
  // configuration that is broken, else as ServedModels::Choose().
  static absl::StatusOr<PoseSession> Create(const Shared& shared, const v1::InferStreamConfig& config,
                                            const std::string& session_id);

  // INVALID_ARGUMENT naming the field of a pose or frame that is broken, or whose sequence or timestamp does
  // not increase; the session is then over. `people` as in the contract.
  absl::StatusOr<Results> Push(const v1::Pose& pose, uint32_t people,
                               assessment::Due due = assessment::Due::kNow);
  absl::StatusOr<Results> PushNobody(const v1::NoPose& frame);
  // The stream is over.
  absl::StatusOr<Results> Finish();

  // Where another session can go on after the last results, if it is time to say so.
  std::optional<coaching::Checkpoint> TakeCheckpoint();

 private:
  PoseSession(coaching::MovementSession session, CoachMetrics& metrics);

  Results Counted(Results results);

  coaching::MovementSession session_;
  CoachMetrics* metrics_;
  skeleton::StreamOrder order_;  // of poses and frames without anybody
};

}  // namespace trackfit::inferencer_server

#endif  // TRACKFIT_SERVICES_INFERENCER_POSE_SESSION_H_
