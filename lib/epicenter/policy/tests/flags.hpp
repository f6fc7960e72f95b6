// A service whose observer keeps what it is told, and can refuse.
#pragma once

#include <gtest/gtest.h>

#include <epicenter/policy/service.hpp>
#include <vector>

namespace epicenter::policy::testing {

struct audited {
  std::vector<policy_change> changes;
  std::size_t batches = 0;
  bool refuses = false;

  change_observer observer() {
    return [this](std::span<const policy_change> told) -> result<> {
      if (refuses) return fail(errc::unreadable, "the audit log is down");
      ++batches;
      changes.insert(changes.end(), told.begin(), told.end());
      return {};
    };
  }
};

inline std::unique_ptr<service> open_service(audited& log, std::string path = {},
                                             std::vector<flag_definition> additional = {}) {
  auto opened = service::open({std::move(path), log.observer(), std::move(additional)});
  EXPECT_TRUE(opened.has_value()) << opened.error().message();
  return std::move(*opened);
}

inline const change_origin operator_7{"admin_7", "a test", wall_time(1'790'000'000s)};

inline void must_apply(service& flags, std::vector<update> updates) {
  const auto made = flags.apply(updates, operator_7);
  EXPECT_TRUE(made.has_value()) << made.error().message();
}

}  // namespace epicenter::policy::testing
