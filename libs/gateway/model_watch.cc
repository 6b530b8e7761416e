#include "gateway/model_watch.h"

namespace trackfit::gateway {
namespace {

constexpr std::chrono::seconds kAgain{1};  // to notice a new model
constexpr std::chrono::milliseconds kAgainAfterFailure{200};

template <class Message>
bool IsPossible(const Message& model) {
  return model.rate_hz() > 0 && model.window_frames() > 0;
}

std::vector<ServedModel> ModelsIn(const v1::GetModelResponse& answer) {
  std::vector<ServedModel> models;
  for (const v1::ServedModel& model : answer.models()) {
    if (!IsPossible(model)) continue;
    models.push_back({model.name(),
                      model.version(),
                      {model.exercises().begin(), model.exercises().end()},
                      model.rate_hz(),
                      static_cast<int>(model.window_frames()),
                      model.canary(),
                      model.share()});
  }
  return models;
}

}  // namespace

bool ModelWatch::ShouldAsk(TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (asking_ || now < next_) return false;
  asking_ = true;
  return true;
}

void ModelWatch::Answered(const v1::GetModelResponse& answer, TimePoint now) {
  const std::lock_guard lock(mutex_);
  asking_ = false;
  next_ = now + kAgainAfterFailure;
  if (!IsPossible(answer)) return;
  next_ = now + kAgain;
  if (model_ == nullptr || model_->version != answer.version()) {
    log_.Info("model", {{"version", answer.version()}, {"exercises", answer.exercises_size()}});
  }
  std::map<std::string, std::vector<std::string>> voices;
  for (const v1::CoachLanguage& language : answer.languages()) {
    voices[language.language()].assign(language.voices().begin(), language.voices().end());
  }
  model_ = std::make_shared<const ModelInfo>(
      ModelInfo{answer.version(),
                {answer.exercises().begin(), answer.exercises().end()},
                answer.rate_hz(),
                static_cast<int>(answer.window_frames()),
                {answer.coached_exercises().begin(), answer.coached_exercises().end()},
                {answer.references().begin(), answer.references().end()},
                std::move(voices),
                ModelsIn(answer)});
}

void ModelWatch::Failed(const absl::Status& status, TimePoint now) {
  const std::lock_guard lock(mutex_);
  asking_ = false;
  next_ = now + kAgainAfterFailure;
  error_ = status;
}

absl::StatusOr<std::shared_ptr<const ModelInfo>> ModelWatch::model() const {
  const std::lock_guard lock(mutex_);
  if (model_ == nullptr) return error_;
  return model_;
}

}  // namespace trackfit::gateway
