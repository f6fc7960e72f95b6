// Numbers the adapter's events and hands them to its observer.
#pragma once

#include <epicenter/epic/events.hpp>
#include <epicenter/runtime/runtime.hpp>
#include <utility>

namespace epicenter::epic {

class announcer {
 public:
  announcer(runtime::runtime& rt, event_observer observer) : runtime_(rt), observer_(std::move(observer)) {}

  template <class Event>
  void tell(Event what) {
    if (observer_) tell_at(runtime_.now(), std::move(what));
  }
  /// Where the time is known already: reading the clock is not free.
  template <class Event>
  void tell_at(instant now, Event what) {
    if (!observer_) return;
    const event told{++seq_, now, std::move(what)};
    observer_(told);
  }
  /// Gives back what was told: for what is needed again, in place of a copy.
  template <class Event>
  Event tell_and_return(instant now, Event what) {
    if (!observer_) return what;
    event told{++seq_, now, std::move(what)};
    observer_(told);
    return std::get<Event>(std::move(told.what));
  }

 private:
  runtime::runtime& runtime_;
  event_observer observer_;
  std::uint64_t seq_ = 0;
};

}  // namespace epicenter::epic
