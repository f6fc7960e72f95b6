#include <array>
#include <epicenter/base/nearest.hpp>
#include <epicenter/policy/state_json.hpp>

namespace epicenter::policy {
namespace {

constexpr int file_version = 1;
constexpr std::array<std::string_view, 4> members{"enabled", "rollout", "overrides", "variants"};

tl::unexpected<error> wrong(std::string_view flag_name, std::string_view member, std::string_view why) {
  std::string detail(flag_name);
  if (!member.empty()) detail.append(".").append(member);
  return fail(errc::unreadable, detail.append(": ").append(why));
}

result<int> to_basis_points(const json::value& from) {
  const auto number = from.to_int64();
  if (!number || *number < 0 || *number > whole) return fail(errc::invalid_value, "0 to 10000 basis points");
  return static_cast<int>(*number);
}

result<std::vector<variant>> to_variants(const json::value& from) {
  const auto* list = from.if_array();
  if (list == nullptr) return fail(errc::invalid_value, "not a list");
  std::vector<variant> variants;
  for (const auto& one : *list) {
    const auto* fields = one.if_object();
    const auto* name = one.find("name");
    const auto* weight = one.find("weight");
    if (fields == nullptr || fields->size() != 2 || name == nullptr || !name->is_string() ||
        weight == nullptr)
      return fail(errc::invalid_value, "a variant has a name and a weight");
    auto points = to_basis_points(*weight);
    if (!points) return fail(std::move(points.error()));
    variants.push_back({*name->if_string(), *points});
  }
  return variants;
}

result<> set_member(std::string_view key, const json::value& from, flag_state& state) {
  if (key == "enabled") {
    if (!from.is_bool()) return fail(errc::invalid_value, "neither true nor false");
    state.enabled = *from.if_bool();
  } else if (key == "rollout") {
    auto points = to_basis_points(from);
    if (!points) return fail(std::move(points.error()));
    state.rollout = *points;
  } else if (key == "overrides") {
    const auto* users = from.if_object();
    if (users == nullptr) return fail(errc::invalid_value, "not an object");
    for (const auto& [user, on] : *users) {
      if (!on.is_bool()) return fail(errc::invalid_value, "an override is true or false");
      state.overrides.emplace(user, *on.if_bool());
    }
  } else if (key == "variants") {
    auto variants = to_variants(from);
    if (!variants) return fail(std::move(variants.error()));
    state.variants = std::move(*variants);
  } else {
    const auto near = nearest(key, members);
    return fail(errc::invalid_value,
                near.empty() ? "no member of a flag"
                             : "no member of a flag, did you mean '" + std::string(near.front()) + "'?");
  }
  return {};
}

result<> read_flag(const std::string& name, const json::value& from, flag_state& state) {
  const auto* fields = from.if_object();
  if (fields == nullptr) return wrong(name, {}, "not an object");
  for (const auto& [key, value] : *fields) {
    if (auto set = set_member(key, value, state); !set) return wrong(name, key, set.error().detail());
  }
  if (auto checked = check(state); !checked) return wrong(name, {}, checked.error().detail());
  return {};
}

}  // namespace

json::value to_json(const flag_state& state) {
  json::object made{{"enabled", state.enabled}, {"rollout", state.rollout}};
  std::vector<json::object::member> users;
  for (const auto& [user, on] : state.overrides) users.emplace_back(user, on);
  if (!users.empty()) made.set("overrides", json::object::from_unique(std::move(users)));
  json::array variants;
  for (const auto& one : state.variants)
    variants.emplace_back(json::object{{"name", one.name}, {"weight", one.weight}});
  if (!variants.empty()) made.set("variants", std::move(variants));
  return json::value(std::move(made));
}

json::value to_json(const flag_table& table, const std::vector<flag_state>& states) {
  json::object flags;
  for (std::size_t i = 0; i < states.size(); ++i)
    flags.set(table[flag{static_cast<std::uint16_t>(i)}].name, to_json(states[i]));
  return json::value(json::object{{"version", file_version}, {"flags", std::move(flags)}});
}

result<std::vector<flag_state>> from_json(const flag_table& table, const json::value& document) {
  const auto* top = document.if_object();
  const auto* version = document.find("version");
  const auto* flags = document.find("flags");
  if (top == nullptr || version == nullptr || flags == nullptr || !flags->is_object() || top->size() != 2)
    return fail(errc::unreadable, "it has not exactly the members version and flags");
  if (version->to_int64().value_or(0) != file_version) return fail(errc::unreadable, "its version is not 1");
  auto states = table.defaults();
  for (const auto& [name, from] : *flags->if_object()) {
    auto which = table.find(name);
    if (!which) return fail(std::move(which.error()));
    if (auto read = read_flag(name, from, states.at(which->index)); !read)
      return fail(std::move(read.error()));
  }
  return states;
}

}  // namespace epicenter::policy
