// Where levers get in around the FHIR API: before anything is looked at, and at the token endpoint.
#pragma once

#include <optional>
#include <string>

#include "mock-epic/fhir/interference.hpp"
#include "mock-epic/oauth/token_conditions.hpp"

namespace epicenter::mock {

/// Every hook does nothing unless it is overridden.
class meddler : public fhir::interference {
 public:
  /// An answer in place of any other, before tokens and routes are looked at.
  virtual std::optional<fhir::answer> at_the_door(const http::request&) { return std::nullopt; }
  /// How far Epic's clock is off for this request: added to the true time.
  virtual duration clock_offset(const http::request&) { return {}; }
  virtual void before_token(const http::request&, token_conditions&) {}
  /// The token endpoint's answer on its way out.
  virtual void after_token(const http::request&, fhir::answer&) {}
};

}  // namespace epicenter::mock
