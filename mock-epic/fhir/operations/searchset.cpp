#include "mock-epic/fhir/operations/searchset.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <epicenter/json/write.hpp>

#include "mock-epic/fhir/served.hpp"

namespace epicenter::mock::fhir {

std::string url_of(const call& c) {
  // The base is scheme, host and the path that the target begins with.
  const std::size_t path = c.base.find('/', c.base.find("://") + 3);
  return c.base.substr(0, path) + c.request.target;
}

std::string write_searchset(const call& c, const searchset& set, bool orders) {
  const std::string base = json::quote(c.base);
  const std::string_view open_base = std::string_view(base).substr(0, base.size() - 1);
  std::string out =
      fmt::format(R"({{"resourceType":"Bundle","type":"searchset","total":{},"link":[)", set.total);
  if (!set.next.empty()) out += R"({"relation":"next","url":)" + json::quote(set.next) + "},";
  out += R"({"relation":"self","url":)" + json::quote(url_of(c)) + "}]";
  bool first = true;
  for (const searchset_entry& one : set.entries) {
    out += first ? R"(,"entry":[)" : ",";
    first = false;
    out += fmt::format(R"({{"fullUrl":{}/{}/{}","resource":)", open_base, name_of(one.resource->type()),
                       one.resource->id());
    write_served(out, *one.resource, orders);
    out += fmt::format(R"(,"search":{{"mode":"{}"{}}}}})", one.mode, one.search);
  }
  out += first ? "}" : "]}";
  return out;
}

bool may_show(const call& c, const resource& r) {
  if (!c.allowed) return true;
  if (const std::string_view only = c.allowed->patient();
      !only.empty() && !r.patient().empty() && r.patient() != only)
    return false;
  const auto permits = [&](interaction what) {
    const bool ask = c.allowed->depends_on_content(r.type(), what);
    return c.allowed->permits(r.type(), what, ask ? &r.value() : nullptr);
  };
  return permits(interaction::read) && permits(interaction::search);
}

or_refusal<resource_ptr> patient_of(const call& c, store& records, std::string_view id) {
  resource_ptr found = records.find(type_id::patient, id);
  if (!found || found->deleted()) {
    const issue unknown{"fatal", "not-found", "59008", "Invalid FHIR ID provided", "id"};
    return tl::unexpected(answer_outcome(404, unknown, "unknown_id"));
  }
  if (!may_show(c, *found))
    return tl::unexpected(refuse_operation(403, "forbidden", "4118", "", "operation_not_permitted"));
  return found;
}

std::optional<std::string> text_of(const operation_input& input, std::string_view name) {
  for (const auto& [given, value] : input.texts)
    if (given == name) return value;
  return std::nullopt;
}

std::optional<answer> refuse_unknown(const call& c, const operation_input& input,
                                     std::initializer_list<std::string_view> known) {
  if (prefers(c.request, "handling=lenient")) return std::nullopt;
  for (const auto& [name, value] : input.texts)
    if (std::find(known.begin(), known.end(), name) == known.end())
      return refuse_operation(400, "not-supported", "59100", "Unsupported parameter: " + name.substr(0, 64),
                              "operation_parameter");
  return std::nullopt;
}

}  // namespace epicenter::mock::fhir
