// Where models are when no flag says so.
#ifndef TRACKFIT_COMMAND_LINE_MODEL_DIRECTORY_H_
#define TRACKFIT_COMMAND_LINE_MODEL_DIRECTORY_H_

#include <string>

namespace trackfit::command_line {

// models/<family> of the data folder that was installed with the running executable, wherever that is; else
// deploy/models/<family> in the working directory if it exists (a source tree); else in the data folder that
// was configured at build time. Does not say whether it exists.
std::string DefaultModelDirectory(const std::string& family);

// The same for an executable of this path; empty: unknown.
std::string ModelDirectoryFor(const std::string& executable, const std::string& family);

}  // namespace trackfit::command_line

#endif  // TRACKFIT_COMMAND_LINE_MODEL_DIRECTORY_H_
