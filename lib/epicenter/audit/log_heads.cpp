// Signing heads, and removing what lies before one.
#include <epicenter/audit/event_types.hpp>
#include <epicenter/audit/log_table.hpp>

namespace epicenter::audit {
namespace {

std::int64_t ns(wall_time at) {
  return at.time_since_epoch().count();
}

signed_head head_of(const store::statement& from, const std::string& log_id) {
  return signed_head{log_id, static_cast<std::uint64_t>(from.number(0)), wall_time(duration(from.number(1))),
                     from.bytes(2), from.bytes(3)};
}

}  // namespace

result<std::optional<signed_head>> log_table::sign() {
  if (!options_.signer) return fail(store::errc::not_allowed, "no key to sign heads with");
  if (now_.seq == now_.signed_seq) return std::optional<signed_head>();
  signed_head head{id_, now_.seq, now_.at, now_.hash, {}};
  head.signature = options_.signer->sign(text_to_sign(head));
  store::statement& insert = use(log_statement::insert_head);
  insert.bind(1, static_cast<std::int64_t>(head.seq)).bind(2, ns(head.at)).bind_bytes(3, head.hash);
  auto inserted = insert.bind_bytes(4, head.signature).run();
  if (!inserted) return fail(std::move(inserted.error()));
  now_.signed_seq = head.seq;
  now_.signed_at = head.at;
  now_.new_head = head;
  return std::optional<signed_head>(std::move(head));
}

result<std::optional<signed_head>> log_table::head_in(store::statement& query) {
  auto more = query.step();
  if (!more) return fail(std::move(more.error()));
  if (!*more) return std::optional<signed_head>();
  signed_head head = head_of(query, id_);
  query.reset();
  return std::optional<signed_head>(std::move(head));
}

result<std::vector<signed_head>> log_table::heads() {
  std::vector<signed_head> all;
  store::statement& query = use(log_statement::all_heads);
  for (;;) {
    auto more = query.step();
    if (!more) return fail(std::move(more.error()));
    if (!*more) return all;
    all.push_back(head_of(query, id_));
  }
}

result<std::uint64_t> log_table::purge(wall_time before, const std::string& actor, wall_time now) {
  if (!options_.signer) return fail(store::errc::not_allowed, "no signed head to begin again from");
  store::statement& young = use(log_statement::first_young).bind(1, ns(before));
  auto there = young.step();
  if (!there) return fail(std::move(there.error()));
  // min() of nothing is NULL, which reads as 0: every entry is old.
  const std::int64_t kept = young.number(0) == 0 ? static_cast<std::int64_t>(now_.seq) + 1 : young.number(0);
  young.reset();
  auto head = head_in(use(log_statement::head_before).bind(1, kept));
  if (!head) return fail(std::move(head.error()));
  if (!*head) return 0;
  const auto last = static_cast<std::int64_t>((*head)->seq);
  auto removed = use(log_statement::purge_entries).bind(1, last).run();
  if (!removed) return fail(std::move(removed.error()));
  if (*removed == 0) return 0;
  auto heads = use(log_statement::purge_heads).bind(1, last).run();
  if (!heads) return fail(std::move(heads.error()));
  entry told;
  told.at = now;
  told.stage = stage::outcome;
  told.type = event::entries_purged;
  told.subject = std::to_string(last);
  told.user = actor;
  told.result = std::to_string(*removed);
  auto appended = append(std::move(told));
  if (!appended) return appended;
  return static_cast<std::uint64_t>(*removed);
}

}  // namespace epicenter::audit
