// Counts of decisions by truth.
#ifndef TRACKFIT_EVALUATION_CONFUSION_MATRIX_H_
#define TRACKFIT_EVALUATION_CONFUSION_MATRIX_H_

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace trackfit::evaluation {

// Rows are the truth, columns the decision; both are indices into the classes.
class ConfusionMatrix {
 public:
  explicit ConfusionMatrix(std::vector<std::string> classes);

  void Add(int truth, int decision);
  const std::vector<std::string>& classes() const { return classes_; }
  int At(int truth, int decision) const { return counts_[truth][decision]; }
  int Total(int truth) const;
  int Total() const;
  int Correct() const;
  double Recall(int truth) const;  // 0 when the class does not occur
  double Accuracy() const;
  // Mean F1 over the classes that occur as truth; 0 for none.
  double MacroF1() const;
  // A table for people: one row per class that occurs.
  std::string ToText() const;
  nlohmann::json ToJson() const;

 private:
  std::vector<std::string> classes_;
  std::vector<std::vector<int>> counts_;
};

}  // namespace trackfit::evaluation

#endif  // TRACKFIT_EVALUATION_CONFUSION_MATRIX_H_
