#include "client/labels.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace trackfit::client {
namespace {

struct Label {
  std::string_view english, korean;
};

constexpr Label kLabels[] = {
    // Verdicts, values and ranges.
    {"correct", "올바름"},
    {"not correct", "교정 필요"},
    {"partial", "부분 동작"},
    {"{n} degrees", "{n}°"},
    {"{n} torso lengths", "몸통 길이의 {n}배"},
    {"{n} s", "{n}초"},
    {"{range} degrees", "{range}(도)"},
    {"{range} torso lengths", "몸통 길이의 {range}"},
    {"{range} s", "{range}(초)"},
    {"{n} %", "{n}%"},
    {"{low} to {high}", "{low}~{high}"},
    {"at least {low}", "{low} 이상"},
    {"at most {high}", "{high} 이하"},
    {"slightly off", "조금 벗어남"},
    {"{title}: off in {off} of {judged}", "{title}: {judged}회 중 {off}회 벗어남"},
    {", {n} clearly", ", {n}회는 크게 벗어남"},
    {", slightly", ", 조금 벗어남"},
    {"excellent", "아주 좋음"},
    {"good", "좋음"},
    {"fair", "보통"},
    {"poor", "나쁨"},
    {"not judged", "판단하지 않음"},
    {"Not a known exercise", "알 수 없는 운동"},
    // Joints and parts of the body.
    {"head", "머리"},
    {"left shoulder", "왼쪽 어깨"},
    {"right shoulder", "오른쪽 어깨"},
    {"left elbow", "왼쪽 팔꿈치"},
    {"right elbow", "오른쪽 팔꿈치"},
    {"left wrist", "왼쪽 손목"},
    {"right wrist", "오른쪽 손목"},
    {"left hand", "왼손"},
    {"right hand", "오른손"},
    {"left hip", "왼쪽 고관절"},
    {"right hip", "오른쪽 고관절"},
    {"left knee", "왼쪽 무릎"},
    {"right knee", "오른쪽 무릎"},
    {"left ankle", "왼쪽 발목"},
    {"right ankle", "오른쪽 발목"},
    {"left heel", "왼쪽 발뒤꿈치"},
    {"right heel", "오른쪽 발뒤꿈치"},
    {"left toes", "왼쪽 발끝"},
    {"right toes", "오른쪽 발끝"},
    {"left foot", "왼발"},
    {"right foot", "오른발"},
    {"shoulders", "어깨"},
    {"elbows", "팔꿈치"},
    {"hands", "양손"},
    {"hips", "고관절"},
    {"knees", "무릎"},
    {"feet", "양발"},
    {"arms", "팔"},
    {"trunk", "몸통"},
    {"legs", "다리"},
    {"Knees", "무릎"},
    {"Hips", "고관절"},
    {"Elbows", "팔꿈치"},
    {"Shoulders", "어깨"},
    // The video.
    {"COACH", "코치"},
    {"CAMERA", "카메라"},
    {"SET {n}", "{n}세트"},
    {"READY", "준비"},
    {"rep", "회"},
    {"reps", "회"},
    {"s", "초"},
    {"Watching", "관찰 중"},
    {"Getting to know the movement", "움직임을 살펴보는 중"},
    {"Nobody in sight", "보이는 사람 없음"},
    {"Form not judged", "자세는 판단하지 않음"},
    {"{level} form", "자세 {level}"},
    {"{level} as {exercise}", "{exercise} 기준 {level}"},
    {"{n} % sure", "확신 {n}%"},
    // Lines of text.
    {"rep {n}", "{n}회차"},
    {"hold {n}", "유지 {n}회차"},
    {"nearest: {exercise}", "가장 가까운 운동: {exercise}"},
    {"{exercise} (nearest: {nearest})", "{exercise} (가장 가까운 운동: {nearest})"},
    {"form not judged", "자세는 판단하지 않음"},
    {"most off: {joints}", "많이 벗어난 관절: {joints}"},
    // A summary in text.
    {"Time", "시간"},
    {"Range", "범위"},
    {"Work on", "고칠 점"},
    {"Drift", "변화"},
    {"Exercise", "운동"},
    {"{exercise}, {n} % sure over {assessments}", "{exercise}, 확신 {n}% ({assessments} 기준)"},
    {"1 assessment", "판정 1개"},
    {"{n} assessments", "판정 {n}개"},
    {"{used} of {assessments}", "{assessments} 중 {used}개"},
    {"no assessment", "판정 없음"},
    {"cut short; see above", "중단됨, 위 내용 참고"},
    {"Quality", "자세"},
    {"{level}, {n} of 100", "{level}, 100점 중 {n}점"},
    {"{level}, {n} of 100 as {exercise}", "{exercise} 기준 {level}, 100점 중 {n}점"},
    {"Watch", "볼 곳"},
    {"nothing stands out", "두드러진 곳 없음"},
    {"no joint was seen well enough", "충분히 잘 보인 관절이 없음"},
    {"Not judged", "판단 못 함"},
    {"Frames", "프레임"},
    {"{n} with a person", "사람 있음 {n}"},
    {"{n} without", "사람 없음 {n}"},
    {"{n} dropped", "건너뜀 {n}"},
    {"{n} unusable", "쓸 수 없음 {n}"},
    {"Speed", "속도"},
    {"{fps} frames/s ({footage} s of footage in {time} s)",
     "초당 {fps}프레임 (영상 {footage}초, 처리 {time}초)"},
    {"Notice", "알림"},
    {"Rendered", "그린 영상"},
    {"Stopped", "중단"},
    {"{n} frames were sent but not answered in time", "보냈지만 제때 답을 받지 못한 프레임 {n}개"},
    // The page: its head.
    {"Training report", "운동 보고서"},
    {"{time} long", "길이 {time}"},
    {"{n} frames", "{n}프레임"},
    {"repetition", "회 반복"},
    {"repetitions", "회 반복"},
    {"{repetitions}, {n} partial", "{repetitions}, 부분 동작 {n}회"},
    {"{part} of {whole}", "{whole}회 중 {part}회"},
    {"mean score of 100", "평균 점수 (100점 만점)"},
    {"set", "세트"},
    {"sets", "세트"},
    {"under tension", "운동 시간"},
    {"longest hold", "최장 유지 시간"},
    {"What to work on", "고칠 점"},
    {"Fine in every repetition", "모든 반복에서 좋았던 점"},
    {"What the camera did not show", "카메라에 보이지 않은 점"},
    {"repetition {numbers} of set {set}", "{set}세트 {numbers}회차"},
    {"repetitions {numbers} of set {set}", "{set}세트 {numbers}회차"},
    {"No repetition was counted. Was the whole body in the picture, and was it an exercise that the coach "
     "knows?",
     "센 반복이 없습니다. 온몸이 화면에 나왔는지, 코치가 아는 운동인지 확인하세요."},
    {"What the coach said", "코치의 말"},
    {"Coach", "코치"},
    {"Camera", "카메라"},
    {" (done)", " (해결됨)"},
    {"Notices", "알림"},
    // A set.
    {"Set {n}", "{n}세트"},
    {"longest hold {n} s", "최장 유지 {n}초"},
    {"1 hold", "유지 1회"},
    {"{n} holds", "유지 {n}회"},
    {"1 repetition", "1회"},
    {"{n} repetitions", "{n}회"},
    {"{n} partial", "부분 동작 {n}회"},
    {"{n} correct", "올바름 {n}회"},
    {"score {n}", "{n}점"},
    {"{n} s under tension", "운동 시간 {n}초"},
    {"after {n} s of rest", "{n}초 휴식 후"},
    {"{n} % slower towards the end", "끝으로 갈수록 {n}% 느려짐"},
    {"{n} % faster towards the end", "끝으로 갈수록 {n}% 빨라짐"},
    {"{n} % of the range lost", "가동 범위 {n}% 줄어듦"},
    {"{n} % of the range gained", "가동 범위 {n}% 늘어남"},
    {"Angles over time", "시간에 따른 각도"},
    {"Angles of {first} and {second}", "{first} 및 {second} 각도"},
    {"From repetition to repetition", "반복별 변화"},
    {"Score", "점수"},
    {"Held", "유지 시간"},
    {"Range of motion", "가동 범위"},
    {"Tempo", "템포"},
    {"out", "나감"},
    {"pause", "멈춤"},
    {"back", "돌아옴"},
    {"Conditions of good form", "좋은 자세의 조건"},
    {"Condition", "조건"},
    {"Good range", "좋은 범위"},
    {"Every repetition", "모든 반복"},
    {"Measures", "측정값"},
    // A repetition.
    {"Repetition {n}", "{n}회차"},
    {"Hold {n}", "유지 {n}회차"},
    {"Repetition {n}: {value}", "{n}회차: {value}"},
    {"{value}, good: {range}", "{value}, 좋은 범위: {range}"},
    {"Skeleton of repetition {n}", "{n}회차의 골격"},
    {"At {time}", "{time}"},
    {", outline: repetition {n}", ", 윤곽선: {n}회차"},
    {"held {n} s", "{n}초 유지"},
    {"{all} s: {out} s out, {pause} s pause, {back} s back",
     "{all}초: 나감 {out}초, 멈춤 {pause}초, 돌아옴 {back}초"},
    {"range {n} %", "가동 범위 {n}%"},
    {"{joint} {n}\u00b0 straighter at {phase} %", "{joint}: 동작의 {phase}% 지점에서 {n}° 더 펴짐"},
    {"{joint} {n}\u00b0 more bent at {phase} %", "{joint}: 동작의 {phase}% 지점에서 {n}° 더 굽음"},
    {"not compared with {name}: {why}", "{name}: 비교하지 않음 ({why})"},
    {"the repetition is partial", "부분 동작"},
    {"movement {n} % like {name}", "움직임 {n}% 일치 ({name})"},
    {"movement {n} % like {name}, {part} least ({least} %)",
     "움직임 {n}% 일치 ({name}), 가장 다른 곳: {part} {least}%"},
    {"{tempo} % of its time", "시간 {tempo}%"},
    {"How much a movement is like a reference says how all limbs move, not how far; a condition judges one "
     "point of it. So a repetition may be much like it and not correct. Partial ones are not compared.",
     "기준과의 일치는 팔다리와 몸통 전체가 어떻게 움직이는지를 말하며, 얼마나 깊이 움직이는지는 말하지 "
     "않습니다. "
     "조건은 그중 한 가지를 판단합니다. 그래서 기준과 많이 일치해도 교정이 필요할 수 있습니다. 부분 동작은 "
     "비교하지 않습니다."},
    // The table of measures.
    {"Time<br>s", "시간<br>초"},
    {"Out<br>s", "나감<br>초"},
    {"Pause<br>s", "멈춤<br>초"},
    {"Back<br>s", "돌아옴<br>초"},
    {"Range<br>%", "가동 범위<br>%"},
    {"Range<br>degrees", "가동 범위<br>도"},
    {"Left \u2212 right<br>degrees", "왼쪽 \u2212 오른쪽<br>도"},
    {"Peak speed<br>ranges/s", "최고 속도<br>범위/초"},
    {"Path<br>1 = straight", "경로<br>1 = 직선"},
    {"Sway<br>torsos", "흔들림<br>몸통 길이"},
    // The foot of the page.
    {"Out is the way from the start of a repetition to its turning point, back the way from there. A "
     "repetition is "
     "correct when it is complete and no condition is clearly off; its score falls with how far conditions "
     "are off. "
     "What camera and view do not show is not judged, and shown as \u2013.",
     "'나감'은 반복의 시작에서 전환점까지, '돌아옴'은 그 뒤의 움직임입니다. 끝까지 움직였고 크게 벗어난 "
     "조건이 없으면 "
     "올바른 반복이며, 조건에서 벗어날수록 점수가 낮아집니다. 카메라와 방향 때문에 보이지 않는 것은 판단하지 "
     "않고 "
     "\u2013로 표시합니다."},
    {"Measured by TrackFit in the video of one camera. It knows nothing of weights, pain or injuries, and is "
     "no medical "
     "advice.",
     "TrackFit이 카메라 한 대의 영상에서 측정했습니다. 무게, 통증, 부상은 알지 못하며, 의학적 조언이 "
     "아닙니다."},
};

}  // namespace

Labels::Labels(std::string_view language) : language_(language == "ko" ? "ko" : "en") {}

std::string Labels::operator()(std::string_view english, const Values& values) const {
  std::string_view text = english;
  if (language_ == "ko") {
    const auto* const found = std::ranges::find(kLabels, english, &Label::english);
    if (found != std::end(kLabels)) text = found->korean;
  }
  std::vector<std::pair<std::string, std::string>> replacements;
  for (const auto& [name, value] : values) replacements.emplace_back(absl::StrCat("{", name, "}"), value);
  return absl::StrReplaceAll(std::string(text), replacements);
}

std::string Labels::Counted(std::string_view one, std::string_view many, int64_t count) const {
  return (*this)(count == 1 ? one : many, {{"n", absl::StrCat(count)}});
}

}  // namespace trackfit::client
