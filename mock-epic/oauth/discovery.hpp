// What the authorization server says of itself: exactly what it serves.
#pragma once

#include <epicenter/json/value.hpp>
#include <string>

namespace epicenter::mock::oauth {

struct discovery {
  std::string issuer;  ///< absolute URL of …/oauth2, where the endpoints are
  bool orders = false;
};

/// {FHIR base}/.well-known/smart-configuration (SMART App Launch 2, conformance), after the documents of
/// Epic's production sites less what the mock does not do.
json::object smart_configuration(const discovery&);
/// {issuer}/.well-known/openid-configuration (OpenID Connect Discovery 1.0).
json::object openid_configuration(const discovery&);

}  // namespace epicenter::mock::oauth
