#include "experiment/multirun.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "experiment/run_folder.h"
#include "files/partial_file.h"

namespace trackfit::experiment {
namespace {

namespace fs = std::filesystem;

// The parts between commas, except for those in brackets.
std::vector<std::string> SplitValues(const std::string& text) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (const char c : text) {
    if (c == '[') ++depth;
    if (c == ']') --depth;
    if (c == ',' && depth == 0) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

using Row = std::vector<std::string>;

std::string CsvCell(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

std::string ToCsv(const std::vector<Row>& rows) {
  std::string csv;
  for (const Row& row : rows) {
    csv += absl::StrJoin(row, ",", [](std::string* out, const std::string& cell) { *out += CsvCell(cell); });
    csv += '\n';
  }
  return csv;
}

std::string ToTable(const std::vector<Row>& rows) {
  std::vector<size_t> widths(rows.front().size());
  for (const Row& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string table;
  for (const Row& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i)
      absl::StrAppendFormat(&line, "%s%-*s", i > 0 ? "  " : "", static_cast<int>(widths[i]), row[i]);
    absl::StrAppend(&table, absl::StripTrailingAsciiWhitespace(line), "\n");
  }
  return table;
}

using Outcome = absl::StatusOr<RunResult>;

// A heading, then one row per outcome: the values of the keys, the state of the run, and the figures of all
// runs.
std::vector<Row> Summarise(const Sweep& sweep, const std::vector<Outcome>& outcomes) {
  std::set<std::string> metrics;
  for (const Outcome& outcome : outcomes) {
    if (!outcome.ok()) continue;
    for (const auto& [name, value] : outcome->metrics) metrics.insert(name);
  }
  Row heading = sweep.keys;
  heading.insert(heading.end(), {"kept_epoch", "seconds"});
  heading.insert(heading.end(), metrics.begin(), metrics.end());
  heading.push_back("status");
  std::vector<Row> rows = {heading};
  for (size_t i = 0; i < outcomes.size(); ++i) {
    Row row = sweep.variants[i].values;
    const Outcome& outcome = outcomes[i];
    row.push_back(outcome.ok() ? absl::StrCat(outcome->epoch) : "");
    row.push_back(outcome.ok() ? absl::StrFormat("%.1f", outcome->seconds) : "");
    for (const std::string& name : metrics) {
      const bool known = outcome.ok() && outcome->metrics.count(name) > 0;
      row.push_back(known ? absl::StrFormat("%.4f", outcome->metrics.at(name)) : "");
    }
    row.push_back(outcome.ok() ? "ok" : std::string(outcome.status().message()));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

std::string Sweep::NameOf(const Variant& variant) const {
  std::vector<std::string> parts;
  for (size_t i = 0; i < keys.size(); ++i) parts.push_back(absl::StrCat(keys[i], "=", variant.values[i]));
  std::string name = absl::StrJoin(parts, ",");
  for (char& c : name) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) &&
        std::string_view("._+-,=[]").find(c) == std::string_view::npos) {
      c = '_';
    }
  }
  return name;
}

absl::StatusOr<Sweep> ExpandSweep(const std::vector<std::string>& arguments) {
  Sweep sweep;
  sweep.variants.emplace_back();
  for (const std::string& argument : arguments) {
    if (const auto checked = ParseSetting(argument); !checked.ok()) return checked.status();
    const size_t equals = argument.find('=');
    const std::string key = argument.substr(0, equals);
    const std::vector<std::string> values = SplitValues(argument.substr(equals + 1));
    const bool swept = values.size() > 1;
    if (swept) sweep.keys.push_back(key);
    std::vector<Variant> product;
    for (const Variant& variant : sweep.variants) {
      for (const std::string& value : values) {
        Variant& longer = product.emplace_back(variant);
        if (swept) longer.values.push_back(value);
        longer.settings.push_back(*ParseSetting(absl::StrCat(key, "=", value)));
      }
    }
    sweep.variants = std::move(product);
  }
  if (sweep.keys.empty()) {
    return absl::InvalidArgumentError(
        "--multirun needs a key with several values, as in training.learning_rate=0.01,0.03");
  }
  std::set<std::string> names;
  for (const Variant& variant : sweep.variants) {
    if (!names.insert(sweep.NameOf(variant)).second)
      return absl::InvalidArgumentError(absl::StrCat("two runs would be called ", sweep.NameOf(variant)));
  }
  return sweep;
}

absl::Status TrainAll(const std::vector<Setting>& base, const Sweep& sweep, bool resume,
                      const TrainFunction& train, std::ostream& out) {
  std::string output;
  std::vector<RunConfig> configs;
  for (const Variant& variant : sweep.variants) {
    std::vector<Setting> settings = base;
    settings.insert(settings.end(), variant.settings.begin(), variant.settings.end());
    output = OutputOf(settings);
    if (output.empty())
      return absl::InvalidArgumentError("output is not set; it names the folder of the runs");
    const std::string folder = (fs::path(output) / sweep.NameOf(variant)).string();
    settings.push_back({.key = "output", .value = {.items = {folder}, .list = false}, .where = ""});
    auto config = ResolveRun(settings, resume);
    if (!config.ok()) return config.status();
    configs.push_back(*std::move(config));
  }
  std::error_code error;
  fs::create_directories(output, error);
  if (error) return absl::UnavailableError(absl::StrCat("cannot make ", output, ": ", error.message()));

  std::vector<Outcome> outcomes;
  int failed = 0;
  for (size_t i = 0; i < configs.size(); ++i) {
    const std::string label = absl::StrCat("[", i + 1, "/", configs.size(), "] ");
    out << label << configs[i].output << std::endl;
    outcomes.push_back(train(configs[i], label));
    if (!outcomes.back().ok()) {
      ++failed;
      out << label << "failed: " << outcomes.back().status().message() << std::endl;
    }
    const std::string csv = ToCsv(Summarise(sweep, outcomes));
    if (absl::Status saved = files::ReplaceFile(fs::path(output) / "summary.csv", csv); !saved.ok())
      return saved;
  }
  out << ToTable(Summarise(sweep, outcomes)) << std::flush;
  if (failed == 0) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat(failed, " of ", configs.size(), " runs failed"));
}

}  // namespace trackfit::experiment
