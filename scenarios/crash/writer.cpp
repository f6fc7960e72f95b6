// A process that writes orders, to be killed: the application of the crash test. It tells what it was told,
// a line a write, and knows nothing of its earlier lives but what the ledger knows.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <epicenter/audit/chained_log.hpp>
#include <epicenter/base/ids.hpp>
#include <epicenter/epic/adapter.hpp>
#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/runtime/task.hpp>
#include <fstream>
#include <iterator>

namespace epicenter::crash {
namespace {

// Of this test's scratch files: 32 bytes.
constexpr std::string_view store_key = "0123456789abcdef0123456789abcdef";

struct settings {
  std::string base;    ///< URL of the mock
  std::string folder;  ///< ledger, audit log and key
  std::string patient;
  std::string encounter;
  std::uint64_t writes = 0;
  std::uint64_t at_once = 8;
};

struct life {
  runtime::runtime& rt;
  const settings& wanted;
  store::ledger& ledger;
  epic::adapter& adapter;
  std::uint64_t next = 0;
};

// One write(2) a line: a kill cuts between lines, never within one.
void tell(const std::string& line) {
  const std::string whole = line + '\n';
  const ssize_t told = ::write(STDOUT_FILENO, whole.data(), whole.size());
  if (told != static_cast<ssize_t>(whole.size())) std::_Exit(3);
}

runtime::task<> write_one(life& of, std::uint64_t number) {
  const std::string operation = make_uuid(0, number + 1);
  const auto known = co_await of.ledger.find(operation);
  if (known) co_return;  // an earlier life asked for it: the adapter has taken it over
  epic::lab_order order;
  order.who.operation = operation;
  order.who.patient = of.wanted.patient;
  order.who.encounter = of.wanted.encounter;
  order.who.user = "crash-test";
  order.loinc = "58410-2";
  order.display = "CBC panel - Blood by Automated count";
  const auto outcome = co_await of.adapter.order_lab(std::move(order));
  if (outcome)
    tell(operation + ' ' + std::string(name_of(outcome->state)) + ' ' + outcome->resource);
  else
    tell(operation + " refused " + outcome.error().message());
}

runtime::task<> write_in_turn(life& of) {
  while (of.next < of.wanted.writes) {
    const std::uint64_t number = of.next++;
    co_await write_one(of, number);
  }
}

runtime::task<> live(life& of, int& exit_code) {
  const auto started = co_await of.adapter.start();
  if (!started) {
    tell("cannot start: " + started.error().message());
    co_return;
  }
  tell("started");
  runtime::task_group writers(of.rt);
  for (std::uint64_t i = 0; i != of.wanted.at_once; ++i) writers.spawn("writer", write_in_turn(of));
  co_await writers.join();
  const instant patience = of.rt.now() + 60s;
  const bool settled = co_await of.adapter.drain(patience);
  co_await of.adapter.stop(5s);
  tell(settled ? "settled" : "not settled");
  exit_code = settled ? 0 : 4;
}

std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

int run(const settings& wanted) {
  runtime::real_runtime rt;
  store::ledger_options kept;
  kept.key = secret(std::string(store_key));
  auto ledger = store::open_ledger(rt, wanted.folder + "/ledger.db", std::move(kept));
  audit::chained_log_options chained;
  chained.signer = audit::head_key::from_seed(secret(std::string(store_key))).value();
  chained.entries_a_head = 100;
  chained.on_head = audit::export_to_file(wanted.folder + "/heads");
  auto audit = audit::open_chained_log(rt, wanted.folder + "/audit.db", std::move(chained));
  auto key =
      smart::private_key::from_pem(secret(text_of(wanted.folder + "/key.pem")), smart::algorithm::es384);
  auto base = http::parse_url(wanted.base + "/interconnect-fhir-oauth/api/FHIR/R4");
  auto token = http::parse_url(wanted.base + "/interconnect-fhir-oauth/oauth2/token");
  if (!ledger || !audit || !key || !base || !token) {
    tell("cannot open what it needs");
    return 2;
  }
  epic::adapter_options options;
  options.fhir_base = std::move(*base);
  options.token_url = std::move(*token);
  options.client_id = "crash-test";
  options.key = std::make_shared<const smart::private_key>(std::move(*key));
  options.profile = *resilience::profile_named("interactive");
  options.review_after = 2s;
  options.site = epic::site_profile::orders();
  epic::adapter adapter(rt, std::move(options), epic::adapter_stores{**ledger, **audit},
                        [](const epic::event&) {});
  life one{rt, wanted, **ledger, adapter};
  int exit_code = 2;
  runtime::spawn(rt, "life", live(one, exit_code));
  rt.run();
  return exit_code;
}

}  // namespace
}  // namespace epicenter::crash

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fputs("Usage: crash_writer MOCK-URL FOLDER PATIENT ENCOUNTER WRITES\n", stderr);
    return 2;
  }
  const epicenter::crash::settings wanted{argv[1], argv[2], argv[3], argv[4],
                                          std::strtoull(argv[5], nullptr, 10)};
  return epicenter::crash::run(wanted);
}
