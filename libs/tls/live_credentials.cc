#include "tls/live_credentials.h"

#include <utility>

namespace trackfit::tls {

absl::StatusOr<std::shared_ptr<LiveCredentials>> LiveCredentials::Load(CredentialFiles files) {
  CredentialContents contents = Read(files);
  auto checked = Check(files, contents);
  if (!checked.ok()) return checked.status();
  return std::shared_ptr<LiveCredentials>(
      new LiveCredentials(std::move(files), std::move(contents), *std::move(checked)));
}

LiveCredentials::LiveCredentials(CredentialFiles files, CredentialContents contents, Credentials current)
    : files_(std::move(files)),
      current_(std::make_shared<const Credentials>(std::move(current))),
      judged_(contents),
      seen_(std::move(contents)) {}

std::shared_ptr<const Credentials> LiveCredentials::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

std::optional<absl::Status> LiveCredentials::LookAgain() {
  CredentialContents contents = Read(files_);
  const std::lock_guard lock(mutex_);
  const bool settled = contents == seen_;
  seen_ = contents;
  if (!settled || contents == judged_) return std::nullopt;
  judged_ = std::move(contents);
  auto checked = Check(files_, judged_);
  if (!checked.ok()) return checked.status();
  current_ = std::make_shared<const Credentials>(*std::move(checked));
  return absl::OkStatus();
}

}  // namespace trackfit::tls
