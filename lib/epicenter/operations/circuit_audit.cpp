#include <epicenter/audit/event_types.hpp>
#include <epicenter/json/write.hpp>
#include <epicenter/operations/circuit_audit.hpp>

namespace epicenter::operations {
namespace {

using epic::events::circuit_changed;

const circuit_changed* change_by_hand(const decltype(stream_event::what)& what) {
  const auto* of_adapter = std::get_if<epic::event>(&what);
  if (of_adapter == nullptr) return nullptr;
  const auto* changed = std::get_if<circuit_changed>(&of_adapter->what);
  if (changed == nullptr || changed->change.cause != resilience::transition_cause::manual) return nullptr;
  return changed->change.is_transition() ? changed : nullptr;
}

audit::entry entry_of(const std::string& tenant, const circuit_changed& what, wall_time at) {
  const auto& change = what.change;
  json::object details{{"tenant", tenant},
                       {"endpoint", name_of(what.endpoint)},
                       {"from", name_of(change.from)},
                       {"to", name_of(change.to)},
                       {"reason", change.reason}};
  if (change.wait > duration{}) {
    details.set("for_seconds", std::chrono::duration<double>(change.wait).count());
  }
  audit::entry made;
  made.at = at;
  made.stage = audit::stage::outcome;
  made.type = audit::event::breaker_forced;
  made.subject = tenant + '/' + std::string(name_of(what.endpoint));
  made.user = change.actor;
  made.result = name_of(change.to);
  made.details = json::write(json::value(std::move(details)));
  return made;
}

}  // namespace

circuit_audit::circuit_audit(runtime::runtime& rt, event_stream& stream, audit::log& log)
    : outbox_(std::make_shared<audit_outbox>(rt, log)) {
  const std::weak_ptr<audit_outbox> weak = outbox_;
  stream.add_tap([&rt, weak](const tenant_ptr& tenant, const decltype(stream_event::what)& what) {
    const auto* changed = change_by_hand(what);
    if (changed == nullptr) return;
    if (const auto outbox = weak.lock()) outbox->put(entry_of(*tenant, *changed, rt.wall()));
  });
}

}  // namespace epicenter::operations
