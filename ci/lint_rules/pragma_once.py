"""Every header is included once, by #pragma once."""
import re

from .finding import Finding

_PRAGMA = re.compile(r"^#pragma once$", re.MULTILINE)


def check(tree):
    for file in tree.sources:
        if file.path.endswith(".hpp") and not _PRAGMA.search(file.source):
            yield Finding(file.path, 1, "a header without #pragma once")
