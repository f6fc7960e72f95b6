// Epic is down for maintenance: IIS answers in its place.
#pragma once

#include "mock-epic/levers/lever_type.hpp"

namespace epicenter::mock {

/// Every request, that for a token too, is answered 503 with the HTML page of http.sys.
extern const lever_type maintenance_lever;

}  // namespace epicenter::mock
