#include <algorithm>
#include <epicenter/audit/accounting.hpp>
#include <epicenter/audit/export_file.hpp>
#include <epicenter/audit/log_table.hpp>
#include <epicenter/store/backup.hpp>
#include <epicenter/store/group_commit.hpp>

namespace epicenter::audit {
namespace {

using store::access;
using commits = store::group_commit<log_table>;

constexpr std::size_t entries_at_a_time = 1000;

errc code_for(const error& why) {
  if (why == make_error_code(store::errc::not_allowed)) return errc::not_allowed;
  if (why == make_error_code(store::errc::in_use)) return errc::in_use;
  if (why == make_error_code(store::errc::wrong_key)) return errc::wrong_key;
  return errc::unavailable;
}

template <class T>
result<T> translated(result<T> got) {
  if (got) return got;
  const errc code = code_for(got.error());
  return fail(error(make_error_code(code)).caused_by(std::move(got.error())));
}

/// What the timer of the next head and the log share.
struct head_timer {
  bool armed = false;
};

class log_in_database final : public chained_log {
 public:
  log_in_database(runtime::runtime& rt, log_table table)
      : rt_(rt), commits_(std::make_shared<commits>(rt, std::move(table))) {}

  runtime::task<result<std::uint64_t>> append(entry what) override {
    sign_later();
    return write<std::uint64_t>([what = std::move(what)](log_table& table) { return table.append(what); });
  }

  void start_append(entry what, append_handler done) override {
    sign_later();
    commits_->start<std::uint64_t>(
        access::write, [what = std::move(what)](log_table& table) { return table.append(what); },
        [done = std::move(done)](result<std::uint64_t> got) { done(translated(std::move(got))); });
  }

  void for_each(const std::function<void(const entry&)>& see) const override {
    for (std::uint64_t after = 0;;) {
      auto part = commits_->directly(
          [after](log_table& table) { return table.entries_after(after, entries_at_a_time); });
      if (!part || part->empty()) return;
      for (const auto& one : *part) see(one.what);
      after = part->back().what.seq;
    }
  }

  std::uint64_t size() const override {
    return commits_->directly([](log_table& table) { return table.count(); }).value_or(0);
  }

  runtime::task<result<std::vector<entry>>> find(query asked) override {
    return read<std::vector<entry>>(
        [asked = std::move(asked)](log_table& table) { return table.find(asked); });
  }
  runtime::task<result<std::uint64_t>> export_json(query asked, std::string path) override {
    return export_all(rt_, commits_, std::move(asked), std::move(path));
  }
  runtime::task<result<std::vector<accounted_disclosure>>> accounting(std::string patient, wall_time since,
                                                                      wall_time until) override {
    query asked;
    asked.patient = std::move(patient);
    asked.since = since;
    asked.until = until;
    return account(commits_, std::move(asked));
  }
  runtime::task<result<bool>> forget(erasure asked) override {
    return write<bool>([asked = std::move(asked)](log_table& table) { return table.forget(asked); });
  }
  runtime::task<result<verification>> verify(std::vector<signed_head> kept,
                                             std::vector<std::string> trusted) override {
    if (const auto& signer = commits_->table().options().signer) trusted.push_back(signer->public_key());
    return check_all(commits_, std::move(kept), std::move(trusted));
  }
  runtime::task<result<std::optional<signed_head>>> sign_head() override {
    return write<std::optional<signed_head>>([](log_table& table) { return table.sign(); });
  }
  runtime::task<result<std::uint64_t>> purge(wall_time before, std::string actor) override {
    const wall_time now = rt_.wall();
    const wall_time latest = store::retention_limit(now, commits_->table().options().retention);
    return write<std::uint64_t>(
        [before, latest, now, actor = std::move(actor)](log_table& table) -> result<std::uint64_t> {
          if (before > latest) return fail(store::errc::not_allowed, "these entries must be kept longer");
          return table.purge(before, actor, now);
        });
  }
  runtime::task<result<>> back_up(std::string to) override { return copy_to(rt_, commits_, std::move(to)); }
  const std::string& id() const override { return commits_->table().id(); }

 private:
  template <class T>
  runtime::task<result<T>> write(commits::work<T> what) {
    return answered<T>(commits_, access::write, std::move(what));
  }
  template <class T>
  runtime::task<result<T>> read(commits::work<T> what) {
    return answered<T>(commits_, access::read, std::move(what));
  }
  template <class T>
  static runtime::task<result<T>> answered(std::shared_ptr<commits> of, access how, commits::work<T> what) {
    auto got = co_await of->ask<T>(how, std::move(what));
    co_return translated(std::move(got));
  }

