// What the coach costs: time for each pose, and memory over a long session. tools/bench runs it.
#include <malloc.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "coaching/coach_session.h"
#include "synthesis/camera.h"
#include "synthesis/motion.h"

namespace trackfit::bench {
namespace {

// Ten push-ups by a mannequin with BlazePose's noise, at 30 frames per second.
std::vector<skeleton::Pose> Clip() {
  synthesis::PoseOptions options;
  options.motion.exercise = "push_up";
  options.motion.repetitions = 10;
  return synthesis::SynthesizePoses(options).value();
}

struct Cost {
  double median_us = 0;  // for a pose, of passes through the clip
  double grown_kb = 0;   // heap in use, from the end of the first minute to that of the session
  int repetitions = 0;
};

Cost Measure(const std::shared_ptr<const coaching::Knowledge>& knowledge, const std::string& exercise,
             double minutes) {
  const std::vector<skeleton::Pose> clip = Clip();
  auto session = coaching::CoachSession::Create(knowledge, {}, exercise).value();
  Cost cost;
  std::vector<double> passes;
  uint64_t sequence = 0;
  size_t at_first_minute = 0;
  const auto in_use = [] { return mallinfo2().uordblks; };
  while (static_cast<double>(sequence) < minutes * 60 * 30) {
    const auto begin = std::chrono::steady_clock::now();
    for (skeleton::Pose pose : clip) {
      pose.sequence = ++sequence;
      pose.timestamp_us = static_cast<int64_t>(sequence) * 33'333;
      for (const coaching::Event& event : session.Push(pose)) {
        cost.repetitions += std::holds_alternative<coaching::CountedRepetition>(event);
      }
      session.TakeCheckpoint();
    }
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
    passes.push_back(took.count() / static_cast<double>(clip.size()));
    if (at_first_minute == 0 && sequence >= 1800) at_first_minute = in_use();
  }
  cost.grown_kb = (static_cast<double>(in_use()) - static_cast<double>(at_first_minute)) / 1024;
  std::ranges::nth_element(passes, passes.begin() + static_cast<std::ptrdiff_t>(passes.size() / 2));
  cost.median_us = passes[passes.size() / 2];
  return cost;
}

int Run(int argc, char** argv) {
  CLI::App app("Time and memory of the coach");
  std::string folder = "deploy/exercises";
  double minutes = 30;
  app.add_option("--exercises", folder, "Folder of exercises")->capture_default_str();
  app.add_option("--minutes", minutes, "Length of the session")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const auto knowledge = coaching::Knowledge::Load(folder);
  if (!knowledge.ok()) {
    std::cerr << knowledge.status().message() << "\n";
    return 1;
  }
  std::cout
      << absl::StrFormat(
             "| session of %.0f min | us per pose | heap grown after the first minute, KB | repetitions |\n",
             minutes)
      << "|---|---|---|---|\n";
  for (const std::string exercise : {"push_up", ""}) {
    const Cost cost = Measure(*knowledge, exercise, minutes);
    std::cout << absl::StrFormat("| %s | %.1f | %.1f | %d |\n",
                                 exercise.empty() ? "any exercise" : "exercise named", cost.median_us,
                                 cost.grown_kb, cost.repetitions);
  }
  return 0;
}

}  // namespace
}  // namespace trackfit::bench

int main(int argc, char** argv) { return trackfit::bench::Run(argc, argv); }
