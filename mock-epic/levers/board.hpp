// The levers that are active, each until its lease ends.
#pragma once

#include <deque>
#include <functional>
#include <map>

#include "mock-epic/levers/chain.hpp"
#include "mock-epic/levers/lever_type.hpp"

namespace epicenter::mock {

/// The longest lease: a lever that its owner forgot ends within the day.
inline constexpr duration max_lease = 24h;
/// Whoever only ever applies levers is refused before memory runs out.
inline constexpr std::size_t max_levers = 64;
inline constexpr std::size_t max_lever_id = 128;

/// Leases are looked at whenever the board is: a lever is gone from the instant its lease ends, without a
/// timer.
class leased_levers final : public lever_board {
 public:
  explicit leased_levers(std::function<lever_world()> world) : world_(std::move(world)) {}

  result<> apply(lever_spec) override;
  result<> renew(std::string_view id, duration lease) override;
  result<lever_status> remove(std::string_view id) override;
  void clear() override;
  std::vector<lever_status> status() const override;

  /// All that are active now as one, in the order of the catalog and then of their ids; null where none is.
  /// To be asked at the beginning of each request.
  meddler* active();

 private:
  struct entry {
    const lever_type* type;
    std::unique_ptr<active_lever> lever;
    instant ends_at;
  };
  using entries = std::map<std::string, entry, std::less<>>;
  static constexpr std::size_t kept_ended = 256;
  void drop_expired(instant now);
  void forget_ended(std::string_view id);
  void order();
  static lever_status status_of(const entries::value_type&, instant now);

  std::function<lever_world()> world_;
  entries active_;
  lever_chain chain_;               ///< of the active ones
  std::deque<lever_status> ended_;  ///< by their leases, until somebody removes them: their last counters
};

}  // namespace epicenter::mock
