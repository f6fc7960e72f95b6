import unittest

from planted import Planted
from lint_rules import banned_names, third_party, unordered_iteration

HERE = "harness/proxy/x.cpp"


class BannedNames(Planted):
    rule = banned_names

    PLANTED = (
        "auto t = std::chrono::steady_clock::now();",
        "auto t = system_clock::now();",
        "std::this_thread::sleep_for(1s);",
        "std::this_thread::sleep_until(t);",
        "usleep(3);",
        "std::random_device d;",
        "std::mt19937 g;",
        "int i = rand();",
        "int i = std::rand();",
        "boost::asio::steady_timer t(ex);",
        "beast::tcp_stream s(ex);",
        "std::thread t(run);",
        "std::jthread t(run);",
        "asio::ip::tcp::socket s(ex);",
        "int fd = ::socket(AF_INET, SOCK_STREAM, 0);",
        "return ::connect(fd, a, n);",
        "auto r = co_await op(as_tuple(token));",
        "#include <random>",
        "#include <thread>",
        "#include <sys/socket.h>",
    )

    def test_each_is_reported_with_its_line(self):
        for text in self.PLANTED:
            with self.subTest(text):
                found = self.findings({HERE: "// first\n" + text + "\n"})
                self.assertEqual({(f.path, f.line) for f in found}, {(HERE, 2)}, text)

    def test_tests_are_no_exception(self):
        path = "lib/epicenter/epic/tests/x_test.cpp"
        self.assert_found({path: "auto t = steady_clock::now();\n"}, (path, 1, "_clock::now"))

    def test_benchmarks_may_read_clocks_and_open_sockets_only(self):
        path = "lib/epicenter/epic/bench/x_bench.cpp"
        self.assert_found({path: "auto t = steady_clock::now();\nstd::random_device d;\n"}, (path, 2, "random_device"))
        self.assert_clean({path: "#include <sys/socket.h>\nint s = ::socket(AF_INET, SOCK_STREAM, 0);\n"})

    def test_runtime_may(self):
        source = "auto t = steady_clock::now();\nboost::asio::steady_timer u(ex);\n#include <random>\n"
        self.assert_clean({"lib/epicenter/runtime/real/x.cpp": source})

    def test_threads_only_in_its_real_half(self):
        path = "lib/epicenter/runtime/virtual/x.cpp"
        self.assert_found({path: "std::thread t(run);\n"}, (path, 1, "std::thread"))
        self.assert_clean({"lib/epicenter/runtime/real/x.cpp": "std::thread t(run);\n"})

    def test_what_only_looks_alike_holds(self):
        self.assert_clean({
            HERE: "co_await runtime::sleep_for(rt, 1s);\n"
                  "co_await sleep_for(rt, 1s);\n"
                  "auto r = rt.random(\"rand()\");  // no std::random_device here\n"
                  "brand(x); grand::total(); o.rand(); int rand(int);\n"
                  "auto c = client::connect(x); rt->connect(y); ns::socket(z);\n"
                  "clock_kind::now_or_later; steady_clock::time_point t;\n"
        })


class ThirdParty(Planted):
    rule = third_party

    def test_beast_outside_http(self):
        self.assert_found({HERE: "#pragma once\n#include <boost/beast/http/read.hpp>\n"}, (HERE, 2, "Beast"))

    def test_beasts_read_in_a_header_of_http(self):
        path = "lib/epicenter/http/x.hpp"
        self.assert_found({path: "#include <boost/beast/http/write.hpp>\n"}, (path, 1, "*.cpp"))

    def test_asio_outside_runtime_and_http(self):
        self.assert_found({HERE: "#include <boost/asio/post.hpp>\n"}, (HERE, 1, "Asio"))

    def test_cli11_in_a_second_file(self):
        files = {"harness/cli/a.cpp": "#include <CLI/CLI.hpp>\n", "harness/cli/b.cpp": "\n#include <CLI/App.hpp>\n"}
        self.assert_found(files, ("harness/cli/b.cpp", 2, "harness/cli/a.cpp"))

    def test_their_places_hold(self):
        self.assert_clean({
            "lib/epicenter/http/x.cpp": "#include <boost/beast/http/read.hpp>\n#include <boost/asio/post.hpp>\n",
            "lib/epicenter/runtime/net/net.cpp": "#include <boost/beast/src.hpp>\n",
            "harness/cli/a.cpp": "#include <CLI/CLI.hpp>\n#include <boost/url/parse.hpp>\n",
        })


class UnorderedIteration(Planted):
    rule = unordered_iteration

    def test_range_for_over_a_local(self):
        source = "std::unordered_map<int, std::vector<int>> seen;\nfor (const auto& [k, v] : seen) use(k);\n"
        self.assert_found({HERE: source}, (HERE, 2, "'seen'"))

    def test_member_declared_in_the_header(self):
        header = "class x {\n  std::unordered_set<std::string, hash> open_;\n};\n"
        self.assert_found(
            {"harness/proxy/x.hpp": header, HERE: "void x::f() {\n  for (auto& o : this->open_) g(o);\n}\n"},
            (HERE, 2, "'open_'"))

    def test_alias(self):
        source = "template <class V>\nusing index = std::unordered_map<int, V>;\nindex<int> all_;\nvoid f() { for (auto& a : all_) g(a); }\n"
        self.assert_found({HERE: source}, (HERE, 4, "'all_'"))

    def test_by_iterators(self):
        self.assert_found({HERE: "std::unordered_set<int> s;\nauto v = sorted(s.begin(), s.end());\n"}, (HERE, 2, "'s'"))

    def test_looking_up_and_ordered_walks_hold(self):
        self.assert_clean({
            HERE: "std::unordered_map<int, int> seen;\nstd::map<int, int> rows;\n"
                  "bool f() { for (auto& r : rows) g(r); return seen.find(3) != seen.end(); }\n"
                  "void h() { for (int i = 0; i < 3; ++i) seen[i] = i; for (auto x : seen.at(1)) g(x); }\n"
        })


if __name__ == "__main__":
    unittest.main()
