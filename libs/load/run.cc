#include "load/run.h"

#include <grpcpp/create_channel.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <random>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "load/impatient_client.h"
#include "load/slow_reader.h"
#include "rpc/channel_credentials.h"
#include "rpc/open_calls.h"

namespace trackfit::load {
namespace {

constexpr std::chrono::milliseconds kLongestSleep{2};
constexpr std::chrono::milliseconds kSlowReadersPause{1000};
constexpr std::chrono::milliseconds kPauseOfTheLost{500};
constexpr std::chrono::milliseconds kProgressEvery{500};

Clock::duration Seconds(double seconds) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

// A connection of its own, with what is under way on it.
struct Connection {
  Connection(const std::string& gateway, const std::optional<tls::ClientSecurity>& security) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // else all channels share one connection
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    arguments.SetMaxReceiveMessageSize(-1);
    // As our own client does: soon there again, and a dead connection is noticed.
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2'000);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 10'000);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 8'000);
    const auto credentials = rpc::ChannelCredentials(security, arguments);
    channel = grpc::CreateCustomChannel(gateway, credentials, arguments);
    stub = v1::GatewayService::NewStub(channel);
  }
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<v1::GatewayService::Stub> stub;
  rpc::OpenCalls calls;
};

class Crowd {
 public:
  Crowd(const RunOptions& options, const std::optional<tls::ClientSecurity>& security,
        const std::vector<Recording>& recordings)
      : options_(options), recordings_(recordings), random_(options.seed) {
    const int connections = std::max(1, options.connections);
    connections_.reserve(static_cast<std::size_t>(connections));
    for (int i = 0; i < connections; ++i) {
      connections_.push_back(std::make_unique<Connection>(options.gateway, security));
    }
  }

  absl::StatusOr<Report> Run() {
    const auto before = ReadTotals(options_.metrics);
    if (!before.ok()) return before.status();
    const Clock::time_point start = Clock::now(), end = start + Seconds(options_.seconds);
    report_.sessions = options_.sessions;
    report_.fps = recordings_.front().fps;
    report_.live = options_.session.config.delivery() == v1::DELIVERY_MODE_LIVE;
    std::vector<std::unique_ptr<SlowReader>> slow;
    slow.reserve(static_cast<std::size_t>(options_.slow_readers));
    for (int i = 0; i < options_.slow_readers; ++i) slow.push_back(MakeSlowReader(i));
    std::vector<std::unique_ptr<ImpatientClient>> impatient;
    impatient.reserve(static_cast<std::size_t>(options_.impatient));
    for (int i = 0; i < options_.impatient; ++i) impatient.push_back(MakeImpatientClient(i));
    report_.late_ms = options_.session.late_ms;
    for (int i = 0; i < options_.sessions; ++i) {
      const double share = static_cast<double>(i) / options_.sessions;
      active_.push_back(Open(start + Seconds(share / report_.fps)));
    }
    Clock::time_point next_end = start + TimeToNextEnd();
    Clock::time_point next_progress = start;
    Clock::time_point now = start;
    while (now < end && !(options_.interrupted && options_.interrupted())) {
      SendDue(now);
      while (options_.churn > 0 && next_end <= now) {
        ReplaceOne(now);
        next_end += TimeToNextEnd();
      }
      Collect(active_);
      Collect(ending_);
      ComeBack(now);
      if (report_.opened > 0 && active_.empty() && away_.empty()) break;
      if (options_.on_progress && next_progress <= now) {
        options_.on_progress(std::chrono::duration<double>(now - start).count());
        next_progress = now + kProgressEvery;
      }
      const Clock::time_point due = NextDue();  // in the past: it waits for its connection
      std::this_thread::sleep_until(due <= now ? now + kLongestSleep : std::min(due, now + kLongestSleep));
      now = Clock::now();
    }
    report_.seconds = std::chrono::duration<double>(now - start).count();
    for (const auto& client : impatient) {
      client->Stop();
      report_.impatient_calls += client->calls();
      for (const std::string& fault : client->faults()) report_.outcome.AddFault(fault);
    }
    Drain();
    for (const auto& reader : slow) {
      report_.slow_sent += reader->sent();
      report_.slow_read += reader->read();
    }
    slow.clear();
    const auto after = ReadTotals(options_.metrics);
    if (!after.ok()) return after.status();
    report_.stages = StageTimes(*before, *after);
    if (report_.completed == 0 && report_.vanished == 0 && !report_.first_of_code.empty()) {
      return absl::UnavailableError(
          absl::StrCat("no session came through: ", report_.first_of_code.begin()->first, ": ",
                       report_.first_of_code.begin()->second));
    }
    return std::move(report_);
  }

