// What the coach says as lines of text: one for each repetition, a table for each set.
#ifndef TRACKFIT_CLIENT_COACH_TEXT_H_
#define TRACKFIT_CLIENT_COACH_TEXT_H_

#include <string>

#include "client/labels.h"
#include "client/session_record.h"
#include "trackfit/v1/coaching.pb.h"

namespace trackfit::client {

// One line without line break: number, exercise, duration, range, verdict and what is off, such as
// "rep 4  squat  2.1 s  range  62 %  partial: squat_depth 121 degrees (at most 100)". Labels are those of the
// session's language.
std::string RepetitionLine(const v1::Repetition& repetition, const Labels& labels = Labels());

// What the coach says, or asks to be changed about the camera, on a line without line break.
std::string AdviceLine(const v1::Advice& advice, const Labels& labels = Labels());
std::string HintLine(const v1::Hint& hint, const Labels& labels = Labels());

// For each set what came of it and a table of its repetitions, with line breaks and in the session's
// language; empty without repetitions.
std::string SetTables(const SessionRecord& record);

}  // namespace trackfit::client

#endif  // TRACKFIT_CLIENT_COACH_TEXT_H_
