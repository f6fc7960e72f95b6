// What the tests of people's decisions share: a write that was lost, and what becomes of it.
#pragma once

#include "lib/epicenter/epic/tests/world.hpp"

namespace epicenter::epic::test {

// Payloads are kept only under a key.
inline store::ledger_options sealed() {
  store::ledger_options made;
  made.key = secret(std::string(32, 'k'));
  return made;
}

inline void lose_posts(world& w, int times) {
  w.epic_site.script = [times](const http::request& request) mutable -> std::optional<rule> {
    if (request.method != "POST" || request.target == "/token" || times-- <= 0) return std::nullopt;
    return rule{twist::reset, std::nullopt};
  };
}

inline task<> lose_one(world& w) {
  lab_order asked = w.order("op-w");
  asked.who.deadline = w.now() + 10min;
  const auto got = co_await w.epic().order_lab(std::move(asked));
  EXPECT_EQ(got->state, write_state::needs_review);
}

inline task<> start_again(world& w) {
  w.events.clear();  // each adapter counts its own
  w.make_adapter();
  EXPECT_TRUE(co_await w.epic().start());
}

inline task<> settled(world& w) {
  EXPECT_TRUE(co_await w.epic().drain(w.now() + 10min));
}

inline task<> release_now(world& w, write_state ends) {
  const auto seen = co_await w.seen_by("nurse-1", "op-w");
  const auto released = co_await w.epic().release_once(seen);
  EXPECT_EQ(released ? released->state : write_state::unknown, ends);
}

inline std::size_t entries_by(const world& w, std::string_view user) {
  std::size_t found = 0;
  w.audit->for_each([&](const audit::entry& one) { found += one.user == user ? 1U : 0U; });
  return found;
}

}  // namespace epicenter::epic::test
