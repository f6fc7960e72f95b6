"""What processes cost, as the kernel counts it: time on a processor and memory."""

import time
from pathlib import Path


class Cost:
    """All processes of one group, which is what one server's command line started."""

    def __init__(self, group):
        self.group = group

    def pids(self):
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            except OSError:
                continue  # it ended while the list was read
            if int(fields[2]) == self.group:
                found.append(int(stat.parent.name))
        if not found:
            raise RuntimeError(f"no process of group {self.group} is left")
        return found

    def cpu_ns(self):
        """Nanoseconds; clock ticks of utime and stime would be 10 ms each."""
        total = 0
        for pid in self.pids():
            for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
                total += int(task.read_text(encoding="ascii").split()[0])
        return total

    def rss_mb(self):
        """10^6 bytes. Pages that processes of the group share count once a process."""
        total = 0
        for pid in self.pids():
            for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines():
                if line.startswith("VmRSS:"):
                    total += int(line.split()[1]) * 1024
        return total / 1e6


def busy_share(seconds=1.0):
    """Of the machine's processors, the share in use while nothing is measured: what other programs take."""
    def read():
        fields = [int(field) for field in Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:9]]
        return sum(fields), fields[3] + fields[4]  # idle and waiting for a disk

    all_before, idle_before = read()
    time.sleep(seconds)
    all_after, idle_after = read()
    return 1 - (idle_after - idle_before) / max(1, all_after - all_before)


def note_if_busy():
    if (taken := busy_share()) > 0.1:
        print(f"  note: other programs take {taken:.0%} of the processors; the figures show them too", flush=True)
