"""What many connections cost: memory of a crowd, of a slow reader, and the control API under half-open connections."""

import json
import resource
import select
import socket
import statistics
import subprocess
import time
import urllib.request

from bench_proxy.contenders import LARGE, SMALL, Ours

IDLE, ACTIVE = 10_000, 1000
MOST_MB = 150
SLOW_S, SLOW_BYTES_S, MOST_GROWTH_MB = 10, 10_000, 8
FLOOD, MOST_API_MS = 5000, 50


def crowd_size():
    """As many as RLIMIT_NOFILE lets one proxy hold: two descriptors for each connection."""
    most = (resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 200) // 2
    share = min(1, most / (IDLE + ACTIVE))
    return int(IDLE * share), int(ACTIVE * share)


def measure_crowd(options, upstream, probe, targets):
    idle, active = crowd_size()
    print(f"\n{idle:,} idle and {active:,} active connections")
    if idle < IDLE:
        print(f"  note: fewer than {IDLE:,} and {ACTIVE:,}, as RLIMIT_NOFILE cannot be raised here; the bound shrinks alike")
    one = Ours(options.binary, options.threads, upstream.address).answers()
    empty = one.cost.rss_mb()
    client = subprocess.Popen([probe, "crowd", "--to", one.address, "--path", SMALL, "--idle", str(idle),
                               "--active", str(active), "--seconds", "5"], stdout=subprocess.PIPE, text=True)
    try:
        opened = client.stdout.readline()
        if not opened:
            raise RuntimeError("the crowd could not be opened")
        seen = [one.cost.rss_mb()]
        while client.poll() is None:
            time.sleep(0.2)
            seen.append(one.cost.rss_mb())
        if client.returncode:
            raise RuntimeError("the crowd lost a connection")
        answers = json.loads(client.stdout.readline())["answers"]
    finally:
        client.kill()
        client.wait()
    print(f"  RSS empty {empty:.1f} MB, all open {seen[0]:.1f} MB, at most {max(seen):.1f} MB:"
          f" {(max(seen) - empty) * 1e3 / (idle + active):.1f} kB a connection; {answers / 5:,.0f} requests/s meanwhile")
    targets.at_most("RSS of the proxy with the crowd, MB", max(seen), MOST_MB * (idle + active) / (IDLE + ACTIVE), "{:.1f}")
    one.end()


def connect(address, **how):
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), **how)


def measure_slow_reader(options, upstream, _probe, targets):
    print(f"\na reader of the 64 MB file that takes {SLOW_BYTES_S:,} B/s, {SLOW_S} s")
    one = Ours(options.binary, options.threads, upstream.address).answers()
    before, seen, taken = one.cost.rss_mb(), [], 0
    with connect(one.address, timeout=5) as reader:
        reader.sendall(f"GET {LARGE} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
        for _ in range(SLOW_S * 10):
            taken += len(reader.recv(SLOW_BYTES_S // 10))
            seen.append(one.cost.rss_mb())
            time.sleep(0.1)
    if taken < SLOW_S * SLOW_BYTES_S * 0.9:
        raise RuntimeError(f"the slow reader got only {taken} bytes")
    print(f"  RSS before {before:.1f} MB, at most {max(seen):.1f} MB")
    targets.at_most("growth by the slow reader, MB", max(seen) - before, MOST_GROWTH_MB, "{:.1f}")
    one.end()


class DeadEnd:
    """A listener that accepts nothing and whose backlog is full: who connects to it gets no answer at all."""

    def __init__(self):
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(0)
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.waiting = []
        while True:
            one = socket.socket()
            self.waiting.append(one)
            one.setblocking(False)
            one.connect_ex(self.listener.getsockname())
            if not select.select([], [one], [], 0.3)[1]:
                return

    def close(self):
        for one in (*self.waiting, self.listener):
            one.close()


def api_ms(url):
    began = time.perf_counter()
    with urllib.request.urlopen(url, timeout=30) as answer:
        answer.read()
    return (time.perf_counter() - began) * 1e3


def measure_half_open(options, _upstream, _probe, targets):
    """A hundred connections at a time and then one question to the API, so that it meets the proxy at its busiest."""
    print(f"\n{FLOOD:,} connections whose upstream does not answer; GET /proxies meanwhile")
    dead_end = DeadEnd()
    one = Ours(options.binary, options.threads, dead_end.address)
    url = one.api + "/proxies"
    api_ms(url)
    flood, took = [], []
    host, _, port = one.address.rpartition(":")
    for number in range(FLOOD):
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex((host, int(port)))
        flood.append(client)
        if number % 100 == 99:
            took.append(api_ms(url))
    until = time.monotonic() + 3
    while time.monotonic() < until:
        took.append(api_ms(url))
        time.sleep(0.02)
    connected = len(select_writable(flood))
    print(f"  {connected:,} of them connected; {len(took)} questions, median {statistics.median(took):.2f} ms,"
          f" longest {max(took):.2f} ms; RSS {one.cost.rss_mb():.1f} MB")
    targets.at_most("longest answer of the API, ms", max(took), MOST_API_MS, "{:.1f}")
    for client in flood:
        client.close()
    one.end()
    dead_end.close()


def select_writable(sockets):
    """poll, as select ends at descriptor 1023."""
    poller = select.poll()
    for one in sockets:
        poller.register(one, select.POLLOUT)
    return [number for number, what in poller.poll(0) if what == select.POLLOUT]
