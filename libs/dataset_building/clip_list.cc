#include "dataset_building/clip_list.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string_view>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "exercises/vocabulary.h"
#include "media/frame_source.h"

namespace trackfit::dataset_building {
namespace {

namespace fs = std::filesystem;

bool IsVideo(const fs::path& path) {
  constexpr std::string_view kEndings[] = {".3gp",  ".avi", ".flv", ".m2ts", ".m4v", ".mkv",  ".mov", ".mp4",
                                           ".mpeg", ".mpg", ".mts", ".ogv",  ".ts",  ".webm", ".wmv"};
  return std::find(std::begin(kEndings), std::end(kEndings),
                   absl::AsciiStrToLower(path.extension().string())) != std::end(kEndings);
}

bool IsHidden(const fs::path& path) { return path.filename().string().front() == '.'; }

// The folder's own name, also of "." and "videos/".
std::string FolderName(const fs::path& folder) {
  std::error_code error;
  return fs::weakly_canonical(folder, error).filename().string();
}

SourceClip MakeClip(const fs::path& path, const std::string& name, const std::string& holder) {
  SourceClip clip;
  clip.path = path.string();
  clip.name = name;
  clip.id = name;
  const size_t slash = name.find('/');
  clip.exercise = exercises::Builtin().NameOf(slash == std::string::npos ? holder : name.substr(0, slash));
  clip.group = name;
  return clip;
}

// Collects what `folder` holds, which lies at `below` under the input.
absl::Status Search(const fs::path& folder, const fs::path& below, const std::string& input_name,
                    std::vector<SourceClip>& clips) {
  std::vector<fs::path> videos;
  std::vector<fs::path> folders;
  bool images = false;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    std::error_code gone;
    if (IsHidden(it->path())) continue;
    if (it->is_directory(gone)) {
      if (!it->is_symlink(gone)) folders.push_back(it->path());  // it might lead back up
    } else if (IsVideo(it->path())) {
      videos.push_back(it->path());
    } else if (media::IsImageFile(it->path())) {
      images = true;
    }
  }
  if (error) return absl::NotFoundError(absl::StrCat(folder.string(), ": ", error.message()));
  if (videos.empty() && images) {
    const bool is_input = below.empty();
    const std::string holder = is_input ? FolderName(folder / "..") : input_name;
    clips.push_back(MakeClip(folder, is_input ? input_name : below.generic_string(), holder));
  }
  for (const fs::path& video : videos)
    clips.push_back(MakeClip(video, (below / video.stem()).generic_string(), input_name));
  for (const fs::path& inner : folders) {
    if (absl::Status status = Search(inner, below / inner.filename(), input_name, clips); !status.ok())
      return status;
  }
  return absl::OkStatus();
}

// One line of comma-separated values; a quoted value may hold commas, and quotes written twice.
std::vector<std::string> SplitLine(const std::string& line) {
  std::vector<std::string> values(1);
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted && c == '"' && i + 1 < line.size() && line[i + 1] == '"') {
      values.back() += line[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      values.emplace_back();
    } else if (c != '\r') {
      values.back() += c;
    }
  }
  return values;
}

absl::StatusOr<SourceClip> FromRow(const fs::path& folder, std::map<std::string, std::string>& row) {
  const fs::path file = fs::path(row["file"]).lexically_normal();
  const bool nameable = file.is_relative() && *file.begin() != "..";
  SourceClip clip;
  clip.path = (folder / file).string();
  clip.name = fs::path(nameable ? file : file.filename()).replace_extension().generic_string();
  clip.id = row["id"];
  clip.exercise = row["exercise"];
  clip.form = row["form"];
  clip.fault = row["fault"];
  clip.group = row["group"];
  clip.view = row["view"];
  clip.source = row["source"];
  if (!absl::SimpleAtod(row["fps"], &clip.fps)) clip.fps = 0;
  clip.kind = dataset::KindOfUnlabelled(clip.source);
  if (const std::string& named = row["kind"]; !named.empty()) {
    const absl::StatusOr<dataset::SourceKind> kind = dataset::ParseSourceKind(named);
    if (!kind.ok()) return kind.status();
    clip.kind = *kind;
  }
  return clip;
}

}  // namespace

