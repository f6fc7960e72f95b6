// The part of the admin API about Epic's own levers.
#pragma once

#include <epicenter/http/message.hpp>

#include "mock-epic/levers/lever.hpp"

namespace epicenter::mock::server {

/// `path` is what follows "/__admin/epic/", empty for "/__admin/epic" itself.
///
///   GET    ""                 {levers: [status], types: [{name, layer, acts, help, parameters}]}
///   DELETE ""                 removes all levers, 204; the journal stays
///   POST   {type}             {id, lease | lease_ms, parameters, match, rate, times}, each optional: applies
///                             a lever; 201 and its status
///   GET    {id}               its status
///   DELETE {id}               removes it and gives its last status
///   PUT    {id}/lease         {lease | lease_ms}: the lease counts anew from now; 204
///
/// status: {id, type, touched, injected, skipped, lease_left_ms, details}. `lease` is text such as "5s", by
/// default 5s. `match` holds a lever to some requests: {operation, method, path, header, client, first, nth,
/// every, after}; `times` is another word for its `first`; `rate` is a share such as 0.3 or "30%".
http::response handle_levers(lever_board&, const http::request&, std::string_view path);

}  // namespace epicenter::mock::server