 private:
  std::unique_ptr<Session> Open(Clock::time_point first_due) {
    Connection& connection = *connections_[report_.opened % connections_.size()];
    const Recording& recording = recordings_[report_.opened % recordings_.size()];
    return std::make_unique<Session>(absl::StrCat("load-", ++report_.opened), *connection.stub,
                                     connection.calls, recording, options_.session, first_due);
  }

  std::unique_ptr<SlowReader> MakeSlowReader(int number) {
    const auto index = static_cast<std::size_t>(number);
    SessionOptions options = options_.session;
    options.config.set_delivery(v1::DELIVERY_MODE_LOSSLESS);
    return std::make_unique<SlowReader>(*connections_[index % connections_.size()]->stub,
                                        recordings_[index % recordings_.size()], options, kSlowReadersPause);
  }

  std::unique_ptr<ImpatientClient> MakeImpatientClient(int number) {
    const auto index = static_cast<std::size_t>(number);
    return std::make_unique<ImpatientClient>(*connections_[index % connections_.size()]->stub,
                                             recordings_[index % recordings_.size()], options_.session,
                                             options_.seed + index);
  }

  void SendDue(Clock::time_point now) {
    for (const auto& session : active_) session->SendDue(now);
    for (const auto& session : ending_) session->SendDue(now);
  }

  Clock::time_point NextDue() const {
    Clock::time_point next = Clock::time_point::max();
    for (const auto& session : active_) next = std::min(next, session->next_due());
    return next;
  }

  // Sessions end at random times, `churn` a second on average.
  Clock::duration TimeToNextEnd() {
    if (options_.churn <= 0) return std::chrono::hours(1);
    return Seconds(std::exponential_distribution<double>(options_.churn)(random_));
  }

  void ReplaceOne(Clock::time_point now) {
    if (active_.empty()) return;
    const std::size_t which = std::uniform_int_distribution<std::size_t>(0, active_.size() - 1)(random_);
    LetGo(std::move(active_[which]));
    active_[which] = Open(now);
  }

  void LetGo(std::unique_ptr<Session> session) {
    if (std::bernoulli_distribution(options_.cancel)(random_)) {
      session->Cancel();
    } else {
      session->Finish();
    }
    ending_.push_back(std::move(session));
  }

  // Takes the books of those that are over.
  void Collect(std::vector<std::unique_ptr<Session>>& sessions) {
    std::erase_if(sessions, [this](const std::unique_ptr<Session>& session) {
      if (!session->over()) return false;
      report_.outcome.Add(session->TakeOutcome());
      const absl::Status status = session->status();
      if (session->cancelled()) {
        ++report_.vanished;
      } else if (status.ok()) {
        ++report_.completed;
      } else {
        const std::string code = absl::StatusCodeToString(status.code());
        ++report_.ended_by_code[code];
        served_ = served_ || session->started();
        if (const auto delay = session->retry_after()) {
          away_.push_back(Clock::now() + *delay);
        } else if (options_.session.resume && served_ && absl::IsUnavailable(status)) {
          away_.push_back(Clock::now() + kPauseOfTheLost);
        }
        report_.first_of_code.try_emplace(code, status.message());
      }
      return true;
    });
  }

  // Those whom a full gateway refused, when it said, and those who lost it begin anew.
  void ComeBack(Clock::time_point now) {
    std::erase_if(away_, [&](Clock::time_point then) {
      if (then > now) return false;
      active_.push_back(Open(now));
      return true;
    });
  }

  void Drain() {
    for (auto& session : active_) LetGo(std::move(session));
    active_.clear();
    const Clock::time_point patience = Clock::now() + Seconds(options_.patience);
    for (Collect(ending_); !ending_.empty() && Clock::now() < patience; Collect(ending_)) {
      SendDue(Clock::now());
      std::this_thread::sleep_for(kLongestSleep);
    }
    for (const auto& session : ending_) {
      report_.outcome.Add(session->TakeOutcome());
      report_.outcome.AddFault(
          absl::StrCat("a session did not end within ", options_.patience, " s of its half-close"));
    }
  }

  const RunOptions& options_;
  const std::vector<Recording>& recordings_;
  std::mt19937_64 random_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<std::unique_ptr<Session>> active_;
  std::vector<std::unique_ptr<Session>> ending_;
  std::vector<Clock::time_point> away_;  // when they come back
  bool served_ = false;                  // a gateway has taken a session
  Report report_;
};

}  // namespace

absl::StatusOr<Report> RunLoad(const RunOptions& options, const std::vector<Recording>& recordings) {
  const auto security = options.tls.Load();
  if (!security.ok()) return security.status();
  return Crowd(options, *security, recordings).Run();
}

}  // namespace trackfit::load
