#include "video_evaluation/video_evaluation.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

#include "absl/strings/str_cat.h"
#include "command_line/exit_code.h"
#include "command_line/progress.h"
#include "files/partial_file.h"

namespace trackfit::video_evaluation {

absl::Status EvaluateVideos(const VideoEvaluationOptions& options, const std::function<bool()>& interrupted,
                            std::ostream& text, std::ostream& log) {
  const auto videos = ChooseVideos(options.sources);
  if (!videos.ok()) return command_line::UsageError(videos.status());
  auto file = VerdictFile::Open(options.verdicts);
  if (!file.ok()) return file.status();

  command_line::Progress progress =
      command_line::StartProgress("Playing", static_cast<int64_t>(videos->size()), false, "videos");
  absl::Status played =
      PlayVideos(*videos, options.run,
                 {.interrupted = interrupted,
                  .on_video = [&](int done) { progress.Update(done); },
                  .on_left_out =
                      [&](const dataset_building::SourceClip& video, const absl::Status& reason) {
                        progress.Hide();
                        log << "left out " << video.path << ": " << reason.message() << std::endl;
                      }},
                 *file);
  progress.Hide();
  if (!played.ok()) return played;

  const std::vector<evaluation::VideoVerdict> done = VerdictsOn(*videos, *file);
  const evaluation::VideoFigures figures = evaluation::FiguresOf(done, file->exercises());
  if (!done.empty()) text << evaluation::ToText(figures) << std::flush;
  if (!options.json.empty()) {
    nlohmann::json all = evaluation::ToJson(figures);
    all["videos"] = nlohmann::json::array();
    for (const evaluation::VideoVerdict& verdict : done) all["videos"].push_back(evaluation::ToJson(verdict));
    if (absl::Status status = files::ReplaceFile(options.json, all.dump(2) + "\n"); !status.ok())
      return status;
  }
  if (done.size() == videos->size()) return absl::OkStatus();
  const std::string missing = absl::StrCat(videos->size() - done.size(), " of ", videos->size(), " videos");
  if (!interrupted()) return absl::DataLossError(absl::StrCat(missing, " were left out"));
  return absl::CancelledError(
      absl::StrCat("interrupted; ", missing, " are not done",
                   options.verdicts.empty() ? "" : ". Run the same command again to continue"));
}

}  // namespace trackfit::video_evaluation
