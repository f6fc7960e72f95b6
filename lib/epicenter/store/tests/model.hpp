// The rules of the ledger in their simplest form, and a random walk that compares a ledger with them.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "lib/epicenter/store/tests/ledger_world.hpp"

namespace epicenter::store::test {

/// What a map has to say.
class model {
 public:
  struct row {
    std::string hash;
    write_state state = write_state::planned;
    std::uint32_t attempts = 0;
    std::uint32_t version = 1;
    std::string resource_id;
    bool released = false;
    std::size_t searches = 0;
    friend bool operator==(const row&, const row&) = default;
  };
  using outcome = std::optional<errc>;

  outcome plan(const std::string& operation, const std::string& hash);
  outcome advance(const std::string& operation, write_state from, write_state to, const std::string& id);
  outcome note_search(const std::string& operation);
  outcome resolve(const std::string& operation, std::uint32_t version, const std::string& id);
  outcome release(const std::string& operation, std::uint32_t version);

  std::map<std::string, row> rows;
  std::set<write_state> reached;  ///< by any row so far

 private:
  void move(row&, write_state to, const std::string& id);
  outcome refusal(const std::string& operation, std::uint32_t version) const;
};

/// The first difference between the ledger and the model in so many random steps, several under way at a
/// time; empty where there is none.
std::string first_difference(virtual_runtime&, ledger&, model&, std::uint64_t seed, int steps);

}  // namespace epicenter::store::test
