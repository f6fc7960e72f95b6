"""g++ 12 miscompiles statements in which co_await stands beside certain temporaries: name them first.

Sources: the probes behind the table in CONTRIBUTING.md. clang is not affected; the rule holds for all code, tests too.
"""
from .finding import Finding


def check(tree):
    for file in tree.sources:
        for statement in file.statements:
            if statement.has("co_await"):
                for what in _beside_co_await(statement):
                    yield Finding(file.path, statement.line, f"co_await beside {what}: name it first, then await")


def _beside_co_await(statement):
    if any(one.captures for one in statement.lambdas):
        yield "a capturing lambda"
    if statement.braces:
        yield "a braced aggregate"
    if any(token.text == "?" for token in statement.tokens):
        yield "a ternary"
    if _awaits_inside_co_spawn(statement.tokens):
        yield "the co_spawn whose argument it is"


def _awaits_inside_co_spawn(tokens):
    for i, token in enumerate(tokens[:-1]):
        if token.text == "co_spawn" and tokens[i + 1].text == "(":
            if any(inner.text == "co_await" for inner in _group(tokens, i + 1)):
                return True
    return False


def _group(tokens, start):
    """The tokens between the bracket at `start` and the one that closes it."""
    depth = 0
    for i in range(start, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[i].text, 0)
        if depth == 0:
            return tokens[start + 1 : i]
    return tokens[start + 1 :]
