#include "mock-epic/fhir/served.hpp"

#include <epicenter/json/write.hpp>

#include "mock-epic/data/civil.hpp"

namespace epicenter::mock::fhir {
namespace {

std::string version_members(const resource& r) {
  return R"("versionId":")" + std::to_string(r.version()) + R"(","lastUpdated":")" +
         data::format_instant(r.updated()) + '"';
}

/// The text behind `"resourceType":"…","id":"…"`, where R4 has meta; nothing where it begins in another way.
std::size_t behind_id(const resource& r) {
  std::string start = R"({"resourceType":")";
  start += name_of(r.type());
  start += R"(","id":")";
  start += r.id();
  start += '"';
  return r.text().starts_with(start) ? start.size() : std::string::npos;
}

/// For a resource that has a meta, or whose members stand in an order of their own.
std::string with_meta_by_tree(const resource& r) {
  const json::object& content = *r.value().if_object();
  json::object meta;
  meta.set("versionId", std::to_string(r.version()));
  meta.set("lastUpdated", data::format_instant(r.updated()));
  if (const json::value* kept = content.find("meta"); kept && kept->if_object())
    for (const auto& [key, value] : *kept->if_object())
      if (key != "versionId" && key != "lastUpdated") meta.set(key, value);
  json::object made;
  made.set("resourceType", name_of(r.type()));
  made.set("id", r.id());
  made.set("meta", std::move(meta));
  for (const auto& [key, value] : content)
    if (!made.contains(key)) made.set(key, value);
  return json::write(json::value(std::move(made)));
}

}  // namespace

void write_served(std::string& out, const resource& r, bool orders) {
  if (!orders || r.deleted()) {
    out += r.text();
    return;
  }
  const std::string& text = r.text();
  const std::size_t at = behind_id(r);
  // A nested "meta" (of a contained resource) takes the slow way too: it gives the same. Quotes stand
  // everywhere, and a search that begins at each of them is four times slower.
  if (at == std::string::npos || text.find(R"(meta":)") != std::string::npos) {
    out += with_meta_by_tree(r);
    return;
  }
  out.append(text, 0, at);
  out += R"(,"meta":{)";
  out += version_members(r);
  out += '}';
  out.append(text, at);
}

std::string served_text(const resource& r, bool orders) {
  std::string out;
  write_served(out, r, orders);
  return out;
}

}  // namespace epicenter::mock::fhir
