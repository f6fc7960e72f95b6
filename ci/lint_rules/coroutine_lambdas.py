"""A lambda that is a coroutine keeps its captures in the lambda object, not in the frame: once the object is gone,
the resumed coroutine reads freed memory. Product code writes a named function with parameters by value; a test may
keep a named lambda alive around the run, but may not call one where it stands.
"""
from .finding import Finding

_COROUTINE = ("co_await", "co_return", "co_yield")


def check(tree):
    for file in tree.sources:
        for statement in file.statements:
            for one in statement.lambdas:
                if not one.captures or not any(inner.has(*_COROUTINE) for inner in one.body):
                    continue
                if one.invoked or not file.is_test:
                    yield Finding(
                        file.path,
                        one.line,
                        "a coroutine lambda with captures: write a named function with parameters by value",
                    )
