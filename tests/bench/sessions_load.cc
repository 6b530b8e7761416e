// Many sessions at a time, each sending a new frame when an answer arrives.
#include <algorithm>
#include <iostream>
#include <memory>
#include <numeric>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "clip.h"
#include "extract_session.h"
#include "extractor_load.h"
#include "process_usage.h"
#include "support/percentile.h"

namespace trackfit::bench {
namespace {

using testing::Median;
using testing::Percentile;

constexpr double kWarmUpSeconds = 0.5;
constexpr double kMaxWarmUpSeconds = 60;
constexpr uint64_t kWarmUpFrames = 3;  // of each session: the first runs the detector
constexpr double kTolerance = 0.1;     // of throughput, and of latency beyond the queue
constexpr int kBacklog = 64;
constexpr int kPolite = 3;

// What one measurement saw.
struct Round {
  double seconds = 0;
  double cpu_seconds = 0;
  std::vector<std::vector<double>> latencies_ms;  // by session, of each frame
  double rss_kib = 0;                             // while all sessions were open
  double peak_rss_kib = 0;

  std::size_t Frames() const {
    return std::accumulate(latencies_ms.begin(), latencies_ms.end(), std::size_t{0},
                           [](std::size_t sum, const auto& session) { return sum + session.size(); });
  }
  double FramesPerSecond() const { return static_cast<double>(Frames()) / seconds; }
  std::pair<std::size_t, std::size_t> FewestAndMost() const {
    const auto [fewest, most] =
        std::minmax_element(latencies_ms.begin(), latencies_ms.end(),
                            [](const auto& a, const auto& b) { return a.size() < b.size(); });
    return {fewest->size(), most->size()};
  }
  // Of sessions `first` and after.
  double LatencyMs(double fraction, std::size_t first = 0) const {
    std::vector<double> all;
    for (std::size_t i = first; i < latencies_ms.size(); ++i) {
      all.insert(all.end(), latencies_ms[i].begin(), latencies_ms[i].end());
    }
    return Percentile(std::move(all), fraction);
  }
};

// One session for each of `in_flight`, on a fresh server, whose memory has no past.
absl::StatusOr<Round> Measure(const ServerFlags& server, const std::vector<int>& in_flight, double seconds,
                              const Clip& clip) {
  const int most_in_flight = *std::max_element(in_flight.begin(), in_flight.end());
  const auto extractor =
      StartExtractor(server, static_cast<int>(in_flight.size()), std::max(8, most_in_flight));
  if (!extractor.ok()) return extractor.status();
  const pid_t pid = extractor->process->pid();
  Inbox inbox;
  std::vector<std::unique_ptr<ExtractSession>> sessions;
  for (const int frames : in_flight) {
    sessions.push_back(std::make_unique<ExtractSession>(*extractor, inbox, sessions.size(), clip,
                                                        SessionOptions{.in_flight = frames}));
    sessions.back()->Fill();
  }

  enum class Stage { kWarmUp, kMeasure, kDrain } stage = Stage::kWarmUp;
  Round round;
  round.latencies_ms.resize(sessions.size());
  ProcessUsage before;
  Clock::time_point since = Clock::now();
  std::size_t cold = sessions.size();
  for (std::size_t open = sessions.size(); open > 0;) {
    const auto event = inbox.Pop();
    if (!event.ok()) return event.status();
    ExtractSession& session = *sessions[event->session];
    if (!event->result) {
      if (absl::Status end = session.TakeEnd(*event); !end.ok()) return end;
      --open;
      continue;
    }
    const auto latency = session.Take(*event);
    if (!latency.ok()) return latency.status();
    const double elapsed = std::chrono::duration<double>(event->time - since).count();
    if (stage == Stage::kMeasure) {
      round.latencies_ms[event->session].push_back(*latency * 1e3);
      if (elapsed >= seconds) {
        stage = Stage::kDrain;
        const ProcessUsage after = UsageOf(pid);
        round.seconds = elapsed;
        round.cpu_seconds = after.cpu_seconds - before.cpu_seconds;
        round.rss_kib = after.rss_kib;
        round.peak_rss_kib = after.peak_rss_kib;
      }
    } else if (stage == Stage::kWarmUp) {
      cold -= session.answered() == kWarmUpFrames ? 1 : 0;
      if (cold == 0 && elapsed >= kWarmUpSeconds) {
        stage = Stage::kMeasure;
        since = event->time;
        before = UsageOf(pid);
      } else if (elapsed > kMaxWarmUpSeconds) {
        return absl::DeadlineExceededError(absl::StrCat(cold, " of ", sessions.size(),
                                                        " sessions got fewer than ", kWarmUpFrames,
                                                        " answers in a minute: they starve"));
      }
    }
    if (stage != Stage::kDrain) {
      session.Fill();
    } else if (session.idle()) {
      session.Finish();
    }
  }
  return round;
}

// The medians of all rounds with so many sessions.
struct Row {
  int sessions = 0;
  double frames_per_core = 0;  // and second
  double cpu_ms = 0;           // of a frame
  double p50_ms = 0, p95_ms = 0, p99_ms = 0;
  std::size_t fewest = 0, most = 0;  // frames of a session, of the least fair round
  double rss_kib = 0, peak_rss_kib = 0;
};

// Workers that so many sessions can use: a session has one frame processed at a time.
int UsableWorkers(const ServerFlags& server, int sessions) { return std::min(server.workers, sessions); }

Row Summarize(const std::vector<Round>& rounds, int sessions, int cores) {
  const auto median = [&rounds](const auto& value) {
    std::vector<double> values;
    for (const Round& round : rounds) values.push_back(value(round));
    return Median(std::move(values));
  };
  Row row;
  row.sessions = sessions;
  row.frames_per_core = median([&](const Round& round) { return round.FramesPerSecond() / cores; });
  row.cpu_ms = median(
      [](const Round& round) { return 1e3 * round.cpu_seconds / static_cast<double>(round.Frames()); });
  row.p50_ms = median([](const Round& round) { return round.LatencyMs(0.5); });
  row.p95_ms = median([](const Round& round) { return round.LatencyMs(0.95); });
  row.p99_ms = median([](const Round& round) { return round.LatencyMs(0.99); });
  row.rss_kib = median([](const Round& round) { return round.rss_kib; });
  row.peak_rss_kib = median([](const Round& round) { return round.peak_rss_kib; });
  const auto gap = [](const Round& round) {
    const auto [fewest, most] = round.FewestAndMost();
    return most - fewest;
  };
  std::tie(row.fewest, row.most) =
      std::max_element(rounds.begin(), rounds.end(), [&gap](const Round& a, const Round& b) {
        return gap(a) < gap(b);
      })->FewestAndMost();
  return row;
}

void PrintTable(const std::vector<Row>& rows) {
  std::cout
      << "| sessions | frames/s per core | CPU ms per frame | p50 ms | p95 ms | p99 ms | p50 / sessions | "
         "min..max frames of a session | RSS MiB | peak RSS MiB | KiB per extra session |\n"
         "|---|---|---|---|---|---|---|---|---|---|---|\n";
  const Row& first = rows.front();
  for (const Row& row : rows) {
    const std::string extra =
        row.sessions == first.sessions
            ? "-"
            : absl::StrFormat("%.0f", (row.rss_kib - first.rss_kib) / (row.sessions - first.sessions));
    std::cout << absl::StrFormat(
        "| %d | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f | %d..%d | %.1f | %.1f | %s |\n", row.sessions,
        row.frames_per_core, row.cpu_ms, row.p50_ms, row.p95_ms, row.p99_ms, row.p50_ms / row.sessions,
        row.fewest, row.most, row.rss_kib / 1024, row.peak_rss_kib / 1024, extra);
  }
}

// What does not hold; nothing when all is well.
std::vector<std::string> Judge(const std::vector<Row>& rows, const ServerFlags& server, int in_flight) {
  std::vector<std::string> complaints;
  const auto spread = [&rows](double Row::*value) {
    std::vector<double> values;
    for (const Row& row : rows) values.push_back(row.*value);
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    return (*most - *least) / Median(values);
  };
  double least_share = 1;  // of its cores that the server got
  for (const Row& row : rows) least_share = std::min(least_share, row.frames_per_core * row.cpu_ms / 1e3);
  std::cout << absl::StrFormat(
      "\nThroughput varies by %.1f %% (%.0f %% allowed), CPU time per frame by %.1f %%; the server had at "
      "least "
      "%.0f %% of its cores.",
      100 * spread(&Row::frames_per_core), 100 * kTolerance, 100 * spread(&Row::cpu_ms), 100 * least_share);
  if (spread(&Row::frames_per_core) > kTolerance) complaints.push_back("throughput is not flat");

  const double frame_ms = 1e3 / rows.front().frames_per_core;
  double worst = 0;
  for (const Row& row : rows) {
    const double queue = static_cast<double>(row.sessions) * in_flight / UsableWorkers(server, row.sessions);
    worst = std::max(worst, row.p50_ms / (queue * frame_ms));
    if (static_cast<double>(row.most - row.fewest) > kTolerance * static_cast<double>(row.most) + in_flight) {
      complaints.push_back(absl::StrCat("of ", row.sessions, " sessions one got ", row.fewest,
                                        " frames and another ", row.most));
    }
  }
  std::cout << absl::StrFormat(
      " Median latency is at most %.2f x the queue's %.1f ms per frame (%.2f allowed).", worst, frame_ms,
      1 + kTolerance);
  if (worst > 1 + kTolerance) complaints.push_back("latency grows faster than the queue");
  return complaints;
}

}  // namespace

absl::Status RunSessions(const ServerFlags& server, const SessionsFlags& flags) {
  const auto clip = Clip::Draw(480, 640, Encoding::kJpeg);
  if (!clip.ok()) return clip.status();
  std::vector<int> numbers = flags.sessions;
  std::sort(numbers.begin(), numbers.end());
  std::vector<std::vector<Round>> rounds(numbers.size());
  std::vector<Round> backlogs;
  const std::vector<int> one_backlog = {kBacklog, 1, 1, 1};
  for (int pass = 1; pass <= flags.passes; ++pass) {
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      std::cerr << "pass " << pass << " of " << flags.passes << ": " << numbers[i] << " sessions\n";
      const std::vector<int> in_flight(static_cast<std::size_t>(numbers[i]), flags.in_flight);
      auto round = Measure(server, in_flight, flags.seconds, *clip);
      if (!round.ok()) return round.status();
      rounds[i].push_back(*std::move(round));
    }
    std::cerr << "pass " << pass << " of " << flags.passes << ": a backlog beside polite sessions\n";
    auto round = Measure(server, one_backlog, flags.seconds, *clip);
    if (!round.ok()) return round.status();
    backlogs.push_back(*std::move(round));
  }

