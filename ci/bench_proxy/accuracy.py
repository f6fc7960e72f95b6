"""Whether a fault does as much as it says: an added delay, a limit of bandwidth."""

import json
import subprocess

from bench_proxy.contenders import LARGE, SMALL, Ours

DELAY_MS = 50
EVERY_MS = 60  # each connection's pace: above the delay, so that nothing waits for an earlier answer
LIMIT_MB, LIMIT_S = 1, 10


def probe_latency(probe, one, connections, seconds, every_ms, least_ms=0):
    said = subprocess.run([probe, "latency", "--to", one.address, "--path", SMALL, "--connections", str(connections),
                           "--seconds", str(seconds), "--every-us", str(every_ms * 1000),
                           "--least-us", str(least_ms * 1000)],
                          check=True, capture_output=True, text=True, timeout=seconds + 30).stdout
    return json.loads(said)


def print_row(what, made, early=True):
    shown = f"early {made['early']}" if early else ""
    print(f"  {what:44}{made['requests']:8,}{made['min_us'] / 1e3:9.3f}{made['median_us'] / 1e3:9.3f}"
          f"{made['p99_us'] / 1e3:9.3f}{made['max_us'] / 1e3:9.3f}  {shown}", flush=True)


def measure_delay(options, upstream, probe, targets):
    """The same proxy without the fault and with it. Paced requests are judged, and by what the fault added to the
    median without it: a processor that sleeps between two requests costs each way 0.1 ms that no proxy can help.
    Without pace all connections send at the same moments, and the queue for the processors is in the figure."""
    one = Ours(options.binary, options.threads, upstream.address).answers()
    seconds = options.latency_seconds
    print(f"\nan added {DELAY_MS} ms; milliseconds from the first byte sent to the last byte's arrival"
          f" (each connection once every {EVERY_MS} ms, {seconds} s)")
    print(f"  {'':44}{'requests':>8}{'min':>9}{'median':>9}{'p99':>9}{'max':>9}")
    without, delayed = {}, {}
    for connections in (1, 64):
        without[connections] = probe_latency(probe, one, connections, seconds, EVERY_MS)
        print_row(f"without the fault, {connections} connection(s)", without[connections], early=False)
    one.must_apply("latency", {"delay": f"{DELAY_MS}ms", "direction": "request"})
    for connections in (1, 64):
        delayed[connections] = probe_latency(probe, one, connections, seconds, EVERY_MS, DELAY_MS)
        print_row(f"{DELAY_MS} ms, {connections} connection(s)", delayed[connections])
    print_row(f"{DELAY_MS} ms, 64 connections in lock step", probe_latency(probe, one, 64, seconds, 0, DELAY_MS))
    if not all(made["stamped_by_kernel"] for made in delayed.values()):
        print("  note: this kernel did not stamp every arrival; the client's own delays are in the figures")
    one.end()
    for connections, made in delayed.items():
        at = f"{DELAY_MS} ms at {connections} connection(s)"
        usual = without[connections]["median_us"]
        targets.at_most(f"{at}, early requests", made["early"], 0, "{}")
        targets.at_most(f"{at}, added to the median, ms", (made["median_us"] - usual) / 1e3, DELAY_MS + 0.2, "{:.3f}")
        targets.at_most(f"{at}, added in the p99, ms", (made["p99_us"] - usual) / 1e3, DELAY_MS + 1, "{:.3f}")


def measure_bandwidth(options, upstream, probe, targets):
    one = Ours(options.binary, options.threads, upstream.address).answers()
    print(f"\na limit of {LIMIT_MB} MB/s over {LIMIT_S} s")
    limit = {"limit": f"{LIMIT_MB}MB/s"}
    refused = one.apply("bandwidth", {**limit, "direction": "response"})
    if refused:
        refused = one.apply("bandwidth", limit)
    if refused:
        print(f"  skipped: this build refuses the fault: {refused}")
    else:
        said = subprocess.run([probe, "download", "--to", one.address, "--path", LARGE, "--at-most-ms",
                               str(LIMIT_S * 1000)], check=True, capture_output=True, text=True, timeout=60).stdout
        got = json.loads(said)
        rate = got["bytes"] / 1e6 / (got["ns"] / 1e9)
        targets.at_most(f"{rate:.4f} MB/s, percent away from {LIMIT_MB} MB/s", abs(rate / LIMIT_MB - 1) * 100, 1)
    one.end()
