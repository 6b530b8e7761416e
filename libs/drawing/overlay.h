// What TrackFit knows about a frame, drawn on it: the skeleton with the joints that are off, a panel with
// exercise and quality, the coach's card and sentences, and a timeline.
#ifndef TRACKFIT_DRAWING_OVERLAY_H_
#define TRACKFIT_DRAWING_OVERLAY_H_

#include <cstdint>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "drawing/canvas.h"
#include "drawing/coach_timeline.h"
#include "drawing/timeline.h"
#include "trackfit/v1/common.pb.h"

namespace trackfit::drawing {

// All that a frame's drawing depends on.
struct OverlayFrame {
  const v1::Pose* pose = nullptr;              // nullptr: nobody was seen
  std::vector<const v1::Pose*> other_poses{};  // of further people
  const v1::Assessment* assessment = nullptr;  // nullptr: nothing assessed yet
  float score = 0;  // [0, 100], where the gauge's needle is; may lag behind the assessment's
  int64_t time_us = 0;
  CoachFrame coach{};  // what it says of joints takes the place of the assessment's
};

// Everything scales with the image's shorter side; 270 pixels and more are legible. Not thread-safe.
class Overlay {
 public:
  enum class Corner { kTopLeft, kTopRight, kBottomLeft, kBottomRight };

  // NOT_FOUND when no font is installed. The timeline is drawn in every frame and its exercises decide the
  // panel's width. Of `coach` the repetitions are marked on it; without any, there is no card.
  static absl::StatusOr<Overlay> Create(Timeline timeline, cv::Size size, CoachTimeline coach = {});

  // `image` is 8-bit BGR and of the size given to Create().
  void Draw(const OverlayFrame& frame, cv::Mat& image);

  // Panel and card are put where they hide the fewest of these poses' joints; at the top left unless that is
  // clearly worse.
  void PlacePanel(const std::vector<const v1::Pose*>& poses);

  cv::Rect2f PanelRectangle() const;
  // Of the coach's card: in the corner beside the panel's or, where there is no room, next to it.
  cv::Rect2f CardRectangle() const;

 private:
  Overlay(Timeline timeline, cv::Size size, CoachTimeline coach);

  bool HasCard() const { return !coach_.repetitions().empty(); }
  cv::Rect2f PanelAt(Corner corner) const;
  cv::Rect2f CardAt(Corner panel) const;
  cv::Rect2f StripRectangle() const;
  Font Regular(float size) const { return {.size = size * unit_}; }
  Font Bold(float size) const { return {.size = size * unit_, .bold = true}; }

  // Joints of which the assessment says nothing are grey; nullptr: none is.
  void DrawSkeleton(const v1::Pose& pose, const v1::Assessment* assessment);
  void DrawJointsToWatch(const v1::Pose& pose, const v1::Assessment& assessment);
  void DrawHighlights(const v1::Pose& pose, const CoachFrame& coach);
  // A ring around the joint and, unless they are empty, words beside it, where nothing is `taken`.
  void PointOut(const v1::Pose& pose, int joint, const std::string& words, const Colour& colour,
                std::vector<cv::Rect2f>& taken);
  std::vector<cv::Rect2f> Taken() const;
  cv::Rect2f LabelRectangle(const cv::Point2f& joint, float away_x, cv::Size2f label,
                            const std::vector<cv::Rect2f>& taken) const;
  void DrawPanel(const OverlayFrame& frame);
  void DrawGauge(const cv::Point2f& centre, const OverlayFrame& frame);
  void DrawTimeline(int64_t time_us);

  Timeline timeline_;
  CoachTimeline coach_;
  Canvas canvas_;
  cv::Size2f size_;
  float unit_;  // pixels per design unit; the design has a shorter side of 540
  float panel_width_ = 0;
  Corner corner_ = Corner::kTopLeft;
};

}  // namespace trackfit::drawing

#endif  // TRACKFIT_DRAWING_OVERLAY_H_
