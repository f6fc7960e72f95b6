// Reading and writing the admin API's JSON.
#pragma once

#include <epicenter/http/message.hpp>
#include <epicenter/http/url.hpp>
#include <epicenter/json/value.hpp>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "mock-epic/mock.hpp"

namespace epicenter::mock::server {

http::response reply_json(unsigned status, json::value);
http::response reply_nothing();
http::response reply_error(unsigned status, std::string_view code, std::string message);
/// By the error's code: unknown_type and not_found 404, exists 409, else 400.
http::response reply_lever_error(const error&);

json::value to_json(const lever_status&);
json::value to_json(const journal_entry&);
json::value to_json(const commit&);

/// The body as an object without members other than those allowed; else what is wrong with it.
tl::expected<json::object, std::string> read_body(const http::request&,
                                                  std::initializer_list<std::string_view> allowed);
/// `lease_ms` or `lease` of a body, the default where neither is there; nothing where it cannot be read.
std::optional<duration> read_lease(const json::object&);
/// A query parameter's value; nothing where it is absent.
std::optional<std::string> query_value(const http::request&, std::string_view name);

}  // namespace epicenter::mock::server
