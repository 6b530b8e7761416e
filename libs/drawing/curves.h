// Draws the log of a training run.
#ifndef TRACKFIT_DRAWING_CURVES_H_
#define TRACKFIT_DRAWING_CURVES_H_

#include <string>

#include "absl/status/status.h"

namespace trackfit::drawing {

// Reads a CSV log whose first line names the columns and whose first column is the horizontal axis (epoch,
// step), and writes one diagram for each of the others to `png`; "train_X", "val_X" and "X" share one. Empty
// cells are left out, so are columns without a number, and a last line that is cut short. NOT_FOUND when
// there is no such log, INVALID_ARGUMENT naming the line that is broken or when there is nothing to draw.
absl::Status DrawCurves(const std::string& csv, const std::string& png);

}  // namespace trackfit::drawing

#endif  // TRACKFIT_DRAWING_CURVES_H_
