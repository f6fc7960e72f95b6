// What the tests of the chained log share.
#pragma once

#include <epicenter/audit/chained_log.hpp>
#include <epicenter/audit/event_types.hpp>
#include <epicenter/store/seal.hpp>

#include "lib/epicenter/store/tests/ledger_world.hpp"
#include "lib/epicenter/store/tests/watched_vfs.hpp"

namespace epicenter::audit::test {

using runtime::task;
using runtime::virtual_runtime;
using store::test::run;
using store::test::seeds;
using store::test::temporary_folder;
using store::test::watched_vfs;

inline entry entry_of(std::string subject, std::string_view type = event::write, std::string patient = "p1") {
  entry what;
  what.at = wall_time(1'767'571'200s);
  what.stage = stage::outcome;
  what.type = type;
  what.subject = std::move(subject);
  what.user = "dr-1";
  what.patient = std::move(patient);
  what.result = "WRITTEN";
  return what;
}

inline chained_log_options with_keys(std::uint64_t entries_a_head = 10) {
  chained_log_options options;
  options.key_of_keys = store::make_key();
  options.signer = head_key::from_seed(store::make_key()).value();
  options.entries_a_head = entries_a_head;
  return options;
}

inline task<> append_one(log& to, entry what) {
  auto added = co_await to.append(std::move(what));
  EXPECT_TRUE(added) << added.error().message();
}

/// In one commit or two.
inline void append_all(virtual_runtime& rt, log& to, const std::vector<entry>& all) {
  for (const auto& one : all) runtime::spawn(rt, "append", append_one(to, one));
  EXPECT_EQ(rt.run(), runtime::run_end::finished);
}

inline std::vector<entry> numbered(int from, int to) {
  std::vector<entry> all;
  for (int i = from; i <= to; ++i) all.push_back(entry_of("op-" + std::to_string(i)));
  return all;
}

}  // namespace epicenter::audit::test
