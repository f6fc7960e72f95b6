"""The top level is fixed: six folders, the build, the customary root files, dotfiles. New things find their place
below one of the folders."""
import fnmatch
import os

from .finding import Finding

FOLDERS = {"ci", "harness", "lib", "mock-epic", "reports", "scenarios"}
FILES = {"CMakeLists.txt", "CMakePresets.json", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md"}


def check(tree):
    ignored = _ignored(tree.root)
    there = set()
    for name in sorted(os.listdir(tree.root)):
        there.add(name)
        is_folder = os.path.isdir(os.path.join(tree.root, name))
        if name.startswith(".") or any(fnmatch.fnmatch(name, pattern) for pattern in ignored):
            continue
        if name not in (FOLDERS if is_folder else FILES):
            yield Finding(name, 1, "stands at the top level, which is fixed")
    for name in sorted((FOLDERS | FILES) - there):
        yield Finding(name, 1, "is missing at the top level")


def _ignored(root):
    path = os.path.join(root, ".gitignore")
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as lines:
        return [line.strip().strip("/") for line in lines if line.strip() and not line.startswith("#")]
