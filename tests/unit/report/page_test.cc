#include "report/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "support/coached_session.h"

namespace trackfit::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

client::SessionRecord RecordOf(const std::vector<v1::AnalyzeResponse>& responses) {
  client::SessionRecord record(true);
  for (const v1::AnalyzeResponse& response : responses) record.Add(response);
  return record;
}

std::string Page(const std::vector<v1::AnalyzeResponse>& responses) {
  return PageOf(RecordOf(responses), {});
}

int Count(const std::string& text, const std::string& part) {
  int count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

// From the nth card on to its end.
std::string Card(const std::string& page, int n) {
  size_t at = page.find("<article");
  for (int i = 0; i < n; ++i) at = page.find("<article", at + 1);
  return page.substr(at, page.find("</article>", at) - at);
}

// All tags are closed by their like.
void ExpectWellFormed(const std::string& html) {
  std::vector<std::string> open;
  for (size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
    const size_t end = html.find('>', at);
    ASSERT_NE(end, std::string::npos);
    const std::string tag = html.substr(at + 1, end - at - 1);
    const std::string name = tag.substr(0, tag.find_first_of(" />", 1));
    if (name == "!DOCTYPE" || name == "meta" || name == "br" || tag.back() == '/') continue;
    if (name[0] != '/') {
      open.push_back(name);
      continue;
    }
    ASSERT_FALSE(open.empty()) << tag;
    ASSERT_EQ("/" + open.back(), name) << html.substr(at < 200 ? 0 : at - 200, 300);
    open.pop_back();
  }
  EXPECT_TRUE(open.empty());
}

TEST(Page, HasACardWithASkeletonForEachRepetition) {
  const std::string page = Page(testing::SquatSession({90, 110, 130}));
  ExpectWellFormed(page);
  EXPECT_EQ(Count(page, "<article"), 3);
  EXPECT_THAT(Card(page, 0), HasSubstr("chip good\">correct"));
  EXPECT_THAT(Card(page, 1), HasSubstr("chip clearly\">not correct"));
  EXPECT_THAT(Card(page, 2), HasSubstr("chip partial\">partial"));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Count(Card(page, i), "aria-label=\"Skeleton"), 1);
}

TEST(Page, SaysByHowMuchAConditionIsOffBesideItsRange) {
  const std::string page = Page(testing::SquatSession({90, 110}));
  EXPECT_THAT(Card(page, 1), HasSubstr("Go lower: sit back until your thighs are level with the floor."));
  EXPECT_THAT(Card(page, 1), HasSubstr("Depth: <b>110 degrees</b> (at most 100)"));
  EXPECT_THAT(Card(page, 1), HasSubstr("marker clearly"));
  EXPECT_THAT(Card(page, 0), Not(HasSubstr("marker")));
}

TEST(Page, MarksTheJointsOfTheWorstMomentOverTheBestRepetitionsOutline) {
  const std::string page = Page(testing::SquatSession({90, 110}));
  EXPECT_EQ(Count(Card(page, 1), "halo clearly"), 2) << "hip and knee";
  EXPECT_THAT(Card(page, 1), HasSubstr("At 0:03.0, outline: repetition 1"));
  EXPECT_THAT(Card(page, 1), HasSubstr("class=\"outline\""));
  EXPECT_THAT(Card(page, 0), Not(HasSubstr("outline")));
  EXPECT_THAT(Card(page, 0), Not(HasSubstr("halo")));
}

TEST(Page, BeginsWithWhatToWorkOn) {
  const std::string page = Page(testing::SquatSession({90, 110, 90, 130}));
  EXPECT_THAT(page, HasSubstr("Depth: off in 2 of 4; repetitions 2, 4 of set 1"));
  EXPECT_THAT(page,
              HasSubstr("What the camera did not show</h2><ul class=\"tags\"><li class=\"unseen\">Knees in"));
  EXPECT_THAT(page, HasSubstr("<b>2 of 4</b><span>correct"));
  EXPECT_THAT(page, HasSubstr("<b>3</b><span>repetitions, 1 partial"));
  const std::string faultless = Page(testing::SquatSession({90}));
  EXPECT_THAT(faultless, Not(HasSubstr("What to work on")));
  EXPECT_THAT(faultless,
              HasSubstr("Fine in every repetition</h2><ul class=\"tags\"><li class=\"good\">Depth"));
}

