#include <epicenter/operations/observability.hpp>

namespace epicenter::operations {

observability::observability(runtime::runtime& rt, observability_options options)
    : runtime_(rt), options_(std::move(options)), clock_(options_.least_clock_step) {
  if (!options_.wall) options_.wall = [&rt] { return rt.wall(); };
  stream_.add_tap([this](const tenant_ptr& tenant, const decltype(stream_event::what)& what) {
    metrics_.count(tenant, what);
  });
  const auto keep = [this](std::string name, line_function line, const std::string& path) {
    if (path.empty()) return;
    log_options made;
    made.name = std::move(name);
    made.line = line;
    made.file = log_file_options{path, options_.max_log_bytes, options_.keep_logs};
    log_names_.push_back(made.name);
    logs_.push_back(
        std::make_unique<log_writer>(runtime_, stream_, std::move(made), [this] { return read_clock(); }));
  };
  check_clock();
  keep("api", api_line, options_.api_log);
  keep("audit", audit_line, options_.audit_log);
}

wall_time observability::read_clock() {
  const instant now = runtime_.now();
  const wall_time wall = options_.wall();
  if (const auto step = clock_.compare(now, wall)) stream_.publish(clock_stepped{*step}, now);
  return wall;
}

void observability::check_clock() {
  (void)read_clock();
}

std::function<void(const upkeep_ran&)> observability::upkeep_observer() {
  return [this](const upkeep_ran& ran) { stream_.publish(ran, runtime_.now()); };
}

std::string observability::metrics(const std::vector<epic::provider_snapshot>& providers,
                                   const std::optional<upkeep_report>& stores) {
  check_clock();
  metric_text made;
  metrics_.write(made, providers);
  if (stores) write_upkeep(made, *stores);
  write_own(made);
  return made.text();
}

void observability::write_own(metric_text& to) const {
  to.family("epicenter_events_total", metric_type::counter, "Events of the one stream");
  to.sample({}, stream_.published());
  to.family("epicenter_events_dropped_total", metric_type::counter,
            "Events that a subscriber was too slow to take");
  std::map<std::string, std::uint64_t> dropped;  // two subscribers may have one name
  for (const auto& one : stream_.subscriptions()) dropped[one->name()] += one->dropped();
  for (const auto& [name, count] : dropped) to.sample({{"subscriber", name}}, count);
  to.family("epicenter_log_lines_total", metric_type::counter, "Lines written to a log");
  for (std::size_t i = 0; i < logs_.size(); ++i)
    to.sample({{"log", log_names_[i]}}, logs_[i]->figures().written);
  to.family("epicenter_log_lost_total", metric_type::counter, "Events that a log lost");
  for (std::size_t i = 0; i < logs_.size(); ++i)
    to.sample({{"log", log_names_[i]}}, logs_[i]->figures().lost);
  to.family("epicenter_log_failures_total", metric_type::counter, "Batches that a log could not write");
  for (std::size_t i = 0; i < logs_.size(); ++i) {
    to.sample({{"log", log_names_[i]}}, logs_[i]->figures().failures);
  }
}

runtime::task<bool> observability::flush(instant deadline) {
  bool all = true;
  for (const auto& log : logs_) {
    const bool done = co_await log->flush(deadline);
    all = all && done;
  }
  co_return all;
}

}  // namespace epicenter::operations
