#include "harness/engine/mock_injector.hpp"

namespace epicenter::engine {
namespace {

faults::fault_status status_of(const mock::lever_status& lever) {
  faults::fault_status s;
  s.id = lever.id;
  s.type = lever.type;
  s.touched = lever.touched;
  s.injected = lever.injected;
  s.skipped = lever.skipped;
  s.lease_left = lever.lease_left;
  return s;
}

mock::lever_match match_of(faults::selection s) {
  mock::lever_match m;
  m.operation = std::move(s.operation);
  m.method = std::move(s.method);
  m.path = std::move(s.path);
  m.header = std::move(s.header);
  m.client = std::move(s.client);
  m.first = s.first;
  m.nth = s.nth;
  m.every = s.every;
  m.after = s.after;
  m.rate_ppm = s.rate.ppm;
  return m;
}

}  // namespace

runtime::task<result<>> mock_injector::apply(faults::fault_spec spec) {
  mock::lever_spec lever;
  lever.id = std::move(spec.id);
  lever.type = std::move(spec.type);
  lever.parameters = std::move(spec.parameters);
  lever.lease = spec.lease;
  lever.match = match_of(std::move(spec.match));
  co_return board_.apply(std::move(lever));
}

runtime::task<result<>> mock_injector::renew(std::string id, duration lease) {
  co_return board_.renew(id, lease);
}

runtime::task<result<faults::fault_status>> mock_injector::remove(std::string id) {
  auto removed = board_.remove(id);
  if (!removed) co_return fail(std::move(removed.error()));
  co_return status_of(*removed);
}

runtime::task<result<std::vector<faults::fault_status>>> mock_injector::status() {
  std::vector<faults::fault_status> all;
  for (const auto& lever : board_.status()) all.push_back(status_of(lever));
  co_return all;
}

}  // namespace epicenter::engine
