"""Each row of the table of statements that g++ 12 miscompiles, and what to write instead."""
import unittest

from planted import Planted
from lint_rules import coroutine_lambdas, coroutine_statements

PATH = "lib/epicenter/epic/x.cpp"


def function(body):
    return {PATH: "task<int> f(opts o) {\n" + body + "\n}\n"}


class CoroutineStatements(Planted):
    rule = coroutine_statements

    def breaks(self, body, word, line=2):
        self.assert_found(function(body), (PATH, line, word))

    def holds(self, body):
        self.assert_clean(function(body))

    def test_lambda_in_co_spawn(self):
        self.breaks("  co_await co_spawn(ex, [q = move(p)] { return run(q); }, use_awaitable);", "capturing lambda")

    def test_coroutine_lambda_in_co_spawn(self):
        self.breaks("  co_await co_spawn(ex, [q]() -> task<> { co_await g(q); }, use_awaitable);", "capturing lambda")

    def test_executor_awaited_inside_co_spawn(self):
        self.breaks("  co_spawn(co_await this_coro::executor, run(p), detached);", "co_spawn")

    def test_designated_initialiser(self):
        self.breaks("  co_await g({.a = 1, .b = 2});", "braced aggregate")

    def test_named_aggregate(self):
        self.breaks("  co_await g(agg{one});", "braced aggregate")

    def test_array(self):
        self.breaks("  co_await g(std::array<const_buffer, 2>{a, b});", "braced aggregate")

    def test_await_inside_aggregate(self):
        self.breaks("  agg x{.a = co_await g()};", "braced aggregate")

    def test_await_inside_returned_aggregate(self):
        self.breaks("  co_return agg{co_await g(), 1};", "braced aggregate")

    def test_ternary(self):
        self.breaks("  const int x = c ? co_await a() : b;", "ternary")

    def test_returned_ternary(self):
        self.breaks("  co_return c ? co_await a() : b;", "ternary")

    def test_async_initiate(self):
        self.breaks("  co_await async_initiate<t, void(int)>([this](auto h) { go(h); }, token);", "capturing lambda")

    def test_lambda_called_where_it_stands(self):
        self.breaks("  co_await [q]() -> task<> { co_return; }();", "capturing lambda")

    def test_over_several_lines(self):
        self.breaks("  int a = 1;\n  auto x =\n      co_await g(agg{\n          one});", "braced aggregate", line=3)

    def test_in_a_condition(self):
        self.breaks("  if (co_await g({.a = 1})) {\n    h();\n  }", "braced aggregate")

    def test_in_the_range_of_a_loop(self):
        self.breaks("  for (auto x : co_await g(agg{1})) h(x);", "braced aggregate")

    def test_inside_the_body_of_a_lambda(self):
        self.breaks("  const auto body = [&]() -> task<> {\n    co_await g({.a = 1});\n  };", "braced aggregate", line=3)

    def test_in_a_macro(self):
        self.assert_found({PATH: "#define TRY(x) \\\n  co_await g(agg{x})\n"}, (PATH, 1, "braced aggregate"))

    def test_in_a_member_of_a_class(self):
        source = "struct s final : public t {\n  task<> go() && {\n    co_await g({.a = a_});\n  }\n  int a_{3};\n};\n"
        self.assert_found({PATH: source}, (PATH, 3, "braced aggregate"))

    def test_named_first_holds(self):
        self.holds("  opts o{.a = 1};\n  auto r = co_await g(std::move(o));\n  co_return agg{r, 1};")

    def test_executor_on_a_line_of_its_own_holds(self):
        self.holds("  auto ex = co_await this_coro::executor;\n  co_spawn(ex, run(p), detached);")

    def test_branches_hold(self):
        self.holds("  if (c) {\n    x = co_await a();\n  } else {\n    x = b ? 1 : 2;\n  }")

    def test_one_line_branches_hold(self):
        self.holds("  if (auto r = co_await a(); !r) co_return fail({1, 2});\n  else co_return agg{1};")

    def test_labels_hold(self):
        self.holds("  switch (co_await a()) {\n    case k::one: co_return agg{1};\n    default: co_await b();\n  }")

    def test_await_inside_a_lambda_is_a_statement_of_its_own(self):
        self.holds("  const auto body = [&]() -> task<> {\n    co_await g(x);\n  };\n  co_await run(body);")

    def test_handler_with_braces_holds(self):
        self.holds("  auto h = make({1, 2}, [&](exchange& x) -> task<result<int>> { co_await x.reply(); });")

    def test_structured_bindings_hold(self):
        self.holds("  const auto& [a, b] = co_await g();\n  auto&& [c, d] = co_await g();\n  x[i] = co_await g();")

    def test_empty_braces_and_comments_hold(self):
        self.holds("  co_await g(opts{}, x);  // f({.a = 1}) ? a : b\n  co_await g(\"c ? {1} : [x]{}\");")

    def test_constructor_with_braces_holds(self):
        self.assert_clean({PATH: "s::s(int a) : a_{a}, b_(a) {\n  spawn(run(a));\n}\ntask<> s::run(int a) { co_await g(a); }\n"})


class CoroutineLambdas(Planted):
    rule = coroutine_lambdas

    BODY = "void f() {\n  auto g = [&x]() -> task<> {\n    co_await x;\n  };\n  spawn([x]() -> task<> { co_return; }());\n}\n"

    def test_with_captures(self):
        self.assert_found({PATH: self.BODY}, (PATH, 2, "captures"), (PATH, 5, "captures"))

    def test_in_a_test_only_where_it_is_called_at_once(self):
        path = "lib/epicenter/epic/tests/x_test.cpp"
        self.assert_found({path: self.BODY}, (path, 5, "captures"))

    def test_without_captures_or_without_coroutine_holds(self):
        self.assert_clean({PATH: "auto a = [](int x) -> task<> { co_await g(x); };\nauto b = [&x] { return x; };\n"})

    def test_outer_lambda_of_a_coroutine_lambda_holds(self):
        self.assert_clean({PATH: "auto a = [&x] { return [](int y) -> task<> { co_await g(y); }; };\n"})


if __name__ == "__main__":
    unittest.main()
