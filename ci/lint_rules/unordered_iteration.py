"""Walking an unordered container lets the standard library choose the order, which differs between compilers and
ends the run's repeatability. Looking up in one is fine. Heuristic: variables and members declared with an unordered
type (or an alias of one) in the same file or in the header beside it.
"""
import re

from .finding import Finding
from .tokens import WORD

_UNORDERED = {"unordered_map", "unordered_set", "unordered_multimap", "unordered_multiset"}
_BEGIN = {"begin", "cbegin"}


def check(tree):
    for file in tree.sources:
        names = _declared(file.tokens)
        beside = tree.find(re.sub(r"\.(cpp|ipp)$", ".hpp", file.path))
        if beside is not None and beside is not file:
            names |= _declared(beside.tokens)
        if names:
            yield from _walks(file, names)


def _declared(tokens):
    """Names of variables of an unordered type: `std::unordered_map<…> name`, or `alias<…> name`."""
    types, names = set(_UNORDERED), set()
    for _ in range(2):  # the second round sees what is declared by an alias
        for i, token in enumerate(tokens):
            if token.kind != WORD or token.text not in types:
                continue
            alias = _alias_of(tokens, i)
            if alias:
                types.add(alias)
                continue
            after = _past_template(tokens, i + 1)
            while after < len(tokens) and tokens[after].text in ("&", "const"):
                after += 1
            if after < len(tokens) and tokens[after].kind == WORD:
                names.add(tokens[after].text)
    return names


def _alias_of(tokens, i):
    """`using name = [std::]unordered_map…`: the name, else nothing."""
    while i >= 2 and tokens[i - 1].text == "::":
        i -= 2
    if i >= 3 and tokens[i - 1].text == "=" and tokens[i - 3].text == "using":
        return tokens[i - 2].text
    return ""


def _past_template(tokens, i):
    if i >= len(tokens) or tokens[i].text != "<":
        return i
    depth = 0
    for j in range(i, len(tokens)):
        depth += {"<": 1, ">": -1}.get(tokens[j].text, 0)
        if depth == 0:
            return j + 1
    return len(tokens)


def _walks(file, names):
    tokens = file.tokens
    for i, token in enumerate(tokens):
        if token.text == "for" and i + 1 < len(tokens) and tokens[i + 1].text == "(":
            walked = _range_of(tokens, i + 1)
        elif token.text in _BEGIN and i >= 2 and tokens[i - 1].text in (".", "->"):
            walked = tokens[i - 2].text
        else:
            continue
        if walked in names:
            yield Finding(file.path, token.line, f"walks the unordered container '{walked}': its order is not ours")


def _range_of(tokens, start):
    """The last name of the range in `for (x : a.b)`; nothing for other loops and for what a call returns."""
    depth, colon = 0, None
    for i in range(start, len(tokens)):
        text = tokens[i].text
        depth += {"(": 1, ")": -1, "{": 1, "}": -1, "[": 1, "]": -1}.get(text, 0)
        if depth == 0:
            last = tokens[i - 1]
            return last.text if colon is not None and last.kind == WORD else ""
        if depth == 1 and text == ":":
            colon = i
    return ""
