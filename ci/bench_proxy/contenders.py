"""The upstream and the proxies before it. Each has an `address` where clients connect and a `cost`."""

import json
import os
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

from bench_mock.servers import Server, free_port
from bench_proxy.cost import Cost

SMALL, LARGE = "/patient.json", "/bulk.bin"
SMALL_BYTES, LARGE_BYTES = 1500, 64_000_000
NGINX_STREAM = Path("/usr/lib/nginx/modules/ngx_stream_module.so")


class Contender(Server):
    """A server of which is known where it listens and what it costs."""

    def __init__(self, command, address, **how):
        super().__init__(command, **how)
        self.cost = Cost(self.process.pid)
        self.address = address

    def answers(self):
        body = self.wait_until_it_answers(f"http://{self.address}{SMALL}")
        if len(body) != SMALL_BYTES:
            raise RuntimeError(f"{self.name} serves {len(body)} bytes in place of {SMALL_BYTES}")
        return self


def nginx(folder, name, threads, block):
    """The command line of an nginx with this stream or http block."""
    home = folder / name
    home.mkdir()
    config = home / "nginx.conf"
    user = "user root;" if os.getuid() == 0 else ""
    load = f"load_module {NGINX_STREAM};" if block.lstrip().startswith("stream") else ""
    config.write_text(f"""
{load} {user} daemon off; worker_processes {threads}; pid {home}/nginx.pid; error_log {home}/error.log;
events {{ worker_connections 16000; }}
{block}
""", encoding="ascii")
    return ["nginx", "-c", config, "-e", home / "error.log"]


class Upstream(Contender):
    """nginx with a small and a large file; without a proxy before it, it is the contender `direct`."""

    name = "direct"

    def __init__(self, folder, threads):
        files = folder / "www"
        files.mkdir()
        padding = SMALL_BYTES - len(json.dumps({"resourceType": "Patient", "text": ""}))
        body = json.dumps({"resourceType": "Patient", "text": "x" * padding})
        (files / SMALL[1:]).write_text(body, encoding="ascii")
        (files / LARGE[1:]).write_bytes(b"0123456789abcdef" * (LARGE_BYTES // 16))
        port, home = free_port(), folder / "upstream"
        super().__init__(nginx(folder, "upstream", threads, f"""
http {{
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; sendfile on; tcp_nopush on;
  types {{ application/fhir+json json; }} open_file_cache max=10;
  client_body_temp_path {home}/t1; proxy_temp_path {home}/t2; fastcgi_temp_path {home}/t3;
  uwsgi_temp_path {home}/t4; scgi_temp_path {home}/t5;
  server {{ listen 127.0.0.1:{port} reuseport backlog=4096; root {files}; }}
}}"""), f"127.0.0.1:{port}")


class NginxStream(Contender):
    name = "nginx stream"

    def __init__(self, folder, threads, upstream):
        port = free_port()
        super().__init__(nginx(folder, "stream", threads, f"""
stream {{
  server {{ listen 127.0.0.1:{port} reuseport; proxy_pass {upstream}; proxy_timeout 600s; }}
}}"""), f"127.0.0.1:{port}")


class HAProxy(Contender):
    """`splice-auto` splices what HAProxy takes for a stream, and often copies nonetheless; `splice-response` always
    splices."""

    def __init__(self, folder, threads, upstream, name, mode, option="splice-auto"):
        self.name = name
        port = free_port()
        config = folder / f"{name.replace(' ', '-')}.cfg"
        config.write_text(f"""
global
  nbthread {threads}
  maxconn 4096
defaults
  mode {mode}
  option {option}
  timeout connect 5s
  timeout client 600s
  timeout server 600s
listen bench
  bind 127.0.0.1:{port}
  server upstream {upstream}
""", encoding="ascii")
        super().__init__(["haproxy", "-db", "-f", config], f"127.0.0.1:{port}", stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)


class Ours(Contender):
    """`epicenter proxy` with one route. An older build that knows no --threads runs as it is."""

    def __init__(self, binary, threads, upstream, name="ours TCP"):
        self.name = name
        self.threads = threads if knows_threads(binary) else None
        command = [binary, "proxy", "--api", "127.0.0.1:0", "--listen", "127.0.0.1:0", "--upstream", upstream]
        command += ["--threads", str(threads)] if self.threads else []
        super().__init__(command, None, stdout=subprocess.PIPE)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{binary} proxy ended without a word (exit {self.process.wait()})")
        started = json.loads(line)
        self.api = started["api"].rstrip("/")
        self.address = started["proxies"][0]["listen"]

    def apply(self, kind, parameters, **more):
        """Applies the fault for an hour; returns None, or why it was refused."""
        spec = {"id": kind, "type": kind, "parameters": parameters, "lease_ms": 3_600_000, **more}
        request = urllib.request.Request(self.api + "/faults", data=json.dumps(spec).encode(),
                                         headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=5):
                return None
        except urllib.error.HTTPError as refused:
            return refused.read().decode(errors="replace").strip()

    def must_apply(self, kind, parameters, **more):
        refused = self.apply(kind, parameters, **more)
        if refused:
            raise RuntimeError(f"the fault {kind} was refused: {refused}")
        return self


def knows_threads(binary):
    shown = subprocess.run([binary, "proxy", "--help"], capture_output=True, text=True, check=False, timeout=10)
    return "--threads" in shown.stdout
