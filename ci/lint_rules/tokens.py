"""C++ cut into tokens: comments gone, literals kept as one token, includes kept apart, every token with its line.

A lexer, not a preprocessor: macros stay what they look like, and both branches of an #if are seen.
"""
import re
from dataclasses import dataclass

WORD, NUMBER, LITERAL, SIGN = "word", "number", "literal", "sign"

_TOKEN = re.compile(
    r"""
      (?P<comment>//(?:\\\n|[^\n])*|/\*.*?\*/)
    | (?P<raw>(?:u8|[uUL])?R"(?P<mark>[^\s()\\]{0,16})\(.*?\)(?P=mark)")
    | (?P<literal>(?:u8|[uUL])?"(?:\\.|[^"\\\n])*"|(?:u8|[uUL])?'(?:\\.|[^'\\\n])+')
    | (?P<directive>^[ \t]*\#(?:\\\n|/\*.*?\*/|(?!//|/\*)[^\n])*)
    | (?P<number>\.?\d(?:[eEpP][+-]|'(?=\w)|[\w.])*)
    | (?P<word>[A-Za-z_]\w*)
    | (?P<sign>::|->\*?|<=>|\.\.\.|&&|\|\||[=!<>+\-*/%&|^]=|\+\+|--|[^\s\w])
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_INCLUDE = re.compile(r'\s*#\s*include\s*(?:<([^>]+)>|"([^"]+)")')


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    line: int


@dataclass(frozen=True)
class Include:
    target: str
    quoted: bool
    line: int


def lex(source):
    """Returns (tokens, includes). `<<` and `>>` come as two signs, so that template brackets can be counted."""
    tokens, includes, line, seen = [], [], 1, 0
    for match in _TOKEN.finditer(source):
        line += source.count("\n", seen, match.start())
        seen = match.start()
        kind, text = match.lastgroup, match.group()
        if kind == "mark":
            kind = "raw"
        if kind == "directive":
            found = _INCLUDE.match(text)
            if found:
                includes.append(Include(found[1] or found[2], found[2] is not None, line))
            elif re.match(r"\s*#\s*define\b", text):  # a macro's body is code, too
                body = re.sub(r"^\s*#\s*define\s+\w+(?:\([^)]*\))?", "", text.replace("\\\n", "  "))
                tokens += _of_macro(lex(body)[0], line)
        elif kind in ("raw", "literal"):
            tokens.append(Token(LITERAL, text, line))
        elif kind != "comment":
            tokens.append(Token(kind, text, line))
    return tokens, includes


def _of_macro(body, line):
    """A macro's body as a statement of its own; left out where its brackets do not close."""
    texts = [t.text for t in body]
    if any(texts.count(a) != texts.count(b) for a, b in ("()", "[]", "{}")):
        return []
    return [Token(t.kind, t.text, line) for t in body] + [Token(SIGN, ";", line)]
