// What each job of the upkeep does.
#include <epicenter/operations/upkeep.hpp>
#include <filesystem>

namespace epicenter::operations {
namespace {

std::string counted(std::uint64_t count, std::string_view what) {
  return std::to_string(count) + ' ' + std::string(what);
}

// An append-only file grows without end: this many heads of it are enough for the chain to be held against.
constexpr std::size_t most_heads = 1000;

// The newest half says most of what was cut off; of the rest every so manieth still shows a log that was
// rewritten, as a hash covers all before it.
void thin_out(std::vector<audit::signed_head>& heads) {
  if (heads.size() <= most_heads) return;
  const std::size_t older = heads.size() - most_heads / 2;
  const std::size_t step = older / (most_heads / 2) + 1;
  std::vector<audit::signed_head> chosen;
  for (std::size_t i = 0; i < older; i += step) chosen.push_back(std::move(heads[i]));
  for (std::size_t i = older; i < heads.size(); ++i) chosen.push_back(std::move(heads[i]));
  heads = std::move(chosen);
}

}  // namespace

/// The exported heads, and what is wrong with their file.
struct upkeep::heads_found {
  std::vector<audit::signed_head> heads;
  std::uint64_t newest = 0;
  bool missing = false;
  std::string trouble;
};

runtime::task<result<upkeep::work_done>> upkeep::work_on(job_state& job) {
  switch (job.told.job) {
    case upkeep_job::ledger_back_up:
    case upkeep_job::audit_back_up:
      return back_up(job);
    case upkeep_job::audit_verify:
      return verify();
    case upkeep_job::audit_purge:
      return purge_audit();
    case upkeep_job::ledger_purge:
      break;
  }
  return purge_ledger();
}

kept_copies upkeep::copies_of(upkeep_job job) const {
  return {options_.folder, job == upkeep_job::ledger_back_up ? "ledger" : "audit"};
}

// The older copies are only touched when the new one is whole. Where they cannot be removed the next try does
// not make another copy: a disk would fill up with them.
runtime::task<result<upkeep::work_done>> upkeep::back_up(job_state& job) {
  const kept_copies copies = copies_of(job.told.job);
  if (job.unpruned.empty()) {
    auto tidying = runtime::blocking(runtime_, [copies] { return copies.remove_unfinished(); });
    auto tidied = co_await std::move(tidying);
    if (!tidied) co_return fail(std::move(tidied.error()));
    const std::string name = name_of_copy(copies.store(), runtime_.wall());
    auto copied = co_await copy(job.told.job, copies.path_of(name));
    if (!copied) co_return fail(std::move(copied.error()));
    job.unpruned = name;
  }
  auto removing = runtime::blocking(runtime_, [copies, keep = options_.copies, newest = job.unpruned] {
    return copies.remove_oldest(keep, newest);
  });
  auto left = co_await std::move(removing);
  if (!left) co_return fail(std::move(left.error()));
  work_done done;
  done.detail = job.unpruned + ", " + counted(*left, "copies kept");
  job.unpruned.clear();
  co_return done;
}

runtime::task<result<>> upkeep::copy(upkeep_job job, std::string to) {
  if (job == upkeep_job::ledger_back_up) return stores_.ledger->back_up(std::move(to));
  return stores_.audit->back_up(std::move(to));
}

// Heads first: what the log gets while it is read is in no head that was kept before.
runtime::task<result<upkeep::work_done>> upkeep::verify() {
  heads_found found = co_await find_heads();
  std::vector<audit::signed_head> heads = std::move(found.heads);
  auto checked = co_await stores_.audit->verify(std::move(heads), options_.trusted);
  if (!checked) co_return fail(std::move(checked.error()));
  co_return judge(*checked, found);
}

runtime::task<upkeep::heads_found> upkeep::find_heads() {
  heads_found found;
  if (options_.heads_path.empty()) co_return found;
  auto reading = runtime::blocking(runtime_, [path = options_.heads_path] {
    heads_found seen;
    std::error_code unknown;
    seen.missing = !std::filesystem::exists(path, unknown) && !unknown;
    if (seen.missing) return seen;
    auto kept = audit::read_heads(path);
    if (!kept) {
      seen.trouble = kept.error().message();
      return seen;
    }
    if (kept->unreadable > 1) seen.trouble = counted(kept->unreadable, "lines are damaged");
    seen.heads = std::move(kept->heads);
    for (const auto& one : seen.heads) seen.newest = std::max(seen.newest, one.seq);
    thin_out(seen.heads);
    return seen;
  });
  found = co_await std::move(reading);
  co_return found;
}

// A chain that does not verify comes before all trouble with the heads: it may be its cause.
result<upkeep::work_done> upkeep::judge(const audit::verification& checked, const heads_found& found) {
  chain_intact_ = checked.intact();
  chain_flaw_.clear();
  work_done done;
  if (!checked.intact()) {
    const auto& first = checked.findings.front();
    chain_flaw_ = std::string(name_of(first.what)) + " at entry " + std::to_string(first.seq) + "; " +
                  counted(checked.findings.size(), "findings");
    done.alarm = true;
    done.detail = "the audit chain does not verify: " + chain_flaw_;
    return done;
  }
  const std::uint64_t expected = std::exchange(signed_before_, checked.signed_up_to);
  if (!options_.heads_path.empty()) {
    if (!found.trouble.empty()) return fail(errc::heads_unusable, found.trouble);
    if (found.missing && checked.signed_up_to > 0) return fail(errc::heads_unusable, "the file is missing");
    if (found.newest < expected) {
      return fail(errc::heads_unusable, "the file ends at entry " + std::to_string(found.newest) +
                                            ", a head of " + std::to_string(expected) +
                                            " was signed long since");
    }
  }
  done.detail =
      counted(checked.entries, "entries verify, signed up to") + " " + std::to_string(checked.signed_up_to);
  return done;
}

// What somebody has tampered with is evidence.
result<> upkeep::may_purge() const {
  for (const auto& one : jobs_) {
    if (one.told.job != upkeep_job::audit_verify) continue;
    if (chain_intact_ && !*chain_intact_) {
      return fail(errc::chain_broken, "nothing is removed from such a log: " + chain_flaw_);
    }
    if (!chain_intact_ || one.told.failures_in_a_row > 0) {
      return fail(errc::chain_broken, "nothing is removed before it does: " + one.told.last_failure);
    }
  }
  return {};
}

runtime::task<result<upkeep::work_done>> upkeep::purge_audit() {
  if (auto may = may_purge(); !may) co_return fail(std::move(may.error()));
  const wall_time before = store::retention_limit(runtime_.wall(), options_.retention);
  auto removed = co_await stores_.audit->purge(before, options_.actor);
  if (!removed) co_return fail(std::move(removed.error()));
  work_done done;
  done.detail = counted(*removed, "entries removed");
  co_return done;
}

runtime::task<result<upkeep::work_done>> upkeep::purge_ledger() {
  const wall_time before = store::retention_limit(runtime_.wall(), options_.retention);
  auto removed = co_await stores_.ledger->purge(before);
  if (!removed) co_return fail(std::move(removed.error()));
  work_done done;
  done.detail = counted(*removed, "rows removed");
  co_return done;
}

}  // namespace epicenter::operations
