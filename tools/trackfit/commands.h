// Every subcommand of `trackfit`; each lives in <name>_command.cc.
#ifndef TRACKFIT_TOOLS_COMMANDS_H_
#define TRACKFIT_TOOLS_COMMANDS_H_

#include "command.h"

namespace trackfit::tools {

Action AnalyzeCommand(CLI::App& command);
Action CoachCommand(CLI::App& command);
Action DatasetCommand(CLI::App& command);
Action EvaluateCommand(CLI::App& command);
Action ExtractCommand(CLI::App& command);
Action LoadCommand(CLI::App& command);
Action ModelCommand(CLI::App& command);
Action ReferenceCommand(CLI::App& command);
Action ReportCommand(CLI::App& command);
Action SynthesizeCommand(CLI::App& command);
Action TrainCommand(CLI::App& command);

}  // namespace trackfit::tools

#endif  // TRACKFIT_TOOLS_COMMANDS_H_
