// What a simulated client sends again and again: the frames of a real video, and what the servers say of them
// when nobody else is there.
#ifndef TRACKFIT_LOAD_RECORDING_H_
#define TRACKFIT_LOAD_RECORDING_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/frame_encoder.h"
#include "tls/client_flags.h"
#include "trackfit/v1/gateway.pb.h"

namespace trackfit::load {

struct Recording {
  std::string name;
  double fps = 15;                // at which the frames were picked and are sent
  std::vector<v1::Frame> frames;  // encoded; not empty
  // The answers to the first pass over the frames, by sequence, serialised; filled by PlayAlone().
  std::vector<std::string> results;
  std::vector<v1::Pose> poses;                  // of frames with a person
  std::map<uint64_t, std::string> assessments;  // by last sequence, of windows within the first pass

  // The picture that frame `sequence` shows: to the end and back, so that the film has no cut.
  std::size_t IndexOf(uint64_t sequence) const;
  // Complete, with sequence and timestamp.
  v1::AnalyzeRequest FrameRequest(uint64_t sequence) const;
  v1::AnalyzeRequest PoseRequest(uint64_t sequence) const;
};

// Reads at most `seconds` of the video, picking frames at `fps`. INVALID_ARGUMENT when it has none.
absl::StatusOr<Recording> ReadRecording(const std::string& video, double fps, double seconds,
                                        const client::EncodeOptions& encode);

// Sends the frames once, to a gateway that has nothing else to do, and keeps its answers in `recording`.
// FAILED_PRECONDITION when `need_poses` and nobody was seen.
absl::Status PlayAlone(const std::string& gateway, const tls::ClientFlags& tls,
                       const v1::SessionConfig& config, bool need_poses, Recording& recording,
                       const std::string& api_key = "");

}  // namespace trackfit::load

#endif  // TRACKFIT_LOAD_RECORDING_H_
