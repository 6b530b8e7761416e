#include "evaluation/evaluation_pictures.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "drawing/chart.h"
#include "drawing/palette.h"
#include "evaluation/tsne.h"

namespace trackfit::evaluation {
namespace {

namespace palette = drawing::palette;
using drawing::Axis;
using drawing::Canvas;
using drawing::Chart;
using drawing::HeatMap;
using drawing::LegendEntry;
using drawing::Marker;
using drawing::SeriesColour;

std::string Words(const std::string& name) { return absl::StrReplaceAll(name, {{"_", " "}}); }

std::string About(const Report& report) {
  return absl::StrCat("Model ", report.model_version, ", subset ", report.subset);
}

cv::Rect2f Below(const cv::Size& size, float top) {
  return {0, top, static_cast<float>(size.width), static_cast<float>(size.height) - top};
}

Canvas DrawConfusion(const Report& report, const Recognition& recognition) {
  const ConfusionMatrix& matrix = recognition.all;
  const cv::Size size(1240, 860);
  Canvas canvas(size, palette::kInk);
  const float top = drawing::DrawHeadline(
      canvas, "Confusion by clip",
      absl::StrFormat("%s: exercises %d of %d right, others rejected %d of %d, macro F1 %.3f", About(report),
                      recognition.exercises.Correct(), recognition.exercises.Total(),
                      recognition.others.Correct(), recognition.others.Total(), matrix.MacroF1()));
  HeatMap map{.row_title = "truth", .column_title = "decision"};
  const int classes = static_cast<int>(matrix.classes().size());
  for (int truth = 0; truth < classes; ++truth) {
    const int total = matrix.Total(truth);
    map.rows.push_back(Words(matrix.classes()[truth]));
    map.columns.push_back(truth + 1 < classes ? Words(matrix.classes()[truth]) : "none of them");
    map.notes.push_back(total > 0 ? absl::StrFormat("%.1f %%", 100 * matrix.Recall(truth)) : "no clip");
    std::vector<double> values;
    std::vector<std::string> texts;
    for (int decision = 0; decision < classes; ++decision) {
      const int count = matrix.At(truth, decision);
      values.push_back(total > 0 ? static_cast<double>(count) / total : 0);
      texts.push_back(count > 0 ? absl::StrCat(count) : "");
    }
    map.values.push_back(std::move(values));
    map.texts.push_back(std::move(texts));
  }
  drawing::DrawHeatMap(canvas, Below(size, top), map);
  return canvas;
}

std::vector<cv::Point2d> Points(const std::vector<RocPoint>& roc) {
  std::vector<cv::Point2d> points;
  points.reserve(roc.size());
  for (const RocPoint& point : roc) points.emplace_back(point.false_positives, point.true_positives);
  return points;
}

struct Curve {
  std::string name;
  std::vector<cv::Point2d> points;
};

std::vector<Curve> RocCurves(const Report& report) {
  std::vector<Curve> curves;
  if (report.decisions) {
    const Recognition recognition = Summarise(*report.decisions);
    if (!recognition.known_roc.empty()) {
      curves.push_back({absl::StrFormat("known / unknown, AUC %.3f", recognition.known_auroc),
                        Points(recognition.known_roc)});
    }
  }
  const auto add_form = [&](const std::optional<std::vector<FormClip>>& clips, const std::string& where) {
    if (!clips) return;
    for (const FormResult& result : Summarise(*clips)) {
      curves.push_back({absl::StrFormat("form of %s%s, AUC %.3f", Words(result.exercise), where, result.auc),
                        Points(result.roc)});
    }
  };
  add_form(report.form, "");
  add_form(report.form_by_folds, absl::StrCat(" in ", report.folds, " folds"));
  return curves;
}

Canvas DrawRoc(const Report& report, const std::vector<Curve>& curves) {
  const cv::Size size(1180, 760);
  Canvas canvas(size, palette::kInk);
  const float top = drawing::DrawHeadline(canvas, "Receiver operating characteristic", About(report));
  std::vector<LegendEntry> legend;
  for (size_t i = 0; i < curves.size(); ++i) {
    legend.push_back(
        {.text = curves[i].name, .colour = SeriesColour(static_cast<int>(i)), .marker = Marker::kLine});
  }
  Chart chart(canvas, Below(size, top), "", {.title = "false positives"}, {.title = "true positives"},
              legend);
  const cv::Point2d chance[] = {{0, 0}, {1, 1}};
  chart.Line(chance, palette::kMuted.WithAlpha(0.4F), 1.5F);
  for (size_t i = 0; i < curves.size(); ++i)
    chart.Line(curves[i].points, SeriesColour(static_cast<int>(i)), 3);
  return canvas;
}

Canvas DrawReliability(const Report& report, const Recognition& recognition) {
  const cv::Size size(900, 900);
  Canvas canvas(size, palette::kInk);
  const float top = drawing::DrawHeadline(
      canvas, "Reliability of the confidence",
      absl::StrFormat("%s: expected calibration error %.3f", About(report), recognition.calibration_error));
  constexpr float kCountsHeight = 230;
  const cv::Rect2f below = Below(size, top);
  Chart chart(canvas, {0, top, below.width, below.height - kCountsHeight}, "", {},
              {.title = "share that is right"},
              {{.text = "clips", .colour = palette::kLeft, .marker = Marker::kLine},
               {.text = "ideal", .colour = palette::kMuted, .marker = Marker::kLine}});
  int most = 1;
  for (const ReliabilityBin& bin : recognition.reliability) {
    most = std::max(most, bin.count);
    if (bin.count > 0) chart.Bar({bin.low + 0.004, 0}, {bin.high - 0.004, bin.accuracy}, palette::kLeft);
  }
  const cv::Point2d ideal[] = {{0, 0}, {1, 1}};
  chart.Line(ideal, palette::kMuted, 2);

  const cv::Rect2f frame(0, below.y + below.height - kCountsHeight, chart.area().x + chart.area().width + 28,
                         kCountsHeight);
  Chart counts(canvas, frame, "", {.title = "confidence"},
               {.low = 0, .high = static_cast<double>(most), .title = "clips", .ticks = 3});
  for (const ReliabilityBin& bin : recognition.reliability) {
    if (bin.count > 0)
      counts.Bar({bin.low + 0.004, 0}, {bin.high - 0.004, static_cast<double>(bin.count)}, palette::kRight);
  }
  return canvas;
}

Marker FormMarker(const ClipDecision& clip) {
  if (clip.form == "correct") return Marker::kDisc;
  return clip.form == "incorrect" ? Marker::kCross : Marker::kRing;
}

Canvas DrawEmbedding(const Report& report, const Decisions& decisions) {
  const cv::Size size(1280, 900);
  Canvas canvas(size, palette::kInk);
  const float top = drawing::DrawHeadline(
      canvas, "Clips by their embeddings (t-SNE)",
      absl::StrCat(About(report), ": neighbours look alike to the network; axes mean nothing"));
  std::vector<std::vector<float>> embeddings;
  for (const ClipDecision& clip : decisions.clips) embeddings.push_back(clip.embedding);
  const auto plane = Tsne(embeddings);
  const int other = static_cast<int>(decisions.classes.size()) - 1;
  const auto colour = [other](int truth) {
    return truth == other ? palette::kMuted.WithAlpha(0.55F) : SeriesColour(truth);
  };
  std::vector<LegendEntry> legend;
  for (int c = 0; c <= other; ++c)
    legend.push_back({.text = Words(decisions.classes[c]), .colour = colour(c), .marker = Marker::kDisc});
  legend.push_back({.text = "correct", .colour = palette::kWhite, .marker = Marker::kDisc});
  legend.push_back({.text = "incorrect", .colour = palette::kWhite, .marker = Marker::kCross});
  legend.push_back({.text = "form unknown", .colour = palette::kWhite, .marker = Marker::kRing});

  Axis x{.numbered = false}, y{.numbered = false};
  for (const auto& point : plane) {
    x.low = std::min(x.low, point[0]);
    x.high = std::max(x.high, point[0]);
    y.low = std::min(y.low, point[1]);
    y.high = std::max(y.high, point[1]);
  }
  for (Axis* axis : {&x, &y}) {
    const double room = 0.04 * (axis->high - axis->low);
    axis->low -= room;
    axis->high += room;
  }
  Chart chart(canvas, Below(size, top), "", x, y, legend);
  // The crowd of others first, so that it hides no exercise.
  for (const bool others : {true, false}) {
    for (size_t i = 0; i < plane.size(); ++i) {
      const ClipDecision& clip = decisions.clips[i];
      if ((clip.truth == other) == others)
        chart.Dot({plane[i][0], plane[i][1]}, FormMarker(clip), colour(clip.truth), 5);
    }
  }
  return canvas;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> DrawEvaluation(const Report& report, const std::string& folder) {
  if (absl::Status status = drawing::CheckFont(); !status.ok()) return status;
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return absl::InternalError(absl::StrCat("cannot make ", folder, ": ", error.message()));
  std::vector<std::pair<std::string, Canvas>> pictures;
  if (report.decisions) {
    const Recognition recognition = Summarise(*report.decisions);
    pictures.emplace_back("confusion.png", DrawConfusion(report, recognition));
    pictures.emplace_back("reliability.png", DrawReliability(report, recognition));
    pictures.emplace_back("embedding.png", DrawEmbedding(report, *report.decisions));
  }
  if (const std::vector<Curve> curves = RocCurves(report); !curves.empty())
    pictures.emplace_back("roc.png", DrawRoc(report, curves));
  std::vector<std::string> paths;
  for (const auto& [name, canvas] : pictures) {
    paths.push_back((std::filesystem::path(folder) / name).string());
    if (absl::Status status = canvas.WritePng(paths.back()); !status.ok()) return status;
  }
  return paths;
}

}  // namespace trackfit::evaluation
