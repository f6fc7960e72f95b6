#include <epicenter/base/check.hpp>
#include <epicenter/epic/among_calls.hpp>
#include <epicenter/epic/client_access.hpp>
#include <epicenter/epic/guarded_exchange.hpp>
#include <epicenter/epic/reads.hpp>
#include <epicenter/epic/site_reading.hpp>
#include <epicenter/epic/writes.hpp>

namespace epicenter::epic {
namespace {

http::client_options client_options_of(const adapter_options& options) {
  http::client_options made;
  made.max_connections = options.max_connections;
  if (made.max_connections == 0) {
    for (const auto endpoint : resilience::all_endpoint_classes)
      made.max_connections += options.profile[endpoint].bulkhead.limit;
  }
  made.connect_timeout = options.profile.connect_timeout;
  made.tls = options.tls;
  made.proxy = options.proxy;
  return made;
}

pipeline_options pipeline_options_of(const adapter_options& options) {
  const auto& token = options.token_url ? options.token_url->where : options.fhir_base.where;
  return pipeline_options{options.fhir_base.where, token, options.profile,
                          fhir::request_builder(options.fhir_base.target, fhir::compression::large_answers)};
}

monitor_options monitor_options_of(const adapter_options& options) {
  monitor_options made;
  made.tenant = options.fhir_base.to_string();
  return made;
}

access_options access_options_of(const adapter_options& options) {
  return access_options{options.fhir_base, options.token_url, options.client_id, *options.key, options.keys};
}

write_options write_options_of(const adapter_options& options) {
  return write_options{options.identifier_system, options.review_after, options.queue_for, options.read_back};
}

constexpr duration first_reread = 1min;
constexpr duration site_timeout = 30s;
constexpr duration age_watch = 1h;
constexpr duration time_for_audit = 1s;

// In groups of three digits: what is logged of a text has no longer numbers (loggable_text).
std::string in_groups(std::uint64_t number) {
  std::string made = std::to_string(number);
  for (std::size_t at = made.size(); at > 3;) made.insert(at -= 3, " ");
  return made;
}

events::safety_alarm alarm_of(const unaudited& left) {
  events::safety_alarm made{"audit_entries_lost", {}, {}, {}};
  made.detail = in_groups(left.lost) + " outcomes are not in the audit log, " + in_groups(left.unanswered) +
                " are without its answer";
  return made;
}

}  // namespace

struct adapter::impl {
  impl(runtime::runtime& world, adapter_options given, adapter_stores stores, event_observer observer)
      : rt(world),
        watch(monitor_options_of(given), hooks()),
        told(world,
             [this, also = std::move(observer)](const event& what) {
               watch.observe(what);
               if (also) also(what);
             }),
        client_id(given.client_id),
        overrides(std::move(given.site_overrides)),
        audit(world, stores.audit, std::move(given.audit_key)),
        life(world),
        client(world, client_options_of(given)),
        through(world, pipeline_options_of(given), pipeline_parts{client, told, audit, life.background()},
                [this](resilience::endpoint_class endpoint, const resilience::breaker_event& change) {
                  reading.on_breaker(endpoint, change);
                }),
        reread_site(given.reread_site),
        keeps_keys(given.keys != nullptr),
        configured(given.site),
        site{std::move(given.site), {}, switches(std::move(given.flags))},
        access(world, access_options_of(given),
               access_parts{through, client, told, audit, life, site.profile}),
        room(std::make_shared<exchange_room>(world, through, life, site.switches,
                                             [this](const std::string& type, const std::string& patient) {
                                               reading.chart_changed(type, patient, {}, {});
                                             })),
        reading(world, through, audit, told, life, site, given.cache),
        writing(world, through, audit, told, life, site, stores.ledger, reading, write_options_of(given)) {
    through.use_tokens(access.tokens());
  }

  runtime::task<result<>> start() {
    auto keyed = co_await access.start();
    if (!keyed) co_return keyed;
    if (keeps_keys) life.background().spawn("epic.key_age", watch_key());
    if (reread_site > duration{}) life.background().spawn("epic.site", watch_site());
    co_return co_await writing.resume();
  }

  runtime::task<> watch_key() {
    for (;;) {
      access.check_age();
      const bool slept = co_await life.sleep_until(rt.now() + age_watch);
      if (!slept) co_return;
    }
  }