  // The last entries before a pause are signed too.
  void sign_later() {
    const auto& options = commits_->table().options();
    if (!options.signer || timer_->armed) return;
    timer_->armed = true;
    const std::weak_ptr<head_timer> mine = timer_;
    const std::weak_ptr<commits> queue = commits_;
    rt_.wait_until(rt_.now() + options.time_a_head, [mine, queue](runtime::system_error_code) {
      const auto timer = mine.lock();
      const auto to = queue.lock();
      if (!timer || !to) return;
      timer->armed = false;
      to->template start<std::optional<signed_head>>(
          access::write, [](log_table& table) { return table.sign(); },
          [](const result<std::optional<signed_head>>&) {});
    });
  }

  static runtime::task<result<verification>> check_all(std::shared_ptr<commits> of,
                                                       std::vector<signed_head> kept,
                                                       std::vector<std::string> trusted) {
    commits::work<std::vector<signed_head>> own = [](log_table& table) { return table.heads(); };
    auto heads = co_await of->ask<std::vector<signed_head>>(access::read, std::move(own));
    if (!heads) co_return translated(result<verification>(fail(std::move(heads.error()))));
    std::move(kept.begin(), kept.end(), std::back_inserter(*heads));
    chain_check check(of->table().id(), std::move(*heads), trusted);
    for (std::uint64_t after = 0;;) {
      commits::work<std::vector<chained_entry>> next = [after](log_table& table) {
        return table.entries_after(after, entries_at_a_time);
      };
      auto part = co_await of->ask<std::vector<chained_entry>>(access::read, std::move(next));
      if (!part) co_return translated(result<verification>(fail(std::move(part.error()))));
      if (part->empty()) co_return check.finish();
      for (const auto& one : *part) check.add(one);
      after = part->back().what.seq;
    }
  }

  /// Every entry that the query matches, a part at a time; empty at the end.
  static runtime::task<result<std::vector<entry>>> next_part(std::shared_ptr<commits> of, query asked) {
    asked.limit = entries_at_a_time;
    asked.newest_first = false;
    commits::work<std::vector<entry>> search = [asked](log_table& table) { return table.find(asked); };
    return answered<std::vector<entry>>(std::move(of), access::read, std::move(search));
  }

  static runtime::task<result<std::vector<accounted_disclosure>>> account(std::shared_ptr<commits> of,
                                                                          query asked) {
    std::vector<accounted_disclosure> all;
    for (;;) {
      auto part = co_await next_part(of, asked);
      if (!part) co_return fail(std::move(part.error()));
      if (part->empty()) co_return all;
      for (const auto& one : *part) account_for(all, one);
      asked.after_seq = part->back().seq;
    }
  }

  static runtime::task<result<std::uint64_t>> export_all(runtime::runtime& rt, std::shared_ptr<commits> of,
                                                         query asked, std::string path) {
    auto begun = export_file::begin(std::move(path), of->table().id());
    if (!begun) co_return fail(std::move(begun.error()));
    auto file = std::make_shared<export_file>(std::move(*begun));
    std::uint64_t entries = 0;
    for (;;) {
      auto part = co_await next_part(of, asked);
      if (!part) co_return fail(std::move(part.error()));
      if (part->empty()) break;
      entries += part->size();
      asked.after_seq = part->back().seq;
      auto adding = add_to(rt, file, std::move(*part));
      auto added = co_await std::move(adding);
      if (!added) co_return fail(std::move(added.error()));
    }
    auto ending = finish(rt, file);
    auto ended = co_await std::move(ending);
    if (!ended) co_return fail(std::move(ended.error()));
    co_return entries;
  }
  static runtime::task<result<>> add_to(runtime::runtime& rt, std::shared_ptr<export_file> file,
                                        std::vector<entry> part) {
    return runtime::blocking(rt, [file, part = std::move(part)] { return file->add(part); });
  }
  static runtime::task<result<>> finish(runtime::runtime& rt, std::shared_ptr<export_file> file) {
    return runtime::blocking(rt, [file] { return file->finish(); });
  }

  static runtime::task<result<>> copy_to(runtime::runtime& rt, std::shared_ptr<commits> of, std::string to) {
    if (of->table().in_memory()) co_return fail(errc::not_allowed, "a log in memory has no copy");
    auto copying = copy(rt, of->table().path(), std::move(to));
    auto copied = co_await std::move(copying);
    co_return translated(std::move(copied));
  }
  static runtime::task<result<>> copy(runtime::runtime& rt, std::string from, std::string to) {
    return runtime::blocking(
        rt, [from = std::move(from), to = std::move(to)] { return store::back_up_database(from, to); });
  }

  runtime::runtime& rt_;
  std::shared_ptr<commits> commits_;
  std::shared_ptr<head_timer> timer_ = std::make_shared<head_timer>();
};

}  // namespace

result<std::unique_ptr<chained_log>> open_chained_log(runtime::runtime& rt, const std::string& path,
                                                      chained_log_options options) {
  auto table = translated(log_table::open(path, std::move(options)));
  if (!table) return fail(std::move(table.error()));
  return std::make_unique<log_in_database>(rt, std::move(*table));
}

}  // namespace epicenter::audit
