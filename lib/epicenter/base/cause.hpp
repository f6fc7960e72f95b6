// Looking for a reason below another one.
#pragma once

#include <epicenter/base/error.hpp>

namespace epicenter {

/// The error itself or the nearest of its causes that has the code; null where none has.
inline const error* find_cause(const error& why, std::error_code code) {
  for (const error* e = &why; e != nullptr; e = e->cause())
    if (*e == code) return e;
  return nullptr;
}

}  // namespace epicenter
