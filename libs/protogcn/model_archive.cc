#include "protogcn/model_archive.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <span>

#include "absl/strings/str_cat.h"
#include "skeleton/joint.h"
#include "skeleton/layout.h"
#include "skeleton/modality.h"
#include "skeleton/normalize.h"

namespace trackfit::protogcn {
namespace {

using Json = nlohmann::json;

constexpr int kFormat = 1;  // of metadata.json
constexpr double kMaxRateHz = 1000;
constexpr int kMaxWindowPoses = 3000;
constexpr double kMaxTemperature = 1000;
constexpr double kUnitTolerance = 1e-3;

absl::Status Invalid(const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat("metadata.", what));
}

// --- validation

absl::Status ValidateClasses(const ModelMetadata& metadata) {
  const auto& classes = metadata.classes;
  if (static_cast<int>(classes.size()) != metadata.network.classes) {
    return Invalid(absl::StrCat("classes has ", classes.size(), " names; the network has ",
                                metadata.network.classes, " classes"));
  }
  std::set<std::string> seen;
  for (const std::string& name : classes) {
    if (name.empty()) return Invalid("classes has an empty name");
    if (!seen.insert(name).second) return Invalid(absl::StrCat("classes has \"", name, "\" twice"));
  }
  if (!metadata.background_class.empty() && !seen.contains(metadata.background_class)) {
    return Invalid(
        absl::StrCat("background_class \"", metadata.background_class, "\" is not one of classes"));
  }
  return absl::OkStatus();
}

absl::Status ValidateLayout(const ModelMetadata& metadata) {
  const auto layout = skeleton::FindLayout(metadata.network.layout);
  if (!layout.ok()) return Invalid(absl::StrCat("network.layout: ", layout.status().message()));
  if (layout->nodes() != metadata.network.nodes) {
    return Invalid(absl::StrCat("network.nodes is ", metadata.network.nodes, "; layout ", layout->name,
                                " has ", layout->nodes()));
  }
  const auto& mapping = metadata.joint_mapping;
  if (mapping.empty()) return absl::OkStatus();
  if (static_cast<int>(mapping.size()) != metadata.network.nodes) {
    return Invalid(
        absl::StrCat("joint_mapping has ", mapping.size(), " nodes; expected ", metadata.network.nodes));
  }
  for (const auto& joints : mapping) {
    if (joints.empty()) return Invalid("joint_mapping has a node without joints");
    for (const int joint : joints) {
      if (joint < 0 || joint >= skeleton::kJointCount) {
        return Invalid(absl::StrCat("joint_mapping has joint ", joint, "; joints lie in [0, ",
                                    skeleton::kJointCount - 1, "]"));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status ValidatePrototypes(const ModelMetadata& metadata) {
  const auto& prototypes = metadata.prototypes;
  if (prototypes.empty()) return absl::OkStatus();
  if (prototypes.size() != metadata.classes.size()) {
    return Invalid(
        absl::StrCat("prototypes has ", prototypes.size(), " rows; expected one per class or none"));
  }
  const size_t features = static_cast<size_t>(FeatureChannels(metadata.network));
  for (size_t i = 0; i < prototypes.size(); ++i) {
    if (prototypes[i].empty()) continue;
    double square = 0;
    for (const float value : prototypes[i]) square += double{value} * value;
    if (prototypes[i].size() != features || !(std::abs(std::sqrt(square) - 1) <= kUnitTolerance)) {
      return Invalid(absl::StrCat("prototypes of ", metadata.classes[i], " is not a unit vector of ",
                                  features, " values"));
    }
  }
  return absl::OkStatus();
}

bool Ascends(std::span<const float> table) {
  return std::all_of(table.begin(), table.end(), [](float value) { return std::isfinite(value); }) &&
         std::is_sorted(table.begin(), table.end());
}

absl::Status ValidateCalibration(const ModelMetadata& metadata) {
  const auto& calibration = metadata.calibration;
  if (calibration.empty()) return absl::OkStatus();
  if (calibration.size() != metadata.classes.size()) {
    return Invalid(
        absl::StrCat("calibration has ", calibration.size(), " entries; expected one per class or none"));
  }
  for (size_t i = 0; i < calibration.size(); ++i) {
    const std::string& name = metadata.classes[i];
    if (!Ascends(calibration[i].cosine))
      return Invalid(absl::StrCat("calibration.cosine of ", name, " does not ascend"));
    const auto& tables = calibration[i].joint_error;
    if (!tables.empty() && static_cast<int>(tables.size()) != metadata.network.nodes) {
      return Invalid(absl::StrCat("calibration.joint_error of ", name, " has ", tables.size(),
                                  " tables; expected ", metadata.network.nodes, " or none"));
    }
    if (!Ascends(calibration[i].form_logit))
      return Invalid(absl::StrCat("calibration.form_logit of ", name, " does not ascend"));
    if (const absl::Status form = calibration[i].form.Validate(); !form.ok())
      return Invalid(absl::StrCat("calibration of ", name, ": ", form.message()));
    if (!Ascends(calibration[i].worst_joint))
      return Invalid(absl::StrCat("calibration.worst_joint of ", name, " does not ascend"));
    if (!std::all_of(tables.begin(), tables.end(), Ascends)) {
      return Invalid(absl::StrCat("calibration.joint_error of ", name, " does not ascend"));
    }
  }
  return absl::OkStatus();
}

absl::Status ValidateNumbers(const ModelMetadata& metadata) {
  if (!(metadata.rate_hz > 0 && metadata.rate_hz <= kMaxRateHz)) {
    return Invalid(absl::StrCat("rate_hz is ", metadata.rate_hz, "; it must lie in (0, ", kMaxRateHz, "]"));
  }
  if (metadata.window_poses < 0 || metadata.window_poses > kMaxWindowPoses) {
    return Invalid(absl::StrCat("window_poses is ", metadata.window_poses, "; it must lie in [0, ",
                                kMaxWindowPoses, "]"));
  }
  if (metadata.min_frames < 1 || metadata.min_frames > metadata.poses_per_window()) {
    return Invalid(absl::StrCat("min_frames is ", metadata.min_frames, "; it must lie in [1, ",
                                metadata.poses_per_window(), "], the window"));
  }
  if (metadata.joint_error == JointErrorSource::kHead && metadata.network.joint_channels == 0)
    return Invalid("joint_error is \"head\", but the network has no joint head");
  if (!(metadata.temperature > 0 && metadata.temperature <= kMaxTemperature)) {
    return Invalid(
        absl::StrCat("temperature is ", metadata.temperature, "; it must lie in (0, ", kMaxTemperature, "]"));
  }
  if (!(metadata.known_scale > 0 && metadata.known_scale <= kMaxTemperature)) {
    return Invalid(
        absl::StrCat("known_scale is ", metadata.known_scale, "; it must lie in (0, ", kMaxTemperature, "]"));
  }
  if (!std::isfinite(metadata.known_offset)) return Invalid("known_offset is not finite");
  if (!(metadata.known_threshold >= 0 && metadata.known_threshold <= 1)) {
    return Invalid(absl::StrCat("known_threshold is ", metadata.known_threshold, "; it must lie in [0, 1]"));
  }
  for (const auto& [name, value] : metadata.metrics) {
    if (!std::isfinite(value)) return Invalid(absl::StrCat("metrics \"", name, "\" is not finite"));
  }
  return absl::OkStatus();
}

// --- JSON

// Reads fields of one object; keeps the first error: a missing field or one of the wrong type.
class FieldReader {
 public:
  FieldReader(const Json& object, std::string prefix) : object_(object), prefix_(std::move(prefix)) {
    if (!object_.is_object()) Fail("", "is not an object");
  }

  template <typename T>
  void Read(const char* name, T& value) {
    if (!status_.ok()) return;
    const auto found = object_.find(name);
    if (found == object_.end()) return Fail(name, "is missing");
    try {
      found->get_to(value);
    } catch (const Json::exception&) {
      Fail(name, "has the wrong type");
    }
  }

  const absl::Status& status() const { return status_; }

 private:
  void Fail(const std::string& name, const std::string& what) {
    status_ = absl::InvalidArgumentError(absl::StrCat(prefix_, name, " ", what));
  }

  const Json& object_;
  std::string prefix_;
  absl::Status status_;
};

Json NetworkToJson(const NetworkConfig& network) {
  return {{"layout", network.layout},
          {"nodes", network.nodes},
          {"bones", network.bones},
          {"window", network.window},
          {"in_channels", network.in_channels},
          {"base_channels", network.base_channels},
          {"ch_ratio", network.ch_ratio},
          {"num_stages", network.num_stages},
          {"inflate_stages", network.inflate_stages},
          {"down_stages", network.down_stages},
          {"num_filters", network.num_filters},
          {"filter_ratio", network.filter_ratio},
          {"num_prototypes", network.num_prototypes},
          {"contrast_channels", network.contrast_channels},
          {"joint_coefficients", network.joint_coefficients},
          {"classes", network.classes},
          {"head_dropout", network.head_dropout},
          {"joint_channels", network.joint_channels},
          {"joint_head", network.joint_head}};
}

absl::StatusOr<NetworkConfig> NetworkFromJson(const Json& json) {
  NetworkConfig network;
  FieldReader reader(json, "metadata.network.");
  reader.Read("layout", network.layout);
  reader.Read("nodes", network.nodes);
  reader.Read("bones", network.bones);
  reader.Read("window", network.window);
  reader.Read("in_channels", network.in_channels);
  reader.Read("base_channels", network.base_channels);
  reader.Read("ch_ratio", network.ch_ratio);
  reader.Read("num_stages", network.num_stages);
  reader.Read("inflate_stages", network.inflate_stages);
  reader.Read("down_stages", network.down_stages);
  reader.Read("num_filters", network.num_filters);
  reader.Read("filter_ratio", network.filter_ratio);
  reader.Read("num_prototypes", network.num_prototypes);
  reader.Read("contrast_channels", network.contrast_channels);
  reader.Read("joint_coefficients", network.joint_coefficients);
  reader.Read("classes", network.classes);
  reader.Read("head_dropout", network.head_dropout);
  if (json.contains("joint_channels")) reader.Read("joint_channels", network.joint_channels);
  if (json.contains("joint_head")) reader.Read("joint_head", network.joint_head);
  if (!reader.status().ok()) return reader.status();
  return network;
}

Json FormToJson(const FormModel& form) {
  Json curves = Json::object();
  for (const auto& [measure, curve] : form.curves)
    curves[skeleton::MeasureNames()[measure]] = {{"knots", curve.knots}, {"values", curve.values}};
  return {{"bias", form.bias}, {"curves", std::move(curves)}};
}

absl::StatusOr<FormModel> FormFromJson(const Json& json) {
  FormModel form;
  std::map<std::string, Json> curves;
  FieldReader reader(json, "metadata.calibration.form.");
  reader.Read("bias", form.bias);
  reader.Read("curves", curves);
  if (!reader.status().ok()) return reader.status();
  for (const auto& [name, entry] : curves) {
    const auto measure = skeleton::MeasureOf(name);
    if (!measure) return Invalid(absl::StrCat("calibration.form has the unknown measure \"", name, "\""));
    FormModel::Curve& curve = form.curves[*measure];
    FieldReader curve_reader(entry, absl::StrCat("metadata.calibration.form.", name, "."));
    curve_reader.Read("knots", curve.knots);
    curve_reader.Read("values", curve.values);
    if (!curve_reader.status().ok()) return curve_reader.status();
  }
  return form;
}

absl::StatusOr<std::vector<ClassCalibration>> CalibrationFromJson(const std::vector<Json>& entries) {
  std::vector<ClassCalibration> calibration;
  for (const Json& entry : entries) {
    ClassCalibration& of_class = calibration.emplace_back();
    FieldReader reader(entry, "metadata.calibration.");
    reader.Read("cosine", of_class.cosine);
    reader.Read("joint_error", of_class.joint_error);
    if (entry.contains("worst_joint")) reader.Read("worst_joint", of_class.worst_joint);
    if (entry.contains("form_logit")) reader.Read("form_logit", of_class.form_logit);
    if (!reader.status().ok()) return reader.status();
    if (!entry.contains("form")) continue;
    auto form = FormFromJson(entry["form"]);
    if (!form.ok()) return form.status();
    of_class.form = *std::move(form);
  }
  return calibration;
}

}  // namespace

absl::StatusOr<JointErrorSource> ParseJointErrorSource(const std::string& name) {
  for (const JointErrorSource source : {JointErrorSource::kGraph, JointErrorSource::kHead}) {
    if (JointErrorSourceName(source) == name) return source;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("joint_error \"", name, "\" is unknown; known are \"graph\" and \"head\""));
}

std::string JointErrorSourceName(JointErrorSource source) {
  return source == JointErrorSource::kGraph ? "graph" : "head";
}

absl::Status ModelMetadata::Validate() const {
  if (version.empty()) return Invalid("version is empty");
  if (absl::Status status = network.Validate(); !status.ok()) return Invalid(std::string(status.message()));
  if (auto known = skeleton::ParseNormalization(normalization); !known.ok()) {
    return Invalid(absl::StrCat("normalization: ", known.status().message()));
  }
  if (auto known = skeleton::ParseModality(modality); !known.ok()) {
    return Invalid(absl::StrCat("modality: ", known.status().message()));
  }
  for (const auto validate :
       {ValidateClasses, ValidateLayout, ValidatePrototypes, ValidateCalibration, ValidateNumbers}) {
    if (absl::Status status = validate(*this); !status.ok()) return status;
  }
  return absl::OkStatus();
}

std::string MetadataToJson(const ModelMetadata& metadata) {
  Json calibration = Json::array();
  for (const ClassCalibration& of_class : metadata.calibration) {
    calibration.push_back({{"cosine", of_class.cosine},
                           {"joint_error", of_class.joint_error},
                           {"worst_joint", of_class.worst_joint}});
    if (of_class.form.empty()) continue;
    calibration.back()["form"] = FormToJson(of_class.form);
    calibration.back()["form_logit"] = of_class.form_logit;
  }
  const Json json = {{"format", kFormat},
                     {"version", metadata.version},
                     {"network", NetworkToJson(metadata.network)},
                     {"classes", metadata.classes},
                     {"background_class", metadata.background_class},
                     {"joint_mapping", metadata.joint_mapping},
                     {"rate_hz", metadata.rate_hz},
                     {"window_poses", metadata.window_poses},
                     {"min_frames", metadata.min_frames},
                     {"normalization", metadata.normalization},
                     {"modality", metadata.modality},
                     {"prototypes", metadata.prototypes},
                     {"calibration", std::move(calibration)},
                     {"joint_error", JointErrorSourceName(metadata.joint_error)},
                     {"temperature", metadata.temperature},
                     {"known_scale", metadata.known_scale},
                     {"known_offset", metadata.known_offset},
                     {"known_threshold", metadata.known_threshold},
                     {"provenance", metadata.provenance},
                     {"metrics", metadata.metrics}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

absl::StatusOr<ModelMetadata> MetadataFromJson(const std::string& text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return absl::InvalidArgumentError("metadata is not JSON");
  ModelMetadata metadata;
  int format = 0;
  Json network;
  std::vector<Json> calibration;
  std::string joint_error = "graph";
  FieldReader reader(json, "metadata.");
  reader.Read("format", format);
  reader.Read("version", metadata.version);
  reader.Read("network", network);
  reader.Read("classes", metadata.classes);
  reader.Read("background_class", metadata.background_class);
  reader.Read("joint_mapping", metadata.joint_mapping);
  reader.Read("rate_hz", metadata.rate_hz);
  if (json.contains("window_poses")) reader.Read("window_poses", metadata.window_poses);
  reader.Read("min_frames", metadata.min_frames);
  reader.Read("normalization", metadata.normalization);
  if (json.contains("modality")) reader.Read("modality", metadata.modality);  // older archives see joints
  reader.Read("prototypes", metadata.prototypes);
  reader.Read("calibration", calibration);
  if (json.contains("joint_error")) reader.Read("joint_error", joint_error);
  reader.Read("temperature", metadata.temperature);
  if (json.contains("known_scale")) reader.Read("known_scale", metadata.known_scale);
  if (json.contains("known_offset")) reader.Read("known_offset", metadata.known_offset);
  reader.Read("known_threshold", metadata.known_threshold);
  reader.Read("provenance", metadata.provenance);
  reader.Read("metrics", metadata.metrics);
  if (!reader.status().ok()) return reader.status();
  if (format != kFormat) return Invalid(absl::StrCat("format is ", format, "; this program reads ", kFormat));

  auto network_config = NetworkFromJson(network);
  if (!network_config.ok()) return network_config.status();
  metadata.network = *std::move(network_config);
  const auto source = ParseJointErrorSource(joint_error);
  if (!source.ok()) return Invalid(std::string(source.status().message()));
  metadata.joint_error = *source;
  auto tables = CalibrationFromJson(calibration);
  if (!tables.ok()) return tables.status();
  metadata.calibration = *std::move(tables);
  if (absl::Status status = metadata.Validate(); !status.ok()) return status;
  return metadata;
}

}  // namespace trackfit::protogcn