TEST(Page, ShowsTheAnglesThatMoveMost) {
  const std::string page = Page(testing::SquatSession({90, 110}));
  EXPECT_THAT(page, HasSubstr("aria-label=\"Angles of Hips and Knees\""));
  EXPECT_EQ(Count(page, "class=\"curve first\""), 2) << "a curve and its legend";
}

TEST(Page, ShowsTrendsOfWhatWasOffOnly) {
  EXPECT_THAT(Page(testing::SquatSession({90, 110})), HasSubstr("aria-label=\"Depth\""));
  EXPECT_THAT(Page(testing::SquatSession({90, 90})), Not(HasSubstr("aria-label=\"Depth\"")));
  EXPECT_THAT(Page(testing::SquatSession({90, 90})), HasSubstr("aria-label=\"Range of motion\""));
}

TEST(Page, ShowsNeverAsGoodWhatWasNotJudged) {
  const std::string page = Page(testing::SquatSession({90}));
  EXPECT_THAT(page, HasSubstr("<tr><th title=\"knees_in\">Knees in</th><td class=\"unseen\">\u2013</td>"));
  EXPECT_THAT(page, HasSubstr("<tr><th title=\"squat_depth\">Depth</th><td class=\"good\">90\u00b0</td>"));
}

// Everything that the page may show, in Korean; what servers say is given without Latin letters.
std::vector<v1::AnalyzeResponse> KoreanSession() {
  std::vector<v1::AnalyzeResponse> session = testing::SquatSession({90, 110, 130, 112});
  v1::AnalyzeResponse started;
  started.mutable_started()->set_language("ko");
  session.insert(session.begin(), started);
  for (v1::AnalyzeResponse& response : session) {
    if (!response.has_repetition()) continue;
    v1::Repetition& repetition = *response.mutable_repetition();
    repetition.set_exercise_title("스쿼트");
    for (v1::Finding& finding : *repetition.mutable_findings()) {
      finding.set_title("깊이");
      if (!finding.text().empty()) finding.set_text("더 낮게 앉으세요.");
    }
    v1::Finding slightly = testing::FindingOf("pace", v1::FINDING_LEVEL_SLIGHTLY, 1, 2, 3, "seconds");
    slightly.set_title("속도");
    *repetition.add_findings() = slightly;
    v1::Finding near = testing::FindingOf("near", v1::FINDING_LEVEL_CLEARLY, 1, 2, 3, "torso_lengths");
    near.set_title("거리");
    *repetition.add_findings() = near;
    v1::ReferenceMatch& match = *repetition.mutable_reference();
    match.set_name("기준");
    match.add_parts()->set_part("trunk");
    for (const float degrees : {20.0F, -20.0F}) {
      match.add_deviations()->set_joint("left_elbow");
      match.mutable_deviations()->rbegin()->set_degrees(degrees);
    }
    if (repetition.number() == 2) match.set_failure("짧음");
    if (repetition.number() == 4) {
      repetition.set_set(2);
      repetition.set_number(1);
      repetition.set_held_us(1'000'000);
    }
  }
  v1::AnalyzeResponse said;
  said.mutable_hint()->set_text("뒤로 가세요.");
  said.mutable_hint()->set_withdrawn(true);
  said.add_notices()->set_message("조심");
  session.push_back(said);
  said.mutable_advice()->set_text("천천히.");
  session.push_back(said);
  return session;
}

