#include "harness/engine/fault_timeline.hpp"

#include <algorithm>

#include "harness/engine/error.hpp"
#include "harness/faults/catalog.hpp"

namespace epicenter::engine {
namespace {

/// The condition is the engine's to wait for: only it knows what the adapter has in flight.
constexpr std::string_view trigger_parameter = "when_in_flight";

/// A refused connection leaves no trace in the proxy: nobody listens. The caller's side has it.
std::uint64_t refused_during(const verdict::fault_window& window, const verdict::observations& seen) {
  return static_cast<std::uint64_t>(
      std::count_if(seen.calls.begin(), seen.calls.end(), [&](const verdict::call_sample& call) {
        return call.connect_failed && call.started >= window.from && call.started <= *window.to;
      }));
}

bool refuses_connections(const scenario::fault& f) {
  const auto* mode = f.params.find("mode");
  return f.type == "outage" && mode != nullptr && *mode == json::value("refuse");
}

/// Faults that happen at one moment: what came before is hit, what comes later is not.
bool is_instant(const scenario::fault& f) {
  const auto* type = faults::find(f.type);
  return type != nullptr && type->instant;
}

}  // namespace

fault_timeline::fault_timeline(runtime::runtime& rt, rig& r, recorder& rec, duration lease)
    : runtime_(rt), rig_(r), recorder_(rec), lease_(lease), running_(rt) {}

runtime::task<> fault_timeline::run(const scenario::experiment& e, instant start, instant end) {
  for (const auto& fault : e.faults) {
    reports::fault_record record;
    record.name = fault.name;
    record.type = fault.type;
    records_.push_back(std::move(record));
  }
  for (std::size_t i = 0; i < e.faults.size(); ++i) {
    running_.spawn("fault " + e.faults[i].name, carry_out(e.faults[i], i, start, end));
  }
  co_await running_.join();
}

void fault_timeline::stop() {
  stopped_ = true;
  running_.cancel();
}

faults::injector& fault_timeline::carrier_of(const scenario::fault& f) {
  const auto* type = faults::find(f.type);
  return type != nullptr && type->carrier == faults::carrier::mock ? rig_.mock_levers() : rig_.proxy_faults();
}

void fault_timeline::failed(const scenario::fault& f, const char* what, error e) {
  recorder_.note("fault.failed", f.name + ": " + what + ": " + e.message());
  if (!first_error_) {
    first_error_ =
        error(errc::environment, "fault " + f.name + " could not be " + what).caused_by(std::move(e));
  }
}

runtime::task<result<>> fault_timeline::wait_for_start(const scenario::fault& f, instant at, instant end) {
  auto slept = co_await sleep_until(runtime_, at);
  if (!slept) co_return slept;
  const auto* trigger = f.params.find(trigger_parameter);
  if (trigger == nullptr || trigger->is_null()) co_return slept;
  const auto wanted = trigger->to_int64();
  if (!wanted) co_return fail(error(wanted.error()));
  co_return co_await recorder_.wait_for_in_flight(static_cast<std::size_t>(*wanted), end);
}

runtime::task<> fault_timeline::carry_out(const scenario::fault& f, std::size_t record, instant start,
                                          instant end) {
  const instant until = f.lasting ? std::min(end, start + f.at + *f.lasting) : end;
  const auto ready = co_await wait_for_start(f, start + f.at, until);
  if (!ready) {  // stopped, or its trigger never came: the record says that it hit nothing
    if (!stopped_) recorder_.note("fault.not_started", f.name + ": its trigger did not come in time");
    co_return;
  }
  auto& injector = carrier_of(f);
  auto spec = spec_of(f, lease_);
  spec.lasting = until - runtime_.now();  // from now on, and known also where the file leaves it open
  const std::string id = spec.id;
  const instant zero = recorder_.seen.window(scenario::phase::baseline).from;
  auto applied = co_await injector.apply(std::move(spec));
  if (!applied) {
    failed(f, "applied", std::move(applied.error()));
    co_return;
  }
  const auto window = recorder_.seen.faults.size();
  recorder_.seen.faults.push_back({f.name, runtime_.now(), std::nullopt});
  records_[record].from = runtime_.now() - zero;
  recorder_.note("fault.started", f.name + " (" + f.type + ")");

  if (!is_instant(f)) co_await hold(injector, id, until);

  auto last = co_await injector.remove(id);
  recorder_.seen.faults[window].to = runtime_.now();
  records_[record].to = runtime_.now() - zero;
  recorder_.note("fault.ended", f.name);
  if (!last) {
    if (stopped_) co_return;  // cancelled half-way: confirm_rollback removes what is left
    failed(f, "removed", std::move(last.error()));
    co_return;
  }
  take_counters(*last);
  if (refuses_connections(f)) {
    const auto refused = refused_during(recorder_.seen.faults[window], recorder_.seen);
    records_[record].touched += refused;
    records_[record].injected += refused;
  }
}

void fault_timeline::take_counters(const faults::fault_status& last) {
  for (auto& record : records_) {
    if (record.name != last.id) continue;
    record.touched = last.touched;
    record.injected = last.injected;
    record.skipped = last.skipped;
  }
}

runtime::task<> fault_timeline::hold(faults::injector& injector, std::string id, instant until) {
  while (runtime_.now() < until) {
    const auto slept = co_await sleep_until(runtime_, std::min(until, runtime_.now() + lease_ / 4));
    if (!slept) co_return;
    if (runtime_.now() >= until) co_return;
    auto renewed = co_await injector.renew(id, lease_);
    if (!renewed) {
      recorder_.note("fault.lost", id + ": " + renewed.error().message());
      if (!first_error_) {
        first_error_ =
            error(errc::environment, "the lease of fault " + id + " ran out").caused_by(renewed.error());
      }
      co_return;
    }
  }
}

runtime::task<result<>> fault_timeline::confirm_rollback() {
  std::string left;
  for (int round = 0; round < 2; ++round) {
    left.clear();
    for (auto* injector : {&rig_.proxy_faults(), &rig_.mock_levers()}) {
      auto status = co_await injector->status();
      if (!status) co_return fail(std::move(status.error()));
      for (const auto& fault : *status) {
        left.append(left.empty() ? "" : ", ").append(fault.id);
        auto last = co_await injector->remove(fault.id);
        if (last) take_counters(*last);
      }
    }
    if (left.empty()) co_return result<>{};
  }
  co_return fail(errc::environment, "still injected: " + left);
}

faults::fault_spec spec_of(const scenario::fault& f, duration lease) {
  faults::fault_spec spec;
  spec.id = f.name;
  spec.type = f.type;
  for (const auto& [name, value] : f.params) {
    if (name != trigger_parameter) spec.parameters.set(name, value);
  }
  const auto some = [](const std::string& text) -> std::optional<std::string> {
    return text.empty() ? std::nullopt : std::optional(text);
  };
  const auto count = [](std::optional<std::int64_t> n) -> std::optional<std::uint64_t> {
    return n ? std::optional(static_cast<std::uint64_t>(*n)) : std::nullopt;
  };
  spec.match.operation = some(f.match.operation);
  spec.match.method = some(f.match.method);
  spec.match.path = some(f.match.path);
  spec.match.header = some(f.match.header);
  spec.match.client = some(f.match.client);
  spec.match.body = some(f.match.body);
  spec.match.first = count(f.match.first);
  spec.match.nth = count(f.match.nth);
  spec.match.every = count(f.match.every);
  spec.match.after = count(f.match.after);
  spec.match.rate = f.rate;
  spec.ramp_in = f.ramp_in;
  spec.ramp_out = f.ramp_out;
  spec.lasting = f.lasting;
  spec.max_active = count(f.max_active).value_or(0);
  spec.lease = lease;
  return spec;
}

}  // namespace epicenter::engine
