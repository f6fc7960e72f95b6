// …/oauth2/authorize: where a person would log in and consent. The mock does both at once.
#pragma once

#include <functional>

#include "mock-epic/oauth/form.hpp"
#include "mock-epic/oauth/token_issuer.hpp"

namespace epicenter::mock::oauth {

inline constexpr duration code_lifetime = 5min;

/// What an authorization code stands for, and what its exchange must show.
struct authorization {
  grant what;
  std::string redirect_uri;
  bool redirect_was_given = false;  ///< then it must be given again (RFC 6749, section 4.1.3)
  std::string challenge;            ///< S256 of the verifier; empty: a confidential client without PKCE
};
using code_box = ticket_box<authorization>;

/// Who there is to choose as the patient in context.
struct patient_directory {
  std::function<std::string()> first;  ///< empty: there is no patient
  std::function<bool(std::string_view)> is_patient;
};

class authorize_endpoint {
 public:
  struct settings {
    bool orders = false;
    std::string fhir_path;  ///< `aud` must be a URL of it
  };
  authorize_endpoint(settings s, std::uint64_t seed, const client_registry& clients,
                     patient_directory patients);

  /// Redirects with a code, or with an error after RFC 6749, section 4.1.2.1; answers with a page and no
  /// redirect where client or redirect_uri are not to be trusted. The patient in context is `login_patient`
  /// (the mock's own parameter), the one that `launch` names in an EHR launch, or the first.
  token_answer handle(const http::request&, const moment&);

  code_box& codes() { return codes_; }

 private:
  struct attempt;
  std::string_view check(const http::parameters&, attempt&) const;
  std::string_view choose_scopes(const http::parameters&, attempt&) const;
  std::string_view choose_patient(const http::parameters&, attempt&) const;
  std::string_view check_challenge(const http::parameters&, attempt&) const;

  settings settings_;
  const client_registry& clients_;
  patient_directory patients_;
  code_box codes_;
  std::uint64_t families_ = 0;
};

}  // namespace epicenter::mock::oauth
