// Tells calls that their time to get a hedge has come, by one timer for all calls of a class.
#pragma once

#include <epicenter/http/watchdog.hpp>

namespace epicenter::epic {

class hedge_watch;

/// A call that is told when it is due, unless it leaves before. Leaves when destroyed.
class hedge_watcher {
 public:
  hedge_watcher() = default;
  hedge_watcher(const hedge_watcher&) = delete;
  hedge_watcher& operator=(const hedge_watcher&) = delete;
  virtual ~hedge_watcher() { leave(); }
  void leave();

 protected:
  /// Called from the event loop. The watcher has left by then.
  virtual void on_due() = 0;

 private:
  friend class hedge_watch;
  hedge_watch* watch_ = nullptr;
  hedge_watcher* earlier_ = nullptr;
  hedge_watcher* later_ = nullptr;
  instant due_{};
};

/// Almost every call ends long before it is due. So joining and leaving cost a few stores: the timer runs on
/// whoever has left, and looks at the list when it fires. Outlives its watchers.
class hedge_watch {
 public:
  explicit hedge_watch(runtime::runtime&);
  hedge_watch(const hedge_watch&) = delete;
  hedge_watch& operator=(const hedge_watch&) = delete;

  void join(hedge_watcher&, instant due);

 private:
  friend class hedge_watcher;
  void unlink(hedge_watcher&);
  void fired();

  runtime::runtime& runtime_;
  hedge_watcher* first_ = nullptr;  ///< the list is in the order of their times
  hedge_watcher* last_ = nullptr;
  http::watchdog timer_;
};

}  // namespace epicenter::epic
