"""What a rule is, and how a file states the reason for an exception to one."""

import re
from dataclasses import dataclass
from typing import Callable

REASON_CHARACTERS_MIN = 20


@dataclass(frozen=True, order=True)
class Finding:
    """One place where a rule is broken."""

    path: str
    line: int
    rule: str
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.rule}: {self.message}"


@dataclass(frozen=True)
class Rule:
    """`look(tree)` yields (path, line, what) for each offence; `why` and `mend` are the same for all of them."""

    name: str
    why: str
    mend: str
    look: Callable

    def findings(self, tree):
        for path, line, what in self.look(tree):
            yield Finding(path, line, self.name, f"{what}. Why: {self.why} Mend: {self.mend}")


def rule(name, mend):
    """Makes a rule of a function; the first paragraph of its docstring is the reason shown with each finding."""

    def make(look):
        return Rule(name, " ".join(look.__doc__.split("\n\n")[0].split()), mend, look)

    return make


def states_reason(lines, tag):
    """Whether one of these lines says `// tag: reason` (or `#`, `--`) in at least REASON_CHARACTERS_MIN characters."""
    stated = re.compile(rf"(?://|#|--|\*)\s*{re.escape(tag)}:\s*(\S.*)$")
    return any(len(match.group(1).strip()) >= REASON_CHARACTERS_MIN for match in map(stated.search, lines) if match)


def lines_about(file, line):
    """The line and the comments directly above it and above its function: where a reason for it is looked for."""
    line = file.first_line(line)
    about = [file.lines[line - 1], *comments_above(file, line)]
    for function in file.functions:
        first = file.line_of(function.start)
        if first < line <= file.line_of(function.end):
            about += comments_above(file, first)
    return about


def comments_above(file, line):
    first = line - 1
    while first > 0 and _is_comment(file, first - 1):
        first -= 1
    return file.lines[first : line - 1]


def _is_comment(file, index):
    """Whether a line holds nothing but a comment. The first line of a script names its interpreter and no reason."""
    line = file.lines[index]
    return bool(line.strip()) and not file.code_lines[index].strip() and not line.startswith("#!")
