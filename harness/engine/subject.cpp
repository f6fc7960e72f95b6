#include "harness/engine/subject.hpp"

#include <epicenter/base/ids.hpp>

#include "harness/engine/error.hpp"

namespace epicenter::engine {
namespace {

using scenario::operation_kind;

/// One word for a failure, for counting; the sentence stays in the error.
std::string_view word_of(const error& e) {
  if (e.code().category() != make_error_code(epic::errc::unavailable).category()) return "other";
  switch (static_cast<epic::errc>(e.code().value())) {
    case epic::errc::unavailable:
      return "unavailable";
    case epic::errc::deadline:
      return "deadline";
    case epic::errc::overloaded:
      return "overloaded";
    case epic::errc::circuit_open:
      return "circuit_open";
    case epic::errc::auth_denied:
      return "auth_denied";
    case epic::errc::rejected:
      return "rejected";
    case epic::errc::protocol:
      return "protocol";
    case epic::errc::not_supported:
      return "not_supported";
    case epic::errc::too_large:
      return "too_large";
    case epic::errc::moved_on:
      return "moved_on";
    case epic::errc::invalid_argument:
      return "invalid_argument";
    case epic::errc::conflict:
      return "conflict";
    case epic::errc::ledger_unavailable:
      return "ledger_unavailable";
    case epic::errc::audit_unavailable:
      return "audit_unavailable";
    case epic::errc::stopped:
      return "stopped";
    case epic::errc::wrong_patient:
      return "wrong_patient";
    case epic::errc::restricted:
      return "restricted";
    case epic::errc::patient_merged:
      return "patient_merged";
    case epic::errc::parked:
      return "parked";
    case epic::errc::site_misconfigured:
      return "site_misconfigured";
    case epic::errc::switched_off:
      return "switched_off";
    case epic::errc::not_found:
      return "not_found";
  }
  return "other";
}

std::string_view word_of(epic::write_state s) {
  switch (s) {
    case epic::write_state::written:
      return "";
    case epic::write_state::rejected:
      return "rejected";
    case epic::write_state::not_sent:
      return "not_sent";
    case epic::write_state::duplicate:
      return "duplicate";
    case epic::write_state::needs_review:
      return "needs_review";
    case epic::write_state::unknown:
      return "unknown";
    case epic::write_state::queued:
      return "queued";
  }
  return "other";
}

// Read here anew, and not by the adapter's own guard: what is wrong there must show.
bool belongs_to(const json::value& resource, const std::string& patient) {
  if (resource.string_at("resourceType") == "Patient") return resource.string_at("id") == patient;
  const std::string wanted = "Patient/" + patient;
  const auto subject = resource.string_at("subject.reference");
  return subject == wanted || (subject.empty() && resource.string_at("patient.reference") == wanted);
}

bool is_stale(const epic::provenance& p) {
  return p.source == epic::source::stale;
}

}  // namespace

subject::subject(runtime::runtime& rt, std::vector<patient> patients, recorder& r)
    : runtime_(rt),
      patients_(std::move(patients)),
      recorder_(r),
      choice_(rt.random("load.patients")),
      ids_(rt.random("load.operation_ids")) {}

result<std::unique_ptr<subject>> subject::make(runtime::runtime& rt, const scenario::adapter_spec& spec,
                                               const rig& rig, std::vector<patient> patients, recorder& r,
                                               const std::string& ledger_path) {
  if (patients.empty()) return fail(errc::environment, "the mock has no patients");
  std::unique_ptr<subject> made(new subject(rt, std::move(patients), r));
  auto ledger = store::open_ledger(rt, ledger_path);
  if (!ledger) return fail(error(errc::environment, "the ledger cannot be opened").caused_by(ledger.error()));
  made->ledger_ = std::move(*ledger);
  made->audit_ = audit::memory_log();

  auto key = subject_key();
  if (!key) return fail(std::move(key.error()));
  epic::adapter_options options;
  options.fhir_base = rig.fhir_base();
  options.token_url = rig.token_url();
  options.client_id = std::string(subject_client_id());
  options.key = std::make_shared<const smart::private_key>(std::move(*key));
  options.profile = adapter_profile(spec);
  options.site = epic::site_profile::orders();  // as the mock's profile of that name
  if (spec.overrides.review_after) options.review_after = *spec.overrides.review_after;
  const auto& tank = spec.overrides.holding_tank;
  options.site.holding_tank.insert(tank.begin(), tank.end());
  made->queue_writes_ = spec.overrides.queue_writes;
  const epic::adapter_stores stores{*made->ledger_, *made->audit_};
  made->adapter_ = std::make_unique<epic::adapter>(rt, std::move(options), stores,
                                                   [&r](const epic::event& e) { r.on_event(e); });
  return made;
}

runtime::task<result<>> subject::start() {
  co_return co_await adapter_->start();
}

runtime::task<> subject::perform(operation_kind kind, load::arrival due) {
  const auto& who = patients_[choice_.below(patients_.size())];
  verdict::operation_sample sample;
  sample.kind = kind;
  sample.intended = due.intended;
  if (due.late > 100ms) ++recorder_.seen.late_arrivals;
  ++recorder_.seen.under_way;
  switch (kind) {
    case operation_kind::patient_context:
      sample = co_await read_context(who, sample);
      break;
    case operation_kind::latest_labs:
      sample = co_await read_labs(who, sample);
      break;
    case operation_kind::order_lab:
    case operation_kind::file_note:
      sample = co_await write(who, sample);
      break;
  }
  --recorder_.seen.under_way;
  sample.finished = runtime_.now();
  recorder_.seen.operations.push_back(sample);
}

std::string subject::next_operation_id() {
  // Two statements: the order in which arguments are evaluated differs between compilers.
  const auto high = ids_.next();
  const auto low = ids_.next();
  return make_uuid(high, low);
}

void subject::shown(const std::string& operation, const patient& who, const json::value& resource) {
  ++recorder_.seen.resources_shown;
  if (!belongs_to(resource, who.id))
    recorder_.seen.foreign.push_back({operation, std::string(resource.string_at("resourceType"))});
}

void subject::shown(const std::string& operation, const patient& who, const epic::section& part) {
  if (!part.merged_into.empty()) return;  // it says itself whose these are
  for (const auto& one : part.resources) shown(operation, who, one);
}

void subject::failed(verdict::operation_sample& sample, const error& e) {
  sample.failure = word_of(e);
  sample.unauthorized = e == epic::errc::auth_denied;
  recorder_.seen.texts.push_back({"error of an operation", e.message()});
}

runtime::task<verdict::operation_sample> subject::read_context(const patient& who,
                                                               verdict::operation_sample sample) {
  epic::read_request request;
  const std::string operation = next_operation_id();
  request.operation = operation;
  request.patient = who.id;
  request.user = "harness";
  auto answer = co_await adapter_->patient_context(std::move(request));
  if (!answer) {
    failed(sample, answer.error());
  } else {
    sample.succeeded = true;
    sample.stale = is_stale(answer->demographics_from) || is_stale(answer->allergies.from) ||
                   is_stale(answer->problems.from) || is_stale(answer->medications.from);
    if (answer->merged_into.empty()) shown(operation, who, *answer->demographics);
    shown(operation, who, answer->allergies);
    shown(operation, who, answer->problems);
    shown(operation, who, answer->medications);
  }
  co_return sample;
}

runtime::task<verdict::operation_sample> subject::read_labs(const patient& who,
                                                            verdict::operation_sample sample) {
  epic::read_request request;
  const std::string operation = next_operation_id();
  request.operation = operation;
  request.patient = who.id;
  request.user = "harness";
  auto answer = co_await adapter_->latest_labs(std::move(request));
  if (!answer) {
    failed(sample, answer.error());
  } else {
    sample.succeeded = true;
    shown(operation, who, answer->observations);
  }
  co_return sample;
}

epic::write_request subject::write_for(const patient& who, std::string operation) const {
  epic::write_request w;
  w.operation = std::move(operation);
  w.patient = who.id;
  w.encounter = who.encounter;
  w.user = "harness";
  w.queue = queue_writes_;
  return w;
}

runtime::task<verdict::operation_sample> subject::write(const patient& who,
                                                        verdict::operation_sample sample) {
  const std::string operation = next_operation_id();
  // Noted before the call: a write that is silently gone must be missed.
  const auto asked = recorder_.seen.writes_asked.size();
  recorder_.seen.writes_asked.push_back({operation, "UNANSWERED"});
  result<epic::write_outcome> answer = fail(errc::internal);
  if (sample.kind == operation_kind::order_lab) {
    epic::lab_order order;
    order.who = write_for(who, operation);
    order.loinc = "58410-2";
    order.display = "CBC panel - Blood by Automated count";
    answer = co_await adapter_->order_lab(std::move(order));
  } else {
    epic::note note;
    note.who = write_for(who, operation);
    note.text = "Progress note by the Epicenter harness.";
    answer = co_await adapter_->file_note(std::move(note));
  }
  auto& told = recorder_.seen.writes_asked[asked].told;
  if (!answer) {
    told = "REFUSED";
    failed(sample, answer.error());
    co_return sample;
  }
  told = std::string(name_of(answer->state));
  sample.succeeded = answer->state == epic::write_state::written;
  if (answer->why) failed(sample, *answer->why);
  sample.failure = word_of(answer->state);
  co_return sample;
}

runtime::task<bool> subject::drain(instant deadline) {
  co_return co_await adapter_->drain(deadline);
}

runtime::task<> subject::stop(duration grace) {
  co_await adapter_->stop(grace);
}

runtime::task<result<>> subject::collect() {
  auto rows = co_await ledger_->all();
  if (!rows)
    co_return fail(error(errc::environment, "the ledger cannot be read").caused_by(std::move(rows.error())));
  for (const auto& row : *rows) {
    verdict::write_recorded recorded;
    recorded.operation = row.operation;
    recorded.state = std::string(name_of(row.state));
    recorded.resource_id = row.resource_id;
    recorder_.seen.ledger.push_back(std::move(recorded));
  }
  audit_->for_each([&](const audit::entry& e) {
    verdict::audit_sample sample;
    sample.seq = e.seq;
    sample.intent = e.stage == audit::stage::intent;
    sample.type = e.type;
    sample.subject = e.subject;
    recorder_.seen.audit.push_back(std::move(sample));
    recorder_.seen.texts.push_back(
        {"the audit log", e.type + " " + e.subject + " " + e.user + " " + e.patient + " " + e.result});
  });
  co_return result<>{};
}

}  // namespace epicenter::engine
