// Looks at what a program is told to write before it begins to work.
#ifndef TRACKFIT_FILES_OUTPUTS_H_
#define TRACKFIT_FILES_OUTPUTS_H_

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace trackfit::files {

struct NamedFile {
  std::string name;  // for people, mostly the flag: "--json"
  std::filesystem::path path;
};

// Whether a file is of a kind, by its name.
using FileKind = std::function<bool(const std::filesystem::path&)>;
FileKind HasExtension(std::string extension);  // ".pt"

// `path`, or where it is a folder all files of this kind in it and below.
std::vector<NamedFile> FilesOf(const std::string& name, const std::filesystem::path& path,
                               const FileKind& kind);

// INVALID_ARGUMENT, naming the file and what to do, when an output is one of the inputs or another output, by
// whatever links; is a folder; lies in a folder that does not exist or takes no files; or may not be
// written. Empty paths and "-" are passed over; devices and pipes may be named as often as one likes. Inputs
// need not exist; of a folder, name the files that are read (FilesOf). Makes an empty file beside each output
// and removes it; the outputs themselves are not touched.
absl::Status CheckOutputs(const std::vector<NamedFile>& outputs, const std::vector<NamedFile>& inputs);

}  // namespace trackfit::files

#endif  // TRACKFIT_FILES_OUTPUTS_H_
