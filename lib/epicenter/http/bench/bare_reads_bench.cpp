// What the machine and the server allow: GETs of one URL in a bare loop of Asio and Beast, by so many
// connections. ci/bench-adapter runs it beside the adapter, and has it ask for the coding the adapter asks
// for.
#include <arpa/inet.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <epicenter/http/url.hpp>
#include <stdexcept>

namespace epicenter::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using socket_stream = asio::generic::stream_protocol::socket;
using clock = std::chrono::steady_clock;

int connected_to(const runtime::endpoint& server) {
  const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server.port);
  const int on = 1;
  const bool good = made >= 0 && ::inet_pton(AF_INET, server.host.c_str(), &address.sin_addr) == 1 &&
                    ::connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                    ::setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0;
  if (!good) throw std::runtime_error("cannot connect to " + server.to_string());
  return made;
}

std::int64_t cpu_us() {
  rusage used{};
  if (::getrusage(RUSAGE_SELF, &used) != 0) throw std::runtime_error("getrusage");
  return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1'000'000 + used.ru_utime.tv_usec +
         used.ru_stime.tv_usec;
}

// As in a program that has freed a large block before: glibc then gives less back (mallopt(3),
// M_MMAP_THRESHOLD). Both clients of the comparison do it.
void keep_freed_memory() {
  constexpr int bytes = 16 * 1024 * 1024;
  if (::mallopt(M_TRIM_THRESHOLD, bytes) != 1) throw std::runtime_error("mallopt");
}

struct run_state {
  url where;
  std::string token;
  bool gzip = false;
  clock::time_point from;
  clock::time_point until;
  std::uint64_t reads = 0;
  std::uint64_t bytes = 0;
  std::int64_t cpu_before = 0;
};

asio::awaitable<void> read_on(run_state& run) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  socket_stream stream(executor, asio::generic::stream_protocol(AF_INET, IPPROTO_TCP),
                       connected_to(run.where.where.server));
  beast::flat_buffer buffer;
  beast::http::request<beast::http::empty_body> asked(beast::http::verb::get, run.where.target, 11);
  asked.set(beast::http::field::host, run.where.where.authority());
  asked.set(beast::http::field::user_agent, "bare");
  asked.set(beast::http::field::accept, "application/fhir+json");
  if (run.gzip) asked.set(beast::http::field::accept_encoding, "gzip");
  asked.set(beast::http::field::authorization, "Bearer " + run.token);
  for (;;) {
    co_await beast::http::async_write(stream, asked, asio::use_awaitable);
    beast::http::response<beast::http::string_body> got;
    co_await beast::http::async_read(stream, buffer, got, asio::use_awaitable);
    if (got.result_int() != 200) throw std::runtime_error("status " + std::to_string(got.result_int()));
    const auto now = clock::now();
    if (now >= run.until) co_return;
    if (now < run.from) continue;
    if (run.reads == 0) run.cpu_before = cpu_us();
    ++run.reads;
    run.bytes += got.body().size();
  }
}

void rethrow(std::exception_ptr thrown) {
  if (thrown) std::rethrow_exception(thrown);
}

int measure(const char* const* args) {
  keep_freed_memory();
  run_state run;
  run.where = parse_url(args[0]).value();
  run.token = args[1];
  run.gzip = std::string_view(args[2]) == "gzip";
  const int connections = std::atoi(args[3]);
  const std::chrono::duration<double> lasts(std::atof(args[4]));
  run.from = clock::now() + std::chrono::milliseconds(300);
  run.until = run.from + std::chrono::duration_cast<clock::duration>(lasts);
  asio::io_context loop(1);
  for (int i = 0; i < connections; ++i) asio::co_spawn(loop, read_on(run), rethrow);
  loop.run();
  const auto reads = static_cast<double>(run.reads);
  std::printf("{\"reads_per_s\": %.1f, \"cpu_us\": %.2f, \"bytes\": %.0f, \"requests\": 1}\n",
              reads / lasts.count(), static_cast<double>(cpu_us() - run.cpu_before) / reads,
              static_cast<double>(run.bytes) / reads);
  return 0;
}

}  // namespace
}  // namespace epicenter::http

int main(int argc, char** argv) {
  if (argc != 6) {
    std::puts("bare_reads_bench URL TOKEN gzip|identity CONNECTIONS SECONDS: run by ci/bench-adapter");
    return argc == 1 ? 0 : 2;
  }
  try {
    return epicenter::http::measure(argv + 1);
  } catch (const std::exception& thrown) {
    std::fprintf(stderr, "bare_reads_bench: %s\n", thrown.what());
    return 1;
  }
}
