#include "mock-epic/stubs/request_pattern.hpp"

#include <algorithm>

#include "mock-epic/stubs/edit_distance.hpp"

namespace epicenter::mock::stubs {
namespace {

constexpr std::size_t longest_shown = 500;

std::string shortened(std::string_view text) {
  return text.size() <= longest_shown ? std::string(text) : std::string(text.substr(0, longest_shown)) + "…";
}

std::string joined(const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& one : values) out += (out.empty() ? "" : ", ") + one;
  return out;
}

}  // namespace

bool request_pattern::method_fits(std::string_view method) const {
  return method_ == "ANY" || method_ == method ||
         (method_ == "GET_OR_HEAD" && (method == "GET" || method == "HEAD"));
}

/// Visits (kind, name, pattern, values) until the visitor answers false.
template <class Visit>
bool request_pattern::for_each_named(const stub_request& r, Visit visit) const {
  for (const named_pattern& one : fields_)
    if (!visit("header ", one, values_of(r.incoming().fields, one.name))) return false;
  for (const named_pattern& one : query_)
    if (!visit("query ", one, values_of(r.query(), one.name))) return false;
  for (const named_pattern& one : form_)
    if (!visit("form ", one, values_of(r.form(), one.name))) return false;
  for (const named_pattern& one : cookies_)
    if (!visit("cookie ", one, values_of(r.cookies(), one.name))) return false;
  if (variables_.empty()) return true;
  const http::parameters variables = url_.variables(r.incoming().target);
  for (const named_pattern& one : variables_)
    if (!visit("path ", one, values_of(variables, one.name))) return false;
  return true;
}

bool request_pattern::parts_fit(const stub_request& r, const multipart_pattern& wanted) const {
  const auto fits = [&](const request_part& given) {
    if (!wanted.name.empty() && given.name != wanted.name) return false;
    if (!wanted.file_name.empty() && given.file_name != wanted.file_name) return false;
    for (const named_pattern& one : wanted.fields)
      if (!one.value->matches_any(values_of(given.fields, one.name), r.origin().at)) return false;
    return std::all_of(wanted.body.begin(), wanted.body.end(), [&](const pattern_ptr& one) {
      return one->matches(std::string_view(given.body), r.origin().at);
    });
  };
  const auto& parts = r.parts();
  if (wanted.all) return !parts.empty() && std::all_of(parts.begin(), parts.end(), fits);
  return std::any_of(parts.begin(), parts.end(), fits);
}

bool request_pattern::matches(const stub_request& r) const {
  const http::request& in = r.incoming();
  if (unknown_matcher_ || !method_fits(in.method) || !url_.matches(in.target)) return false;
  if (!scheme_.empty() && scheme_ != r.origin().scheme) return false;
  if (port_ && *port_ != r.port()) return false;
  const wall_time now = r.origin().at;
  if (host_ && !host_->matches(std::string_view(r.host()), now)) return false;
  if (client_ip_ && !client_ip_->matches(std::string_view(r.origin().client_ip), now)) return false;
  if (!credentials_.empty() && in.fields.get("Authorization") != credentials_) return false;
  const auto fits = [now](std::string_view, const named_pattern& one,
                          const std::vector<std::string>& values) {
    return one.value->matches_any(values, now);
  };
  if (!for_each_named(r, fits)) return false;
  // An empty body counts as none: `absent` is how WireMock asks for it.
  const subject body = in.body.empty() ? subject() : subject(in.body);
  for (const pattern_ptr& one : body_)
    if (!one->matches(body, now) && !(in.body.empty() && one->matches(std::string_view(), now))) return false;
  return std::all_of(multipart_.begin(), multipart_.end(),
                     [&](const auto& one) { return parts_fit(r, one); });
}

std::vector<request_pattern::part> request_pattern::parts_of(const stub_request& r) const {
  const http::request& in = r.incoming();
  const wall_time now = r.origin().at;
  std::vector<part> out;
  const auto add = [&out](double weight, double distance, std::string wanted, std::string_view came) {
    out.push_back({weight, distance, {std::move(wanted), shortened(came), distance == 0}});
  };
  add(3, method_fits(in.method) ? 0 : relative_distance(method_, in.method), method_, in.method);
  const std::string url = url_.what() == url_pattern::kind::any ? "[any URL]" : url_.text();
  const bool is_regex =
      url_.what() == url_pattern::kind::url_pattern || url_.what() == url_pattern::kind::path_pattern;
  add(10, url_.distance(in.target), (is_regex ? "[path regex] " : "") + url, in.target);
  if (!scheme_.empty()) add(1, scheme_ == r.origin().scheme ? 0 : 1, scheme_, r.origin().scheme);
  if (port_) add(10, *port_ == r.port() ? 0 : 1, "port " + std::to_string(*port_), std::to_string(r.port()));
  if (host_) add(10, host_->distance(std::string_view(r.host()), now), "host", r.host());
  if (client_ip_)
    add(3, client_ip_->distance(std::string_view(r.origin().client_ip), now), "client IP",
        r.origin().client_ip);
  // What was presented is a secret: only whether it fits is shown.
  if (!credentials_.empty())
    add(1, in.fields.get("Authorization") == credentials_ ? 0 : 1, "basic auth credentials",
        in.fields.contains("Authorization") ? "other credentials" : "");
  for_each_named(
      r, [&](std::string_view kind, const named_pattern& one, const std::vector<std::string>& values) {
        double least = one.value->matches_any(values, now) ? 0 : 1;
        if (least != 0)
          for (const std::string& value : values)
            least = std::min(least, one.value->distance(std::string_view(value), now));
        add(1, least, std::string(kind) + one.name, joined(values));
        return true;
      });
  const subject body = in.body.empty() ? subject() : subject(in.body);
  for (std::size_t i = 0; i < body_.size(); ++i)
    add(1, body_[i]->distance(body, now), shortened(body_shown_[i]), in.body);
  for (const multipart_pattern& one : multipart_)
    add(1, parts_fit(r, one) ? 0 : 1, "multipart " + one.name, "");
  if (unknown_matcher_) add(1, 1, "[custom matcher that is not known]", "");
  return out;
}

double request_pattern::distance(const stub_request& r) const {
  double sum = 0;
  double weights = 0;
  for (const part& one : parts_of(r)) {
    sum += one.distance * one.weight;
    weights += one.weight;
  }
  return weights == 0 ? 0 : sum / weights;
}

std::vector<request_pattern::difference> request_pattern::compare(const stub_request& r) const {
  std::vector<difference> out;
  for (part& one : parts_of(r)) out.push_back(std::move(one.shown));
  return out;
}

}  // namespace epicenter::mock::stubs
