#include "reference/reference.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "spelling/edit_distance.h"

namespace trackfit::reference {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int kFormat = 1;
constexpr size_t kMaxName = 64;
constexpr size_t kMaxSource = 500;
constexpr int kMaxRepetitions = 1000;
constexpr int64_t kMaxDurationMs = 3'600'000;
constexpr double kMaxPlace = 20;  // torso lengths
constexpr double kMaxDepthError = 2;

double Rounded(double value, double digits) { return std::round(value * digits) / digits; }

std::string NodeName(int node) { return std::string(skeleton::JointNames()[kJointOfNode[node]]); }

template <class... Parts>
absl::Status Wrong(const Parts&... parts) {
  return absl::InvalidArgumentError(absl::StrCat(parts...));
}

absl::Status CheckKeys(const json& object, const std::string& field, const std::vector<std::string>& keys) {
  if (!object.is_object()) return Wrong(field, " must be an object");
  const std::string prefix = field == "the reference" ? "" : absl::StrCat(field, ".");
  for (const auto& item : object.items()) {
    if (std::find(keys.begin(), keys.end(), item.key()) != keys.end()) continue;
    const std::string meant = spelling::NearestName(item.key(), keys);
    return Wrong("there is no field ", prefix, item.key(), meant.empty() ? "" : "; did you mean ", meant,
                 meant.empty() ? "" : "?");
  }
  for (const std::string& key : keys) {
    if (!object.contains(key)) return Wrong(prefix, key, " is missing");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> Text(const json& object, const std::string& key, size_t longest) {
  const json& value = object[key];
  if (!value.is_string()) return Wrong(key, " must be a text");
  std::string text = value.get<std::string>();
  if (text.empty() || text.size() > longest)
    return Wrong(key, " must have 1 to ", longest, " bytes, and has ", text.size());
  const bool printable = std::none_of(text.begin(), text.end(), [](char c) { return c >= 0 && c < ' '; });
  if (!printable) return Wrong(key, " holds a control character");
  return text;
}

absl::StatusOr<double> Number(const json& value, const std::string& field, double low, double high) {
  if (!value.is_number()) return Wrong(field, " must be a number");
  const auto number = value.get<double>();
  if (!(number >= low && number <= high))
    return Wrong(field, " is ", number, "; it must be from ", low, " to ", high);
  return number;
}

// Reads `count` numbers, each from low to high.
absl::Status ReadNumbers(const json& list, const std::string& field,
                         const std::vector<std::pair<double, double>>& limits, float* numbers) {
  if (!list.is_array() || list.size() != limits.size())
    return Wrong(field, " must be a list of ", limits.size(), " numbers");
  for (size_t i = 0; i < limits.size(); ++i) {
    const auto number = Number(list[i], absl::StrCat(field, "[", i, "]"), limits[i].first, limits[i].second);
    if (!number.ok()) return number.status();
    numbers[i] = static_cast<float>(*number);
  }
  return absl::OkStatus();
}

absl::Status ReadParts(const json& list, std::vector<Part>& parts) {
  absl::Status wrong = Wrong("parts must be a list of some of arms, trunk and legs, each once");
  if (!list.is_array() || list.empty() || list.size() > kPartCount) return wrong;
  for (int part = 0; part < kPartCount; ++part) {
    const auto times = std::count(list.begin(), list.end(), json(PartName(static_cast<Part>(part))));
    if (times == 1) parts.push_back(static_cast<Part>(part));
  }
  return parts.size() == list.size() ? absl::OkStatus() : wrong;
}

absl::Status ReadSkeleton(const json& skeleton, std::vector<Figure>& phases) {
  std::vector<std::string> names;
  names.reserve(kNodeCount);
  for (int node = 0; node < kNodeCount; ++node) names.push_back(NodeName(node));
  if (absl::Status status = CheckKeys(skeleton, "skeleton", names); !status.ok()) return status;
  phases.assign(kPhases, {});
  for (int node = 0; node < kNodeCount; ++node) {
    const std::string field = absl::StrCat("skeleton.", names[node]);
    const json& places = skeleton[names[node]];
    if (!places.is_array() || places.size() != kPhases)
      return Wrong(field, " must be a list of ", kPhases, " places [x, y, z, seen]");
    for (int phase = 0; phase < kPhases; ++phase) {
      std::array<float, 4> place{};
      const std::pair<double, double> space{-kMaxPlace, kMaxPlace};
      absl::Status status = ReadNumbers(places[phase], absl::StrCat(field, "[", phase, "]"),
                                        {space, space, space, {0, 1}}, place.data());
      if (!status.ok()) return status;
      phases[phase].nodes[node] = {place[0], place[1], place[2]};
      phases[phase].seen[node] = place[3];
    }
  }
  for (const int node : {kLeftShoulder, kRightShoulder, kLeftHip, kRightHip}) {
    const bool seen = std::any_of(phases.begin(), phases.end(),
                                  [&](const Figure& figure) { return figure.seen[node] > 0; });
    if (!seen) return Wrong("skeleton.", names[node], " is never seen");
  }
  return absl::OkStatus();
}

absl::Status ReadSpread(const json& spread, Reference& reference) {
  std::vector<std::string> names;
  for (const std::string_view name : AngleNames()) names.emplace_back(name);
  if (absl::Status status = CheckKeys(spread, "spread", names); !status.ok()) return status;
  reference.spread.resize(kPhases);
  for (int angle = 0; angle < kAngleCount; ++angle) {
    std::array<float, kPhases> degrees{};
    absl::Status status =
        ReadNumbers(spread[names[angle]], absl::StrCat("spread.", names[angle]),
                    std::vector<std::pair<double, double>>(kPhases, {0, 180}), degrees.data());
    if (!status.ok()) return status;
    for (int phase = 0; phase < kPhases; ++phase) reference.spread[phase][angle] = degrees[phase];
  }
  return absl::OkStatus();
}

}  // namespace

std::string_view PartName(Part part) {
  constexpr std::array<std::string_view, kPartCount> kNames = {"arms", "trunk", "legs"};
  return kNames[static_cast<size_t>(part)];
}

std::vector<std::array<float, kAngleCount>> Reference::Angles() const {
  std::vector<std::array<float, kAngleCount>> angles;
  for (const Figure& phase : phases) angles.push_back(phase.Angles());
  return angles;
}

std::string Reference::ToJson() const {
  json part_names = json::array();
  for (const Part part : parts) part_names.push_back(PartName(part));
  std::string text =
      absl::StrCat("{\"format\": ", kFormat, ",\n \"exercise\": ", json(exercise).dump(),
                   ",\n \"name\": ", json(name).dump(), ",\n \"source\": ", json(source).dump(),
                   ",\n \"repetitions\": ", repetitions, ",\n \"duration_ms\": ", (duration_us + 500) / 1000,
                   ",\n \"parts\": ", part_names.dump(),
                   ",\n \"depth_error\": ", json(Rounded(depth_error, 1000)).dump(), ",\n \"skeleton\": {");
  for (int node = 0; node < kNodeCount; ++node) {
    json places = json::array();
    for (const Figure& phase : phases) {
      const Vector& v = phase.nodes[node];
      places.push_back(
          {Rounded(v.x, 1000), Rounded(v.y, 1000), Rounded(v.z, 1000), Rounded(phase.seen[node], 100)});
    }
    absl::StrAppend(&text, node > 0 ? ",\n  " : "\n  ", json(NodeName(node)).dump(), ": ", places.dump());
  }
  absl::StrAppend(&text, "},\n \"spread\": {");
  for (int angle = 0; angle < kAngleCount; ++angle) {
    json degrees = json::array();
    for (const auto& phase : spread) degrees.push_back(Rounded(phase[angle], 10));
    absl::StrAppend(&text, angle > 0 ? ",\n  \"" : "\n  \"", std::string(AngleNames()[angle]),
                    "\": ", degrees.dump());
  }
  return absl::StrCat(text, "}}\n");
}

absl::StatusOr<Reference> Reference::Parse(std::string_view text) {
  if (text.size() > kMaxFileBytes)
    return Wrong("a reference has at most ", kMaxFileBytes, " bytes, and this has ", text.size());
  const json root = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (root.is_discarded()) return Wrong("a reference is JSON, and this is not");
  if (!root.is_object() || !root.contains("format")) return Wrong("format is missing");
  if (root["format"] != kFormat)
    return Wrong("format is ", root["format"].dump(), "; this version reads ", kFormat);
  absl::Status status = CheckKeys(root, "the reference",
                                  {"format", "exercise", "name", "source", "repetitions", "duration_ms",
                                   "parts", "depth_error", "skeleton", "spread"});
  if (!status.ok()) return status;
  Reference reference;
  for (const auto& [key, longest, target] : {std::tuple{"exercise", kMaxName, &reference.exercise},
                                             {"name", kMaxName, &reference.name},
                                             {"source", kMaxSource, &reference.source}}) {
    absl::StatusOr<std::string> value = Text(root, key, longest);
    if (!value.ok()) return value.status();
    *target = *std::move(value);
  }
  const auto repetitions = Number(root["repetitions"], "repetitions", 1, kMaxRepetitions);
  if (!repetitions.ok()) return repetitions.status();
  const auto duration = Number(root["duration_ms"], "duration_ms", 1, kMaxDurationMs);
  if (!duration.ok()) return duration.status();
  const auto depth_error = Number(root["depth_error"], "depth_error", 0, kMaxDepthError);
  if (!depth_error.ok()) return depth_error.status();
  reference.repetitions = static_cast<int>(*repetitions);
  reference.duration_us = std::llround(*duration * 1000);
  reference.depth_error = static_cast<float>(*depth_error);
  if (status = ReadParts(root["parts"], reference.parts); !status.ok()) return status;
  if (status = ReadSkeleton(root["skeleton"], reference.phases); !status.ok()) return status;
  if (status = ReadSpread(root["spread"], reference); !status.ok()) return status;
  return reference;
}

absl::StatusOr<std::shared_ptr<const References>> References::Load(const std::string& folder) {
  std::error_code error;
  std::vector<fs::path> paths;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".json") paths.push_back(entry->path());
  }
  if (error) return absl::NotFoundError(absl::StrCat(folder, " cannot be read: ", error.message()));
  std::sort(paths.begin(), paths.end());
  std::vector<Reference> references;
  for (const fs::path& path : paths) {
    std::ifstream file(path, std::ios::binary);
    std::string text(kMaxFileBytes + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<size_t>(file.gcount()));
    if (file.bad() || text.empty())
      return absl::NotFoundError(absl::StrCat(path.string(), " cannot be read"));
    absl::StatusOr<Reference> reference = Reference::Parse(text);
    if (!reference.ok()) return Wrong(path.string(), ": ", std::string(reference.status().message()));
    const bool twice = std::any_of(references.begin(), references.end(),
                                   [&](const Reference& other) { return other.name == reference->name; });
    if (twice) return Wrong(path.string(), ": there is another reference named ", reference->name);
    references.push_back(*std::move(reference));
  }
  return std::make_shared<const References>(std::move(references));
}

References::References(std::vector<Reference> references) : references_(std::move(references)) {
  std::sort(references_.begin(), references_.end(),
            [](const Reference& a, const Reference& b) { return a.name < b.name; });
}

const Reference* References::Find(std::string_view name) const {
  const auto found = std::find_if(references_.begin(), references_.end(),
                                  [&](const Reference& reference) { return reference.name == name; });
  return found == references_.end() ? nullptr : &*found;
}

}  // namespace trackfit::reference
