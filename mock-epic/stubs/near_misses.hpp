// Which stubs, or requests, came nearest where nothing matched.
#pragma once

#include <string>
#include <vector>

#include "mock-epic/stubs/stub_store.hpp"

namespace epicenter::mock::stubs {

inline constexpr std::size_t near_misses_shown = 3;

/// The nearest stubs that the request may see and that do not match, nearest first. At most 2,000 stubs are
/// looked at, those that come first in match order.
struct near_stub {
  const stub_mapping* stub = nullptr;
  double distance = 0;
};
std::vector<near_stub> nearest_stubs(const stub_store&, const stub_request&);

/// WireMock's text: the nearest stub's lines beside the request's.
std::string diff_page(const stub_store&, const stub_request&);

}  // namespace epicenter::mock::stubs
