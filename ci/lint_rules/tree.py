"""The repository as the rules see it: its paths, its C++ files, its modules. Read once, parsed on demand."""
import os
from functools import cached_property

from . import modules, statements, tokens

SKIPPED = {"build", "epicenter-out", "node_modules", "__pycache__"}
SOURCES = (".cpp", ".hpp", ".ipp")
CPP_FOLDERS = ("lib/", "harness/", "mock-epic/", "reports/")
TEST_FOLDERS = {"tests", "bench", "fuzz"}


class SourceFile:
    def __init__(self, path, source):
        self.path = path
        self.source = source
        folders = path.split("/")[:-1]
        self.is_test = bool(TEST_FOLDERS & set(folders))
        self.is_bench = "bench" in folders

    @cached_property
    def _lexed(self):
        return tokens.lex(self.source)

    @property
    def tokens(self):
        return self._lexed[0]

    @property
    def includes(self):
        return self._lexed[1]

    @cached_property
    def statements(self):
        return statements.parse(self.tokens)

    @cached_property
    def _positions(self):
        found = {}
        for i, token in enumerate(self.tokens):
            if token.kind == tokens.WORD:
                found.setdefault(token.text, []).append(i)
        return found

    def positions(self, word):
        return self._positions.get(word, ())


class Tree:
    def __init__(self, root):
        self.root = root

    @cached_property
    def paths(self):
        """All files, relative to the root, sorted; without build trees, outputs and hidden folders."""
        found = []
        for folder, inner, names in os.walk(self.root):
            inner[:] = sorted(f for f in inner if f not in SKIPPED and not f.startswith("."))
            found += [os.path.relpath(os.path.join(folder, name), self.root) for name in names]
        return sorted(path.replace(os.sep, "/") for path in found)

    def read(self, path):
        with open(os.path.join(self.root, path), encoding="utf-8") as file:
            return file.read()

    @cached_property
    def sources(self):
        return [SourceFile(p, self.read(p)) for p in self.paths if p.startswith(CPP_FOLDERS) and p.endswith(SOURCES)]

    @cached_property
    def _by_path(self):
        return {file.path: file for file in self.sources}

    def find(self, path):
        return self._by_path.get(path)

    @cached_property
    def modules(self):
        cmake = [p for p in self.paths if p.startswith(CPP_FOLDERS) and p.endswith("CMakeLists.txt")]
        return modules.declared((p, self.read(p)) for p in cmake)
