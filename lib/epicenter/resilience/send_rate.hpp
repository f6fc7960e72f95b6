// How fast requests are really sent.
#pragma once

#include <cstdint>
#include <epicenter/base/time.hpp>

namespace epicenter::resilience {

/// Counted in slices of half a second; the newest slice weighs 0.8 in the mean. In thousandths of a request a
/// second. Times must not go backwards.
class send_rate {
 public:
  static constexpr duration slice = 500ms;

  void sent(instant now);
  /// One that was counted was not sent after all.
  void unsent() { count_ -= count_ > 0 ? 1 : 0; }
  /// Takes slices that have passed into account.
  void roll(instant now);
  /// Nothing can be sent before this: the pause does not count as slowness.
  void pause_until(instant);
  /// While no slice has passed yet: what the first one holds so far.
  std::int64_t milli() const;

 private:
  std::int64_t slice_ = -1;
  std::int64_t count_ = 0;
  std::int64_t milli_ = 0;
  bool known_ = false;
};

}  // namespace epicenter::resilience
