"""What may stand in an expression that suspends."""

import re

from .rule import rule

# Asking a coroutine for its own executor never suspends it.
AWAIT = re.compile(r"\bco_await\b(?!\s+(?:(?:boost::)?asio::)?this_coro::)")
MARK = re.compile(r"[(){}\[\],;]")


def _first_end(code, start):
    """The mark that ends the awaited expression, or the first brace inside it."""
    parens = 0
    for match in MARK.finditer(code, start):
        mark = match.group()
        parens += (mark in "([") - (mark in ")]")
        if mark == "{" or parens < 0 or (parens == 0 and mark in ",;}"):
            return mark
    return ""


@rule(
    "await-temporary",
    mend="name the value or the lambda in a line of its own and await what uses the name (a named awaitable can dangle)",
)
def await_temporary(tree):
    """Compilers have destroyed braced temporaries and lambdas twice when their expression suspended.

    Seen with g++ 12: `co_await f(T{...})`, `co_await f([...] {...})`, and `T{co_await f()}`.
    """
    for file in tree.cpp:
        if "co_await" not in file.text:
            continue
        code = file.views.code
        for match in AWAIT.finditer(code):
            mark = _first_end(code, match.end())
            if mark == "{":
                yield file.path, file.line_of(match.start()), "a braced temporary or a lambda is awaited with"
            elif mark == "}" or (mark == "," and _in_braces(code, match.start())):
                yield file.path, file.line_of(match.start()), "co_await stands inside a braced initialiser"


def _in_braces(code, start):
    """Whether the innermost bracket around this point is a brace with no statement before it."""
    depth = 0
    for at in range(start - 1, max(start - 2000, -1), -1):
        mark = code[at]
        if mark in ")]}":
            depth += 1
        elif mark in "([{":
            if depth == 0:
                return mark == "{"
            depth -= 1
        elif mark == ";" and depth == 0:
            return False
    return False
