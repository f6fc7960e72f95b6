// Group commit: requests queue while a job runs; the next job takes all that wait into one transaction.
#include <deque>
#include <epicenter/runtime/task.hpp>
#include <epicenter/store/ledger_table.hpp>
#include <functional>

namespace epicenter::store {
namespace {

/// What one caller waits for. Kept alive by the queue too: a caller that gives up takes nothing back.
struct request {
  explicit request(runtime::runtime& rt) : finished(rt) {}
  virtual ~request() = default;
  virtual void run(ledger_table&) = 0;
  virtual void fail_with(const error&) = 0;
  virtual bool broke_the_database() const = 0;
  virtual bool writes() const = 0;
  bool done = false;
  runtime::event finished;
};

template <class T>
struct request_for final : request {
  using work_function = std::function<result<T>(ledger_table&)>;
  request_for(runtime::runtime& rt, bool changes, work_function what)
      : request(rt), work(std::move(what)), changes_rows(changes) {}
  void run(ledger_table& table) override { answer = work(table); }
  void fail_with(const error& why) override { answer = tl::unexpected<error>(why); }
  bool broke_the_database() const override {
    return !answer && answer.error() == make_error_code(errc::unavailable);
  }
  bool writes() const override { return changes_rows; }

  work_function work;
  bool changes_rows;
  result<T> answer = fail(errc::unavailable, "the caller was cancelled");
};

using batch = std::vector<std::shared_ptr<request>>;

// All or nothing: where the database fails, no request of the batch may be taken for done.
void run_batch(ledger_table& table, const batch& work) {
  bool writes = false;
  for (const auto& one : work) writes = writes || one->writes();
  const auto give_up = [&work](const error& why) {
    for (const auto& one : work) one->fail_with(why);
  };
  if (writes) {
    if (auto begun = table.begin(); !begun) return give_up(begun.error());
  }
  for (const auto& one : work) {
    one->run(table);
    if (!one->broke_the_database() || !writes) continue;
    table.rollback();
    return give_up(error(make_error_code(errc::unavailable), "a write of the same commit failed"));
  }
  if (!writes) return;
  if (auto committed = table.commit(); !committed) {
    table.rollback();
    give_up(committed.error());
  }
}

/// Outlives the ledger object while a job runs.
struct queue : std::enable_shared_from_this<queue> {
  queue(runtime::runtime& runtime, ledger_table opened) : rt(runtime), table(std::move(opened)) {}

  void add(std::shared_ptr<request> one) {
    waiting.push_back(std::move(one));
    if (!running) start_job();
  }

  void start_job() {
    running = true;
    auto work = std::make_shared<batch>(std::move(waiting));
    waiting.clear();
    auto self = shared_from_this();
    rt.run_blocking([self, work] { run_batch(self->table, *work); }, [self, work] { self->end_job(*work); });
  }

  void end_job(const batch& work) {
    for (const auto& one : work) {
      one->done = true;
      one->finished.notify_all();
    }
    running = false;
    if (!waiting.empty()) start_job();
  }

  runtime::runtime& rt;
  ledger_table table;  // touched by one job at a time only
  batch waiting;
  bool running = false;
};

class group_commit_ledger final : public ledger {
 public:
  group_commit_ledger(runtime::runtime& rt, ledger_table table)
      : rt_(rt), queue_(std::make_shared<queue>(rt, std::move(table))) {}

  runtime::task<result<>> plan(ledger_row row) override {
    return ask<void>(true, [row = std::move(row)](ledger_table& table) { return table.plan(row); });
  }
  runtime::task<result<>> advance(change what) override {
    return ask<void>(true, [what = std::move(what)](ledger_table& table) { return table.advance(what); });
  }
  runtime::task<result<ledger_row>> find(std::string operation) override {
    return ask<ledger_row>(
        false, [operation = std::move(operation)](ledger_table& table) { return table.find(operation); });
  }
  runtime::task<result<std::vector<ledger_row>>> list(write_state state, std::size_t limit) override {
    return ask<std::vector<ledger_row>>(
        false, [state, limit](ledger_table& table) { return table.list(state, limit); });
  }
  runtime::task<result<std::vector<ledger_row>>> all() override {
    return ask<std::vector<ledger_row>>(false, [](ledger_table& table) { return table.all(); });
  }

 private:
  template <class T>
  runtime::task<result<T>> ask(bool writes, typename request_for<T>::work_function work) {
    return wait_for(queue_, std::make_shared<request_for<T>>(rt_, writes, std::move(work)));
  }

  template <class T>
  static runtime::task<result<T>> wait_for(std::shared_ptr<queue> to, std::shared_ptr<request_for<T>> mine) {
    to->add(mine);
    while (!mine->done) {
      auto woken = co_await mine->finished.wait(runtime::never);
      if (!woken && !mine->done) co_return fail(errc::unavailable, "the caller was cancelled");
    }
    co_return std::move(mine->answer);
  }

  runtime::runtime& rt_;
  std::shared_ptr<queue> queue_;
};

}  // namespace

result<std::unique_ptr<ledger>> open_ledger(runtime::runtime& rt, const std::string& path) {
  auto table = ledger_table::open(path);
  if (!table) return fail(std::move(table.error()));
  return std::make_unique<group_commit_ledger>(rt, std::move(*table));
}

}  // namespace epicenter::store
