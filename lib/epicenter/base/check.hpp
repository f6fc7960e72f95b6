// Broken invariants: always checked, in every build.
#pragma once

#include <source_location>
#include <stdexcept>
#include <string>

namespace epicenter {

/// Thrown by EPICENTER_CHECK. The runtime that runs the failing task catches it, adds what it knows (in
/// virtual time the seed and the last events) and fails the run.
class check_failed : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

[[noreturn]] void throw_check_failed(const char* condition, const std::string& why,
                                     std::source_location where = std::source_location::current());

}  // namespace epicenter

#define EPICENTER_CHECK(condition, why)                                 \
  do {                                                                  \
    if (!(condition)) ::epicenter::throw_check_failed(#condition, why); \
  } while (false)
