// Group commit: requests queue while a job runs; the next job takes all that wait into one transaction.
#pragma once

#include <deque>
#include <epicenter/runtime/task.hpp>
#include <epicenter/store/error.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace epicenter::store {

/// What a request does with the table.
enum class access { read, write };

/// Runs work over one table, in the order it came, away from the event loop. Table has begin(), commit() ->
/// result<>, rollback(), and committed(), which is told after each commit. A piece of work that ends in
/// errc::unavailable has broken the transaction: then none of its batch may count as done. Held by
/// shared_ptr: it outlives its owner while a job runs.
template <class Table>
class group_commit : public std::enable_shared_from_this<group_commit<Table>> {
 public:
  template <class T>
  using work = std::function<result<T>(Table&)>;
  template <class T>
  using handler = std::function<void(result<T>)>;

  static constexpr std::size_t max_waiting = 100'000;
  static constexpr std::size_t max_batch = 4096;

  group_commit(runtime::runtime& rt, Table table) : runtime_(rt), table_(std::move(table)) {}

  /// Queued at once; the handler is called on the loop when the work is durable, or has failed.
  template <class T>
  void start(access how, work<T> what, handler<T> done) {
    auto mine = std::make_shared<request_for<T>>(how, std::move(what));
    mine->done = std::move(done);
    if (waiting_.size() >= max_waiting) {
      mine->answer = fail(errc::unavailable, "too many wait");
      mine->finish();
      return;
    }
    waiting_.push_back(std::move(mine));
    if (const auto rest = resting_.lock()) rest->kept = this->shared_from_this();
    if (!running_) start_job();
  }

  /// The same as a task. A caller that is cancelled gets errc::unavailable and takes nothing back.
  template <class T>
  runtime::task<result<T>> ask(access how, work<T> what) {
    return wait_for<T>(this->shared_from_this(), how, std::move(what));
  }

  /// Uses the table on the calling thread, as soon as no job has it.
  template <class F>
  auto directly(F what) {
    const std::lock_guard held(table_in_use_);
    return what(table_);
  }

  /// What will not change after the table was opened.
  const Table& table() const { return table_; }

 private:
  struct request {
    explicit request(access kind) : how(kind) {}
    virtual ~request() = default;
    virtual void run(Table&) = 0;
    virtual void fail_with(const error&) = 0;
    virtual const error* broke_with() const = 0;
    virtual void finish() = 0;
    access how;
  };

  template <class T>
  struct request_for final : request {
    request_for(access kind, work<T> task) : request(kind), what(std::move(task)) {}
    void run(Table& table) override { answer = what(table); }
    void fail_with(const error& why) override { answer = tl::unexpected<error>(why); }
    const error* broke_with() const override {
      return !answer && answer.error() == make_error_code(errc::unavailable) ? &answer.error() : nullptr;
    }
    void finish() override { done(std::move(answer)); }

    work<T> what;
    handler<T> done;
    result<T> answer = fail(errc::unavailable, "not run");
  };

  /// Between two jobs. Keeps the queue alive for those that wait; otherwise it ends with its owner.
  struct pause {
    std::shared_ptr<group_commit> kept;
  };

  using batch = std::vector<std::shared_ptr<request>>;

  void start_job() {
    running_ = true;
    auto taken = std::make_shared<batch>();
    while (!waiting_.empty() && taken->size() < max_batch) {
      taken->push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
    auto self = this->shared_from_this();
    runtime_.run_blocking([self, taken] { self->run(*taken); }, [self, taken] { self->end_job(*taken); });
  }

  void run(const batch& all) {
    const std::lock_guard held(table_in_use_);
    bool writes = false;
    for (const auto& one : all) writes = writes || one->how == access::write;
    if (!writes) {
      for (const auto& one : all) one->run(table_);
      return;
    }
    if (auto why = transact(all)) {
      for (const auto& one : all) one->fail_with(*why);
    } else {
      table_.committed();
    }
  }

  // All or nothing: where the database fails, no request of the batch may be taken for done.
  std::optional<error> transact(const batch& all) {
    if (auto begun = table_.begin(); !begun) return begun.error();
    for (const auto& one : all) {
      one->run(table_);
      const error* broken = one->broke_with();
      if (broken == nullptr) continue;
      const error why = *broken;
      table_.rollback();
      return why;
    }
    auto committed = table_.commit();
    if (committed) return std::nullopt;
    table_.rollback();
    return committed.error();
  }

  // The next job begins a turn of the loop later: who was just answered often has the next request, and one
  // commit for all is dearer to nobody than two that take turns.
  void end_job(const batch& all) {
    for (const auto& one : all) one->finish();
    auto rest = std::make_shared<pause>();
    if (!waiting_.empty()) rest->kept = this->shared_from_this();
    resting_ = rest;
    const std::weak_ptr<group_commit> weak = this->weak_from_this();
    runtime_.wait_until(runtime_.now(), [weak, rest](runtime::system_error_code ended) {
      const auto self = weak.lock();
      if (!self || ended) return;
      self->running_ = false;
      if (!self->waiting_.empty()) self->start_job();
    });
  }

  template <class T>
  struct answered {
    explicit answered(runtime::runtime& rt) : there(rt) {}
    std::optional<result<T>> value;
    runtime::event there;
  };

  template <class T>
  static runtime::task<result<T>> wait_for(std::shared_ptr<group_commit> to, access how, work<T> what) {
    auto mine = std::make_shared<answered<T>>(to->runtime_);
    to->start_for(how, std::move(what), mine);
    while (!mine->value) {
      auto woken = co_await mine->there.wait(runtime::never);
      if (!woken && !mine->value) co_return fail(errc::unavailable, "the caller was cancelled");
    }
    co_return std::move(*mine->value);
  }

  template <class T>
  void start_for(access how, work<T> what, std::shared_ptr<answered<T>> into) {
    start<T>(how, std::move(what), [into](result<T> got) {
      into->value.emplace(std::move(got));
      into->there.notify_all();
    });
  }

  runtime::runtime& runtime_;
  std::mutex table_in_use_;
  Table table_;
  std::deque<std::shared_ptr<request>> waiting_;
  std::weak_ptr<pause> resting_;
  bool running_ = false;
};

}  // namespace epicenter::store
