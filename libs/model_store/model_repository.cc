#include "model_store/model_repository.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace trackfit::model_store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestName = 64;
constexpr std::size_t kLongestShare = 64;  // letters that are read of a file `canary`

absl::StatusOr<std::vector<fs::path>> FoldersIn(const fs::path& path) {
  std::vector<fs::path> folders;
  std::error_code error;
  for (fs::directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code gone;
    if (entry->is_directory(gone)) folders.push_back(entry->path());
  }
  if (error) return absl::UnavailableError(absl::StrCat(path.string(), ": ", error.message()));
  return folders;
}

// nullopt: there is no file that may be read. UNAVAILABLE where the disk does not say: what it held is not
// gone.
absl::StatusOr<std::optional<FileState>> StateOf(const fs::path& path) {
  std::error_code error;
  const fs::file_type type = fs::status(path, error).type();
  if (type == fs::file_type::none && error != std::errc::permission_denied)
    return absl::UnavailableError(absl::StrCat(path.string(), ": ", error.message()));
  if (type != fs::file_type::regular) return std::nullopt;
  FileState state;
  state.size = fs::file_size(path, error);
  if (!error) state.modified = fs::last_write_time(path, error);
  if (error) return std::nullopt;  // it has just gone
  return state;
}

bool IsNumber(const std::string& name) {
  return !name.empty() && std::ranges::all_of(name, absl::ascii_isdigit);
}

bool IsName(const std::string& name) {
  return !name.empty() && name.size() <= kLongestName && name.front() != '.' && !IsNumber(name) &&
         std::ranges::all_of(
             name, [](char c) { return absl::ascii_isalnum(c) || c == '_' || c == '-' || c == '.'; });
}

absl::StatusOr<double> ReadShare(const fs::path& path) {
  std::ifstream file(path);
  std::array<char, kLongestShare> buffer{};
  file.read(buffer.data(), buffer.size());
  const std::string text(
      absl::StripAsciiWhitespace({buffer.data(), static_cast<std::size_t>(file.gcount())}));
  double share = 0;
  if (absl::SimpleAtod(text, &share) && share >= 0 && share < 1) return share;
  return absl::InvalidArgumentError(absl::StrCat(path.string(), " holds \"", absl::CHexEscape(text),
                                                 "\"; it must be a share of sessions in [0, 1)"));
}

absl::StatusOr<std::vector<VersionFolder>> VersionsIn(const std::vector<fs::path>& folders) {
  std::vector<VersionFolder> versions;
  for (const fs::path& folder : folders) {
    VersionFolder version;
    version.name = folder.filename().string();
    version.path = folder / "model.pt";
    if (!IsNumber(version.name) || !absl::SimpleAtoi(version.name, &version.number)) continue;
    const auto state = StateOf(version.path);
    if (!state.ok()) return state.status();
    if (!*state) continue;
    version.state = **state;
    const fs::path canary = folder / "canary";
    const auto canary_state = StateOf(canary);
    if (!canary_state.ok()) return canary_state.status();
    if (*canary_state) version.canary = CanaryFile{canary, **canary_state, ReadShare(canary)};
    versions.push_back(std::move(version));
  }
  std::ranges::sort(versions, [](const auto& a, const auto& b) {
    return std::pair(a.number, a.name) > std::pair(b.number, b.name);
  });
  return versions;
}

std::string FolderName(const fs::path& root) {
  std::error_code error;
  const fs::path whole = fs::weakly_canonical(root, error);
  const std::string name = (error || whole.filename().empty() ? root : whole).filename().string();
  return IsName(name) ? name : "default";
}

}  // namespace

ModelRepository::ModelRepository(const fs::path& root) : root_(root), default_name_(FolderName(root)) {}

absl::StatusOr<std::vector<ModelFolder>> ModelRepository::Read() const {
  auto folders = FoldersIn(root_);
  if (!folders.ok()) return folders.status();
  std::ranges::sort(*folders);
  auto versions = VersionsIn(*folders);
  if (!versions.ok()) return versions.status();
  std::vector<ModelFolder> models = {{default_name_, *std::move(versions)}};
  for (const fs::path& folder : *folders) {
    const std::string name = folder.filename().string();
    if (!IsName(name) || name == default_name_) continue;
    const auto inside = FoldersIn(folder);
    if (!inside.ok()) continue;  // not ours to read; what is served of it stays
    versions = VersionsIn(*inside);
    if (!versions.ok()) return versions.status();
    if (!versions->empty()) models.push_back({name, *std::move(versions)});
  }
  return models;
}

absl::Status ModelRepository::WhyEmpty() const {
  const std::string repository = absl::StrCat("--model-repository ", root_.string());
  std::error_code error;
  if (!fs::exists(root_, error)) {
    return absl::NotFoundError(
        absl::StrCat(repository,
                     " does not exist; name the folder that holds <number>/model.pt, as "
                     "deploy/models/protogcn does"));
  }
  if (!fs::is_directory(root_, error)) {
    return absl::NotFoundError(
        absl::StrCat(repository, " is a file; name the folder that holds <number>/model.pt"));
  }
  if (fs::exists(root_ / "model.pt", error)) {
    return absl::NotFoundError(
        absl::StrCat(repository, " holds model.pt itself; versions lie in folders with a number: move it to ",
                     (root_ / "1" / "model.pt").string(), ", or name the folder above, if this one is such"));
  }
  return absl::NotFoundError(absl::StrCat(repository, " has no model; <number>/model.pt is expected"));
}

}  // namespace trackfit::model_store
