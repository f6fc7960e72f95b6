// How far a token reaches at the resource server.
#pragma once

#include <epicenter/http/message.hpp>
#include <epicenter/json/value.hpp>
#include <optional>
#include <string_view>

#include "mock-epic/oauth/token_store.hpp"

namespace epicenter::mock::oauth {

/// What a FHIR request wants, as scopes speak of it.
struct wanted_access {
  std::string_view type;
  interaction what = interaction::read;
  std::string_view id;  ///< empty: of no one resource
};
/// Of a path below the FHIR base ("/Patient/x/_history/1"). Nothing where it is of no one type: the base
/// itself, /metadata, operations and transactions decide for themselves.
std::optional<wanted_access> wanted_by(std::string_view method, std::string_view path_below_base);

enum class reach {
  allowed,
  refused,
  by_content,  ///< the scopes are on a category or on one patient: ask `admits` or `admits_search`
};
/// A few comparisons: on the way of every request.
reach reach_of(const access&, const wanted_access&);

/// Whether this resource is within reach: of a granted category, and of no other patient than the token's.
bool admits(const access&, const wanted_access&, const json::value& resource);
/// Whether the search keeps within reach by what it asks for: the patient in context where only that one's
/// data is granted (`patient`, `subject`, or `_id` of a Patient; none is asked of types that `of_patient`
/// says are no patient's), and granted categories where only those are. Parameters of a GET or a POST.
bool admits_search(const access&, const wanted_access&, const http::request&, bool of_patient);

}  // namespace epicenter::mock::oauth
