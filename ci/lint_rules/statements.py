"""Tokens grouped into statements, the unit in which g++ 12 goes wrong.

A statement owns the tokens of its own full expressions: the body of a lambda is a list of statements of its own, and
so are the parts of `for (a; b; c)` and the condition of an `if`. Braces that open an initialiser stay in their
statement. Heuristic where only a compiler could know; it takes formatted, compiling code.
"""
from dataclasses import dataclass, field

from .tokens import LITERAL, NUMBER, WORD, Token

_PAIRS = {"(": ")", "[": "]", "{": "}"}
_BEFORE_LAMBDA = {"return", "co_return", "co_await", "co_yield", "throw", "case", "else", "do"}
_HEADS = {"if", "for", "while", "switch", "catch"}
_BEFORE_BLOCK = {"else", "do", "try", "const", "noexcept", "override", "final", "mutable", "constexpr", "consteval"}
_TYPE_HEADS = {"namespace", "struct", "class", "union", "enum", "extern", "concept"}


@dataclass
class Lambda:
    line: int
    captures: bool
    body: list = field(default_factory=list)
    invoked: bool = False  # called where it stands: [x] { … }()


@dataclass
class Statement:
    line: int
    tokens: list = field(default_factory=list)
    lambdas: list = field(default_factory=list)
    braces: list = field(default_factory=list)  # lines of initialisers that are not empty

    def has(self, *words):
        return any(t.kind == WORD and t.text in words for t in self.tokens)


def parse(tokens):
    """All statements of the file, nested ones included, in the order of their ends."""
    reader = _Reader(tokens)
    while reader.at < len(tokens):
        reader.block()
        reader.at += 1  # a brace too many
    return reader.found


class _Reader:
    def __init__(self, tokens):
        self.tokens = tokens
        self.at = 0
        self.found = []

    def text(self, offset=0):
        i = self.at + offset
        return self.tokens[i].text if 0 <= i < len(self.tokens) else ""

    def block(self):
        """Statements up to the brace that closes the block, which is left to the caller. Returns them."""
        mine = []
        while self.at < len(self.tokens) and self.text() != "}":
            mine += self.statement()
        return mine

    def statement(self):
        """One statement at the level of a block; more where heads such as `if (…)` stand before it."""
        out = []
        current = Statement(self.tokens[self.at].line)
        while self.at < len(self.tokens):
            here = self.text()
            if here == "}":
                break
            if here == ";" or (here == ":" and self.ends_label(current)):
                self.at += 1
                break
            if here in _HEADS and self.next_is_condition():
                out += self.condition()
                current = Statement(self.tokens[self.at].line if self.at < len(self.tokens) else current.line)
                continue
            if here == "{" and self.opens_block(current):
                self.at += 1
                self.block()
                self.at += 1
                break
            self.take(current)
        if current.tokens or current.lambdas:
            self.found.append(current)
            out.append(current)
        return out

    def ends_label(self, current):
        first = current.tokens[0].text if current.tokens else ""
        return first in ("case", "default", "public", "private", "protected")

    def next_is_condition(self):
        return self.text(1) == "(" or (self.text(1) == "constexpr" and self.text(2) == "(")

    def condition(self):
        """`if (init; test)`: each part is a statement of its own. Stands after the closing bracket then."""
        while self.text() != "(":
            self.at += 1
        self.at += 1
        out, current = [], Statement(self.tokens[self.at].line)
        while self.at < len(self.tokens) and self.text() != ")":
            if self.text() == ";":
                out.append(current)
                self.at += 1
                current = Statement(self.tokens[self.at].line)
            else:
                self.take(current)
        self.at += 1
        out.append(current)
        out = [s for s in out if s.tokens or s.lambdas]
        self.found += out
        return out

    def take(self, into):
        """Moves one token, or one bracketed group with all it holds, or one lambda, into the statement."""
        token = self.tokens[self.at]
        if token.text == "[" and self.opens_lambda():
            self.take_lambda(into)
            return
        into.tokens.append(token)
        self.at += 1
        if token.text not in _PAIRS:
            return
        if token.text == "{" and self.text() != "}":
            into.braces.append(token.line)
        close = _PAIRS[token.text]
        while self.at < len(self.tokens) and self.text() != close:
            self.take(into)
        if self.at < len(self.tokens):
            into.tokens.append(self.tokens[self.at])
            self.at += 1

    def opens_lambda(self):
        if self.text(1) == "[" or self.text(-1) == "[":  # an attribute
            return False
        before = self.tokens[self.at - 1] if self.at else Token("sign", ";", 0)
        if before.kind == WORD:
            return before.text in _BEFORE_LAMBDA
        if before.kind in (NUMBER, LITERAL) or before.text in (")", "]"):
            return False
        back = self.at - 1
        while back >= 0 and self.tokens[back].text in ("&", "&&"):
            back -= 1
        return not (back >= 0 and back != self.at - 1 and self.tokens[back].text == "auto")  # auto& [a, b]

    def take_lambda(self, into):
        made = Lambda(self.tokens[self.at].line, captures=self.text(1) != "]")
        header = Statement(made.line)  # captures and parameters are part of the statement they stand in
        self.skip_group(header)
        angle = 0
        while self.at < len(self.tokens):
            here = self.text()
            if here == "{" and angle <= 0:
                break
            angle += {"<": 1, ">": -1}.get(here, 0)
            if here in (";", "}", ")", "]") or (here == "," and angle <= 0):  # it was no lambda
                into.tokens += header.tokens
                return
            if here in ("(", "["):
                self.skip_group(header)
            else:
                header.tokens.append(self.tokens[self.at])
                self.at += 1
        into.tokens += header.tokens
        into.lambdas += [made] + header.lambdas
        into.braces += header.braces
        self.at += 1
        made.body = self.block()
        self.at += 1
        made.invoked = self.text() == "("

    def skip_group(self, into):
        """A bracketed group taken whole, without asking whether its bracket opens a lambda."""
        close = _PAIRS[self.text()]
        into.tokens.append(self.tokens[self.at])
        self.at += 1
        while self.at < len(self.tokens) and self.text() != close:
            self.take(into)
        if self.at < len(self.tokens):
            into.tokens.append(self.tokens[self.at])
            self.at += 1

    def opens_block(self, current):
        """Whether this brace opens a body rather than an initialiser."""
        if not current.tokens:
            return True
        last = current.tokens[-1].text
        words = {t.text for t in current.tokens}
        if last in (")", "}") or last in _BEFORE_BLOCK:
            return True
        if last in ("&", "&&") and len(current.tokens) > 1 and current.tokens[-2].text == ")":
            return True
        if words & _TYPE_HEADS and "=" not in words and "(" not in words:
            return True
        return self.ends_in_return_type(current.tokens)

    @staticmethod
    def ends_in_return_type(tokens):
        """`f(…) -> task<result<T>> {`: from the last `->` on there are only names, `::`, brackets of templates."""
        for i in range(len(tokens) - 1, 0, -1):
            if tokens[i].text == "->":
                return tokens[i - 1].text in (")", "const", "noexcept", "override", "mutable")
            if tokens[i].kind != WORD and tokens[i].text not in ("::", "<", ">", ",", "*", "&", "&&", "(", ")"):
                return False
        return False
