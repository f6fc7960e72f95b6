// How a lever is made: one file a lever, one line in catalog.cpp.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "mock-epic/levers/lever.hpp"
#include "mock-epic/oauth/token_store.hpp"

namespace epicenter::mock {

/// What levers may act on.
struct lever_world {
  oauth::token_store& tokens;
  instant now;
};

/// A lever that is active. Destroying it ends its effect.
class active_lever {
 public:
  virtual ~active_lever() = default;
  virtual std::uint64_t touched() const = 0;
  virtual std::uint64_t injected() const = 0;
};

struct lever_type {
  std::string_view name;
  std::string_view help;  ///< one sentence
  /// Checks the parameters (errc::bad_parameter, unknown ones included), then acts.
  result<std::unique_ptr<active_lever>> (*make)(const lever_spec&, const lever_world&);
};

/// Every lever there is, by name.
std::span<const lever_type> lever_catalog();

}  // namespace epicenter::mock
