// Where models are when no flag says so.
#ifndef TRACKFIT_SERVING_MODEL_DIRECTORY_H_
#define TRACKFIT_SERVING_MODEL_DIRECTORY_H_

#include <string>

namespace trackfit::serving {

// deploy/models/<family> in the working directory if it exists (a source tree), else in the installed data
// folder.
std::string DefaultModelDirectory(const std::string& family);

}  // namespace trackfit::serving

#endif  // TRACKFIT_SERVING_MODEL_DIRECTORY_H_
