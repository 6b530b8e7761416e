#include "evaluation/confusion_matrix.h"

#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace trackfit::evaluation {
namespace {

constexpr int kCellWidth = 9;

// A column's heading: the class's name, cut to fit.
std::string Heading(const std::string& name) { return name.substr(0, kCellWidth - 1); }

}  // namespace

ConfusionMatrix::ConfusionMatrix(std::vector<std::string> classes)
    : classes_(std::move(classes)), counts_(classes_.size(), std::vector<int>(classes_.size())) {}

void ConfusionMatrix::Add(int truth, int decision) { ++counts_[truth][decision]; }

int ConfusionMatrix::Total(int truth) const {
  return std::accumulate(counts_[truth].begin(), counts_[truth].end(), 0);
}

int ConfusionMatrix::Total() const {
  int total = 0;
  for (size_t truth = 0; truth < counts_.size(); ++truth) total += Total(static_cast<int>(truth));
  return total;
}

int ConfusionMatrix::Correct() const {
  int correct = 0;
  for (size_t truth = 0; truth < counts_.size(); ++truth) correct += counts_[truth][truth];
  return correct;
}

double ConfusionMatrix::Recall(int truth) const {
  const int total = Total(truth);
  return total > 0 ? static_cast<double>(counts_[truth][truth]) / total : 0;
}

double ConfusionMatrix::Accuracy() const {
  const int total = Total();
  return total > 0 ? static_cast<double>(Correct()) / total : 0;
}

double ConfusionMatrix::MacroF1() const {
  double sum = 0;
  int present = 0;
  for (size_t c = 0; c < counts_.size(); ++c) {
    const int truths = Total(static_cast<int>(c));
    if (truths == 0) continue;
    int decisions = 0;
    for (const std::vector<int>& row : counts_) decisions += row[c];
    sum += 2.0 * counts_[c][c] / (truths + decisions);
    ++present;
  }
  return present > 0 ? sum / present : 0;
}

std::string ConfusionMatrix::ToText() const {
  std::string text = absl::StrFormat("  %-20s", "");
  for (const std::string& name : classes_) absl::StrAppendFormat(&text, "%*s", kCellWidth, Heading(name));
  absl::StrAppendFormat(&text, "%*s\n", kCellWidth + 2, "recall");
  for (size_t truth = 0; truth < classes_.size(); ++truth) {
    const int row = static_cast<int>(truth);
    if (Total(row) == 0) continue;
    absl::StrAppendFormat(&text, "  %-20s", classes_[truth]);
    for (const int count : counts_[truth]) {
      absl::StrAppendFormat(&text, "%*s", kCellWidth, count > 0 ? absl::StrCat(count) : ".");
    }
    absl::StrAppendFormat(&text, "%*s\n", kCellWidth + 2, absl::StrFormat("%.1f %%", 100 * Recall(row)));
  }
  return text;
}

nlohmann::json ConfusionMatrix::ToJson() const {
  nlohmann::json recall = nlohmann::json::object();
  for (size_t truth = 0; truth < classes_.size(); ++truth) {
    const int row = static_cast<int>(truth);
    if (Total(row) > 0) recall[classes_[truth]] = Recall(row);
  }
  return {{"classes", classes_},
          {"matrix", counts_},
          {"total", Total()},
          {"accuracy", Accuracy()},
          {"recall", recall}};
}

}  // namespace trackfit::evaluation
