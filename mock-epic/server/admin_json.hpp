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
http::response bad_request(std::string message);
http::response unknown_route();
http::response bad_method();

json::value to_json(const journal_entry&);
json::value to_json(const commit&);

/// The body as an object without members other than those allowed; else what is wrong with it.
tl::expected<json::object, std::string> read_body(const http::request&,
                                                  std::initializer_list<std::string_view> allowed);
/// A path segment as it was meant; nothing where it is empty or no percent-encoding.
std::optional<std::string> decode_segment(std::string_view);
/// A query parameter's value; nothing where it is absent.
std::optional<std::string> query_value(const http::request&, std::string_view name);

}  // namespace epicenter::mock::server
