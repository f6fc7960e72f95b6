// Reads through the adapter by so many callers at once over so many connections, each asking again as soon as
// it has its answer.
// ci/bench-adapter runs it beside a bare client of the same requests.
#include <malloc.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <epicenter/audit/chained_log.hpp>
#include <epicenter/epic/adapter.hpp>
#include <epicenter/fhir/client.hpp>
#include <epicenter/http/tls_files.hpp>
#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/runtime/task.hpp>
#include <stdexcept>

namespace epicenter::epic {
namespace {

using runtime::task;

std::int64_t cpu_us() {
  rusage used{};
  if (::getrusage(RUSAGE_SELF, &used) != 0) throw std::runtime_error("getrusage");
  return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1'000'000 + used.ru_utime.tv_usec +
         used.ru_stime.tv_usec;
}

// Without unwinding: an adapter that was not stopped must not be destroyed.
[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "reads_bench: %s\n", why.c_str());
  std::_Exit(1);
}

// As in a program that has freed a large block before: glibc then gives less back (mallopt(3),
// M_MMAP_THRESHOLD). Both clients of the comparison do it.
void keep_freed_memory() {
  constexpr int bytes = 16 * 1024 * 1024;
  if (::mallopt(M_TRIM_THRESHOLD, bytes) != 1) throw std::runtime_error("mallopt");
}

struct run_state {
  bool labs = false;  // else the Patient itself: a FHIR read
  std::string patient;
  http::url base;
  duration lasts{};
  instant from{};
  instant until{};
  std::uint64_t reads = 0;
  std::uint64_t resources = 0;
  std::int64_t cpu_before = 0;
  std::uint64_t sent = 0;
  std::uint64_t sent_before = 0;
};

// How many resources came.
task<std::size_t> read_labs(adapter& epic, const run_state& run) {
  read_request request;
  request.patient = run.patient;
  request.user = "clinician-1";
  auto got = co_await epic.latest_labs(std::move(request));
  if (!got) give_up(got.error().message());
  co_return got->observations.resources.size();
}

task<std::size_t> read_patient(fhir::client& from, const run_state& run, instant deadline) {
  fhir::reference what{"Patient", run.patient, {}};
  auto got = co_await from.read(std::move(what), deadline);
  if (!got) give_up(got.error().message());
  if (fhir::id_of(got->content) != run.patient) give_up("another patient came");
  co_return 1;
}

task<> read_on(runtime::runtime& rt, adapter& epic, run_state& run) {
  const auto through = epic.exchange("clinician-1", run.patient);
  fhir::client from(
      *through,
      fhir::client_options{fhir::request_builder(run.base.target, fhir::compression::large_answers), {}, {}});
  for (;;) {
    const instant deadline = rt.now() + 10s;
    std::size_t resources = 0;
    if (run.labs) {
      resources = co_await read_labs(epic, run);
    } else {
      resources = co_await read_patient(from, run, deadline);
    }
    const instant now = rt.now();
    if (now >= run.until) co_return;
    if (now < run.from) continue;
    if (run.reads == 0) {
      run.cpu_before = cpu_us();
      run.sent_before = run.sent;
    }
    ++run.reads;
    run.resources += resources;
  }
}

task<> read_by_all(runtime::runtime& rt, adapter& epic, run_state& run, int callers) {
  read_request first;
  first.patient = run.patient;
  auto warm = co_await epic.latest_labs(std::move(first));
  if (!warm) give_up(warm.error().message());
  run.from = rt.now() + 300ms;
  run.until = run.from + run.lasts;
  runtime::task_group all(rt);
  for (int i = 0; i < callers; ++i) all.spawn("caller", read_on(rt, epic, run));
  co_await all.join();
  const auto reads = static_cast<double>(run.reads);
  std::printf("{\"reads_per_s\": %.1f, \"cpu_us\": %.2f, \"resources\": %.1f, \"requests\": %.3f}\n",
              reads / std::chrono::duration<double>(run.lasts).count(),
              static_cast<double>(cpu_us() - run.cpu_before) / reads,
              static_cast<double>(run.resources) / reads,
              static_cast<double>(run.sent - run.sent_before) / reads);
  co_await epic.stop();
}

adapter_options options_of(const char* const* args) {
  adapter_options made;
  made.fhir_base = http::parse_url(args[0]).value();
  made.token_url = http::parse_url(args[1]).value();
  auto key = smart::private_key::from_pem(http::read_pem_file(args[2]).value(), "k");
  made.key = std::make_shared<const smart::private_key>(std::move(key.value()));
  made.client_id = args[3];
  made.profile = resilience::interactive_profile();
  made.max_connections = static_cast<std::size_t>(std::atoi(args[6]));
  return made;
}

int measure(int argc, const char* const* args) {
  keep_freed_memory();
  runtime::real_runtime rt;
  run_state run;
  run.base = http::parse_url(args[0]).value();
  run.labs = std::string_view(args[4]) == "labs";
  run.patient = args[5];
  run.lasts = std::chrono::duration_cast<duration>(std::chrono::duration<double>(std::atof(args[8])));
  const auto ledger = store::open_ledger(rt, ":memory:").value();
  std::unique_ptr<audit::log> log = audit::memory_log();
  if (argc > 9) log = audit::open_chained_log(rt, args[9], {}).value();
  adapter epic(rt, options_of(args), adapter_stores{*ledger, *log}, [&run](const event& told) {
    if (std::holds_alternative<events::call_started>(told.what)) ++run.sent;
  });
  runtime::spawn(rt, "bench", read_by_all(rt, epic, run, std::atoi(args[7])));
  rt.run();
  return 0;
}

}  // namespace
}  // namespace epicenter::epic

int main(int argc, char** argv) {
  if (argc != 10 && argc != 11) {
    std::puts(
        "reads_bench FHIR TOKEN_URL KEY CLIENT labs|patient PATIENT CONNECTIONS CALLERS SECONDS [AUDIT]: run "
        "by "
        "ci/bench-adapter");
    return argc == 1 ? 0 : 2;
  }
  try {
    return epicenter::epic::measure(argc - 1, argv + 1);
  } catch (const std::exception& thrown) {
    std::fprintf(stderr, "reads_bench: %s\n", thrown.what());
    return 1;
  }
}
