// What the tests of the stores share: a folder, rows, and a way to wait.
#pragma once

#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <epicenter/runtime/task.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>
#include <epicenter/store/ledger.hpp>
#include <filesystem>
#include <optional>

namespace epicenter::store::test {

using runtime::task;
using runtime::virtual_runtime;

class temporary_folder {
 public:
  temporary_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "epicenter_store_XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    path_ = name;
  }
  ~temporary_folder() {
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all);
    std::filesystem::remove_all(path_);
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::string ledger() const { return (path_ / "ledger.db").string(); }

 private:
  std::filesystem::path path_;
};

template <class T>
task<> keep_answer(std::optional<T>& into, task<T> what) {
  T got = co_await std::move(what);
  into.emplace(std::move(got));
}

/// Runs one task to its end in virtual time and gives back what it returned.
template <class T>
T run(virtual_runtime& rt, task<T> work) {
  std::optional<T> answer;
  runtime::spawn(rt, "test", keep_answer<T>(answer, std::move(work)));
  EXPECT_EQ(rt.run(), runtime::run_end::finished);
  return std::move(answer.value());
}

inline ledger_row row_of(std::string operation, std::string hash = "h1") {
  ledger_row row;
  row.operation = std::move(operation);
  row.kind = "order_lab";
  row.resource_type = "ServiceRequest";
  row.patient = "p1";
  row.payload_sha256 = std::move(hash);
  row.planned_at = wall_time(1s);
  return row;
}

inline ledger::change move_of(std::string operation, write_state from, write_state to, std::string id = {}) {
  return ledger::change{std::move(operation), from, to, std::move(id), "because", wall_time(2s)};
}

/// How many seeds a property runs over: EPICENTER_SEEDS, or the few that every test run can afford.
inline std::uint64_t seeds(std::uint64_t few) {
  const char* asked = std::getenv("EPICENTER_SEEDS");
  return asked == nullptr ? few : std::strtoull(asked, nullptr, 10);
}

#ifdef __SANITIZE_ADDRESS__
inline constexpr int slowness = 10;
#else
inline constexpr int slowness = 1;
#endif

}  // namespace epicenter::store::test
