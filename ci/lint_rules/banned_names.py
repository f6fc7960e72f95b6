"""Names that would let the real world into code that must also run in virtual time.

Only lib/epicenter/runtime may name a clock, a sleep, a random device, a socket or a timer; threads only
runtime/real and the tests of the seam. Benchmarks may read clocks, and open sockets: a measuring client made of what it
measures would share its delays. Everything else asks the runtime.
"""
from dataclasses import dataclass

from .finding import Finding
from .tokens import WORD

RUNTIME = "lib/epicenter/runtime/"
REAL = ("lib/epicenter/runtime/real/", "lib/epicenter/runtime/tests/")
HTTP = "lib/epicenter/http/"


@dataclass(frozen=True)
class Ban:
    names: tuple  # each a spelling with its qualification; a leading "::" is the global scope, a "*" any beginning
    instead: str
    allowed: tuple = (RUNTIME,)
    call: bool = False  # only where a bracket follows
    bench: bool = False  # benchmarks may


BANS = (
    Ban(("*_clock::now",), "runtime.now() or runtime.wall()", bench=True),
    Ban(("gettimeofday", "clock_gettime", "std::time", "::time"), "runtime.now() or runtime.wall()", call=True,
        bench=True),
    Ban(("this_thread::sleep_for", "this_thread::sleep_until"), "sleep_for(runtime, …)"),
    Ban(("usleep", "nanosleep", "::sleep"), "sleep_for(runtime, …)", call=True),
    Ban(("random_device", "mt19937", "mt19937_64", "default_random_engine", "uniform_int_distribution",
         "uniform_real_distribution", "normal_distribution"), 'runtime.random("name")'),
    Ban(("rand", "srand", "getrandom", "drand48"), 'runtime.random("name")', call=True),
    Ban(("steady_timer", "system_timer", "basic_waitable_timer", "deadline_timer"), "sleep_for(runtime, …)"),
    Ban(("beast::tcp_stream", "beast::ssl_stream"), "a stream of the runtime"),
    Ban(("std::thread", "std::jthread", "std::async"), "blocking(runtime, …) or another runtime", allowed=REAL),
    Ban(("ip::tcp", "ip::udp", "local::stream_protocol", "basic_stream_socket", "basic_socket_acceptor"),
        "runtime.connect(…) or runtime.listen(…)"),
    Ban(("::socket", "::connect", "::bind", "::listen", "::accept", "::accept4", "::socketpair"),
        "runtime.connect(…) or runtime.listen(…)", call=True, bench=True),
    Ban(("as_tuple", "use_awaitable", "co_spawn"), "task<result<T>> and the runtime's spawn", allowed=(RUNTIME, HTTP)),
)
INCLUDES = {
    "random": Ban((), 'runtime.random("name")'),
    "thread": Ban((), "blocking(runtime, …) or another runtime", allowed=REAL),
    "sys/socket.h": Ban((), "runtime.connect(…) or runtime.listen(…)", bench=True),
    "netinet/in.h": Ban((), "runtime.connect(…) or runtime.listen(…)", bench=True),
}


def check(tree):
    for file in tree.sources:
        for include in file.includes:
            ban = INCLUDES.get(include.target)
            if ban and not _may(file, ban):
                yield _finding(file, include.line, f"#include <{include.target}>", ban)
        for ban in BANS:
            if not _may(file, ban):
                yield from _uses(file, ban)


def _may(file, ban):
    return file.path.startswith(ban.allowed) or (ban.bench and file.is_bench)


def _finding(file, line, name, ban):
    where = ban.allowed[0].rstrip("/")
    return Finding(file.path, line, f"{name} outside {where}: use {ban.instead}")


def _uses(file, ban):
    for name in ban.names:
        parts = [p for p in name.split("::") if p]
        for end in file.positions(parts[-1]):
            if _spelt(file.tokens, end, parts, name.startswith("::")) and (not ban.call or _called(file.tokens, end)):
                yield _finding(file, file.tokens[end].line, name, ban)


def _spelt(tokens, end, parts, from_global):
    """Whether the tokens before `end` spell the qualified name; for one of a single part: not a member."""
    at = end
    for part in reversed(parts[:-1]):
        at -= 2
        if at < 0 or tokens[at + 1].text != "::" or not _matches(tokens[at].text, part):
            return False
    before = tokens[at - 1] if at else None
    if from_global:
        return before is not None and before.text == "::" and not (at >= 2 and _qualifies(tokens[at - 2]))
    if before is None or len(parts) > 1:
        return True
    if before.text in (".", "->"):
        return False
    return not (before.text == "::" and at >= 2 and tokens[at - 2].text in ("runtime", "epicenter"))


def _qualifies(token):
    """Whether a name before `::` makes what follows a member of it; `return ::socket(…)` is global."""
    return (token.kind == WORD and token.text not in ("return", "co_return", "co_await", "throw")) or token.text == ">"


def _matches(text, part):
    return text == part or (part.startswith("*") and text.endswith(part[1:]))


def _called(tokens, end):
    if end + 1 >= len(tokens) or tokens[end + 1].text != "(":
        return False
    before = tokens[end - 1] if end else None
    # `int rand(` declares a function of that name
    return before is None or before.kind != WORD or before.text in ("return", "co_return", "co_await", "throw", "else")
