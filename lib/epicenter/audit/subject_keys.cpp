// Patient data under a key of each patient, which can be destroyed (reference: epic, section 5.3).
#include <epicenter/audit/event_types.hpp>
#include <epicenter/audit/log_table.hpp>
#include <epicenter/store/seal.hpp>

namespace epicenter::audit {
namespace {

std::string about_key(const std::string& patient) {
  return "key of " + patient;
}
std::string about_entry(std::uint64_t seq) {
  return "entry " + std::to_string(seq);
}

}  // namespace

// An empty secret where the patient has no key and none is to be made.
result<secret> log_table::key_of(const std::string& patient, bool make) {
  store::statement& find = use(log_statement::find_key).bind(1, patient);
  auto there = find.step();
  if (!there) return fail(std::move(there.error()));
  if (*there) {
    const std::string wrapped = find.bytes(0);
    find.reset();
    return store::unseal(options_.key_of_keys, about_key(patient), wrapped);
  }
  if (!make) return secret();
  secret key = store::make_key();
  const std::string wrapped = store::seal(options_.key_of_keys, about_key(patient), key.reveal());
  auto kept = use(log_statement::insert_key).bind(1, patient).bind_bytes(2, wrapped).run();
  if (!kept) return fail(std::move(kept.error()));
  return key;
}

result<std::string> log_table::seal_phi(const entry& what) {
  if (what.phi.empty()) return std::string();
  if (options_.key_of_keys.empty()) return fail(store::errc::not_allowed, "no key for patient data");
  if (what.patient.empty()) return fail(store::errc::not_allowed, "patient data of nobody");
  auto key = key_of(what.patient, true);
  if (!key) return fail(std::move(key.error()));
  return store::seal(*key, about_entry(what.seq), what.phi);
}

std::string log_table::unseal_phi(const chained_entry& one) {
  if (one.sealed.empty() || options_.key_of_keys.empty()) return {};
  const auto key = key_of(one.what.patient, false);
  if (!key || key->empty()) return {};
  const auto plain = store::unseal(*key, about_entry(one.what.seq), one.sealed);
  return plain ? std::string(plain->reveal()) : std::string();
}

result<bool> log_table::forget(const erasure& asked) {
  if (asked.actor.empty() || asked.ticket.empty()) {
    return fail(store::errc::not_allowed, "an erasure without an actor or a ticket");
  }
  auto gone = use(log_statement::delete_key).bind(1, asked.patient).run();
  if (!gone) return fail(std::move(gone.error()));
  entry told;
  told.at = asked.at;
  told.stage = stage::outcome;
  told.type = event::subject_forgotten;
  told.subject = asked.ticket;
  told.user = asked.actor;
  told.result = *gone > 0 ? "destroyed" : "no_key";
  told.details = asked.basis;
  auto appended = append(std::move(told));
  if (!appended) return fail(std::move(appended.error()));
  now_.key_destroyed = now_.key_destroyed || *gone > 0;
  return *gone > 0;
}

}  // namespace epicenter::audit
