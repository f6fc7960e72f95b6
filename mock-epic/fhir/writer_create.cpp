#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <epicenter/base/check.hpp>
#include <epicenter/json/write.hpp>

#include "mock-epic/data/opaque_id.hpp"
#include "mock-epic/fhir/epic_filer.hpp"
#include "mock-epic/fhir/epic_rules.hpp"
#include "mock-epic/fhir/intake.hpp"
#include "mock-epic/fhir/interference.hpp"
#include "mock-epic/fhir/on_file.hpp"
#include "mock-epic/fhir/patient_of.hpp"
#include "mock-epic/fhir/served.hpp"
#include "mock-epic/fhir/versioned_answer.hpp"
#include "mock-epic/fhir/writer.hpp"

namespace epicenter::mock::fhir {
namespace {

/// Tells contents apart, but for what the server gives each resource of its own.
std::string fingerprint_of(const json::object& content) {
  json::object bare = content;
  bare.erase("id");
  bare.erase("meta");
  const std::string text = json::write(json::value(std::move(bare)));
  std::array<unsigned char, 32> digest{};
  EPICENTER_CHECK(EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr) == 1,
                  "OpenSSL has SHA-256");
  return std::string(digest.begin(), digest.end());
}

}  // namespace

answer writer::create(const call& c) {
  const type_rules& rules = rules_of(*c.asked.type);
  // Refusals that depend on the type alone come first, whatever the body is.
  if (!orders_ && !rules.epic.create) {
    answer refused = answer_empty(405, "create_not_offered");
    refused.response.fields.set("Allow", "GET");
    return refused;
  }
  if (!orders_ && rules.create == creation::orders) return answer_empty(403, "orders_not_offered");
  if (auto refused = refuse_unpermitted(c, *c.asked.type, c.asked.what, nullptr)) return std::move(*refused);
  auto body = read_resource(c.request);
  if (!body) return std::move(body.error());
  return create(c, std::move(*body), {});
}

std::optional<answer> writer::existing_instead(const call& c) {
  const std::string* condition = orders_ ? c.request.fields.find("If-None-Exist") : nullptr;
  if (!condition || condition->empty()) return std::nullopt;
  std::string_view query = *condition;
  if (const std::size_t mark = query.find('?'); mark != std::string_view::npos) query.remove_prefix(mark + 1);
  search_result matches = find_(c, *c.asked.type, query);
  if (matches.refused) return matches.refused;
  if (matches.found.empty()) return std::nullopt;
  if (matches.found.size() > 1)
    return refuse(412, "multiple-matches", "59159", "Several resources match the criteria.", "",
                  "conditional_multiple");
  answer made = answer_written(c, 200, matches.found[0]);
  made.rule = "conditional_create_exists";
  return made;
}

resource_ptr writer::identical(const std::string& fingerprint) {
  const auto at = posted_.find(fingerprint);
  if (at == posted_.end()) return nullptr;
  resource_ptr found = store_.find(at->second.first, at->second.second);
  return found && !found->deleted() && found->version() == 1 ? found : nullptr;
}

answer writer::create(const call& c, json::value body, const entry_plan& plan) {
  entry_plan how = plan;
  if (c.meddler && body.is_object()) {
    resource_ptr existing = identical(fingerprint_of(*body.if_object()));
    if (!existing) existing = on_file(store_, *c.asked.type, body);
    how.again = c.meddler->files_again(c, existing);
    if (!how.again && c.meddler->refuses_duplicate(c, existing))
      return refuse(409, "duplicate", "59141", "", "", "duplicate_check");
  }
  if (auto refused = refuse_content(c, body, how)) return std::move(*refused);
  if (auto refused = refuse_unpermitted(c, *c.asked.type, c.asked.what, &body)) return std::move(*refused);
  if (!how.again)
    if (auto existing = existing_instead(c)) return std::move(*existing);
  return file(c, std::move(body), plan.id, how.again);
}

json::object writer::kept_of(const type_rules& rules, json::value body, const std::string& id) const {
  json::object content;
  content.set("resourceType", rules.name());
  content.set("id", id);
  const auto lost = [&](std::string_view key) {
    if (key == "resourceType" || key == "id") return true;
    const auto end = rules.not_kept.end();
    return !orders_ && (key == "meta" || std::find(rules.not_kept.begin(), end, key) != end);
  };
  for (auto& [key, member] : *body.if_object())
    if (!lost(key)) content.set(key, std::move(member));
  drop_versions(content);
  return content;
}

void writer::remember(std::string fingerprint, type_id type, const std::string& id) {
  // A transaction that fails must not hide what is on file: only what is gone is replaced.
  if (identical(fingerprint)) return;
  posted_by_age_.push_back(fingerprint);
  posted_.insert_or_assign(std::move(fingerprint), std::pair(type, id));
  if (posted_by_age_.size() <= max_posted) return;
  posted_.erase(posted_by_age_.front());
  posted_by_age_.pop_front();
}

answer writer::file(const call& c, json::value body, std::string id, bool again) {
  const type_rules& rules = rules_of(*c.asked.type);
  if (rules.id == type_id::patient && !orders_ && !again) {
    if (const resource_ptr known = filer_.matching_patient(body)) {
      answer made = answer_written(c, 201, known);
      made.rule = "patient_matched";
      return made;
    }
  }
  const bool tank = rules.held && !orders_;  // Epic's own way with the type
  const bool waits = !tank && c.meddler && c.meddler->holds(c, rules.id);
  const bool held = tank || waits;
  if (id.empty()) id = draw_id(rules.id, held);
  std::string fingerprint = fingerprint_of(*body.if_object());
  json::object content = kept_of(rules, std::move(body), id);
  remember(std::move(fingerprint), rules.id, id);
  json::value whole(std::move(content));
  std::string patient = patient_of(rules.id, id, whole);
  content = std::move(*whole.if_object());
  if (!orders_) content = filer_.file(rules, std::move(content), ids_, c.at.wall);
  const resource_ptr kept =
      store_.file(rules.id, std::move(id), std::move(patient), std::move(content), !held, c.at.wall);
  if (waits) c.meddler->held(*kept);
  answer made = answer_written(c, 201, kept);
  tell(made, *kept, filed::action::created);
  return made;
}

}  // namespace epicenter::mock::fhir
