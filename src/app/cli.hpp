#pragma once

namespace shopflow::app {

/// The program: reads the command line, loads the configuration and runs one command. Gives the exit code.
int run_command_line(int argc, char** argv);

}  // namespace shopflow::app
