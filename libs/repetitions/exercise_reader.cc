// Exercise::Parse.
#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "repetitions/exercise.h"
#include "schema/node.h"

namespace trackfit::repetitions {
namespace {

using schema::CheckKeys;
using schema::Fail;
using schema::Items;
using schema::Needed;
using schema::Number;
using schema::NumberOr;
using schema::OneOf;
using schema::Text;

constexpr double kMostValue = 1000;  // of anything measured

struct KindRow {
  const char* key;
  MeasureKind kind;
  size_t places;
};
constexpr KindRow kKinds[] = {
    {"angle", MeasureKind::kAngle, 3},     {"height", MeasureKind::kHeight, 2},
    {"reach", MeasureKind::kReach, 2},     {"aside", MeasureKind::kAside, 2},
    {"forward", MeasureKind::kForward, 2}, {"lean", MeasureKind::kLean, 2},
    {"slope", MeasureKind::kSlope, 2},     {"bend", MeasureKind::kBend, 3},
    {"along", MeasureKind::kAlong, 3},     {"ratio", MeasureKind::kRatio, 4},
    {"place_x", MeasureKind::kPlaceX, 1},  {"place_y", MeasureKind::kPlaceY, 1},
};
const std::vector<std::string> kSides = {"better", "mean", "least", "most", "left", "right", "difference"};
const std::vector<std::string> kMoments = {"rest", "turn", "lowering", "lifting", "throughout"};
const std::vector<std::string> kStatistics = {"mean", "least", "most", "range", "change", "rise", "fall"};
const std::vector<std::string> kViews = {"front", "diagonal", "side"};

std::string Name(const YAML::Node& node, const std::string& key) {
  std::string name = Text(node, key);
  const bool plain = std::ranges::all_of(
      name, [](unsigned char c) { return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_'; });
  if (!plain) Fail(node, absl::StrCat(key, " is \"", name, "\"; names consist of a-z, 0-9 and _"));
  return name;
}

std::map<std::string, std::string> TextsByLanguage(const YAML::Node& node, const std::string& key) {
  if (!node.IsMap() || node.size() == 0) Fail(node, absl::StrCat(key, " must hold a text for each language"));
  std::map<std::string, std::string> texts;
  for (const auto& entry : node) texts[Name(entry.first, "a language")] = Text(entry.second, key);
  return texts;
}

Range ReadRange(const YAML::Node& map) {
  Range range;
  if (map["least"]) range.low = static_cast<float>(Number(map["least"], "least", -kMostValue, kMostValue));
  if (map["most"]) range.high = static_cast<float>(Number(map["most"], "most", -kMostValue, kMostValue));
  if (!map["least"] && !map["most"]) Fail(map, "least or most is missing");
  if (range.low > range.high) Fail(map, "least is above most");
  return range;
}

class Reader {
 public:
  Exercise Read(const YAML::Node& root) {
    CheckKeys(root, "an exercise",
              {"exercise", "title", "best_view", "measures", "repetition", "conditions"});
    exercise_.name = Name(Needed(root, "exercise"), "exercise");
    exercise_.titles = TextsByLanguage(Needed(root, "title"), "title");
    exercise_.best_view = static_cast<View>(OneOf(Needed(root, "best_view"), "best_view", kViews));
    const YAML::Node measures = Needed(root, "measures");
    if (!measures.IsMap() || measures.size() == 0) Fail(measures, "measures must hold names and measures");
    for (const auto& entry : measures) AddMeasure(entry.first, entry.second);
    ReadRepetition(Needed(root, "repetition"));
    if (root["conditions"]) {
      for (const YAML::Node& node : Items(root["conditions"], "conditions")) AddCondition(node);
    }
    return std::move(exercise_);
  }

 private:
  void AddMeasure(const YAML::Node& name, const YAML::Node& node) {
    std::vector<std::string> known = {"sides"};
    for (const KindRow& row : kKinds) known.emplace_back(row.key);
    CheckKeys(node, "a measure", known);
    Measure measure;
    measure.name = Name(name, "the name of a measure");
    if (MeasureCalled(measure.name) >= 0) Fail(name, absl::StrCat(measure.name, " is there twice"));
    int kinds = 0;
    for (const KindRow& row : kKinds) {
      if (!node[row.key]) continue;
      ++kinds;
      measure.kind = row.kind;
      measure.places = ReadPlaces(node[row.key], row);
    }
    if (kinds != 1) Fail(node, absl::StrCat("a measure is one of angle, height, ...; this has ", kinds));
    if (node["sides"]) measure.sides = static_cast<Sides>(OneOf(node["sides"], "sides", kSides));
    exercise_.measures.push_back(std::move(measure));
  }

  static std::vector<Place> ReadPlaces(const YAML::Node& node, const KindRow& row) {
    std::vector<Place> places;
    const auto add = [&](const YAML::Node& name) {
      const absl::StatusOr<Place> place = Place::Parse(Text(name, "a place"));
      if (!place.ok()) Fail(name, std::string(place.status().message()));
      places.push_back(*place);
    };
    if (node.IsSequence()) {
      for (const YAML::Node& name : node) add(name);
    } else {
      add(node);
    }
    if (places.size() != row.places) {
      Fail(node, absl::StrCat(row.key, " takes ", row.places, " places; these are ", places.size()));
    }
    return places;
  }

  int MeasureCalled(const std::string& name) const {
    const auto found = std::ranges::find(exercise_.measures, name, &Measure::name);
    return found == exercise_.measures.end() ? -1 : static_cast<int>(found - exercise_.measures.begin());
  }

  int ReadMeasureName(const YAML::Node& map) const {
    std::vector<std::string> names;
    for (const Measure& measure : exercise_.measures) names.push_back(measure.name);
    return OneOf(Needed(map, "measure"), "measure", names);
  }

  Quantity ReadQuantity(const YAML::Node& map) const {
    Quantity quantity;
    quantity.measure = ReadMeasureName(map);
    if (map["moment"]) quantity.moment = static_cast<Moment>(OneOf(map["moment"], "moment", kMoments));
    if (map["statistic"])
      quantity.statistic = static_cast<Statistic>(OneOf(map["statistic"], "statistic", kStatistics));
    const MeasureKind kind = exercise_.measures[static_cast<size_t>(quantity.measure)].kind;
    const bool place = kind == MeasureKind::kPlaceX || kind == MeasureKind::kPlaceY;
    const bool relative = quantity.statistic >= Statistic::kRange;
    if (place && !relative) Fail(map, "a place in the picture has only a range or a change");
    return quantity;
  }

  void ReadRepetition(const YAML::Node& node) {
    CheckKeys(node, "repetition", {"drivers", "held", "alternating", "seconds", "range", "requires"});
    for (const YAML::Node& driver : Items(Needed(node, "drivers"), "drivers")) AddDriver(driver);
    exercise_.held = schema::BoolOr(node, "held", false);
    exercise_.alternating = schema::BoolOr(node, "alternating", false);
    if (const YAML::Node seconds = node["seconds"]) {
      CheckKeys(seconds, "seconds", {"least", "most"});
      exercise_.least_seconds = NumberOr(seconds, "least", exercise_.least_seconds, 0.1, 60);
      exercise_.most_seconds = NumberOr(seconds, "most", exercise_.most_seconds, exercise_.least_seconds, 60);
    }
    if (const YAML::Node range = node["range"]) {
      CheckKeys(range, "range", {"least", "complete"});
      exercise_.least_range = static_cast<float>(NumberOr(range, "least", exercise_.least_range, 0.05, 1));
      exercise_.complete_range =
          static_cast<float>(NumberOr(range, "complete", exercise_.complete_range, exercise_.least_range, 1));
    }
    if (!node["requires"]) return;
    for (const YAML::Node& required : Items(node["requires"], "requires")) {
      CheckKeys(required, "a requirement", {"measure", "moment", "statistic", "least", "most"});
      exercise_.requirements.push_back({ReadQuantity(required), ReadRange(required)});
    }
  }

  void AddDriver(const YAML::Node& node) {
    CheckKeys(node, "a driver", {"measure", "rest", "turn", "weight"});
    Driver driver;
    driver.measure = ReadMeasureName(node);
    driver.rest = static_cast<float>(Number(Needed(node, "rest"), "rest", -kMostValue, kMostValue));
    driver.turn = static_cast<float>(Number(Needed(node, "turn"), "turn", -kMostValue, kMostValue));
    driver.weight = static_cast<float>(NumberOr(node, "weight", 1, 0.01, 100));
    if (driver.rest == driver.turn) Fail(node, "rest and turn are equal");
    exercise_.drivers.push_back(driver);
  }

  Criterion ReadCriterion(const YAML::Node& node) const {
    Criterion criterion;
    criterion.quantity = ReadQuantity(node);
    const YAML::Node good = Needed(node, "good");
    CheckKeys(good, "good", {"least", "most"});
    criterion.good = ReadRange(good);
    criterion.doubtful = static_cast<bool>(node["doubtful"]);
    if (criterion.doubtful && node["slightly"]) Fail(node, "slightly and doubtful exclude one another");
    const std::string band = criterion.doubtful ? "doubtful" : "slightly";
    criterion.slightly = static_cast<float>(Number(Needed(node, band), band, 0, kMostValue));
    if (node["views"]) {
      for (const YAML::Node& view : Items(node["views"], "views"))
        criterion.views.push_back(static_cast<View>(OneOf(view, "views", kViews)));
    }
    return criterion;
  }

  void AddCondition(const YAML::Node& node) {
    CheckKeys(node, "a condition",
              {"code", "measure", "moment", "statistic", "good", "slightly", "doubtful", "joints", "views",
               "importance", "source", "texts", "other_views"});
    Condition condition;
    condition.code = Name(Needed(node, "code"), "code");
    if (!codes_.insert(condition.code).second)
      Fail(node["code"], absl::StrCat(condition.code, " is there twice"));
    static_cast<Criterion&>(condition) = ReadCriterion(node);
    if (node["other_views"]) {
      for (const YAML::Node& other : Items(node["other_views"], "other_views")) {
        CheckKeys(other, "a criterion of other views",
                  {"measure", "moment", "statistic", "good", "slightly", "doubtful", "views"});
        Needed(other, "views");
        condition.other_views.push_back(ReadCriterion(other));
      }
    }
    for (const YAML::Node& joint : Items(Needed(node, "joints"), "joints")) AddJoints(joint, condition);
    condition.importance = static_cast<int>(NumberOr(node, "importance", 1, 1, 5));
    condition.source = Text(Needed(node, "source"), "source");
    ReadTexts(Needed(node, "texts"), condition);
    exercise_.conditions.push_back(std::move(condition));
  }

  static void AddJoints(const YAML::Node& node, Condition& condition) {
    const absl::StatusOr<Place> place = Place::Parse(Text(node, "a joint"));
    if (!place.ok()) Fail(node, std::string(place.status().message()));
    condition.joints.push_back(static_cast<skeleton::Joint>(place->left));
    if (place->right != place->left) condition.joints.push_back(static_cast<skeleton::Joint>(place->right));
  }

  void ReadTexts(const YAML::Node& texts, Condition& condition) const {
    for (const auto& title : exercise_.titles) {
      const YAML::Node node = texts[title.first];
      if (!node) Fail(texts, absl::StrCat("there is a title in ", title.first, " but no text"));
    }
    for (const auto& entry : texts) {
      const std::string language = Name(entry.first, "a language");
      if (!exercise_.titles.contains(language)) {
        Fail(entry.first, absl::StrCat("there is a text in ", language, " but no title"));
      }
      CheckKeys(entry.second, "the texts of a language", {"title", "low", "high", "praise"});
      ConditionText& text = condition.texts[language];
      if (entry.second["title"]) text.title = Text(entry.second["title"], "title");
      text.praise = Text(Needed(entry.second, "praise"), "praise");
      bool low = condition.good.low > -kNoLimit;
      bool high = condition.good.high < kNoLimit;
      for (const Criterion& other : condition.other_views) {
        low |= other.good.low > -kNoLimit;
        high |= other.good.high < kNoLimit;
      }
      if (low) text.low = Text(Needed(entry.second, "low"), "low");
      if (high) text.high = Text(Needed(entry.second, "high"), "high");
    }
  }

  Exercise exercise_;
  std::set<std::string> codes_;
};

}  // namespace

absl::StatusOr<Exercise> Exercise::Parse(const std::string& file, const std::string& yaml) {
  return schema::Read<Exercise>(file, yaml, [](const YAML::Node& root) { return Reader().Read(root); });
}

}  // namespace trackfit::repetitions
