// Client registrations as the admin API takes them.
#pragma once

#include <tl/expected.hpp>

#include <epicenter/http/message.hpp>
#include <string>

#include "mock-epic/oauth/client_registration.hpp"

namespace epicenter::mock::server {

/// {jwks | jwks_url | secret, redirect_uris: […], scopes: "…", background_user: true, token_format: "opaque"
/// | "jwt", scope_spelling: "v2" | "v1" | "bare", narrows: false, fhir_user: "Practitioner/…"}, each
/// optional: a client with neither keys nor secret is public. The secret is hashed at once. Else what is
/// wrong, and how to mend it.
tl::expected<oauth::client_registration, std::string> read_client(const http::request&, std::string_view id);

}  // namespace epicenter::mock::server
