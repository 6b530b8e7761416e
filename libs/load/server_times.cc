#include "load/server_times.h"

#include <utility>  // must precede Boost 1.74, which forgets to include it
// (a line of its own, so that clang-format does not reorder them)
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace trackfit::load {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::asio::ip::tcp;

constexpr std::chrono::seconds kTimeout{5};

// GET /metrics, step by step on a loop of its own, because only what is asynchronous can be given up.
class MetricsPage {
 public:
  static absl::StatusOr<std::string> Get(const std::string& server) {
    MetricsPage page(server);
    page.Resolve();
    page.io_.run_for(kTimeout);
    if (page.done_) return std::move(page.response_.body());
    return absl::UnavailableError(absl::StrCat(
        "http://", server, "/metrics: ", page.error_ ? page.error_.message() : "no answer in 5 s"));
  }

 private:
  explicit MetricsPage(const std::string& server) : resolver_(io_), stream_(io_) {
    const std::size_t colon = server.rfind(':');
    host_ = server.substr(0, colon);
    port_ = colon == std::string::npos ? "" : server.substr(colon + 1);
  }

  void Resolve() {
    resolver_.async_resolve(host_, port_, [this](const beast::error_code& error, const auto& found) {
      if (Failed(error)) return;
      stream_.async_connect(found, [this](const beast::error_code& refused, const auto&) {
        if (!Failed(refused)) Ask();
      });
    });
  }
  void Ask() {
    request_ = {http::verb::get, "/metrics", 11};
    request_.set(http::field::host, host_);
    http::async_write(stream_, request_, [this](const beast::error_code& error, std::size_t) {
      if (Failed(error)) return;
      http::async_read(stream_, buffer_, response_, [this](const beast::error_code& broken, std::size_t) {
        done_ = !Failed(broken) && response_.result() == http::status::ok;
      });
    });
  }
  bool Failed(const beast::error_code& error) {
    error_ = error;
    return static_cast<bool>(error);
  }

  boost::asio::io_context io_;
  tcp::resolver resolver_;
  beast::tcp_stream stream_;
  std::string host_, port_;
  beast::flat_buffer buffer_;
  http::request<http::empty_body> request_;
  http::response<http::string_body> response_;
  beast::error_code error_;
  bool done_ = false;
};

// Of what came between the readings.
class Difference {
 public:
  Difference(const Totals& before, const Totals& after) : before_(before), after_(after) {}

  bool Has(std::string_view histogram, std::string_view labels = {}) const {
    return after_.contains(absl::StrCat(absl::string_view(histogram.data(), histogram.size()), "_sum",
                                        absl::string_view(labels.data(), labels.size())));
  }
  double Seconds(std::string_view histogram, std::string_view labels = {}) const {
    return Of(histogram, "_sum", labels);
  }
  double Count(std::string_view histogram, std::string_view labels = {}) const {
    return Of(histogram, "_count", labels);
  }

 private:
  double Of(std::string_view histogram, std::string_view what, std::string_view labels) const {
    std::string name(histogram);
    name += what;
    name += labels;
    return ValueIn(after_, name) - ValueIn(before_, name);
  }
  static double ValueIn(const Totals& totals, const std::string& name) {
    const auto found = totals.find(name);
    return found == totals.end() ? 0 : found->second;
  }

  const Totals& before_;
  const Totals& after_;
};

constexpr std::string_view kLatency = "trackfit_gateway_frame_latency_seconds";
constexpr std::string_view kStage = "trackfit_gateway_frame_stage_seconds";
constexpr std::string_view kWait = "trackfit_request_wait_seconds";
constexpr std::string_view kOfExtractor = R"({method="ExtractStream"})";

}  // namespace

void AddTotals(std::string_view page, Totals& totals) {
  for (const absl::string_view line : absl::StrSplit(absl::string_view(page.data(), page.size()), '\n')) {
    const std::size_t space = line.rfind(' ');
    if (space == absl::string_view::npos || absl::StartsWith(line, "#")) continue;
    const absl::string_view name = line.substr(0, space);
    const absl::string_view plain = name.substr(0, name.find('{'));
    double value = 0;
    if (!absl::EndsWith(plain, "_sum") && !absl::EndsWith(plain, "_count")) continue;
    if (absl::SimpleAtod(line.substr(space + 1), &value)) totals[std::string(name)] += value;
  }
}

absl::StatusOr<Totals> ReadTotals(const std::vector<std::string>& servers) {
  Totals totals;
  for (const std::string& server : servers) {
    const auto page = MetricsPage::Get(server);
    if (!page.ok()) return page.status();
    AddTotals(*page, totals);
  }
  return totals;
}

std::vector<StageTime> StageTimes(const Totals& before, const Totals& after) {
  const Difference difference(before, after);
  const double frames = difference.Count(kLatency);
  std::vector<StageTime> stages;
  if (frames <= 0) return stages;
  const auto add = [&](const char* stage, double seconds) {
    stages.push_back({stage, 1000 * std::max(0.0, seconds) / frames});
  };
  add("waits at the gateway", difference.Seconds(kStage, R"({stage="waiting"})"));
  double away = difference.Seconds(kStage, R"({stage="extractor"})");
  if (difference.Has(kWait, kOfExtractor)) {
    const double waits = difference.Seconds(kWait, kOfExtractor);
    const double decode = difference.Seconds("trackfit_decode_seconds");
    const double pose = difference.Seconds("trackfit_pose_seconds");
    const double detector = difference.Seconds("trackfit_detector_seconds");
    const double landmarks = difference.Seconds("trackfit_landmark_seconds");
    add("waits at the extractor", waits);
    add("decoding", decode);
    add("detector", detector);
    add("landmarks", landmarks);
    add("around the networks", pose - detector - landmarks);
    away -= waits + decode + pose;
  }
  add(difference.Has(kWait, kOfExtractor) ? "between the servers" : "at the extractor", away);
  add("waits for earlier frames", difference.Seconds(kStage, R"({stage="ordering"})"));
  return stages;
}

}  // namespace trackfit::load
