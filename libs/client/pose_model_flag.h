// Which network finds a session's skeletons.
#ifndef TRACKFIT_CLIENT_POSE_MODEL_FLAG_H_
#define TRACKFIT_CLIENT_POSE_MODEL_FLAG_H_

#include <CLI/App.hpp>

#include "trackfit/v1/common.pb.h"

namespace trackfit::client {

// `--pose-model lite|full|heavy`; `model` must outlive the parsing.
CLI::Option* DeclarePoseModel(CLI::App& command, v1::PoseModel& model);

}  // namespace trackfit::client

#endif  // TRACKFIT_CLIENT_POSE_MODEL_FLAG_H_