// What people read and hear of it: texts between tags, labels and tips.
std::string Readable(const std::string& page) {
  const std::string body = page.substr(page.find("<body"));
  std::string text;
  for (size_t at = 0; at < body.size();) {
    const size_t tag = body.find('<', at);
    text += body.substr(at, tag - at) + " ";
    if (tag == std::string::npos) break;
    const size_t end = body.find('>', tag);
    const std::string attributes = body.substr(tag, end - tag);
    if (const size_t label = attributes.find("aria-label=\""); label != std::string::npos)
      text += attributes.substr(label + 12, attributes.find('"', label + 12) - label - 12) + " ";
    at = end + 1;
  }
  return text;
}

TEST(Page, IsInTheLanguageOfTheSession) {
  const std::string page = Page(KoreanSession());
  ExpectWellFormed(page);
  EXPECT_THAT(page, HasSubstr("<html lang=\"ko\">"));
  EXPECT_THAT(page, HasSubstr("<h1>운동 보고서</h1>"));
  EXPECT_THAT(page, HasSubstr("<h2>1세트 \u00b7 스쿼트</h2>"));
  std::string text = Readable(page);
  for (size_t name = text.find("TrackFit"); name != std::string::npos; name = text.find("TrackFit"))
    text.erase(name, 8);
  std::string latin;
  for (size_t i = 0; i < text.size(); ++i) {
    if (absl::ascii_isalpha(static_cast<unsigned char>(text[i])))
      latin += text[i];
    else if (!latin.empty() && latin.back() != ' ')
      latin += ' ';
  }
  EXPECT_EQ(latin, "") << "labels without a Korean text";
}

TEST(Page, LoadsNothing) {
  const std::string page = Page(testing::SquatSession({90, 110}));
  for (const char* loads : {"http:", "https:", "<script", "<link", "<img", "url(", "@import"})
    EXPECT_THAT(page, Not(HasSubstr(loads)));
}

TEST(Page, EscapesWhateverServersSend) {
  const std::string evil = "<img src=x onerror=alert(1)>";
  std::vector<v1::AnalyzeResponse> session = testing::SquatSession({110});
  v1::Repetition& repetition = *session.back().mutable_repetition();
  repetition.set_exercise(evil);
  repetition.mutable_findings(0)->set_text(evil);
  repetition.mutable_findings(0)->set_code(evil);
  repetition.mutable_findings(0)->set_unit(evil);
  repetition.mutable_reference()->set_name(evil);
  repetition.mutable_reference()->add_parts()->set_part(evil);
  repetition.mutable_reference()->add_deviations()->set_joint(evil);
  v1::Repetition failed = repetition;
  failed.mutable_reference()->set_failure(evil);
  session.push_back(testing::ResponseOf(failed));
  v1::AnalyzeResponse said;
  said.mutable_advice()->set_text(evil);
  session.push_back(said);
  said.mutable_hint()->set_text(evil);
  said.add_notices()->set_message(evil);
  session.push_back(said);
  const std::string page = PageOf(RecordOf(session), {.title = evil, .source = evil});
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_GE(Count(page, "&lt;img src=x"), 12);
  ExpectWellFormed(page);
}

TEST(Page, ComparesWithTheReference) {
  std::vector<v1::AnalyzeResponse> session = testing::SquatSession({90});
  v1::ReferenceMatch& match = *session.back().mutable_repetition()->mutable_reference();
  match.set_name("squat_standard");
  match.set_similarity(0.87F);
  match.set_tempo_ratio(1.2F);
  v1::ReferencePart& part = *match.add_parts();
  part.set_part("legs");
  part.set_similarity(0.6F);
  v1::ReferenceDeviation& deviation = *match.add_deviations();
  deviation.set_joint("left_knee");
  deviation.set_phase(0.5F);
  deviation.set_degrees(-18);
  const std::string card = Card(Page(session), 0);
  EXPECT_THAT(card, HasSubstr("<p>movement 87 % like squat_standard, 120 % of its time</p>"));
  EXPECT_THAT(card, HasSubstr("<span>legs</span><i><b style=\"width:60%\">"));
  EXPECT_THAT(card, HasSubstr("left knee 18\u00b0 more bent at 50 %"));
  match.set_failure("too short");
  EXPECT_THAT(Card(Page(session), 0), HasSubstr("not compared with squat_standard: too short"));
}

