"""Requests a second, bulk, and the processor time of each, side by side."""

import json
import re
import statistics
import subprocess

from bench_proxy.contenders import LARGE, LARGE_BYTES, SMALL, HAProxy, NginxStream, Ours
from bench_proxy.cost import note_if_busy

CONNECTIONS = 64
PEERS = ("HAProxy TCP", "HAProxy HTTP")
BULK = {"1 download": (1, 16), "4 downloads": (4, 8)}  # connections, and downloads on each


def contenders(folder, options, upstream):
    at = upstream.address
    ours = Ours(options.binary, options.threads, at)
    inactive = Ours(options.binary, options.threads, at, "ours HTTP").must_apply(
        "error", {"status": 503}, id="inactive", match={"path": "/never/**"})
    haproxies = [HAProxy(folder, options.threads, at, *how) for how in (
        ("HAProxy TCP", "tcp"), ("HAProxy HTTP", "http"), ("HAProxy splice", "tcp", "splice-response"))]
    return [upstream, NginxStream(folder, options.threads, at), *haproxies, ours, inactive]


def requests(one, threads, seconds):
    """Requests a second, and microseconds of the proxy's processor time for each."""
    before = one.cost.cpu_ns()
    said = subprocess.run(["wrk", f"-t{threads}", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "20s",
                           f"http://{one.address}{SMALL}"],
                          check=True, capture_output=True, text=True, timeout=seconds + 30).stdout
    spent = one.cost.cpu_ns() - before
    if "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(f"{one.name} did not answer every request:\n{said}")
    count = int(re.search(r"(\d+) requests in", said).group(1))
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said).group(1)), spent / 1e3 / count


def bulk(one, probe, connections, each):
    """MB (10^6 bytes) a second, and microseconds of the proxy's processor time for each MB."""
    before = one.cost.cpu_ns()
    said = subprocess.run([probe, "download", "--to", one.address, "--path", LARGE, "--connections", str(connections),
                           "--each", str(each)], check=True, capture_output=True, text=True, timeout=120).stdout
    spent = one.cost.cpu_ns() - before
    got = json.loads(said)
    megabytes = got["bytes"] / 1e6
    if not got["complete"] or megabytes < connections * each * LARGE_BYTES / 1e6:
        raise RuntimeError(f"{one.name} did not deliver every download: {said}")
    return megabytes / (got["ns"] / 1e9), spent / 1e3 / megabytes


class Figures:
    """By contender and measurement, the figures of each round."""

    def __init__(self, names):
        self.of = {name: {what: ([], []) for what in ("requests", *BULK)} for name in names}

    def add(self, name, what, rate_and_cost):
        for made, figure in zip(self.of[name][what], rate_and_cost):
            made.append(figure)

    def ratio(self, what, mine, other, which):
        """Median over the rounds of mine / other; `which` is 0 for rates, 1 for costs."""
        return statistics.median(a / b for a, b in zip(self.of[mine][what][which], self.of[other][what][which]))


def measure(options, upstream, probe, targets):
    beside = [one.answers() for one in contenders(options.folder, options, upstream)]
    threads = beside[-1].threads
    print(f"{options.threads} threads each, wrk too; ours: {threads or 'an own number, as this build has no --threads'}")
    print(f"{CONNECTIONS} connections, 1.5 kB JSON, {options.seconds} s; 64 MB downloads, one and four at a time;"
          f" {options.rounds} interleaved rounds")
    figures = Figures([one.name for one in beside])
    for one in beside:  # caches, lazy dialling, first allocations
        requests(one, options.threads, 1)
        bulk(one, probe, 1, 1)
    for number in range(options.rounds):
        start = number % len(beside)  # nobody always runs after the same neighbour
        for one in beside[start:] + beside[:start]:
            figures.add(one.name, "requests", requests(one, options.threads, options.seconds))
            for what, how in BULK.items():
                figures.add(one.name, what, bulk(one, probe, *how))
        shown = ", ".join(f"{one.name} {figures.of[one.name]['requests'][0][-1]:,.0f}/s" for one in beside)
        print(f"  round {number + 1}: {shown}", flush=True)
        note_if_busy()
    for one in beside[1:]:
        one.end()
    print_table(figures)
    judge(figures, targets)


def spread(made, digits):
    return f"({min(made):,.{digits}f} to {max(made):,.{digits}f})"


def print_table(figures):
    for what, unit, cost, digits in (("requests", "/s", "request", 2), *((name, "MB/s", "MB", 0) for name in BULK)):
        print(f"\n{what}: median (lowest to highest); CPU: µs of the proxy's processes a {cost}")
        print(f"  {'':14}{unit:>9}{'':20}{'CPU':>8}{'':20} rate / HAProxy TCP, HTTP, direct   CPU / HAProxy TCP, HTTP")
        for name in figures.of:
            rates, costs = figures.of[name][what]
            line = f"  {name:14}{statistics.median(rates):9,.0f} {spread(rates, 0):19}"
            if name == "direct":  # there is no proxy
                line += f"{'-':>8} {'':19}"
            else:
                line += f"{statistics.median(costs):8.{digits}f} {spread(costs, digits):19}"
            line += "".join(f"{figures.ratio(what, name, other, 0):8.2f}" for other in (*PEERS, "direct"))
            if name != "direct":
                line += " " * 12 + "".join(f"{figures.ratio(what, name, other, 1):8.2f}" for other in PEERS)
            print(line)


def judge(figures, targets):
    print("\nthroughput, medians of the rounds' ratios:")
    targets.at_least("requests a second, ours TCP / HAProxy TCP",
                     figures.ratio("requests", "ours TCP", "HAProxy TCP", 0), 0.9)
    targets.at_most("CPU a request, ours TCP / HAProxy TCP",
                    figures.ratio("requests", "ours TCP", "HAProxy TCP", 1), 1.15)
    for what in BULK:
        targets.at_least(f"{what}, MB/s, ours TCP / HAProxy TCP with splice-auto",
                         figures.ratio(what, "ours TCP", "HAProxy TCP", 0), 1.0)
    targets.at_least("requests a second, ours HTTP with an inactive fault / HAProxy HTTP",
                     figures.ratio("requests", "ours HTTP", "HAProxy HTTP", 0), 0.9)
    for what in BULK:
        print(f"  {'aside':8} {what}, MB/s, ours TCP / HAProxy TCP that always splices:"
              f" {figures.ratio(what, 'ours TCP', 'HAProxy splice', 0):.2f}")
