#include "mock-epic/fhir/intake.hpp"
#include "mock-epic/fhir/interference.hpp"
#include "mock-epic/fhir/json_patch.hpp"
#include "mock-epic/fhir/patient_of.hpp"
#include "mock-epic/fhir/primitive.hpp"
#include "mock-epic/fhir/reader.hpp"
#include "mock-epic/fhir/served.hpp"
#include "mock-epic/fhir/versioned_answer.hpp"
#include "mock-epic/fhir/writer.hpp"

#include <epicenter/json/parse.hpp>

namespace epicenter::mock::fhir {
namespace {

answer refuse_id(std::string why, std::string rule) {
  return refuse(400, "invariant", "59111", std::move(why), "id", std::move(rule));
}

answer refuse_patch(const patch_failure& failure) {
  std::string why = "Operation " + std::to_string(failure.operation) + ": " + failure.detail;
  switch (failure.what) {
    case patch_failure::why::malformed:
      return refuse(400, "structure", "59105", std::move(why), "", "patch_malformed");
    case patch_failure::why::test_failed:
      return refuse(422, "conflict", "59159", std::move(why), "", "patch_test");
    case patch_failure::why::not_applied:
      break;
  }
  return refuse(422, "processing", "59159", std::move(why), "", "patch_not_applied");
}

}  // namespace

answer writer::update(const call& c) {
  const type_rules& rules = rules_of(*c.asked.type);
  if (!orders_ && (!rules.epic.update || c.asked.id.empty())) {
    answer refused = answer_empty(405, "method");
    refused.response.fields.set("Allow", c.asked.id.empty() ? "GET, POST" : "GET");
    return refused;
  }
  if (!orders_ && rules.create == creation::orders) return answer_empty(403, "orders_not_offered");
  if (auto refused = refuse_unpermitted(c, *c.asked.type, c.asked.what, nullptr)) return std::move(*refused);
  auto body = read_resource(c.request);
  if (!body) return std::move(body.error());
  return update(c, std::move(*body), {});
}

answer writer::update(const call& c, json::value body, const entry_plan& plan) {
  target at = find_target(c);
  if (at.refused) return std::move(*at.refused);
  const std::string_view given = body.string_at("id");
  const bool conditional = c.asked.id.empty();
  if (!conditional && given.empty()) return refuse_id("The resource has no id.", "update_without_id");
  if (!given.empty() && !at.id.empty() && given != at.id)
    return refuse_id("The id is not the one of the URL, or of the match.", "update_other_id");
  if (at.id.empty()) at.id = given.empty() ? plan.id : std::string(given);
  if (!at.current && !at.id.empty()) at.current = store_.find(*c.asked.type, at.id);
  if (!at.current && !orders_) return answer_unknown_id();
  if (auto refused = refuse_content(c, body, plan)) return std::move(*refused);
  if (auto refused = refuse_unpermitted(c, *c.asked.type, c.asked.what, &body)) return std::move(*refused);
  if (at.current && !at.current->deleted())
    if (auto refused = refuse_unpermitted(c, *c.asked.type, c.asked.what, &at.current->value()))
      return std::move(*refused);
  let_others_change(c, at);
  if (orders_)
    if (auto refused = refuse_precondition(c.request, at.current.get())) return std::move(*refused);
  if (at.current) return replace(c, at.current, std::move(body), "");
  if (!at.id.empty() && !is_valid(primitive::id, at.id)) return refuse_id("Not an id.", "update_bad_id");
  return file(c, std::move(body), at.id);
}

answer writer::patch(const call& c) {
  if (auto refused = refuse_unpermitted(c, *c.asked.type, c.asked.what, nullptr)) return std::move(*refused);
  const std::string_view type = c.request.fields.get("Content-Type");
  if (!http::equal_ignoring_case(type.substr(0, type.find(';')), "application/json-patch+json")) {
    answer refused = refuse(415, "structure", "59105", "Content-Type must be application/json-patch+json.",
                            "", "content_type");
    refused.response.fields.set("Accept-Patch", "application/json-patch+json");
    return refused;
  }
  const auto operations = json::parse(c.request.body);
  if (!operations) return refuse(400, "structure", "59105", "The body is not JSON.", "", "patch_malformed");
  return patch(c, *operations, {});
}

answer writer::patch(const call& c, const json::value& operations, const entry_plan& plan) {
  target at = find_target(c);
  if (at.refused) return std::move(*at.refused);
  if (!at.current) return answer_unknown_id();
  if (at.current->deleted()) return answer_deleted(*at.current);
  if (auto refused = refuse_unpermitted(c, *c.asked.type, c.asked.what, &at.current->value()))
    return std::move(*refused);
  let_others_change(c, at);
  if (auto refused = refuse_precondition(c.request, at.current.get())) return std::move(*refused);
  // The client sees the version in meta, and may test it there.
  auto document = json::parse(served_text(*at.current, true));
  if (const auto failure = apply_json_patch(operations, *document)) return refuse_patch(*failure);
  if (document->string_at("id") != at.current->id())
    return refuse_id("A patch may not change the id.", "patch_changes_id");
  if (auto refused = refuse_content(c, *document, plan)) return std::move(*refused);
  if (auto refused = refuse_unpermitted(c, *c.asked.type, c.asked.what, &*document))
    return std::move(*refused);
  return replace(c, at.current, std::move(*document), "");
}

}  // namespace epicenter::mock::fhir
