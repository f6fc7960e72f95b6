#include <array>
#include <epicenter/store/ledger.hpp>

namespace epicenter::store {
namespace {

constexpr std::array<std::string_view, 8> names{"PLANNED",  "SENDING",  "UNKNOWN",   "WRITTEN",
                                                "REJECTED", "NOT_SENT", "DUPLICATE", "NEEDS_REVIEW"};

}  // namespace

std::string_view name_of(write_state state) {
  return names.at(static_cast<std::size_t>(state));
}

result<write_state> parse_write_state(std::string_view text) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names.at(i) == text) return static_cast<write_state>(i);
  }
  return fail(errc::unavailable, "a row has a state this version does not know");
}

bool is_final(write_state state) {
  return state != write_state::planned && state != write_state::sending && state != write_state::unknown;
}

bool may_advance(write_state from, write_state to) {
  using enum write_state;
  if (is_final(from)) return false;
  if (to == planned) return from == sending || from == unknown;
  if (to == sending) return from == planned || from == unknown;
  if (from == planned) return to != unknown && to != written;
  return true;
}

}  // namespace epicenter::store