  std::cout << absl::StrFormat(
      "Sessions of %s (%d frames to and fro, %d KB each), %d in flight per session, %s, %d workers, medians "
      "of %d "
      "times %.0f s.\n\n",
      clip->description(), clip->frames(), clip->mean_bytes() / 1000, flags.in_flight, server.model,
      server.workers, flags.passes, flags.seconds);
  std::vector<Row> rows;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    rows.push_back(Summarize(rounds[i], numbers[i], UsableWorkers(server, numbers[i])));
  }
  PrintTable(rows);
  std::vector<std::string> complaints = Judge(rows, server, flags.in_flight);

  std::vector<double> waits;  // of the polite sessions, in turns of all sessions
  for (const Round& round : backlogs) {
    const double turn_ms = 1e3 / round.FramesPerSecond() * static_cast<double>(one_backlog.size());
    waits.push_back(round.LatencyMs(0.5, 1) / turn_ms);
    if (&round != &backlogs.back()) continue;
    const auto& backlog = round.latencies_ms.front();
    std::cout << absl::StrFormat(
        "\nBeside one session with %d frames in flight, %d sessions with 1 waited %.1f ms (p50; p95 %.1f) "
        "where a "
        "turn of all takes %.1f ms; the backlog's frames waited %.1f ms.",
        kBacklog, kPolite, round.LatencyMs(0.5, 1), round.LatencyMs(0.95, 1), turn_ms, Median(backlog));
  }
  if (Median(waits) > 1.25) complaints.push_back("sessions wait for another's backlog");
  std::cout << "\n" << (complaints.empty() ? "PASS" : "FAIL: " + absl::StrJoin(complaints, "; ")) << "\n";
  return complaints.empty() ? absl::OkStatus()
                            : absl::FailedPreconditionError(absl::StrJoin(complaints, "; "));
}

}  // namespace trackfit::bench