std::string FaultOf(const SourceClip& clip) {
  return clip.fault.empty() && clip.exercise == exercises::Builtin().background() ? clip.id : clip.fault;
}

absl::StatusOr<std::vector<SourceClip>> FindClips(const std::vector<std::string>& inputs) {
  std::vector<SourceClip> clips;
  for (const std::string& input : inputs) {
    const fs::path path = input;
    std::error_code error;
    if (!fs::exists(path, error)) return absl::NotFoundError(absl::StrCat(input, ": no such file or folder"));
    if (!fs::is_directory(path, error)) {
      clips.push_back(
          MakeClip(path, path.stem().string(), FolderName(fs::absolute(path, error).parent_path())));
      continue;
    }
    const size_t before = clips.size();
    if (absl::Status status = Search(path, {}, FolderName(path), clips); !status.ok()) return status;
    if (clips.size() == before) {
      return absl::InvalidArgumentError(
          absl::StrCat(input, " holds no videos (mp4, mov, mkv, avi, webm ...) and no pictures"));
    }
  }
  std::stable_sort(clips.begin(), clips.end(),
                   [](const SourceClip& a, const SourceClip& b) { return a.name < b.name; });
  return clips;
}

absl::StatusOr<std::vector<SourceClip>> ReadClipList(const std::string& path, const std::string& folder) {
  std::ifstream stream(path);
  std::string line;
  if (!std::getline(stream, line))
    return absl::InvalidArgumentError(absl::StrCat("--list ", path, " is empty"));
  const std::vector<std::string> columns = SplitLine(line);
  for (const char* needed : {"file", "id", "exercise", "form", "group", "fps", "source"}) {
    if (std::find(columns.begin(), columns.end(), needed) == columns.end()) {
      return absl::InvalidArgumentError(absl::StrCat("--list ", path, " has no column \"", needed, "\""));
    }
  }
  std::vector<SourceClip> clips;
  for (int number = 2; std::getline(stream, line); ++number) {
    const std::vector<std::string> values = SplitLine(line);
    if (values.size() != columns.size()) {
      return absl::InvalidArgumentError(absl::StrCat("--list ", path, ": line ", number, " has ",
                                                     values.size(), " values, not ", columns.size()));
    }
    std::map<std::string, std::string> row;
    for (size_t i = 0; i < columns.size(); ++i) row[columns[i]] = values[i];
    if (row["file"].empty())
      return absl::InvalidArgumentError(absl::StrCat("--list ", path, ": line ", number, " names no file"));
    absl::StatusOr<SourceClip> clip =
        FromRow(folder.empty() ? fs::path(path).parent_path() : fs::path(folder), row);
    if (!clip.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--list ", path, ": line ", number, ": ", clip.status().message()));
    }
    clips.push_back(*std::move(clip));
  }
  if (clips.empty()) return absl::InvalidArgumentError(absl::StrCat("--list ", path, " lists no videos"));
  return clips;
}

absl::Status CheckNames(const std::vector<SourceClip>& clips, const std::string& ending,
                        const std::string& reserved) {
  std::map<std::string, std::string> paths;  // by name
  for (const SourceClip& clip : clips) {
    const std::string file = clip.name + ending;
    if (file == reserved) {
      return absl::InvalidArgumentError(
          absl::StrCat(clip.path, " would become ", file, ", which is the name of the summary; rename it"));
    }
    const auto [other, fresh] = paths.emplace(file, clip.path);
    if (fresh) continue;
    return absl::InvalidArgumentError(absl::StrCat(other->second, " and ", clip.path, " would both become ",
                                                   file, "; rename one, or give the folder above both"));
  }
  return absl::OkStatus();
}

absl::Status CheckOutside(const std::string& output, const std::vector<std::string>& inputs) {
  std::error_code error;
  const fs::path target = fs::weakly_canonical(fs::absolute(output, error), error);
  for (const std::string& input : inputs) {
    if (!fs::is_directory(input, error)) continue;
    const fs::path folder = fs::weakly_canonical(input, error);
    if (std::mismatch(folder.begin(), folder.end(), target.begin(), target.end()).first != folder.end())
      continue;
    return absl::InvalidArgumentError(
        absl::StrCat("--output ", output, " is inside the input ", input, "; choose a folder elsewhere"));
  }
  return absl::OkStatus();
}

}  // namespace trackfit::dataset_building
