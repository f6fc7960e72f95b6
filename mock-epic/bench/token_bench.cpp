// What a request pays for its token: look-up among many, and the question whether its scopes reach.
#include <benchmark/benchmark.h>

#include "mock-epic/oauth/reach.hpp"
#include "mock-epic/oauth/scope_grant.hpp"

namespace epicenter::mock::oauth {
namespace {

void look_up(benchmark::State& state) {
  token_store tokens(runtime::random_stream(1), 1h);
  scope_book book;
  std::vector<std::string> texts;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    access what;
    what.scopes = book.intern(epic_backend_scopes(), "epic");
    // As long as Epic's, which are JSON Web Tokens.
    std::string text = state.range(1) == 0 ? std::string() : std::string(966, 'x') + std::to_string(i);
    texts.push_back(tokens.issue(instant{}, std::move(what), std::move(text)).token);
  }
  std::size_t i = 0;
  for (auto _ : state) {
    const token_store::standing found = tokens.look_up(texts[i++ % texts.size()], instant{} + 1s);
    bool allowed = false;
    if (const auto wanted = wanted_by("GET", "/Patient/eq081-VQEgP8drUUqCWzHfw3"); wanted && found.valid)
      allowed = reach_of(*found.what, *wanted) == reach::allowed;
    benchmark::DoNotOptimize(allowed);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(look_up)->ArgsProduct({{1, 1000, 100'000}, {0, 1}});

}  // namespace
}  // namespace epicenter::mock::oauth

BENCHMARK_MAIN();