  // A site that cannot be read keeps the profile it has; what is wrong with it is told once.
  runtime::task<> watch_site() {
    duration wait = first_reread;
    bool told_of = false;
    for (;;) {
      auto read = co_await learn_site(rt.now() + site_timeout);
      if (read) {
        (void)co_await access.compare_endpoint(rt.now() + site_timeout);  // warns by itself
        wait = std::max(reread_site, first_reread);
      } else if (!std::exchange(told_of, true)) {
        told.tell(events::access_warning{"site_not_read", {}, {}, read.error().message()});
      }
      if (read) told_of = false;
      const bool slept = co_await life.sleep_until(rt.now() + wait);
      if (!slept) co_return;
      wait = std::min(2 * wait, std::max(reread_site, first_reread));
    }
  }

  runtime::task<result<site_profile>> learn_site(instant deadline) {
    return among_calls(rt, life, "epic.site", read_and_keep(deadline));
  }
  runtime::task<result<site_profile>> read_and_keep(instant deadline) {
    // From what was configured: what an earlier statement lacked, for an hour, is not refused for ever.
    site_profile known = configured;
    auto read = co_await read_site(through, client_id, std::move(known), overrides, deadline);
    if (read) site.profile = *read;
    co_return read;
  }

  std::size_t held() const {
    std::size_t sum = client.connections() + life.tasks() + room->under_way();
    for (const auto endpoint : resilience::all_endpoint_classes) {
      const auto& guarded = through.guard(endpoint);
      sum += guarded.bulkhead().running() + guarded.bulkhead().waiting();
      sum += static_cast<std::size_t>(guarded.permits_out());
    }
    return sum;
  }

  monitor_hooks hooks() {
    monitor_hooks made;
    made.probe = [this] { return through.probe_now(); };
    made.to_half_open = [this](resilience::endpoint_class endpoint, std::string actor, std::string reason) {
      auto& breaker = through.guard(endpoint).breaker();
      return breaker.to_half_open(rt.now(), std::move(actor), std::move(reason));
    };
    made.cached = [this](instant now) { return reading.cached(now); };
    return made;
  }

  runtime::task<result<provider_snapshot>> check_health() {
    return among_calls(rt, life, "epic.check_health", watch.check_health(rt));
  }

  runtime::task<result<>> confirm_merge(std::string merged, std::string into, std::string actor) {
    const std::string pseudonym = audit.pseudonym(merged);
    const audit_trail::who by{actor, pseudonym};
    auto admitted = co_await audit.admit(audit::event::merge_confirmed, "merge", by);
    if (!admitted) co_return admitted;
    auto confirmed = site.merges.confirm(merged, into);
    audit.outcome(audit::event::merge_confirmed, "merge", by, confirmed ? "confirmed" : "refused");
    co_await audit.settled();
    co_return confirmed;
  }

  runtime::task<> end_audit(instant deadline) {
    const instant at_least = rt.now() + time_for_audit;
    const unaudited left = co_await audit.end(std::max(deadline, at_least));
    if (left.lost + left.unanswered > 0) told.tell(alarm_of(left));
  }

