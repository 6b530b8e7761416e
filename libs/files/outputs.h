// Checks a program's output files before it starts to work.
#ifndef TRACKFIT_FILES_OUTPUTS_H_
#define TRACKFIT_FILES_OUTPUTS_H_

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace trackfit::files {

struct NamedFile {
  std::string name;  // for messages, usually the flag: "--json"
  std::filesystem::path path;
};

// Whether a file is of a certain kind, judged by its name.
using FileKind = std::function<bool(const std::filesystem::path&)>;
FileKind HasExtension(std::string extension);  // ".pt"

// `path` itself or, if it is a folder, all files of this kind in it and its subfolders.
std::vector<NamedFile> FilesOf(const std::string& name, const std::filesystem::path& path,
                               const FileKind& kind);

// INVALID_ARGUMENT naming the file and what to do, when an output is an input or another output (links are
// resolved), is a folder, is in a folder that does not exist or is not writable, or is not writable itself.
// Empty paths and "-" are ignored; devices and pipes may be named repeatedly. Inputs need not exist; for an
// input folder pass the files in it (FilesOf). Creates and removes an empty file next to each output, but
// does not touch the outputs.
absl::Status CheckOutputs(const std::vector<NamedFile>& outputs, const std::vector<NamedFile>& inputs);

}  // namespace trackfit::files

#endif  // TRACKFIT_FILES_OUTPUTS_H_
