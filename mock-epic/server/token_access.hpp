// What an access token allows, as the FHIR API asks it.
#pragma once

#include "mock-epic/fhir/call.hpp"
#include "mock-epic/oauth/token_store.hpp"

namespace epicenter::mock::server {

class token_access final : public fhir::access {
 public:
  /// `any_category`: creates are not judged by the category that the client sends. Epic's public API makes a
  /// problem-list item of every Condition (captured), whatever it was sent as.
  token_access(const oauth::access& what, bool any_category) : what_(what), any_category_(any_category) {}

  bool permits(fhir::type_id, fhir::interaction, const json::value* resource) const override;
  std::string_view patient() const override;
  bool depends_on_content(fhir::type_id, fhir::interaction) const override;
  std::string_view client() const override { return what_.client; }
  bool is_backend() const override { return what_.patient.empty() && what_.fhir_user.empty(); }
  std::shared_ptr<const fhir::access> kept() const override;

 private:
  oauth::access what_;  // shares the scopes
  bool any_category_;
};

}  // namespace epicenter::mock::server
