"""What the CMake lists say: which rooms there are, what each links to, and which sources are built."""

import re
from dataclasses import dataclass

ROOM = re.compile(r"(?<!\w)shopflow_room\s*\(([^()]*)\)")
GLOB = re.compile(r"\bfile\s*\(\s*GLOB(_RECURSE)?\s+([^()]*)\)", re.I)
SOURCE = re.compile(r"[\w${}./+*-]+\.cpp\b")
WORD = re.compile(r"[\w-]+")
VARIABLE = re.compile(r"\$\{\w+\}")
KEYWORD = re.compile(r"[A-Z][A-Z_]+$")


@dataclass(frozen=True)
class Declared:
    """One `shopflow_room(name DEPS rooms… LIBS libraries…)`, the line it starts on, and what it names, as written."""

    name: str
    deps: tuple
    libs: tuple
    path: str
    line: int


def lists(tree):
    return [file for file in tree.files.values() if file.name == "CMakeLists.txt" or file.suffix == ".cmake"]


def declared_rooms(tree):
    """All rooms declared to CMake, in their order."""
    rooms = []
    for file in lists(tree):
        for match in ROOM.finditer(file.views.code):
            words = match.group(1).split()
            if words and "$" not in words[0]:
                deps = tuple(word.removeprefix("shopflow::").removeprefix("shopflow_") for word in _behind("DEPS", words))
                rooms.append(Declared(words[0], deps, _behind("LIBS", words), file.path, file.line_of(match.start())))
    return rooms


def _behind(keyword, words):
    found, inside = [], False
    for word in words[1:]:
        if KEYWORD.fullmatch(word):
            inside = word == keyword
        elif inside:
            found.append(word)
    return tuple(found)


def reach(rooms):
    """For each room all rooms that its link line brings in, directly or through others."""
    direct = {room.name: set(room.deps) for room in rooms}
    reached = {}
    for name in direct:
        seen, waiting = set(), [name]
        while waiting:
            new = direct.get(waiting.pop(), set()) - seen
            seen |= new
            waiting.extend(new)
        reached[name] = seen
    return reached


class Sources:
    """Which .cpp files the lists name, by themselves or by a glob.

    A variable in a path stands for a part of a name that is written out somewhere in the lists: tests in a directory
    that no list mentions are not built by `tests/${kind}/${room}/*_test.cpp`.
    """

    def __init__(self, tree):
        self._words = set()
        self._paths = []
        for file in lists(tree):
            directory = "/".join(file.parts[:-1])
            text = file.views.code
            self._words.update(WORD.findall(text))
            for match in GLOB.finditer(text):
                deep = match.group(1) is not None
                self._paths += [_expression(directory, path, deep) for path in SOURCE.findall(match.group(2))]
            self._paths += [_expression(directory, path, False) for path in SOURCE.findall(GLOB.sub("", text))]

    def build(self, path):
        matches = (expression.fullmatch(path) for expression in self._paths)
        return any(match and self._words.issuperset(match.groups()) for match in matches)


def _expression(directory, written, deep):
    """The regular expression of a path in a list; each group in it is what a variable stands for."""
    for here in ("${CMAKE_CURRENT_SOURCE_DIR}/", "${CMAKE_CURRENT_LIST_DIR}/"):
        if written.startswith(here):
            written = written.removeprefix(here)
    for root in ("${CMAKE_SOURCE_DIR}/", "${PROJECT_SOURCE_DIR}/"):
        if written.startswith(root):
            written, directory = written.removeprefix(root), ""
    parent, _, name = f"{directory}/{written}".strip("/").rpartition("/")
    between = "/(?:.*/)?" if deep else "/"
    return re.compile((_wild(parent) + between if parent else "") + _wild(name))


def _wild(part):
    fixed = (re.escape(piece).replace(r"\*", "[^/]*") for piece in VARIABLE.split(part))
    return "([^/]+)".join(fixed)
