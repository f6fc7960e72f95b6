// Whose a resource is: nothing of another patient may be shown, whatever the server sends.
#pragma once

#include <epicenter/json/value.hpp>
#include <string>
#include <string_view>

namespace epicenter::epic {

/// True where the resource is the patient, or its subject (`subject` or `patient`, as its type has it) is
/// that patient and no other. One without a subject is nobody's.
bool is_about(const json::value& resource, std::string_view patient);

}  // namespace epicenter::epic
