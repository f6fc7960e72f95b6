#include <algorithm>
#include <epicenter/base/units.hpp>
#include <epicenter/json/utf8.hpp>
#include <epicenter/policy/flag_state.hpp>

namespace epicenter::policy {
namespace {

using changes = std::vector<aspect_change>;

std::string word_of(bool on) {
  return on ? "on" : "off";
}

std::string word_of(const std::optional<bool>& override) {
  return override ? word_of(*override) : "unset";
}

std::string percent(int basis_points) {
  return format_share(share{std::int64_t{basis_points} * 100});
}

std::string words_of(const std::vector<variant>& variants) {
  std::string text;
  for (const auto& one : variants) {
    if (!text.empty()) text += ", ";
    text += one.name + ' ' + percent(one.weight);
  }
  return text.empty() ? "unset" : text;
}

bool is_share(int basis_points) {
  return basis_points >= 0 && basis_points <= whole;
}

bool is_variant_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), fits);
}

result<> check_variants(const std::vector<variant>& variants) {
  if (variants.empty()) return {};
  if (variants.size() > max_variants) return fail(errc::invalid_value, "more than 16 variants");
  int sum = 0;
  for (const auto& one : variants) {
    if (!is_variant_name(one.name))
      return fail(errc::invalid_value, "a variant's name is letters, digits, _ and -");
    if (!is_share(one.weight)) return fail(errc::invalid_value, "a variant's weight is 0 to 10000");
    const auto same = [&](const variant& other) { return other.name == one.name; };
    if (std::count_if(variants.begin(), variants.end(), same) != 1)
      return fail(errc::invalid_value, "two variants of one name");
    sum += one.weight;
  }
  if (sum != whole) return fail(errc::invalid_value, "the weights of the variants do not add up to 10000");
  return {};
}

result<changes> apply_one(const set_enabled& wanted, flag_state& state) {
  changes made;
  if (state.enabled != wanted.enabled)
    made.push_back({"enabled", {}, word_of(state.enabled), word_of(wanted.enabled)});
  state.enabled = wanted.enabled;
  if (wanted.enabled) return made;
  for (auto it = state.overrides.begin(); it != state.overrides.end();) {
    if (!it->second) {
      ++it;
      continue;
    }
    made.push_back({"override", it->first, "on", "unset"});
    it = state.overrides.erase(it);
  }
  return made;
}

result<changes> apply_one(const set_rollout& wanted, flag_state& state) {
  if (!is_share(wanted.basis_points))
    return fail(errc::invalid_value, "a rollout is 0 to 10000 basis points");
  if (state.rollout == wanted.basis_points) return changes{};
  changes made{{"rollout", {}, percent(state.rollout), percent(wanted.basis_points)}};
  state.rollout = wanted.basis_points;
  return made;
}

result<changes> apply_one(const set_override& wanted, flag_state& state) {
  if (!is_user(wanted.user)) return fail(errc::invalid_value, "a user is 1 to 256 bytes of printable UTF-8");
  const auto there = state.overrides.find(wanted.user);
  std::optional<bool> before;
  if (there != state.overrides.end()) before = there->second;
  if (before == wanted.enabled) return changes{};
  if (!before && state.overrides.size() >= max_overrides)
    return fail(errc::invalid_value, "the flag has 10000 overrides already");
  if (wanted.enabled)
    state.overrides.insert_or_assign(wanted.user, *wanted.enabled);
  else
    state.overrides.erase(there);
  return changes{{"override", wanted.user, word_of(before), word_of(wanted.enabled)}};
}

result<changes> apply_one(const set_variants& wanted, flag_state& state) {
  if (auto checked = check_variants(wanted.variants); !checked) return fail(std::move(checked.error()));
  if (state.variants == wanted.variants) return changes{};
  changes made{{"variants", {}, words_of(state.variants), words_of(wanted.variants)}};
  state.variants = wanted.variants;
  return made;
}

}  // namespace

bool is_user(std::string_view name) {
  if (name.empty() || name.size() > max_user_bytes) return false;
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t length = json::utf8_length(name, at);
    const auto byte = static_cast<unsigned char>(name[at]);
    if (length == 0 || byte < 0x20 || byte == 0x7F) return false;
    at += length;
  }
  return true;
}

result<std::vector<aspect_change>> apply(const setting& wanted, flag_state& state) {
  return std::visit([&](const auto& one) { return apply_one(one, state); }, wanted);
}

result<> check(const flag_state& state) {
  if (!is_share(state.rollout)) return fail(errc::invalid_value, "a rollout is 0 to 10000 basis points");
  if (state.overrides.size() > max_overrides) return fail(errc::invalid_value, "more than 10000 overrides");
  for (const auto& [user, on] : state.overrides) {
    if (!is_user(user)) return fail(errc::invalid_value, "a user is 1 to 256 bytes of printable UTF-8");
  }
  return check_variants(state.variants);
}

}  // namespace epicenter::policy
