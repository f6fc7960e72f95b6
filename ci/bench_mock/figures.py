"""What is measured: throughput, start-up, memory."""

import json
import re
import statistics
import subprocess
import time
import urllib.request

from bench_mock.servers import ACCEPT, Server, answer_of


def load(server, connections, seconds):
    """Requests a second of wrk, and how many there were. Anything but 2xx is an error of the measurement."""
    command = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s",
               "-H", f"Authorization: Bearer {server.token}", "-H", f"Accept: {ACCEPT}", server.patient]
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 30).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(f"{server.name} did not answer every request:\n{said}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said).group(1))
    return rate, int(re.search(r"(\d+) requests in", said).group(1))


def rounds(servers, count, connections, seconds):
    """By name, the rates of each round; interleaved, so that what else the machine does meets all alike."""
    rates = {server.name: [] for server in servers}
    for server in servers:
        load(server, connections, 1)
    for number in range(count):
        for server in servers:
            rates[server.name].append(load(server, connections, seconds)[0])
        shown = ", ".join(f"{name} {made[-1]:,.0f}/s" for name, made in rates.items())
        print(f"  round {number + 1}: {shown}", flush=True)
    return rates


def print_ratios(rates, connections):
    print(f"\nPatient read, {connections} connections, median of {len(rates['mock'])} rounds (lowest to highest):")
    for name, made in rates.items():
        print(f"  {name:9} {statistics.median(made):9,.0f}/s  ({min(made):,.0f} to {max(made):,.0f})")
    for name, made in rates.items():
        if name != "mock":
            ratios = [mine / other for mine, other in zip(rates["mock"], made)]
            print(f"  mock / {name}: {statistics.median(ratios):.2f}  ({min(ratios):.2f} to {max(ratios):.2f})")


class Started(Server):
    """The program from exec to its first answer."""

    name = "mock"

    def __init__(self, program):
        began = time.perf_counter()
        super().__init__([program, "mock", "--listen", "127.0.0.1:0", "--open", "--patients", "200"],
                         stdout=subprocess.PIPE)
        urls = json.loads(self.process.stdout.readline())
        answer_of(urls["fhir"] + "/metadata")
        self.took_ms = (time.perf_counter() - began) * 1e3


def print_start_up(program, count):
    urllib.request.getproxies()  # what urllib does once, outside of what is timed
    took, memory = [], []
    for _ in range(count):
        server = Started(program)
        try:
            took.append(server.took_ms)
            memory.append(server.rss_mb())
        finally:
            server.end()
    print(f"\nfrom exec to the first answer, 200 patients, median of {count}: {statistics.median(took):.1f} ms"
          f"  ({min(took):.1f} to {max(took):.1f}); RSS then {statistics.median(memory):.1f} MB")


def print_soak(server, connections, early, late):
    """Memory after so many requests and after many more of them: it must have stopped growing."""
    done, at = 0, {}
    for goal in (early, late):
        while done < goal:
            rate, count = load(server, connections, 2 if goal == early else 5)
            done += count
        at[goal] = (done, server.rss_mb())
    (first, small), (last, large) = at[early], at[late]
    print(f"\nRSS of the mock after {first:,} requests {small:.1f} MB, after {last:,} {large:.1f} MB:"
          f" {(large / small - 1) * 100:+.0f} %")
