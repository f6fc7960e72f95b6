#include <epicenter/fhir/request.hpp>
#include <epicenter/json/write.hpp>

namespace epicenter::fhir {

request_builder::request_builder(std::string base_path) : base_path_(std::move(base_path)) {
  while (base_path_.ends_with('/')) base_path_.pop_back();
}

http::request request_builder::get(std::string target) const {
  http::request made;
  made.target = std::move(target);
  made.fields.add("Accept", "application/fhir+json");
  return made;
}

result<http::request> request_builder::read(std::string_view type, std::string_view id) const {
  if (!is_resource_type(type)) return fail(errc::invalid_input, "not a resource type");
  if (!is_id(id)) return fail(errc::invalid_input, "not a resource id");
  return get(base_path_ + '/' + std::string(type) + '/' + std::string(id));
}

result<http::request> request_builder::search(std::string_view type,
                                              const http::parameters& parameters) const {
  if (!is_resource_type(type)) return fail(errc::invalid_input, "not a resource type");
  std::string target = base_path_ + '/' + std::string(type);
  for (const auto& [name, value] : parameters)
    if (name.empty()) return fail(errc::invalid_input, "a search parameter without a name");
  if (!parameters.empty()) target += '?' + http::encode_form(parameters);
  return get(std::move(target));
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

http::request request_builder::metadata() const {
  return get(base_path_ + "/metadata");
}

result<http::request> request_builder::next_page(std::string_view link, const http::origin& expected) const {
  if (link.starts_with('/') && !link.starts_with("//")) return get(std::string(link));
  const auto url = http::parse_url(link);
  if (!url) return fail(errc::invalid_input, "the next link is not a URL");
  if (url->where != expected) return fail(errc::invalid_input, "the next link leads to another server");
  return get(url->target);
}

}  // namespace epicenter::fhir
