// result<T>: a value or the error that stood in its way.
#pragma once

#include <epicenter/base/error.hpp>
#include <tl/expected.hpp>

namespace epicenter {

template <class T = void>
using result = tl::expected<T, error>;

/// Makes the failed side of any result: `return fail(errc::refused, "127.0.0.1:8443");`
template <class Code>
tl::unexpected<error> fail(Code code, std::string detail = {},
                           std::source_location where = std::source_location::current()) {
  return tl::unexpected<error>(error(make_error_code(code), std::move(detail), where));
}
inline tl::unexpected<error> fail(error e) {
  return tl::unexpected<error>(std::move(e));
}

}  // namespace epicenter
