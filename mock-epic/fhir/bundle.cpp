#include "mock-epic/fhir/bundle.hpp"

#include <epicenter/json/write.hpp>

namespace epicenter::mock::fhir {
namespace {

void write_link(std::string& out, std::string_view relation, std::string_view url) {
  out += R"({"relation":")";
  out += relation;
  out += R"(","url":)";
  out += json::quote(url);
  out += '}';
}

void write_entry(std::string& out, std::string_view quoted_base, const resource& r) {
  const auto write_url = [&] {
    out += quoted_base;
    out += '/';
    out += name_of(r.type());
    out += '/';
    out += r.id();
    out += '"';
  };
  out += R"({"link":[{"relation":"self","url":)";
  write_url();
  out += R"(}],"fullUrl":)";
  write_url();
  out += R"(,"resource":)";
  out += r.text();
  out += R"(,"search":{"mode":"match"}})";
}

}  // namespace

std::string write_bundle(const bundle_parts& parts) {
  std::string quoted_base = json::quote(parts.base);
  quoted_base.pop_back();  // the closing quote: what follows needs no escaping
  std::size_t size = 512 + parts.self.size() + parts.next.size() + parts.outcome.size();
  for (const resource_ptr& r : parts.page)
    size += r->text().size() + 2 * (quoted_base.size() + r->id().size()) + 160;
  std::string out;
  out.reserve(size);
  out += R"({"resourceType":"Bundle","type":"searchset","total":)";
  out += std::to_string(parts.total);
  out += R"(,"link":[)";
  if (!parts.next.empty()) {
    write_link(out, "next", parts.next);
    out += ',';
  }
  write_link(out, "self", parts.self);
  out += ']';
  bool first = true;
  const auto separate = [&] {
    out += first ? R"(,"entry":[)" : ",";
    first = false;
  };
  for (const resource_ptr& r : parts.page) {
    separate();
    write_entry(out, quoted_base, *r);
  }
  if (!parts.outcome.empty()) {
    separate();
    out += R"({"fullUrl":"urn:uuid:)" + parts.outcome_uuid + R"(","resource":)";
    out += parts.outcome;
    out += R"(,"search":{"mode":"outcome"}})";
  }
  if (!first) out += ']';
  out += '}';
  return out;
}

}  // namespace epicenter::mock::fhir
