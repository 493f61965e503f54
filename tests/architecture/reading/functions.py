"""Finds the functions of a file and how many lines each takes, from its signature to its closing brace.

The C++ finder follows braces, not grammar: good enough for formatted code, with no compiler needed.
"""

import ast
import re
from dataclasses import dataclass

from .text import blank

PREPROCESSOR = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.)*", re.M | re.S)
PUNCTUATION = re.compile(r"[{}();]")
LABEL = re.compile(r"\s*(?:(?:public|private|protected)\s*:(?!:))?")
QUALIFIERS = r"(?:\s|const\b|volatile\b|noexcept\b(?:\s*\([^()]*\))?|override\b|final\b|mutable\b|try\b|&)*"
FUNCTION_TAIL = re.compile(r"\)" + QUALIFIERS + r"(?:->[^;{}=]+|requires\b[^;{}]+)?$")
BARE_LAMBDA_TAIL = re.compile(r"=\s*\[[^\[\]]*\]" + QUALIFIERS + "$")
MEMBER_INITIALISERS = re.compile(r"\)\s*(?:noexcept\b\s*(?:\([^()]*\))?\s*)?:(?!:)")
SCOPE = re.compile(r"\b(?:class|struct|union|namespace|extern)\b")
ENUM = re.compile(r"\benum\b")


@dataclass(frozen=True)
class Function:
    """Offsets of the first character of the signature and of the closing brace."""

    name: str
    start: int
    end: int


def cpp_functions(code):
    """Functions of a C++ text whose comments and literals are blanked. Lambdas count to the function around them."""
    code = PREPROCESSOR.sub(lambda match: blank(match.group()), code)
    found = []
    opened = []  # kinds of the braces around this point
    head, parens, body_depth = 0, 0, 0
    for match in PUNCTUATION.finditer(code):
        mark, at = match.group(), match.start()
        if body_depth:
            body_depth += (mark == "{") - (mark == "}")
            if body_depth == 0:
                found.append(_function(code, head, at))
                head = at + 1
        elif mark in "()":
            parens += 1 if mark == "(" else -1
        elif mark == ";":
            if parens <= 0 and "value" not in opened:
                head, parens = at + 1, 0
        elif mark == "{":
            kind = "value" if parens > 0 or "value" in opened else _kind(code[head:at])
            if kind == "function":
                body_depth = 1
            else:
                opened.append(kind)
                head = at + 1 if kind == "scope" else head
        elif not opened or opened.pop() == "scope":
            head, parens = at + 1, 0
    return found


def _kind(head):
    """What the brace after `head` opens: a `function`, a `scope` with declarations in it, or a `value`."""
    head = head[LABEL.match(head).end() :].rstrip()
    if FUNCTION_TAIL.search(head) or BARE_LAMBDA_TAIL.search(head):
        return "function"
    if MEMBER_INITIALISERS.search(head):
        return "function" if head.endswith("}") else "value"
    if SCOPE.search(head) and not ENUM.search(head):
        return "scope"
    return "value"


def _function(code, head, end):
    start = LABEL.match(code, head).end()
    while start < end and code[start].isspace():
        start += 1
    signature = " ".join(code[start : code.index("{", start)].split())
    return Function(signature[:60], start, end)


def python_functions(text):
    """Functions and methods of a Python text; an unparsable file has none, and its own tests would say so."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return []
    starts = _line_starts(text)
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [
        Function(node.name, starts[node.lineno - 1], starts[node.end_lineno - 1])
        for node in ast.walk(tree)
        if isinstance(node, kinds)
    ]


SHELL_HEAD = re.compile(r"^([ \t]*)(?:function[ \t]+)?([\w:.-]+)[ \t]*\(\)[ \t]*([{(])[ \t]*(?:#.*)?$")
HERE_DOCUMENT = re.compile(r"<<-?[ \t]*(['\"]?)(\w+)\1")


def shell_functions(text):
    """Functions of a shell script: from `name() {` to the closing mark at the same indentation."""
    found, starts, waiting = [], _line_starts(text), None
    open_function = None  # (name, offset of its first line, the line that ends it)
    for number, line in enumerate(text.split("\n")):
        if waiting is not None:
            waiting = None if line.strip() == waiting else waiting
            continue
        here = HERE_DOCUMENT.search(line) if "<<<" not in line else None
        waiting = here.group(2) if here else None
        head = SHELL_HEAD.match(line)
        if open_function is None and head:
            indent, name, opening = head.groups()
            open_function = (name, starts[number], indent + {"{": "}", "(": ")"}[opening])
        elif open_function is not None and line.startswith(open_function[2]):
            found.append(Function(open_function[0], open_function[1], starts[number]))
            open_function = None
    return found


def _line_starts(text):
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts
