#include <algorithm>
#include <epicenter/fhir/request.hpp>
#include <epicenter/json/write.hpp>

namespace epicenter::fhir {

namespace {

bool leaves_its_path(std::string_view path) {
  path = path.substr(0, path.find('?'));
  return path.find("..") != std::string_view::npos;
}

// «Type?…», «Type/_search?…»: a type, then nothing that could be a scheme or a host.
bool is_below_base(std::string_view link) {
  return is_resource_type(link.substr(0, link.find_first_of("/?"))) && !leaves_its_path(link);
}

}  // namespace

request_builder::request_builder(std::string base_path, compression allowed)
    : base_path_(std::move(base_path)), compression_(allowed) {
  while (base_path_.ends_with('/')) base_path_.pop_back();
}

http::request request_builder::get(std::string target) const {
  http::request made;
  made.target = std::move(target);
  made.fields.add("Accept", "application/fhir+json");
  return made;
}

http::request request_builder::get_large(std::string target) const {
  http::request made = get(std::move(target));
  if (compression_ == compression::large_answers) made.fields.add("Accept-Encoding", "gzip");
  return made;
}

result<http::request> request_builder::read(std::string_view type, std::string_view id) const {
  if (!is_resource_type(type)) return fail(errc::invalid_input, "not a resource type");
  if (!is_id(id)) return fail(errc::invalid_input, "not a resource id");
  std::string target;
  target.reserve(base_path_.size() + type.size() + id.size() + 2);
  target.append(base_path_).append(1, '/').append(type).append(1, '/').append(id);
  return get(std::move(target));
}

result<http::request> request_builder::search(std::string_view type,
                                              const http::parameters& parameters) const {
  if (!is_resource_type(type)) return fail(errc::invalid_input, "not a resource type");
  std::string target = base_path_ + '/' + std::string(type);
  for (const auto& [name, value] : parameters)
    if (name.empty()) return fail(errc::invalid_input, "a search parameter without a name");
  if (!parameters.empty()) target += '?' + http::encode_form(parameters);
  return get_large(std::move(target));
}

result<http::request> request_builder::search_by_post(std::string_view type,
                                                      const http::parameters& parameters) const {
  auto made = search(type, {});
  if (!made) return made;
  for (const auto& [name, value] : parameters)
    if (name.empty()) return fail(errc::invalid_input, "a search parameter without a name");
  made->method = "POST";
  made->target += "/_search";
  made->fields.add("Content-Type", "application/x-www-form-urlencoded");
  made->body = http::encode_form(parameters);
  return made;
}

result<http::request> request_builder::create(const json::value& resource, bool return_representation) const {
  const std::string_view type = type_of(resource);
  if (!is_resource_type(type)) return fail(errc::invalid_input, "the resource does not name its type");
  http::request made = get(base_path_ + '/' + std::string(type));
  made.method = "POST";
  made.fields.add("Content-Type", "application/fhir+json");
  if (return_representation) made.fields.add("Prefer", "return=representation");
  made.body = json::write(resource);
  return made;
}

result<http::request> request_builder::conditional_create(const json::value& resource,
                                                          std::string_view if_none_exist) const {
  const auto bad = [](char c) { return c <= ' ' || c == '?' || c == 0x7f; };
  if (if_none_exist.empty() || std::any_of(if_none_exist.begin(), if_none_exist.end(), bad))
    return fail(errc::invalid_input, "not a query");
  auto made = create(resource);
  if (made) made->fields.add("If-None-Exist", std::string(if_none_exist));
  return made;
}

result<http::request> request_builder::update(const json::value& resource, std::string_view version) const {
  auto made = read(type_of(resource), id_of(resource));
  if (!made) return made;
  if (!version.empty() && !is_id(version)) return fail(errc::invalid_input, "not a version");
  made->method = "PUT";
  made->fields.add("Content-Type", "application/fhir+json");
  if (!version.empty()) made->fields.add("If-Match", "W/\"" + std::string(version) + '"');
  made->body = json::write(resource);
  return made;
}

http::request request_builder::metadata() const {
  return get(base_path_ + "/metadata");
}

result<http::request> request_builder::next_page(std::string_view link, const http::origin& expected) const {
  if (link.starts_with('/') && !link.starts_with("//")) return get_large(std::string(link));
  if (is_below_base(link)) return get_large(base_path_ + '/' + std::string(link));
  const auto url = http::parse_url(link);
  if (!url) return fail(errc::invalid_input, "the next link is not a URL");
  if (url->where != expected) return fail(errc::invalid_input, "the next link leads to another server");
  return get_large(url->target);
}

result<http::request> request_builder::start_export(std::string_view level,
                                                    const http::parameters& parameters) const {
  std::string target = base_path_ + '/';
  if (!level.empty()) {
    const bool known = level == "Patient" || (level.starts_with("Group/") && is_id(level.substr(6)));
    if (!known) return fail(errc::invalid_input, "neither the system, nor Patient, nor a Group");
    target.append(level).append("/");
  }
  target += "$export";
  if (!parameters.empty()) target += '?' + http::encode_form(parameters);
  http::request made = get(std::move(target));
  made.fields.add("Prefer", "respond-async");
  return made;
}

}  // namespace epicenter::fhir
