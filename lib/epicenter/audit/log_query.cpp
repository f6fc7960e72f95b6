// Looking for entries.
#include <algorithm>
#include <epicenter/audit/log_table.hpp>
#include <limits>

namespace epicenter::audit {
namespace {

// The first text after all that begin with the prefix; empty where there is none.
std::string after_prefix(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xFF) prefix.pop_back();
  if (!prefix.empty()) prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

/// Conditions, and what is bound to them. Texts belong to the query.
struct conditions {
  std::string text = " WHERE seq > ?1";
  std::vector<std::pair<int, std::string_view>> texts;
  std::vector<std::pair<int, std::int64_t>> numbers;
  int next = 2;

  void add(std::string_view test, std::string_view value) {
    text.append(" AND ").append(test).append(" ?").append(std::to_string(next));
    texts.emplace_back(next++, value);
  }
  void add(std::string_view test, wall_time value) {
    text.append(" AND ").append(test).append(" ?").append(std::to_string(next));
    numbers.emplace_back(next++, value.time_since_epoch().count());
  }
};

}  // namespace

result<std::vector<entry>> log_table::find(const query& asked) {
  conditions where;
  where.numbers.emplace_back(1, static_cast<std::int64_t>(asked.after_seq));
  if (!asked.type.empty()) where.add("type =", asked.type);
  const std::string past_prefix = after_prefix(asked.type_prefix);
  if (!asked.type_prefix.empty()) where.add("type >=", asked.type_prefix);
  if (!past_prefix.empty()) where.add("type <", past_prefix);
  if (!asked.subject.empty()) where.add("subject =", asked.subject);
  if (!asked.user.empty()) where.add("user =", asked.user);
  if (!asked.patient.empty()) where.add("patient =", asked.patient);
  if (asked.since) where.add("at >=", *asked.since);
  if (asked.until) where.add("at <", *asked.until);
  constexpr std::size_t most = 1'000'000;
  where.numbers.emplace_back(where.next, static_cast<std::int64_t>(std::min(asked.limit, most)));
  std::string sql = "SELECT " + std::string(entry_columns) + " FROM entries" + where.text;
  sql += std::string(" ORDER BY seq") + (asked.newest_first ? " DESC" : "") + " LIMIT ?";
  sql += std::to_string(where.next);

  auto search = db_.prepare(sql);
  if (!search) return fail(std::move(search.error()));
  for (const auto& [at, text] : where.texts) search->bind(at, text);
  for (const auto& [at, number] : where.numbers) search->bind(at, number);
  std::vector<entry> found;
  for (;;) {
    auto more = search->step();
    if (!more) return fail(std::move(more.error()));
    if (!*more) return found;
    chained_entry one = chained_entry_of(*search);
    if (asked.with_phi) one.what.phi = unseal_phi(one);
    found.push_back(std::move(one.what));
  }
}

}  // namespace epicenter::audit
