// What holds for every stub's answer.
#pragma once

#include <optional>

#include "mock-epic/stubs/response_definition.hpp"

namespace epicenter::mock::stubs {

struct global_settings {
  duration fixed_delay{};
  std::optional<delay_distribution> distribution;
  json::object shown;  ///< as it was set

  static tl::expected<global_settings, stub_error> read(const json::value&);
};

}  // namespace epicenter::mock::stubs
