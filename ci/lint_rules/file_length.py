"""One idea a file: beyond 300 lines look twice, beyond 400 split."""
from .finding import Finding

WARN, MOST = 300, 400


def check(tree):
    for file in tree.sources:
        lines = file.source.count("\n")
        if lines > MOST:
            yield Finding(file.path, MOST + 1, f"{lines} lines: split it (at most {MOST})")
        elif lines > WARN:
            yield Finding(file.path, WARN + 1, f"{lines} lines: does it still hold one idea?", warning=True)
