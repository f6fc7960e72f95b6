// The JSON Schema of the format, for editors: from the same tables as the loader.
#pragma once

#include <epicenter/json/value.hpp>

namespace epicenter::scenario {

/// Draft 7, which editors' YAML servers read.
json::value json_schema();

}  // namespace epicenter::scenario
