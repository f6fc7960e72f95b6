// What the tests of audited flags share.
#pragma once

#include <gmock/gmock.h>

#include <epicenter/operations/audited_flags.hpp>

#include "lib/epicenter/operations/tests/unsteady_log.hpp"
#include "lib/epicenter/store/tests/ledger_world.hpp"

namespace epicenter::operations::test {

using changes = audited_flags::changes;
using updates = std::vector<policy::update>;

inline const policy::change_origin admin{"admin_7", "Epic is down", {}};

inline updates writing(bool on) {
  return {{"epic_fhir_write", policy::set_enabled{on}}};
}

inline runtime::task<> keep(std::optional<result<changes>>& into, runtime::task<result<changes>> what) {
  auto got = co_await std::move(what);
  into.emplace(std::move(got));
}

struct audited_flags_world : ::testing::Test {
  bool writes() const { return flags->service()->is_enabled(policy::epic_fhir_write, {}); }
  result<changes> change(updates what) { return store::test::run(rt, flags->change(std::move(what), admin)); }
  void open(audit::log& to, std::string path = {}) {
    auto opened = audited_flags::open(rt, to, {std::move(path)});
    ASSERT_TRUE(opened) << opened.error().message();
    flags = std::move(*opened);
  }

  runtime::virtual_runtime rt{{}};
  unsteady_log log{rt};
  std::unique_ptr<audited_flags> flags;
};

}  // namespace epicenter::operations::test