// A percentage beside what does not count would contradict it.
TEST(Page, ComparesNoPartialRepetition) {
  std::vector<v1::AnalyzeResponse> session = testing::SquatSession({130});
  v1::Repetition& repetition = *session.back().mutable_repetition();
  ASSERT_FALSE(repetition.complete());
  v1::ReferenceMatch& match = *repetition.mutable_reference();
  match.set_name("squat_standard");
  match.set_similarity(1);
  match.add_parts()->set_part("arms");
  match.add_deviations()->set_joint("left_knee");
  const std::string card = Card(Page(session), 0);
  EXPECT_THAT(card, HasSubstr("not compared with squat_standard: the repetition is partial"));
  EXPECT_THAT(card, Not(HasSubstr("class=\"part\"")));
  EXPECT_THAT(card, HasSubstr("left knee")) << "where it differs still helps";
}

TEST(Page, SaysWhatLikenessMeansWhereItGivesOne) {
  std::vector<v1::AnalyzeResponse> session = testing::SquatSession({110});
  const std::string meaning = "a repetition may be much like it and not correct";
  EXPECT_THAT(Page(session), Not(HasSubstr(meaning)));
  session.back().mutable_repetition()->mutable_reference()->set_similarity(1);
  EXPECT_THAT(Page(session), HasSubstr(meaning));
  EXPECT_THAT(Card(Page(session), 0), Not(HasSubstr("100 %")));
}

TEST(Page, TellsWhatTheCoachSaidInOrderOfTime) {
  std::vector<v1::AnalyzeResponse> session = testing::SquatSession({90});
  v1::AnalyzeResponse advice, hint;
  advice.mutable_advice()->set_text("Slower.");
  advice.mutable_advice()->set_sequence(45);
  hint.mutable_hint()->set_text("Step back.");
  hint.mutable_hint()->set_sequence(5);
  hint.mutable_hint()->set_withdrawn(true);
  session.push_back(advice);
  session.push_back(hint);
  EXPECT_THAT(Page(session), HasSubstr("<tr><td>0:00.2</td><td>Camera</td><td>Step back. (done)</td></tr>"
                                       "<tr><td>0:01.8</td><td>Coach</td><td>Slower.</td></tr>"));
}

TEST(Page, TellsHowLongAPositionWasHeld) {
  std::vector<v1::AnalyzeResponse> session = testing::SquatSession({90});
  session.back().mutable_repetition()->set_held_us(1'900'000);
  const std::string page = Page(session);
  EXPECT_THAT(page, HasSubstr("<h4>Hold 1</h4>"));
  EXPECT_THAT(page, HasSubstr("held 1.9 s"));
  EXPECT_THAT(page, HasSubstr("aria-label=\"Held\""));
  EXPECT_THAT(page, Not(HasSubstr("aria-label=\"Tempo\"")));
}

TEST(Page, DoesWithoutPoses) {
  const std::string page = PageOf(RecordOf({testing::ResponseOf(testing::SquatOf(0, 1, 1, 110))}), {});
  ExpectWellFormed(page);
  EXPECT_EQ(Count(page, "<article"), 1);
  EXPECT_THAT(page, Not(HasSubstr("aria-label=\"Skeleton")));
  EXPECT_THAT(page, Not(HasSubstr("Angles over time")));
}

TEST(Page, SaysThatNothingWasCounted) {
  const std::string page = Page({testing::ResultOf(0, v1::FRAME_STATUS_NO_POSE)});
  ExpectWellFormed(page);
  EXPECT_THAT(page, HasSubstr("No repetition was counted."));
}

TEST(Page, OfHundredsOfRepetitionsStaysSmall) {
  const std::string page = Page(testing::SquatSession(std::vector<float>(300, 90)));
  EXPECT_LT(page.size(), 300 * 12'000U);
  EXPECT_EQ(Count(page, "<article"), 300);
}

}  // namespace
}  // namespace trackfit::report
