#include <exception>

#include "harness/cli/command.hpp"

int main(int argc, char** argv) {
  try {
    return epicenter::cli::run_program(argc, argv);
  } catch (const std::exception& e) {
    return epicenter::cli::complain(std::string("internal error: ") + e.what(), 70);
  }
}
