// Settings from the environment, through a value that tests can replace.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace epicenter {

/// The value of a variable, or nothing where it is not set. A variable set to nothing counts as not set.
using environment = std::function<std::optional<std::string>(const std::string& name)>;

/// The environment of this process. Read it before other threads are started.
environment process_environment();

}  // namespace epicenter
