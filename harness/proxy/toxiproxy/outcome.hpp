// Errors as the API tells them.
#pragma once

#include <epicenter/base/error.hpp>
#include <epicenter/runtime/endpoint.hpp>
#include <string>
#include <tl/expected.hpp>

namespace epicenter::proxy::toxiproxy {

struct api_error {
  std::string text;
  unsigned status = 400;
  friend bool operator==(const api_error&, const api_error&) = default;
};

template <class T = void>
using outcome = tl::expected<T, api_error>;

inline tl::unexpected<api_error> refuse(std::string text, unsigned status = 400) {
  return tl::unexpected<api_error>(api_error{std::move(text), status});
}
inline tl::unexpected<api_error> refuse(api_error e) {
  return tl::unexpected<api_error>(std::move(e));
}

/// What stood in the way of a fleet, in the original's words where it has some: it was to listen there.
api_error fleet_failure(const error&, const runtime::endpoint& listen);

}  // namespace epicenter::proxy::toxiproxy
