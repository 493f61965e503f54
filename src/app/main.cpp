#include <cstdio>
#include <exception>

#include "app/cli.hpp"

int main(int argc, char** argv) {
  try {
    return shopflow::app::run_command_line(argc, argv);
  } catch (const std::exception& error) {
    (void)std::fprintf(stderr, "shopflow: %s\n", error.what());
    return 1;
  }
}
