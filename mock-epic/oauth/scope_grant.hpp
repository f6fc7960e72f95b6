// What is granted of what was asked for.
#pragma once

#include "mock-epic/oauth/scope.hpp"

namespace epicenter::mock::oauth {

/// What both lists allow, by the requested scopes in their order and, where it is the whole of one, in its
/// spelling. A scope on a category meets another only where the categories are the same, or one has none.
scope_list intersect(const scope_list& requested, const scope_list& allowed);

/// The resource scopes of those contexts alone; launch scopes as they are.
scope_list only(const scope_list&, std::initializer_list<scope_context>);

/// The list without what is lost, as far as scopes can say it: a wildcard stays where one type is lost
/// (scope_set knows better).
scope_list without(const scope_list&, const std::vector<resource_scope>& lost);

/// Profile strict: the 151 scopes that Epic's sandbox granted a backend client, in their order (captured;
/// source and licence beside the captures).
const scope_list& epic_backend_scopes();
/// The same on behalf of users and patients, with every launch scope this server knows.
const scope_list& epic_user_scopes();
/// Profile orders: everything.
const scope_list& all_backend_scopes();
const scope_list& all_user_scopes();

}  // namespace epicenter::mock::oauth