  runtime::runtime& rt;
  provider_monitor watch;
  announcer told;
  std::string client_id;
  json::value overrides;
  audit_trail audit;
  lifecycle life;
  http::client client;
  pipeline through;
  duration reread_site;
  bool keeps_keys;
  site_profile configured;
  site_state site;
  client_access access;
  std::shared_ptr<exchange_room> room;
  reads reading;
  writes writing;
  bool stopped = false;
};

adapter::adapter(runtime::runtime& rt, adapter_options options, adapter_stores stores,
                 event_observer observer) {
  EPICENTER_CHECK(options.key != nullptr, "the adapter needs the client's private key");
  impl_ = std::make_unique<impl>(rt, std::move(options), stores, std::move(observer));
}

adapter::~adapter() {
  // Its tasks use it. Nothing can be thrown here, so this ends the program, with the sentence of the check.
  EPICENTER_CHECK(impl_->stopped || impl_->held() == 0, "an adapter must be stopped before it is destroyed");
}

runtime::task<result<>> adapter::start() {
  return impl_->start();
}

runtime::task<result<site_profile>> adapter::learn_site(instant deadline) {
  return impl_->learn_site(deadline);
}
const site_profile& adapter::site() const {
  return impl_->site.profile;
}

runtime::task<result<epic::patient_context>> adapter::patient_context(read_request request) {
  return impl_->reading.patient_context(std::move(request));
}
runtime::task<result<labs>> adapter::latest_labs(read_request request) {
  return impl_->reading.latest_labs(std::move(request));
}
runtime::task<result<section>> adapter::allergies(read_request request) {
  return impl_->reading.list(operation_kind::allergies, std::move(request));
}
runtime::task<result<section>> adapter::problems(read_request request) {
  return impl_->reading.list(operation_kind::problems, std::move(request));
}
runtime::task<result<section>> adapter::medications(read_request request) {
  return impl_->reading.list(operation_kind::medications, std::move(request));
}
runtime::task<result<section>> adapter::immunizations(read_request request) {
  return impl_->reading.list(operation_kind::immunizations, std::move(request));
}
runtime::task<result<section>> adapter::encounters(read_request request) {
  return impl_->reading.list(operation_kind::encounters, std::move(request));
}
runtime::task<result<section>> adapter::notes(read_request request) {
  return impl_->reading.list(operation_kind::notes, std::move(request));
}
runtime::task<result<epic::note_content>> adapter::note_content(note_request request) {
  return impl_->reading.note_content(std::move(request));
}

runtime::task<result<write_outcome>> adapter::order_lab(lab_order asked) {
  return impl_->writing.file(std::move(asked));
}
runtime::task<result<write_outcome>> adapter::order_imaging(imaging_order asked) {
  return impl_->writing.file(std::move(asked));
}
runtime::task<result<write_outcome>> adapter::order_medication(medication_order asked) {
  return impl_->writing.file(std::move(asked));
}
runtime::task<result<write_outcome>> adapter::add_allergy(allergy asked) {
  return impl_->writing.file(std::move(asked));
}
runtime::task<result<write_outcome>> adapter::add_problem(problem asked) {
  return impl_->writing.file(std::move(asked));
}
runtime::task<result<write_outcome>> adapter::record_vitals(vital_sign asked) {
  return impl_->writing.file(std::move(asked));
}
runtime::task<result<write_outcome>> adapter::file_note(note asked) {
  return impl_->writing.file(std::move(asked));
}

runtime::task<result<std::vector<review_item>>> adapter::worklist(std::size_t limit) {
  return impl_->writing.worklist(limit);
}
runtime::task<result<write_outcome>> adapter::resolve_as_written(review_decision decided,
                                                                 std::string resource_id) {
  return impl_->writing.resolve_as_written(std::move(decided), std::move(resource_id));
}
runtime::task<result<write_outcome>> adapter::release_once(review_decision decided) {
  return impl_->writing.release_once(std::move(decided));
}

runtime::task<result<>> adapter::confirm_merge(std::string merged, std::string into, std::string actor) {
  if (actor.empty()) co_return fail(errc::invalid_argument, "who confirms is not said");
  auto confirming = impl_->confirm_merge(std::move(merged), std::move(into), std::move(actor));
  auto among = among_calls(impl_->rt, impl_->life, "epic.confirm_merge", std::move(confirming));
  co_return co_await std::move(among);
}

std::unique_ptr<fhir::exchange> adapter::exchange(std::string user, const std::string& patient) {
  asked_for by{std::move(user), {}};
  if (!patient.empty()) by.patient = impl_->audit.pseudonym(patient);
  return std::make_unique<guarded_exchange>(impl_->room, std::move(by));
}

runtime::task<bool> adapter::drain(instant deadline) {
  return impl_->life.wait_for_writes(deadline);
}

runtime::task<> adapter::stop(duration grace) {
  if (impl_->stopped) co_return;
  const instant deadline = impl_->rt.now() + grace;
  impl_->life.begin_stop();
  co_await impl_->life.end_calls(deadline);
  co_await impl_->room->stop();
  co_await impl_->life.end_rest();
  co_await impl_->access.stop();
  co_await impl_->client.stop();
  impl_->reading.shut_down();
  co_await impl_->end_audit(deadline);
  impl_->stopped = true;
}

access_status adapter::access() const {
  return impl_->access.status();
}
runtime::task<result<>> adapter::rotate_key(smart::signing_key next, std::string actor) {
  return among_calls(impl_->rt, impl_->life, "epic.rotate_key",
                     impl_->access.rotate(std::move(next), std::move(actor)));
}
result<> adapter::roll_back_key(std::string reason, const std::string& actor) {
  return impl_->access.roll_back(std::move(reason), actor);
}

const provider_monitor& adapter::monitor() const {
  impl_->watch.reading_switched(impl_->site.switches.reading({}), impl_->rt.now());
  return impl_->watch;
}
runtime::task<result<provider_snapshot>> adapter::check_health() {
  return impl_->check_health();
}
result<> adapter::to_half_open(resilience::endpoint_class endpoint, std::string actor, std::string reason) {
  return impl_->watch.to_half_open(endpoint, std::move(actor), std::move(reason));
}

std::vector<adapter::circuit> adapter::circuits() const {
  std::vector<circuit> all;
  for (const auto endpoint : resilience::all_endpoint_classes) {
    all.push_back(circuit{endpoint, impl_->through.guard(endpoint).breaker().state()});
  }
  return all;
}

std::size_t adapter::held_resources() const {
  return impl_->held();
}

}  // namespace epicenter::epic
