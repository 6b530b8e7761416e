#include "training/training_config.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace trackfit::training {

absl::Status TrainingConfig::Validate() const {
  for (const auto& [name, value] :
       {std::pair{"samples_per_epoch", samples_per_epoch}, {"batch_size", batch_size}}) {
    if (value < 1)
      return absl::InvalidArgumentError(absl::StrCat(name, " is ", value, "; it must be at least 1"));
  }
  if (epochs < 0)
    return absl::InvalidArgumentError(absl::StrCat("epochs is ", epochs, "; it must not be negative"));
  if (freeze_epochs < 0 || freeze_epochs > epochs) {
    return absl::InvalidArgumentError(
        absl::StrCat("freeze_epochs is ", freeze_epochs, "; it must be within [0, epochs]"));
  }
  if (!(learning_rate > 0)) return absl::InvalidArgumentError("learning_rate must be positive");
  for (const auto& [name, value] : {std::pair{"warmup_share", warmup_share},
                                    {"momentum", momentum},
                                    {"label_smoothing", label_smoothing},
                                    {"reconstruction_start", reconstruction_start},
                                    {"average_decay", average_decay}}) {
    if (!(value >= 0 && value < 1)) {
      return absl::InvalidArgumentError(absl::StrCat(name, " is ", value, "; it must be within [0, 1)"));
    }
  }
  for (const auto& [name, value] : {std::pair{"weight_decay", weight_decay},
                                    {"reconstruction_weight", reconstruction_weight},
                                    {"names_weight", names_weight},
                                    {"form_weight", form_weight},
                                    {"joint_weight", joint_weight},
                                    {"contrast_weight", contrast_weight}}) {
    if (!(value >= 0)) {
      return absl::InvalidArgumentError(absl::StrCat(name, " is ", value, "; it must not be negative"));
    }
  }
  if (!(gradient_clip > 0)) {
    return absl::InvalidArgumentError(
        absl::StrCat("gradient_clip is ", gradient_clip, "; it must be positive"));
  }
  return absl::OkStatus();
}

}  // namespace trackfit::training
