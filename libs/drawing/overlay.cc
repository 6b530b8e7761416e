#include "drawing/overlay.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cmath>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "client/words.h"
#include "drawing/coach_overlay.h"
#include "drawing/palette.h"
#include "skeleton/bones.h"
#include "skeleton/joint.h"

namespace trackfit::drawing {
namespace {

using cv::Point2f;
using cv::Rect2f;

// Design units: pixels of an image whose shorter side has 540.
constexpr float kDesignSide = 540;
constexpr float kMargin = 18;
constexpr float kPadding = 16;
constexpr float kPanelHeight = 114;
constexpr float kPanelShare = 0.42F;  // of the image's width, unless that is less than kMinPanelWidth
constexpr float kMinPanelWidth = 340;
constexpr float kGaugeRadius = 36;
constexpr float kMinTextWidth = 212;
constexpr float kTitleSize = 29;
constexpr float kTextSize = 18;
constexpr float kSmallTextSize = 15;
constexpr float kStripHeight = 54;

constexpr size_t kWatchedJoints = 3;
constexpr float kVeryRarePercentile = 99;
constexpr float kClearlyVisible = 0.5F;
constexpr float kNotJudgedOpacity = 0.6F;  // at most

constexpr int kDots[] = {
    skeleton::kLeftShoulder, skeleton::kRightShoulder, skeleton::kLeftElbow, skeleton::kRightElbow,
    skeleton::kLeftWrist,    skeleton::kRightWrist,    skeleton::kLeftHip,   skeleton::kRightHip,
    skeleton::kLeftKnee,     skeleton::kRightKnee,     skeleton::kLeftAnkle, skeleton::kRightAnkle,
};

// Odd joints are the left side's from the shoulders down.
Colour SideColour(int joint) { return joint % 2 == 1 ? palette::kLeft : palette::kRight; }

bool HasAllJoints(const v1::Pose& pose) { return pose.landmarks_size() == skeleton::kJointCount; }

Point2f PixelOf(const v1::Landmark& landmark, const cv::Size2f& size) {
  return {landmark.x() * size.width, landmark.y() * size.height};
}

bool Drawable(const v1::Landmark& landmark) {
  return std::isfinite(landmark.x()) && std::isfinite(landmark.y()) && std::abs(landmark.x()) < 4 &&
         std::abs(landmark.y()) < 4;
}

// A hidden joint is a guess, and looks like one.
float Opacity(const v1::Landmark& landmark) {
  return landmark.visibility() >= kClearlyVisible ? 0.95F : 0.35F;
}

// The joints of which a judged assessment says nothing.
std::bitset<skeleton::kJointCount> NotJudged(const v1::Assessment* assessment) {
  std::bitset<skeleton::kJointCount> joints;
  if (assessment == nullptr || !client::IsJudged(*assessment)) return joints;
  for (const v1::JointError& error : assessment->joint_errors()) {
    if (error.joint() < joints.size()) joints[error.joint()] = !error.judged();
  }
  return joints;
}

float Distance(const Point2f& a, const Point2f& b) { return std::hypot(a.x - b.x, a.y - b.y); }

Colour LevelColour(const v1::Assessment& assessment) {
  return palette::Level(client::IsJudged(assessment) ? assessment.quality().level()
                                                     : v1::QUALITY_LEVEL_UNSPECIFIED);
}

Point2f CentreOf(const Rect2f& r) { return {r.x + r.width / 2, r.y + r.height / 2}; }

bool Overlaps(const Rect2f& a, const Rect2f& b) { return (a & b).area() > 0; }

std::string Title(const v1::Assessment* assessment, const client::Labels& labels) {
  if (assessment == nullptr) return labels("Watching");
  return assessment->known() ? client::ExerciseTitle(*assessment) : labels("Not a known exercise");
}

std::string Capitalised(std::string words) {
  if (!words.empty()) words[0] = absl::ascii_toupper(static_cast<unsigned char>(words[0]));
  return words;
}

std::string FormText(const v1::Assessment& assessment, const client::Labels& labels) {
  if (!client::IsJudged(assessment)) return labels("Form not judged");
  const std::string level = Capitalised(labels(client::LevelWord(assessment.quality().level())));
  const std::string& judged = assessment.judged_exercise();
  if (judged.empty() || judged == assessment.exercise()) return labels("{level} form", {{"level", level}});
  return labels("{level} as {exercise}",
                {{"level", level}, {"exercise", absl::AsciiStrToLower(client::ExerciseWords(judged))}});
}

std::string SureText(float confidence, const client::Labels& labels) {
  return labels("{n} % sure", {{"n", absl::StrFormat("%.0f", confidence * 100)}});
}

// The font, smaller where the text would be wider than this.
Font Fitting(const std::string& text, Font font, float width) {
  font.size *= std::min(1.0F, width / std::max(1.0F, TextWidth(text, font)));
  return font;
}

std::string MinutesSeconds(int64_t time_us) {
  const int64_t seconds = time_us / 1'000'000;
  return absl::StrFormat("%d:%02d", seconds / 60, seconds % 60);
}

}  // namespace

absl::StatusOr<Overlay> Overlay::Create(Timeline timeline, cv::Size size, CoachTimeline coach) {
  if (absl::Status status = CheckFont(); !status.ok()) return status;
  return Overlay(std::move(timeline), size, std::move(coach));
}

Overlay::Overlay(Timeline timeline, cv::Size size, CoachTimeline coach)
    : timeline_(std::move(timeline)),
      coach_(std::move(coach)),
      canvas_(size, palette::kInk),
      size_(size),
      unit_(static_cast<float>(std::min(size.width, size.height)) / kDesignSide) {
  float text_width = kMinTextWidth * unit_;
  for (const TimelineSegment& segment : timeline_.segments()) {
    text_width =
        std::max({text_width, TextWidth(Title(&segment.assessment, coach_.labels()), Bold(kTitleSize)),
                  TextWidth(FormText(segment.assessment, coach_.labels()), Regular(kTextSize)) + 20 * unit_});
  }
  const float frame_width = (3.2F * kPadding + 2 * kGaugeRadius) * unit_;
  const float room = std::min(std::max(kPanelShare * size_.width, kMinPanelWidth * unit_),
                              size_.width - 2 * kMargin * unit_);
  panel_width_ = std::min(frame_width + text_width, room);
}

void Overlay::Draw(const OverlayFrame& frame, cv::Mat& image) {
  canvas_.Load(image);
  DrawTimeline(frame.time_us);
  const bool has_pose = frame.pose != nullptr && HasAllJoints(*frame.pose);
  for (const v1::Pose* other : frame.other_poses) {
    if (HasAllJoints(*other)) DrawSkeleton(*other, nullptr);
  }
  if (has_pose) DrawSkeleton(*frame.pose, frame.assessment);
  DrawPanel(frame);
  if (HasCard()) DrawCoachCard(canvas_, CardRectangle(), unit_, frame.coach);
  if (has_pose && HasCard()) {
    DrawHighlights(*frame.pose, frame.coach);
  } else if (has_pose && frame.assessment != nullptr && client::IsJudged(*frame.assessment)) {
    DrawJointsToWatch(*frame.pose, *frame.assessment);
  }
  const float margin = kMargin * unit_;
  DrawCaptions(canvas_, {margin, 0, size_.width - 2 * margin, StripRectangle().y - 4 * unit_}, unit_,
               frame.coach);
  canvas_.Store(image);
}

void Overlay::PlacePanel(const std::vector<const v1::Pose*>& poses) {
  constexpr std::array kCorners = {Corner::kTopLeft, Corner::kTopRight, Corner::kBottomLeft,
                                   Corner::kBottomRight};
  std::array<int64_t, kCorners.size()> hidden{};
  int64_t joints = 0;
  for (const v1::Pose* pose : poses) {
    for (const v1::Landmark& landmark : pose->landmarks()) {
      if (!Drawable(landmark) || landmark.visibility() < kClearlyVisible) continue;
      ++joints;
      for (size_t i = 0; i < kCorners.size(); ++i) {
        const Point2f at = PixelOf(landmark, size_);
        if (PanelAt(kCorners[i]).contains(at) || (HasCard() && CardAt(kCorners[i]).contains(at))) ++hidden[i];
      }
    }
  }
  const auto best = std::min_element(hidden.begin(), hidden.end()) - hidden.begin();
  const bool clearly_better = hidden[0] - hidden[best] > joints / 50;
  corner_ = clearly_better ? kCorners[best] : Corner::kTopLeft;
}

Rect2f Overlay::PanelRectangle() const { return PanelAt(corner_); }

Rect2f Overlay::PanelAt(Corner corner) const {
  const float height = kPanelHeight * unit_;
  const bool left = corner == Corner::kTopLeft || corner == Corner::kBottomLeft;
  const bool top = corner == Corner::kTopLeft || corner == Corner::kTopRight;
  const float x = left ? kMargin * unit_ : size_.width - kMargin * unit_ - panel_width_;
  const float y = top ? kMargin * unit_ : StripRectangle().y - height;
  return {x, y, panel_width_, height};
}

Rect2f Overlay::CardRectangle() const { return CardAt(corner_); }

Rect2f Overlay::CardAt(Corner corner) const {
  const Rect2f panel = PanelAt(corner);
  const float margin = kMargin * unit_;
  const cv::Size2f card(kCoachCardWidth * unit_, kCoachCardHeight * unit_);
  const bool left = corner == Corner::kTopLeft || corner == Corner::kBottomLeft;
  const bool top = corner == Corner::kTopLeft || corner == Corner::kTopRight;
  if (panel.width + card.width + 2.5F * margin <= size_.width)
    return {{left ? size_.width - margin - card.width : margin, panel.y}, card};
  const float y = top ? panel.y + panel.height + margin / 2 : panel.y - margin / 2 - card.height;
  return {{left ? panel.x : panel.x + panel.width - card.width, y}, card};
}

Rect2f Overlay::StripRectangle() const {
  const float height = kStripHeight * unit_;
  return {0, size_.height - height, size_.width, height};
}

void Overlay::DrawSkeleton(const v1::Pose& pose, const v1::Assessment* assessment) {
  const std::bitset<skeleton::kJointCount> grey = NotJudged(assessment);
  const auto opacity_of = [&](int joint) {
    return std::min(Opacity(pose.landmarks(joint)), grey[joint] ? kNotJudgedOpacity : 1);
  };
  const auto coloured = [&](int joint, const Colour& colour) {
    return grey[joint] ? palette::kNotJudged : colour;
  };
  const auto at = [&](int joint) { return PixelOf(pose.landmarks(joint), size_); };
  const auto middle = [&](int a, int b) { return (at(a) + at(b)) * 0.5F; };
  const auto drawable = [&](int joint) { return Drawable(pose.landmarks(joint)); };
  // Far away people get thinner limbs.
  const bool has_torso = std::ranges::all_of(
      std::array{skeleton::kLeftShoulder, skeleton::kRightShoulder, skeleton::kLeftHip, skeleton::kRightHip},
      drawable);
  const float torso = has_torso ? Distance(middle(skeleton::kLeftShoulder, skeleton::kRightShoulder),
                                           middle(skeleton::kLeftHip, skeleton::kRightHip))
                                : 0;
  const float width = std::clamp(torso * 0.05F, 2.5F * unit_, 6 * unit_);

  for (const float outline : {width * 0.7F, 0.0F}) {
    for (const skeleton::Bone& bone : skeleton::kBones) {
      if (!drawable(bone.from) || !drawable(bone.to)) continue;
      const float opacity = std::min(opacity_of(bone.from), opacity_of(bone.to));
      if (outline > 0) {
        canvas_.Line(at(bone.from), at(bone.to), width + outline, palette::kInk.WithAlpha(0.45F * opacity));
      } else {
        canvas_.Line(at(bone.from), at(bone.to), width,
                     coloured(bone.from, SideColour(bone.from)).WithAlpha(opacity),
                     coloured(bone.to, SideColour(bone.to)).WithAlpha(opacity));
      }
    }
  }
  for (const int joint : kDots) {
    if (!drawable(joint)) continue;
    canvas_.Disc(at(joint), width * 0.95F, palette::kInk.WithAlpha(opacity_of(joint)));
    canvas_.Disc(at(joint), width * 0.62F, coloured(joint, palette::kWhite).WithAlpha(opacity_of(joint)));
  }
  if (drawable(skeleton::kNose) && drawable(skeleton::kLeftEar) && drawable(skeleton::kRightEar)) {
    const float head = Distance(at(skeleton::kLeftEar), at(skeleton::kRightEar)) * 0.5F;
    canvas_.Ring(middle(skeleton::kLeftEar, skeleton::kRightEar), std::max(head * 1.5F, torso * 0.2F),
                 width * 0.5F,
                 coloured(skeleton::kNose, palette::kWhite).WithAlpha(0.8F * opacity_of(skeleton::kNose)));
  }
}

std::vector<Rect2f> Overlay::Taken() const {
  std::vector<Rect2f> taken = {PanelRectangle(), StripRectangle()};
  if (HasCard()) taken.push_back(CardRectangle());
  return taken;
}

void Overlay::DrawJointsToWatch(const v1::Pose& pose, const v1::Assessment& assessment) {
  std::vector<Rect2f> taken = Taken();
  for (const v1::JointError& error :
       client::WorstJoints(assessment, kWatchedJoints, client::kRarePercentile)) {
    const Colour colour = error.percentile() >= kVeryRarePercentile ? palette::kVeryOff : palette::kOff;
    PointOut(pose, static_cast<int>(error.joint()),
             Capitalised(coach_.labels()(client::JointWords(error.name()))), colour, taken);
  }
}

void Overlay::DrawHighlights(const v1::Pose& pose, const CoachFrame& coach) {
  std::vector<Rect2f> taken = Taken();
  std::bitset<skeleton::kJointCount> done;
  for (const Highlight& highlight : coach.highlights) {
    const v1::Finding& finding = *highlight.finding;
    const std::string good = client::GoodRangeWords(finding, coach.labels);
    std::string words =
        absl::StrCat(client::ConditionTitle(finding), " ", client::MeasuredWords(finding, coach.labels),
                     good.empty() ? "" : absl::StrCat(" (", good, ")"));
    words = absl::StrReplaceAll(words, {{" degrees", "\u00b0"}});
    const Colour colour = FindingColour(finding.level()).WithAlpha(highlight.strength);
    for (const std::string& name : finding.joints()) {
      const int joint = client::JointIndex(name);
      if (joint < 0 || done[joint]) continue;
      done.set(joint);
      PointOut(pose, joint, std::exchange(words, ""), colour, taken);
    }
  }
}

void Overlay::PointOut(const v1::Pose& pose, int joint, const std::string& words, const Colour& colour,
                       std::vector<Rect2f>& taken) {
  const Font font = Bold(kSmallTextSize * 1.06F);
  const float body_x =
      (pose.landmarks(skeleton::kLeftHip).x() + pose.landmarks(skeleton::kRightHip).x() +
       pose.landmarks(skeleton::kLeftShoulder).x() + pose.landmarks(skeleton::kRightShoulder).x()) /
      4;
  const v1::Landmark& landmark = pose.landmarks(joint);
  const Point2f at = PixelOf(landmark, size_);
  if (!Drawable(landmark) || !Rect2f({0, 0}, size_).contains(at)) return;
  canvas_.Glow(at, 34 * unit_, colour.WithAlpha(0.55F * colour.alpha));
  canvas_.Ring(at, 14 * unit_, 3.4F * unit_, colour);
  if (words.empty()) return;
  const cv::Size2f label(TextWidth(words, font) + 22 * unit_, font.size + 13 * unit_);
  const Rect2f pill = LabelRectangle(at, landmark.x() - body_x, label, taken);
  taken.push_back(pill);
  canvas_.Shadow(pill, pill.height / 2, 7 * unit_, palette::kInk.WithAlpha(0.4F * colour.alpha));
  canvas_.Rectangle(pill, pill.height / 2, colour);
  canvas_.Text(CentreOf(pill), words, font, palette::kInk.WithAlpha(colour.alpha), Anchor::kCentre);
}

// Beside the joint, away from the body, where nothing else is; else wherever there is room.
Rect2f Overlay::LabelRectangle(const Point2f& joint, float away_x, cv::Size2f label,
                               const std::vector<Rect2f>& taken) const {
  const float gap = 22 * unit_;
  const Rect2f right({joint.x + gap, joint.y - label.height / 2}, label);
  const Rect2f left({joint.x - gap - label.width, joint.y - label.height / 2}, label);
  const Rect2f above({joint.x - label.width / 2, joint.y - gap - label.height}, label);
  const Rect2f below({joint.x - label.width / 2, joint.y + gap}, label);
  const auto candidates =
      away_x >= 0 ? std::array{right, above, below, left} : std::array{left, above, below, right};
  const Rect2f inside(4 * unit_, 4 * unit_, size_.width - 8 * unit_, size_.height - 8 * unit_);
  for (const Rect2f& candidate : candidates) {
    const bool fits = (candidate & inside).area() >= candidate.area() * 0.999F;
    const bool free =
        std::none_of(taken.begin(), taken.end(), [&](const Rect2f& r) { return Overlaps(r, candidate); });
    if (fits && free) return candidate;
  }
  Rect2f pushed = candidates.front();
  pushed.x = std::clamp(pushed.x, inside.x, std::max(inside.x, inside.x + inside.width - label.width));
  pushed.y = std::clamp(pushed.y, inside.y, std::max(inside.y, inside.y + inside.height - label.height));
  return pushed;
}

void Overlay::DrawPanel(const OverlayFrame& frame) {
  const Rect2f panel = PanelRectangle();
  const float radius = 18 * unit_;
  canvas_.Shadow(panel, radius, 14 * unit_, palette::kInk.WithAlpha(0.35F));
  canvas_.Rectangle(panel, radius, palette::kInk.WithAlpha(0.78F));
  canvas_.RectangleOutline(panel, radius, std::max(1.0F, 1.2F * unit_), palette::kWhite.WithAlpha(0.14F));

  const float gauge = kGaugeRadius * unit_;
  DrawGauge({panel.x + kPadding * 1.1F * unit_ + gauge, CentreOf(panel).y}, frame);

  const float left = panel.x + kPadding * 2.2F * unit_ + 2 * gauge;
  const float width = panel.x + panel.width - kPadding * unit_ - left;
  const client::Labels& labels = coach_.labels();
  const std::string title = Title(frame.assessment, labels);
  canvas_.Text({left, panel.y + 40 * unit_}, title, Fitting(title, Bold(kTitleSize), width), palette::kWhite);
  if (frame.assessment == nullptr) {
    const std::string text =
        labels(frame.pose != nullptr ? "Getting to know the movement" : "Nobody in sight");
    canvas_.Text({left, panel.y + 69 * unit_}, text, Fitting(text, Regular(kSmallTextSize), width),
                 palette::kMuted);
    return;
  }
  const v1::Assessment& assessment = *frame.assessment;
  const Colour level = LevelColour(assessment);
  canvas_.Disc({left + 6 * unit_, panel.y + 62 * unit_}, 5.5F * unit_, level);
  canvas_.Text({left + 20 * unit_, panel.y + 68.5F * unit_}, FormText(assessment, labels), Regular(kTextSize),
               palette::kWhite);

  const std::string sure = SureText(assessment.confidence(), labels);
  const float sure_width = TextWidth(SureText(1, labels), Regular(kSmallTextSize));
  const Rect2f bar(left, panel.y + 86 * unit_, width - sure_width - 12 * unit_, 7 * unit_);
  canvas_.Rectangle(bar, bar.height, palette::kWhite.WithAlpha(0.18F));
  Rect2f filled = bar;
  filled.width = std::max(bar.height, bar.width * std::clamp(assessment.confidence(), 0.0F, 1.0F));
  canvas_.Rectangle(filled, bar.height, palette::kWhite.WithAlpha(assessment.known() ? 0.95F : 0.5F));
  canvas_.Text({bar.x + bar.width + 12 * unit_, panel.y + 95 * unit_}, sure, Regular(kSmallTextSize),
               palette::kMuted);
}

void Overlay::DrawGauge(const Point2f& centre, const OverlayFrame& frame) {
  const float radius = kGaugeRadius * unit_;
  const float width = 8.5F * unit_;
  canvas_.Ring(centre, radius - width / 2, width, palette::kWhite.WithAlpha(0.16F));
  const bool judged = frame.assessment != nullptr && client::IsJudged(*frame.assessment);
  if (judged) {
    const Colour colour = palette::Level(frame.assessment->quality().level());
    canvas_.Arc(centre, radius - width / 2, width, std::clamp(frame.score / 100, 0.015F, 1.0F), colour);
  }
  const std::string number = judged ? absl::StrFormat("%.0f", frame.assessment->quality().score()) : "-";
  canvas_.Text(centre, number, Bold(number.size() > 2 ? 20 : 25), judged ? palette::kWhite : palette::kMuted,
               Anchor::kCentre);
}

void Overlay::DrawTimeline(int64_t time_us) {
  const Rect2f strip = StripRectangle();
  const Rect2f fade(0, strip.y - strip.height * 0.8F, strip.width, strip.height * 1.8F);
  canvas_.FadeDown(fade, palette::kInk.WithAlpha(0.8F));

  const Font font = Regular(kSmallTextSize);
  const float baseline = strip.y + strip.height - 17 * unit_;
  const std::string total = MinutesSeconds(timeline_.end_us() - timeline_.start_us());
  const std::string elapsed = MinutesSeconds(time_us - timeline_.start_us());
  const float text_width = TextWidth(total, font);
  canvas_.Text({kMargin * unit_, baseline}, elapsed, font, palette::kWhite);
  canvas_.Text({size_.width - kMargin * unit_ - text_width, baseline}, total, font, palette::kMuted);

  const float left = (kMargin + 12) * unit_ + text_width;
  const float length = size_.width - 2 * left;
  const float thickness = 8 * unit_;
  const Rect2f bar(left, baseline - font.CapHeight() / 2 - thickness / 2, length, thickness);
  const auto duration = static_cast<float>(std::max<int64_t>(1, timeline_.end_us() - timeline_.start_us()));
  const auto x_of = [&](int64_t at_us) {
    return left +
           length * std::clamp(static_cast<float>(at_us - timeline_.start_us()) / duration, 0.0F, 1.0F);
  };
  canvas_.Rectangle(bar, thickness / 2, palette::kWhite.WithAlpha(0.2F));
  const float now = x_of(time_us);
  for (const TimelineSegment& segment : timeline_.segments()) {
    const Colour colour = LevelColour(segment.assessment);
    const float from = x_of(segment.start_us) + unit_;
    const float to = x_of(segment.end_us) - unit_;
    if (to <= from) continue;
    canvas_.Rectangle({from, bar.y, to - from, thickness}, thickness / 2,
                      colour.WithAlpha(from < now ? 1.0F : 0.55F));
  }
  for (const v1::Repetition& repetition : coach_.repetitions()) {
    const float from = x_of(repetition.start_us()) + unit_;
    const float to = std::max(x_of(repetition.end_us()) - unit_, from + 2 * unit_);
    canvas_.Rectangle({from, bar.y - 9 * unit_, to - from, 5 * unit_}, 2.5F * unit_,
                      VerdictColour(repetition).WithAlpha(repetition.end_us() <= time_us ? 1.0F : 0.45F));
  }
  const Point2f knob(now, CentreOf(bar).y);
  canvas_.Disc(knob, 10 * unit_, palette::kInk.WithAlpha(0.55F));
  canvas_.Disc(knob, 7.5F * unit_, palette::kWhite);
}

}  // namespace trackfit::drawing
