// The default places of models, of what the coach knows, of the web app, and of programs.
#ifndef TRACKFIT_COMMAND_LINE_MODEL_DIRECTORY_H_
#define TRACKFIT_COMMAND_LINE_MODEL_DIRECTORY_H_

#include <string>

namespace trackfit::command_line {

// models/<family> in the data folder that was installed with the running executable, wherever that is now; if
// there is none, deploy/models/<family> in the working directory (a source tree), or in a folder above the
// executable (the tree that it was built in); otherwise models/<family> in the data folder configured at
// build time. The result may not exist.
std::string DefaultModelDirectory(const std::string& family);

// The same for the executable at this path; empty: unknown.
std::string ModelDirectoryFor(const std::string& executable, const std::string& family);

// The folder of exercises that the coach knows, in the same places.
std::string DefaultExerciseDirectory();
std::string ExerciseDirectoryFor(const std::string& executable);

// The folder of the built web app: web in the installed data folder; services/gateway/web/dist in a source
// tree.
std::string DefaultWebDirectory();
std::string WebDirectoryFor(const std::string& executable);

// The path of a program in the folder of the running executable; "" where there is none.
std::string ProgramBeside(const std::string& name);

}  // namespace trackfit::command_line

#endif  // TRACKFIT_COMMAND_LINE_MODEL_DIRECTORY_H_
