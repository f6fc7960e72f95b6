#include "mock-epic/data/load_references.hpp"

#include <fmt/format.h>

#include "mock-epic/fhir/type_id.hpp"

namespace epicenter::mock::data {
namespace {

constexpr std::string_view condition = "?identifier=";

std::string key_of(std::string_view type, std::string_view system, std::string_view value) {
  return fmt::format("{}?{}|{}", type, system, value);
}

/// The last two segments of an absolute URL where they are a type and an id: "Patient/x".
std::string_view tail_of(std::string_view url) {
  const std::size_t id = url.rfind('/');
  if (id == url.npos || id == 0) return {};
  const std::size_t type = url.rfind('/', id - 1);
  if (type == url.npos || !fhir::type_named(url.substr(type + 1, id - type - 1))) return {};
  return url.substr(type + 1);
}

}  // namespace

void reference_book::add_url(std::string url, std::string type_and_id) {
  urls_.insert_or_assign(std::move(url), std::move(type_and_id));
}

void reference_book::add_identifiers(const json::object& resource, const std::string& type_and_id) {
  const json::value* all = resource.find("identifier");
  const json::array* list = all ? all->if_array() : nullptr;
  if (!list) return;
  const std::string_view type = std::string_view(type_and_id).substr(0, type_and_id.find('/'));
  for (const json::value& one : *list)
    identified_.insert_or_assign(key_of(type, one.string_at("system"), one.string_at("value")), type_and_id);
}

result<> reference_book::rewrite(json::value& at, const std::string& path) const {
  if (json::array* list = at.if_array()) {
    for (json::value& one : *list)
      if (auto done = rewrite(one, path); !done) return done;
    return {};
  }
  json::object* holder = at.if_object();
  if (!holder) return {};
  if (const json::value* reference = holder->find("reference"); reference && reference->is_string())
    if (auto done = rewrite_reference(*holder, path); !done) return done;
  for (auto& [name, member] : *holder)
    if (member.is_object() || member.is_array())
      if (auto done = rewrite(member, path.empty() ? std::string(name) : path + "." + std::string(name));
          !done)
        return done;
  // A document's content may lie in a resource of the same Bundle.
  if (json::value* url = holder->find("url");
      url && url->is_string() && url->if_string()->starts_with("urn:uuid:"))
    if (const auto known = urls_.find(*url->if_string()); known != urls_.end())
      *url = json::value(known->second);
  return {};
}

result<> reference_book::rewrite_reference(json::object& holder, const std::string& path) const {
  const std::string given = *holder.find("reference")->if_string();
  if (given.starts_with('#')) return {};  // contained
  if (const auto known = urls_.find(given); known != urls_.end()) {
    holder.set("reference", known->second);
    return {};
  }
  if (given.starts_with("urn:"))
    return fail(errc::does_not_fit, fmt::format("{}.reference names nothing that was loaded", path));
  if (const std::size_t at = given.find(condition); at != given.npos) {
    const std::string type = given.substr(0, at);
    const std::string wanted = given.substr(at + condition.size());
    if (const auto known = identified_.find(type + "?" + wanted); known != identified_.end()) {
      holder.set("reference", known->second);
      return {};
    }
    const std::size_t bar = wanted.find('|');
    json::object identifier;
    if (bar != wanted.npos) identifier.set("system", wanted.substr(0, bar));
    identifier.set("value", bar == wanted.npos ? wanted : wanted.substr(bar + 1));
    holder.erase("reference");
    holder.set("type", type);
    holder.set("identifier", std::move(identifier));
    return {};
  }
  if (given.find("://") != given.npos)
    if (const std::string_view tail = tail_of(given); !tail.empty()) holder.set("reference", tail);
  return {};
}

}  // namespace epicenter::mock::data
