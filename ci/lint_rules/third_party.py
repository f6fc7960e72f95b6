"""Libraries that cost tens of seconds a file, or that would let sockets in, are included where the table says."""
from dataclasses import dataclass

from .finding import Finding


@dataclass(frozen=True)
class Place:
    prefix: str  # of the include
    folders: tuple
    why: str
    suffixes: tuple = (".cpp", ".hpp", ".ipp")


NET = "lib/epicenter/runtime/net/"
PLACES = (
    Place("boost/beast/http/read", ("lib/epicenter/http/",), "only http/*.cpp reads and writes by Beast", (".cpp",)),
    Place("boost/beast/http/write", ("lib/epicenter/http/",), "only http/*.cpp reads and writes by Beast", (".cpp",)),
    Place("boost/beast", ("lib/epicenter/http/", NET), "Beast belongs to http"),
    Place("boost/asio", ("lib/epicenter/runtime/", "lib/epicenter/http/"), "Asio belongs to runtime and http"),
    Place("yaml-cpp/", ("harness/scenario/",), "YAML is read by the scenario loader"),
    Place("sqlite3.h", ("lib/epicenter/store/",), "SQL belongs to store"),
)
ONE_FILE = {"CLI/": "CLI11 costs 10 s a file: one file includes it"}


def check(tree):
    for file in tree.sources:
        for include in file.includes:
            place = next((p for p in PLACES if include.target.startswith(p.prefix)), None)
            if place and not (file.path.startswith(place.folders) and file.path.endswith(place.suffixes)):
                yield Finding(file.path, include.line, f"#include <{include.target}>: {place.why}")
    for prefix, why in ONE_FILE.items():
        yield from _beyond_the_first(tree, prefix, why)


def _beyond_the_first(tree, prefix, why):
    users = [(f, i) for f in tree.sources for i in f.includes if i.target.startswith(prefix)]
    for file, include in users:
        if file is not users[0][0]:
            yield Finding(file.path, include.line, f"#include <{include.target}>: {why}, {users[0][0].path} does")
