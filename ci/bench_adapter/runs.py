"""One program measures one way of reading for a while; ways take turns, so that the machine's moods meet all alike."""

import json
import os
import statistics
import subprocess
import urllib.parse
from pathlib import Path

from bench_mock.servers import CLIENT, answer_of

WAYS = ("bare", "adapter", "with SQLite")


class Ways:
    """The three ways of one read: laboratory results of a patient ("labs"), or the Patient itself ("patient")."""

    def __init__(self, programs, mock, key, scratch):
        self.programs = Path(programs)
        self.mock = mock
        self.key = key
        self.scratch = scratch
        self.what = self.patient = self.url = ""
        self.count = 0

    def of(self, what, patient, url):
        self.what, self.patient, self.url = what, patient, url
        return self

    def run(self, way, connections, callers, seconds):
        self.count += 1
        if way == "bare":
            coding = "gzip" if self.what == "labs" else "identity"  # as the adapter asks for it
            command = [self.programs / "bare_reads_bench", self.url, self.mock.token, coding, str(connections)]
        else:
            command = [self.programs / "reads_bench", self.mock.urls["fhir"], self.mock.urls["token"], self.key.file,
                       CLIENT, self.what, self.patient, str(connections), str(callers)]
        command.append(str(seconds))
        if way == "with SQLite":
            command.append(self.scratch / f"audit{self.count}.sqlite")
        before = cpu_s(self.mock.process.pid)
        said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=seconds + 60).stdout
        result = json.loads(said)
        # The program warms up for 0.3 s, which the server's time includes.
        served = result["reads_per_s"] * (seconds + 0.3)
        result["server_us"] = (cpu_s(self.mock.process.pid) - before) * 1e6 / served
        return result


def cpu_s(pid):
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def with_labs(mock):
    """Patients whose laboratory results come on one page: bytes of JSON, patient and URL, the smallest page first."""
    patients = json.loads(answer_of(mock.urls["admin"] + "/site/patients"))["patients"]
    found = []
    for one in patients:
        query = urllib.parse.urlencode({"patient": one["patient"], "category": "laboratory"})
        url = f"{mock.urls['fhir']}/Observation?{query}"
        text = answer_of(url, mock.token)
        page = json.loads(text)
        some = any(entry["resource"]["resourceType"] == "Observation" for entry in page.get("entry", []))
        if some and not any(link["relation"] == "next" for link in page.get("link", [])):
            found.append((len(text), one["patient"], url))
    if not found:
        raise RuntimeError("no patient of the mock has laboratory results")
    return sorted(found)


def patient_itself(mock, patient):
    """The Patient's bytes of JSON, its id and URL."""
    url = f"{mock.urls['fhir']}/Patient/{patient}"
    return len(answer_of(url, mock.token)), patient, url


def compare(ways, connections, callers, rounds, seconds):
    """Rates and processor times of each way, by rounds."""
    made = {way: [] for way in WAYS}
    for number in range(rounds):
        for turn in range(len(WAYS)):
            way = WAYS[(turn + number) % len(WAYS)]
            made[way].append(ways.run(way, connections, callers, seconds))
    return made


def counted(number, what):
    return f"{number} {what}{'' if number == 1 else 's'}"


def print_ratios(made, connections, callers):
    print(f"\n{counted(connections, 'connection')}, {counted(callers, 'caller')}:")
    for way, results in made.items():
        rate, client, server = (statistics.median(one[name] for one in results)
                                for name in ("reads_per_s", "cpu_us", "server_us"))
        ratios = [mine["reads_per_s"] / bare["reads_per_s"] for mine, bare in zip(results, made["bare"])]
        print(f"  {way:12} {rate:9,.0f} reads/s; processor time a read: client {client:6.1f} µs, server {server:6.1f} µs; "
              f"{statistics.median(ratios):.2f} of bare ({min(ratios):.2f} to {max(ratios):.2f})", flush=True)
        requests = max(one["requests"] for one in results)
        if requests > 1.1:
            print(f"    note: {requests:.2f} requests a read")
