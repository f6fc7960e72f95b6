"""A name says what is inside. `utils` says that nobody knew."""
import re

from .finding import Finding

_NAMELESS = re.compile(r"(^|[_-])(utils?|helpers?|misc)($|[_-])")


def check(tree):
    for path in tree.paths:
        for part in path.split("/"):
            if _NAMELESS.search(part.split(".")[0]):
                yield Finding(path, 1, f"'{part}' says nothing about what is inside")
                break
