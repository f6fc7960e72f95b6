"""The servers that are measured, each a process that ends with this one."""

import base64
import json
import os
import signal
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from pathlib import Path

ACCEPT = "application/fhir+json"
CLIENT = "bench"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answer_of(url, token=None, data=None, timeout=5, headers=None):
    fields = {"Accept": ACCEPT, **(headers or {})}
    if token:
        fields["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url, data=data, headers=fields)
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        return answer.read()


class Server:
    """A process, from its command line to its end."""

    name = ""
    running = []

    def __init__(self, command, **how):
        # A group of its own: a launcher's children end with it.
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, **how)
        Server.running.append(self)

    @staticmethod
    def end_all():
        for one in list(Server.running):
            one.end()

    def end(self):
        for how in (signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is None:
                os.killpg(self.process.pid, how)
                try:
                    self.process.wait(3)
                except subprocess.TimeoutExpired:
                    continue
        Server.running.remove(self)

    def rss_mb(self):
        for line in Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise RuntimeError(f"{self.name} has ended")

    def wait_until_it_answers(self, url, token=None, within=30):
        limit = time.monotonic() + within
        while True:
            try:
                return answer_of(url, token)
            except OSError:
                if self.process.poll() is not None or time.monotonic() > limit:
                    raise
                time.sleep(0.05)


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


class Key:
    """An RSA key pair of a client of the token endpoint, by the openssl program."""

    def __init__(self, scratch):
        self.file = scratch / "key.pem"
        subprocess.run(["openssl", "genrsa", "-out", self.file, "2048"], check=True, capture_output=True)
        shown = subprocess.run(["openssl", "rsa", "-in", self.file, "-noout", "-modulus"], check=True,
                               capture_output=True, text=True).stdout
        modulus = bytes.fromhex(shown.strip().partition("=")[2])
        self.jwks = scratch / "jwks.json"
        self.jwks.write_text(json.dumps({"keys": [{
            "kty": "RSA", "alg": "RS384", "use": "sig", "kid": "k", "e": "AQAB", "n": base64url(modulus)}]}))

    def assertion(self, audience):
        now = int(time.time())
        head = {"alg": "RS384", "typ": "JWT", "kid": "k"}
        claims = {"iss": CLIENT, "sub": CLIENT, "aud": audience, "jti": f"{time.time_ns()}",
                  "iat": now, "nbf": now, "exp": now + 240}
        signed = ".".join(base64url(json.dumps(part).encode()) for part in (head, claims))
        signature = subprocess.run(["openssl", "dgst", "-sha384", "-sign", self.file], input=signed.encode(),
                                   check=True, capture_output=True).stdout
        return f"{signed}.{base64url(signature)}"


class Mock(Server):
    """The built program; `patient` is the URL that is measured, and `token` one that may read it."""

    name = "mock"

    def __init__(self, program, key, options=()):
        super().__init__([program, "mock", "--listen", "127.0.0.1:0", "--client", CLIENT, "--jwks", key.jwks,
                          "--token-lifetime", "24h", *options], stdout=subprocess.PIPE)
        self.urls = json.loads(self.process.stdout.readline())
        patients = json.loads(answer_of(self.urls["admin"] + "/site/patients"))["patients"]
        self.patient = f"{self.urls['fhir']}/Patient/{patients[0]['patient']}"
        form = {"grant_type": "client_credentials", "client_assertion": key.assertion(self.urls["token"]),
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}
        answered = answer_of(self.urls["token"], data=urllib.parse.urlencode(form).encode())
        self.token = json.loads(answered)["access_token"]


class Nginx(Server):
    """One worker, no access log, the same bytes as a static file at the same path."""

    name = "nginx"

    def __init__(self, scratch, path, body):
        port = free_port()
        file = scratch / "www" / path.lstrip("/")
        file.parent.mkdir(parents=True)
        file.write_bytes(body)
        file.chmod(0o644)
        for folder in (scratch, *file.relative_to(scratch).parents):
            (scratch / folder).chmod(0o755)
        config = scratch / "nginx.conf"
        config.write_text(f"""
daemon off; master_process off; worker_processes 1; pid {scratch}/nginx.pid; error_log {scratch}/nginx.log;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; default_type {ACCEPT};
  sendfile on; tcp_nopush on; open_file_cache max=10;
  client_body_temp_path {scratch}/t1; proxy_temp_path {scratch}/t2; fastcgi_temp_path {scratch}/t3;
  uwsgi_temp_path {scratch}/t4; scgi_temp_path {scratch}/t5;
  server {{ listen 127.0.0.1:{port}; root {scratch}/www; }}
}}
""", encoding="ascii")
        super().__init__(["nginx", "-c", config, "-e", scratch / "nginx.log"])
        self.patient = f"http://127.0.0.1:{port}{path}"
        self.token = "none"
        self.wait_until_it_answers(self.patient)


class WireMock(Server):
    """As it comes, with one stub of the same bytes."""

    name = "wiremock"

    def __init__(self, scratch, jar, path, body):
        port = free_port()
        folder = scratch / "wiremock"
        folder.mkdir()
        super().__init__(["java", "-jar", jar, "--port", str(port), "--bind-address", "127.0.0.1", "--root-dir", folder,
                          "--disable-banner"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        base = f"http://127.0.0.1:{port}"
        self.wait_until_it_answers(f"{base}/__admin/mappings")
        stub = {"request": {"method": "GET", "urlPath": path},
                "response": {"status": 200, "headers": {"Content-Type": ACCEPT}, "body": body.decode("utf-8")}}
        answer_of(f"{base}/__admin/mappings", data=json.dumps(stub).encode(),
                  headers={"Content-Type": "application/json"})
        self.patient = base + path
        self.token = "none"
