// What an evaluation found, as pictures.
#ifndef TRACKFIT_EVALUATION_EVALUATION_PICTURES_H_
#define TRACKFIT_EVALUATION_EVALUATION_PICTURES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "evaluation/report.h"

namespace trackfit::evaluation {

// What DrawEvaluation() may write.
inline constexpr const char* kEvaluationPictures[] = {"confusion.png", "reliability.png", "embedding.png",
                                                      "roc.png"};

// Writes confusion.png, reliability.png and embedding.png (where clips were recognised) and roc.png (where
// anything could be ranked) into `folder`, which is made if need be; returns their paths. NOT_FOUND without a
// font, INTERNAL when a file cannot be written.
absl::StatusOr<std::vector<std::string>> DrawEvaluation(const evaluation::Report& report,
                                                        const std::string& folder);

}  // namespace trackfit::evaluation

#endif  // TRACKFIT_EVALUATION_EVALUATION_PICTURES_H_
