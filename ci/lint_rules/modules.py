"""The modules as the CMake files declare them: epicenter_module(NAME FLOOR n USES …), epicenter_test_uses(NAME …)."""
import re
from dataclasses import dataclass, field

_CALL = re.compile(r"\b(epicenter_module|epicenter_test_uses)\s*\(([^)]*)\)")
_KEYWORDS = {"FLOOR", "USES", "LINKS"}


@dataclass
class Module:
    name: str
    folder: str  # relative to the root, without a slash at the end
    cmake: str  # the file that declares it
    line: int
    floor: int
    uses: list
    test_uses: list = field(default_factory=list)

    @property
    def family(self):
        return self.folder.split("/")[0]


def declared(cmake_files):
    """From (path, text) pairs: modules by name."""
    modules, test_uses = {}, []
    for path, text in cmake_files:
        text = re.sub(r"#[^\n]*", "", text)
        for call in _CALL.finditer(text):
            words = call[2].split()
            if call[1] == "epicenter_test_uses":
                test_uses.append(words)
            elif words:
                modules[words[0]] = _module(path, text.count("\n", 0, call.start()) + 1, words)
    for name, *used in test_uses:
        if name in modules:
            modules[name].test_uses += [u.removeprefix("epicenter_") for u in used]
    return modules


def _module(path, line, words):
    given, key = {"FLOOR": [], "USES": [], "LINKS": []}, None
    for word in words[1:]:
        if word in _KEYWORDS:
            key = word
        elif key:
            given[key].append(word)
    floor = int(given["FLOOR"][0]) if given["FLOOR"] else 0
    return Module(words[0], path.rpartition("/")[0], path, line, floor, given["USES"])


def owner(modules, path):
    """The module in whose folder the path lies, the innermost one; or None."""
    best = None
    for module in modules.values():
        if path.startswith(module.folder + "/") and (best is None or len(module.folder) > len(best.folder)):
            best = module
    return best
