#include "mock-epic/fhir/writer.hpp"

#include "mock-epic/data/opaque_id.hpp"
#include "mock-epic/fhir/epic_rules.hpp"
#include "mock-epic/fhir/intake.hpp"
#include "mock-epic/fhir/interference.hpp"
#include "mock-epic/fhir/patient_of.hpp"
#include "mock-epic/fhir/reader.hpp"
#include "mock-epic/fhir/references.hpp"
#include "mock-epic/fhir/served.hpp"
#include "mock-epic/fhir/validator.hpp"
#include "mock-epic/fhir/versioned_answer.hpp"
#include "mock-epic/fhir/walk.hpp"

namespace epicenter::mock::fhir {
void writer::drop_versions(json::object& content) {
  json::value* meta = content.find("meta");
  json::object* members = meta ? meta->if_object() : nullptr;
  if (!members) return;
  members->erase("versionId");
  members->erase("lastUpdated");
  if (members->empty()) content.erase("meta");
}

writer::writer(store& s, bool orders, runtime::random_stream ids, finder find)
    : store_(s), orders_(orders), ids_(ids), find_(std::move(find)), filer_(s) {}

std::string writer::draw_id(type_id type, bool held) {
  // A restored state brings ids that this stream has yet to draw.
  for (;;) {
    std::string id = held ? data::make_held_id(ids_) : data::make_id(ids_);
    if (!store_.find(type, id)) return id;
  }
}

void writer::tell(answer& to, const resource& changed, filed::action what) {
  std::string identifier;
  if (!changed.deleted()) identifier = first_string(changed.value(), "identifier.value");
  to.filed.push_back({std::move(identifier), fhir::name_of(changed), what, changed.version()});
}

std::optional<answer> writer::refuse_content(const call& c, const json::value& body, const entry_plan& plan) {
  const type_rules& rules = rules_of(*c.asked.type);
  const bool creates = c.asked.what == interaction::create;
  if (body.string_at("resourceType") != rules.name())
    return refuse(400, "structure", "59105", "resourceType does not match the URL.", "resourceType",
                  "create_structure");
  if (creates)
    if (auto refused = refuse_incomplete(rules, body, orders_)) return refused;
  if (const auto findings = validate(body); !findings.empty())
    return refuse(400, findings, "create_" + std::string(findings[0].code));
  if (auto refused = refuse_strangers(rules, body, store_, orders_)) return refused;
  static const std::set<std::string> none;
  const auto broken =
      find_broken_references(body, store_, c.base, plan.coming ? *plan.coming : none, !orders_);
  if (!broken.empty()) return refuse(400, broken, "create_reference");
  if (!creates || orders_) return std::nullopt;
  return refuse_by_type(rules, body, store_, plan.again);
}

writer::target writer::find_target(const call& c) {
  target made;
  made.id = c.asked.id;
  if (made.id.empty()) {
    search_result matches = find_(c, *c.asked.type, c.request.query());
    if (matches.refused) {
      made.refused = std::move(matches.refused);
      return made;
    }
    if (matches.found.size() > 1) {
      made.refused = refuse(412, "multiple-matches", "59159", "Several resources match the criteria.", "",
                            "conditional_multiple");
      return made;
    }
    if (!matches.found.empty()) made.id = matches.found[0]->id();
  }
  if (!made.id.empty()) made.current = store_.find(*c.asked.type, made.id);
  return made;
}

void writer::let_others_change(const call& c, target& at) {
  if (!orders_ || !c.meddler || !at.current || at.current->deleted()) return;
  if (c.meddler->changed_meanwhile(c, *at.current))
    at.current =
        store_.replace(*at.current, at.current->patient(), *at.current->value().if_object(), c.at.wall);
}

answer writer::answer_written(const call& c, unsigned status, const resource_ptr& kept) {
  answer made = answer_empty(status, "");
  http::headers& fields = made.response.fields;
  const wanted want = wanted_of(c.request);
  if (!orders_) {
    fields.set("Location", fhir::name_of(*kept));
    if (want == wanted::representation) made.response.body = kept->text();
    return made;
  }
  fields.set("Location", c.base + "/" + versioned_name_of(*kept));
  set_version(made.response, *kept);
  if (want == wanted::representation || want == wanted::nothing_said) {
    made.response.body = served_text(*kept, true);
    fields.set("Content-Location", c.base + "/" + versioned_name_of(*kept));
  } else if (want == wanted::outcome) {
    made.response.body = write_outcome(issue{"information", "informational", "", "Filed.", ""});
  }
  return made;
}

answer writer::replace(const call& c, const resource_ptr& current, json::value body, std::string_view rule) {
  json::object content;
  content.set("resourceType", name_of(current->type()));
  content.set("id", current->id());
  for (auto& [key, member] : *body.if_object())
    if (key != "resourceType" && key != "id") content.set(key, std::move(member));
  drop_versions(content);
  const bool revived = current->deleted();
  std::string patient = patient_of(current->type(), current->id(), content);
  const resource_ptr kept = store_.replace(*current, std::move(patient), std::move(content), c.at.wall);
  answer made = answer_written(c, revived ? 201 : 200, kept);
  made.rule = rule;
  tell(made, *kept, revived ? filed::action::created : filed::action::updated);
  return made;
}

answer writer::erase(const call& c) {
  if (auto refused = refuse_unpermitted(c, *c.asked.type, c.asked.what, nullptr)) return std::move(*refused);
  target at = find_target(c);
  if (at.refused) return std::move(*at.refused);
  const bool exists = at.current && !at.current->deleted();
  if (exists) {
    if (auto refused = refuse_unpermitted(c, *c.asked.type, c.asked.what, &at.current->value()))
      return std::move(*refused);
    let_others_change(c, at);
  }
  if (c.request.fields.contains("If-Match"))
    if (auto refused = refuse_precondition(c.request, at.current.get())) return std::move(*refused);
  // What is gone already, or never was, is gone: a repeated delete succeeds too.
  answer made = answer_empty(204, exists ? "" : "delete_absent");
  if (!exists) return made;
  const resource_ptr gone = store_.erase(*at.current, c.at.wall);
  set_version(made.response, *gone);
  tell(made, *gone, filed::action::deleted);
  return made;
}

}  // namespace epicenter::mock::fhir
