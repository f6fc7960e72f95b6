#include <epicenter/commands/adapter_requests.hpp>
#include <epicenter/commands/planned_resource.hpp>
#include <epicenter/epic/write_content.hpp>

namespace epicenter::commands {

result<json::value> planned_resource(const draft& what) {
  const std::string no_system;
  const epic::site_zone utc;
  const epic::content_rules rules{no_system, utc, what.drafted_at};
  const auto request = request_of(what);
  auto content = std::visit([&](const auto& one) { return epic::content_of(one, rules); }, request);
  if (!content) return fail(std::move(content.error()));
  json::object& members = *content->resource.if_object();
  for (const auto* of_filing : {"identifier", "authoredOn", "date"}) members.erase(of_filing);
  return std::move(content->resource);
}

}  // namespace epicenter::commands
