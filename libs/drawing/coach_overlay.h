// The coach's part of the overlay: a card that counts, sentences, and marks on the timeline.
#ifndef TRACKFIT_DRAWING_COACH_OVERLAY_H_
#define TRACKFIT_DRAWING_COACH_OVERLAY_H_

#include <opencv2/core.hpp>
#include <vector>

#include "drawing/canvas.h"
#include "drawing/coach_timeline.h"

namespace trackfit::drawing {

// Size of the card in the overlay's design units.
inline constexpr float kCoachCardWidth = 158;
inline constexpr float kCoachCardHeight = 114;

// Of a repetition: correct, not correct or partial.
Colour VerdictColour(const v1::Repetition& repetition);

// Of a finding that is slightly or clearly off.
Colour FindingColour(v1::FindingLevel level);

// All with `unit` pixels for a design unit.
//
// The count, a bar that follows the phase, and one with the tempo of the repetition that is under way; after
// it, whether it was correct.
void DrawCoachCard(Canvas& canvas, const cv::Rect2f& card, float unit, const CoachFrame& frame);

// The captions one above the other, the first at the bottom of `area`, in its middle.
void DrawCaptions(Canvas& canvas, const cv::Rect2f& area, float unit, const CoachFrame& frame);

}  // namespace trackfit::drawing

#endif  // TRACKFIT_DRAWING_COACH_OVERLAY_H_
