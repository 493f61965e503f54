"""What a file uses of its own room, and whether it includes it: built together, sources see each other's includes."""

import re
from collections import defaultdict

from .includes import project_includes
from .rooms import PRIVATE, PUBLIC, room_of
from .rule import rule

FUNCTION = re.compile(r"^(?=[\w\[])(?:\[\[nodiscard\]\] )?[\w:<>,&* ]*?[\w>&*] [*&]?(\w+)\(", re.M)
TYPE = re.compile(r"^(?:class|struct|enum class) (\w+)(?: final)?(?: :[^;{]*)? ?\{", re.M)
MEMBER = re.compile(r"^ +(?!return\b|co_|throw\b|else\b)(?:[\w:<>,&*\[\]]+ )+[*&]?(\w+)\(", re.M)
FORWARD = re.compile(r"\b(?:class|struct) (\w+);")


def declarations(tree):
    """Names at the top of exactly one of our headers: {name: (header, how a use of it goes on)}."""
    found = defaultdict(set)
    for file in tree.under(PRIVATE.rstrip("/"), PUBLIC.rstrip("/")):
        if not file.is_header:
            continue
        for pattern, goes_on in ((FUNCTION, r"\("), (TYPE, r"[({<;&:]")):
            for match in pattern.finditer(file.views.code):
                found[match.group(1)].add((file.path, goes_on))
    return {name: next(iter(places)) for name, places in found.items() if len(places) == 1}


def reached(path, included, seen):
    """Every header that this file includes, itself or through others."""
    for target in included.get(path, ()):
        if target not in seen:
            seen.add(target)
            reached(target, included, seen)
    return seen


@rule("unity-include", mend="include the header that declares it")
def unity_include(tree):
    """A file that leans on its neighbour's includes compiles in the release preset, where a room's sources are built
    together, and in no other.
    """
    declared = declarations(tree)
    included = {file.path: [target for _, _, target in project_includes(tree, file)] for file in tree.cpp}
    for file in tree.under(PRIVATE.rstrip("/")):
        if file.is_header or file.language != "cpp":
            continue
        code = file.views.code
        headers = reached(file.path, included, set())
        known = {match.group(1) for pattern in (FUNCTION, TYPE, MEMBER, FORWARD) for match in pattern.finditer(code)}
        for path in headers & tree.files.keys():
            known.update(FORWARD.findall(tree.files[path].views.code))
        for name in sorted(set(re.findall(r"\w+", code)) & declared.keys() - known):
            header, goes_on = declared[name]
            if header in headers or room_of(header) != room_of(file.path):
                continue
            use = re.search(rf"(?<![\w.>:]){name} ?{goes_on}", code)
            if use:
                line = file.line_of(use.start())
                yield file.path, line, f"{name} is declared in {header}, which is not included here"
