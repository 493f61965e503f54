"""What a banned pattern is: an expression, where it is looked for, and why it has no place there."""

import re
from dataclasses import dataclass
from typing import Callable

from .rule import REASON_CHARACTERS_MIN, Rule, comments_above, lines_about, states_reason

# In place of a tag: any comment directly above the line is its reason.
COMMENT_ABOVE = "*"


@dataclass(frozen=True)
class Banned:
    """One row of a table of banned patterns.

    `view` names what is searched: code, literals or remarks (comments), or includes. `where(file)` says which files
    are concerned. With a `tag`, the line may stand if a comment beside it says `tag: reason`; if the tag starts
    with `file ` one such comment serves the whole file. `hints` are lower-case words of which every match holds at
    least one: looking for them first spares most files the expression.
    """

    name: str
    pattern: str
    view: str
    where: Callable
    why: str
    mend: str
    tag: str = ""
    hints: tuple = ("",)

    def look(self, tree):
        expression = re.compile(self.pattern)
        for file in tree.files.values():
            if any(hint in file.lower for hint in self.hints) and self.where(file):
                for line, found in self._matches(expression, file):
                    if not self._excused(file, line):
                        yield file.path, line, f"`{' '.join(found.split())[:60]}`"

    def _matches(self, expression, file):
        if self.view == "includes":
            return [(line, f"#include {path}") for line, path, _ in file.includes if expression.match(path)]
        text = getattr(file.views, self.view)
        return [(file.line_of(match.start()), match.group()) for match in expression.finditer(text)]

    def _excused(self, file, line):
        if self.tag.startswith("file "):
            return states_reason(file.lines, self.tag.removeprefix("file "))
        if self.tag == COMMENT_ABOVE:
            return any(len(above.strip()) >= REASON_CHARACTERS_MIN for above in comments_above(file, line))
        return bool(self.tag) and states_reason(lines_about(file, line), self.tag)

    def as_rule(self):
        mend = self.mend
        if self.tag and self.tag != COMMENT_ABOVE:
            mend += f", or say beside it in a comment `{self.tag.removeprefix('file ')}: <why it must be>`"
        return Rule(self.name, self.why, mend, self.look)


def is_cpp(file):
    return file.language == "cpp"


def is_product(file):
    """C++ that ships."""
    return is_cpp(file) and file.parts[0] in ("src", "include")


def is_test(file):
    """The defects that tests/fault/mutants plants quote the product, and are no tests themselves."""
    return file.parts[0] == "tests" and file.suffix != ".patch"


def in_room(file, *rooms):
    """Whether the file is product code of one of these rooms, public or private."""
    return file.path.startswith(tuple(f"src/{room}/" for room in rooms)) or file.path.startswith(
        tuple(f"include/shopflow/{room}/" for room in rooms)
    )
