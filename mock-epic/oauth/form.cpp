#include "mock-epic/oauth/form.hpp"

#include <algorithm>

namespace epicenter::mock::oauth {

posted_form read_posted_form(const http::request& request) {
  if (request.method != "POST") return {{}, "method"};
  if (request.target.find('?') != std::string::npos) return {{}, "query_parameters"};
  const std::string_view type = request.fields.get("Content-Type");
  if (!http::equal_ignoring_case(type.substr(0, type.find_first_of("; ")),
                                 "application/x-www-form-urlencoded"))
    return {{}, "content_type"};
  if (request.body.size() > max_form_bytes) return {{}, "body_too_large"};
  auto read = http::decode_form(request.body);
  if (!read) return {{}, "form_malformed"};
  return {std::move(*read), {}};
}

const std::string* single(const http::parameters& form, std::string_view name) {
  const std::string* found = nullptr;
  for (const auto& [key, value] : form) {
    if (key != name) continue;
    if (found) return nullptr;
    found = &value;
  }
  return found;
}

bool is_given(const http::parameters& form, std::string_view name) {
  return std::any_of(form.begin(), form.end(), [name](const auto& one) { return one.first == name; });
}

}  // namespace epicenter::mock::oauth
