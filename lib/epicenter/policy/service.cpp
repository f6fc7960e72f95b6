#include <epicenter/base/check.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>
#include <epicenter/policy/service.hpp>
#include <epicenter/policy/state_file.hpp>
#include <epicenter/policy/state_json.hpp>
#include <utility>

namespace epicenter::policy {
namespace {

constexpr std::uint32_t enabled_bit = 1;
constexpr std::uint32_t overrides_bit = 2;
constexpr std::uint32_t rollout_shift = 2;
constexpr std::size_t max_updates = 1000;

std::uint32_t word_of(const flag_state& state) {
  std::uint32_t word = static_cast<std::uint32_t>(state.rollout) << rollout_shift;
  if (state.enabled) word |= enabled_bit;
  if (!state.overrides.empty()) word |= overrides_bit;
  return word;
}

result<std::vector<flag_state>> load(const std::string& path, const flag_table& table) {
  if (path.empty()) return table.defaults();
  auto content = read_private_file(path);
  if (!content) return fail(std::move(content.error()));
  if (!*content) return table.defaults();
  auto document = json::parse(**content);
  if (!document) return fail(error(make_error_code(errc::unreadable)).caused_by(std::move(document.error())));
  return from_json(table, *document);
}

std::vector<policy_change> reversed(const std::vector<policy_change>& changes) {
  std::vector<policy_change> back(changes.rbegin(), changes.rend());
  for (auto& one : back) {
    std::swap(one.what.before, one.what.after);
    one.origin.reason = "not saved, nothing changed";
  }
  return back;
}

}  // namespace

result<std::unique_ptr<service>> service::open(service_options options) {
  if (!options.observer) return fail(errc::not_audited, "no observer is given");
  auto table = flag_table::with(std::move(options.additional));
  if (!table) return fail(std::move(table.error()));
  auto states = load(options.path, *table);
  if (!states) return fail(std::move(states.error()));
  return std::unique_ptr<service>(new service(std::move(options), std::move(*table), std::move(*states)));
}

service::service(service_options options, flag_table table, std::vector<flag_state> states)
    : path_(std::move(options.path)),
      observer_(std::move(options.observer)),
      table_(std::move(table)),
      words_(table_.size()) {
  for (std::size_t i = 0; i < table_.size(); ++i)
    seeds_.push_back(bucket_seed(table_[flag{static_cast<std::uint16_t>(i)}].name));
  publish(std::move(states));
}

bool service::is_enabled(flag which, std::string_view user) const {
  std::uint32_t word = words_.at(which.index).load(std::memory_order_acquire);
  if ((word & overrides_bit) != 0) {
    const std::lock_guard lock(guard_);
    const flag_state& state = states_[which.index];
    const auto found = state.overrides.find(user);
    if (found != state.overrides.end()) return found->second;
    word = word_of(state);
  }
  if ((word & enabled_bit) == 0) return false;
  const auto rollout = static_cast<int>(word >> rollout_shift);
  if (rollout == whole) return true;
  return !user.empty() && bucket_of(seeds_[which.index], user) < rollout;
}

std::string service::variant_of(flag which, std::string_view user) const {
  std::vector<variant> variants;
  {
    const std::lock_guard lock(guard_);
    variants = states_.at(which.index).variants;
  }
  if (variants.empty()) return is_enabled(which, user) ? "treatment" : "control";
  int bucket = bucket_of(seeds_[which.index], user);
  for (const auto& one : variants) {
    if (bucket < one.weight) return one.name;
    bucket -= one.weight;
  }
  throw_check_failed("bucket < whole", "the weights of the variants add up to less than all users");
}

result<std::vector<policy_change>> service::apply(const std::vector<update>& updates,
                                                  const change_origin& origin) {
  if (!is_user(origin.actor)) return fail(errc::invalid_value, "a change needs an actor");
  if (updates.size() > max_updates) return fail(errc::invalid_value, "more than 1000 updates at once");
  const std::lock_guard one_at_a_time(changing_);
  auto states = snapshot();
  std::vector<policy_change> changes;
  for (const auto& one : updates) {
    const auto which = table_.find(one.flag);
    if (!which) return fail(which.error());
    auto made = policy::apply(one.what, states[which->index]);
    if (!made) return fail(std::move(made.error()));
    for (auto& what : *made) changes.push_back({one.flag, std::move(what), origin});
  }
  if (changes.empty()) return changes;
  if (auto saved = save_audited(states, changes); !saved) return fail(std::move(saved.error()));
  publish(std::move(states));
  return changes;
}

// The disk first, as far as it can be undone: an audit log that tells of changes which a full disk prevented
// helps nobody.
result<> service::save_audited(const std::vector<flag_state>& states,
                               const std::vector<policy_change>& changes) {
  const auto audit = [&]() -> result<> {
    auto written = observer_(changes);
    if (written) return {};
    return fail(error(make_error_code(errc::not_audited)).caused_by(std::move(written.error())));
  };
  if (path_.empty()) return audit();
  auto staged = staged_file::write(path_, json::write_pretty(to_json(table_, states)));
  if (!staged) return fail(std::move(staged.error()));
  if (auto audited = audit(); !audited) return audited;
  auto committed = staged->commit();
  if (!committed) (void)observer_(reversed(changes));
  return committed;
}

void service::publish(std::vector<flag_state> states) {
  const std::lock_guard lock(guard_);
  states_ = std::move(states);
  for (std::size_t i = 0; i < states_.size(); ++i)
    words_[i].store(word_of(states_[i]), std::memory_order_release);
}

std::vector<flag_state> service::snapshot() const {
  const std::lock_guard lock(guard_);
  return states_;
}

}  // namespace epicenter::policy
