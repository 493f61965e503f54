"""Files that nothing uses, and migrations that would not be applied in the order they were meant."""

import re

from .cmake import Sources, declared_rooms
from .includes import project_includes
from .rooms import PRIVATE, PUBLIC, RANK, room_in
from .rule import rule

MIGRATION = re.compile(r"(\d{4})_[a-z0-9]+(?:_[a-z0-9]+)*\.sql")


@rule("dead-header", mend="include it where it is meant to be used, or delete it")
def dead_header(tree):
    """A header that nobody includes is not even compiled: it rots unseen."""
    included = {target for file in tree.cpp for _, _, target in project_includes(tree, file) if target != file.path}
    for file in tree.cpp:
        if file.is_header and file.path not in included:
            yield file.path, 1, "nobody includes this header"


@rule("dead-source", mend="move it to src/<room>/ or name it in a CMakeLists.txt, or delete it")
def dead_source(tree):
    """A source file that CMake does not build is never compiled or tested, and yet is read as if it were."""
    sources = Sources(tree)
    for file in tree.cpp:
        if file.is_header:
            continue
        in_room = len(file.parts) == 3 and room_in(file.path, PRIVATE) in RANK
        if not in_room and not sources.build(file.path):
            yield file.path, 1, "CMake does not build this file"


@rule("unknown-room", mend="move it into a room of the house, or declare the new one in src/CMakeLists.txt")
def unknown_room(tree):
    """A directory that is no room has no rank, so nothing says what it may include and who may include it."""
    for file in tree.cpp:
        room = room_in(file.path, PUBLIC, PRIVATE, "tests/unit/", "tests/integration/")
        if room is not None and room not in RANK:
            yield file.path, 1, f"{room} is no room of the house"
        elif file.path.startswith("include/") and not file.path.startswith(PUBLIC):
            yield file.path, 1, "published headers stand in include/shopflow/<room>/"
    for declared in declared_rooms(tree):
        for name in (declared.name, *declared.deps):
            if name not in RANK:
                yield declared.path, declared.line, f"{name} is no room of the house"


@rule("migration-name", mend="call it NNNN_words.sql, all lower case, with the next free number")
def migration_name(tree):
    """Migrations are applied once, in the order of their numbers; a gap or a twin leaves that order to chance."""
    expected = 1
    for file in tree.under("migrations"):
        match = MIGRATION.fullmatch(file.name)
        if match is None or len(file.parts) != 2:
            yield file.path, 1, "not a name of a migration"
            continue
        number = int(match.group(1))
        if number != expected:
            what = "is taken already" if number < expected else f"leaves a gap, {expected:04d} comes next"
            yield file.path, 1, f"the number {number:04d} {what}"
        expected = max(expected, number + 1)
