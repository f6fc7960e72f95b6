#include <epicenter/store/backup.hpp>
#include <epicenter/store/group_commit.hpp>
#include <epicenter/store/ledger_table.hpp>

namespace epicenter::store {
namespace {

using rows = std::vector<ledger_row>;

class group_commit_ledger final : public ledger {
 public:
  group_commit_ledger(runtime::runtime& rt, ledger_table table)
      : rt_(rt), commits_(std::make_shared<group_commit<ledger_table>>(rt, std::move(table))) {}

  runtime::task<result<>> plan(ledger_row row) override {
    return write<void>([row = std::move(row)](ledger_table& table) { return table.plan(row); });
  }
  runtime::task<result<>> advance(change what) override {
    return write<void>([what = std::move(what)](ledger_table& table) { return table.advance(what); });
  }
  runtime::task<result<ledger_row>> find(std::string operation) override {
    return read<ledger_row>(
        [operation = std::move(operation)](ledger_table& table) { return table.find(operation); });
  }
  runtime::task<result<rows>> list(write_state state, std::size_t limit) override {
    return read<rows>([state, limit](ledger_table& table) { return table.list(state, limit); });
  }
  runtime::task<result<rows>> all() override {
    return read<rows>([](ledger_table& table) { return table.all(); });
  }
  runtime::task<result<ledger_row>> find_order(std::string tenant, std::string type,
                                               std::string key) override {
    return read<ledger_row>([tenant = std::move(tenant), type = std::move(type), key = std::move(key)](
                                ledger_table& table) { return table.find_order(tenant, type, key); });
  }
  runtime::task<result<>> note_search(std::string operation, search_made what) override {
    return write<void>([operation = std::move(operation), what = std::move(what)](ledger_table& table) {
      return table.note_search(operation, what);
    });
  }
  runtime::task<result<write_history>> history(std::string operation) override {
    return read<write_history>(
        [operation = std::move(operation)](ledger_table& table) { return table.history(operation); });
  }
  runtime::task<result<std::vector<write_history>>> worklist(std::size_t limit) override {
    return read<std::vector<write_history>>([limit](ledger_table& table) { return table.worklist(limit); });
  }
  runtime::task<result<>> resolve_written(resolution decided, std::string resource_id) override {
    return write<void>([decided = std::move(decided), resource_id = std::move(resource_id)](
                           ledger_table& table) { return table.resolve_written(decided, resource_id); });
  }
  runtime::task<result<>> release_once(resolution decided) override {
    return write<void>(
        [decided = std::move(decided)](ledger_table& table) { return table.release_once(decided); });
  }
  runtime::task<result<std::uint64_t>> purge(wall_time before) override {
    const wall_time latest = retention_limit(rt_.wall(), commits_->table().options().retention);
    return write<std::uint64_t>([before, latest](ledger_table& table) -> result<std::uint64_t> {
      if (before > latest) return fail(errc::not_allowed, "these rows must be kept longer");
      return table.purge(before);
    });
  }
  runtime::task<result<>> back_up(std::string to) override {
    const bool in_memory = commits_->table().in_memory();
    return runtime::blocking(rt_,
                             [from = commits_->table().path(), to = std::move(to), in_memory]() -> result<> {
                               if (in_memory)
                                 return fail(errc::not_allowed, "a ledger in memory has no copy");
                               return back_up_database(from, to);
                             });
  }

 private:
  template <class T>
  runtime::task<result<T>> write(group_commit<ledger_table>::work<T> what) {
    return commits_->ask<T>(access::write, std::move(what));
  }
  template <class T>
  runtime::task<result<T>> read(group_commit<ledger_table>::work<T> what) {
    return commits_->ask<T>(access::read, std::move(what));
  }

  runtime::runtime& rt_;
  std::shared_ptr<group_commit<ledger_table>> commits_;
};

tl::unexpected<error> not_able() {
  return fail(errc::unavailable, "not a function of this ledger");
}

}  // namespace

runtime::task<result<ledger_row>> ledger::find_order(std::string, std::string, std::string) {
  co_return not_able();
}
runtime::task<result<>> ledger::note_search(std::string, search_made) {
  co_return not_able();
}
runtime::task<result<write_history>> ledger::history(std::string) {
  co_return not_able();
}
runtime::task<result<std::vector<write_history>>> ledger::worklist(std::size_t) {
  co_return not_able();
}
runtime::task<result<>> ledger::resolve_written(resolution, std::string) {
  co_return not_able();
}
runtime::task<result<>> ledger::release_once(resolution) {
  co_return not_able();
}
runtime::task<result<std::uint64_t>> ledger::purge(wall_time) {
  co_return not_able();
}
runtime::task<result<>> ledger::back_up(std::string) {
  co_return not_able();
}

result<std::unique_ptr<ledger>> open_ledger(runtime::runtime& rt, const std::string& path,
                                            ledger_options options) {
  auto table = ledger_table::open(path, std::move(options));
  if (!table) return fail(std::move(table.error()));
  return std::make_unique<group_commit_ledger>(rt, std::move(*table));
}

}  // namespace epicenter::store
