"""The link lines in CMake are the table of rooms once more, and must say the same."""

from .cmake import declared_rooms, reach
from .includes import project_includes
from .rooms import PRIVATE, PUBLIC, RANK, room_in, room_of
from .rule import rule


@rule("link-rank", mend="turn the dependency round, or move what both need down")
def link_rank(tree):
    """A room that links to a higher one makes a cycle of libraries."""
    for room in declared_rooms(tree):
        for other in room.deps:
            if room.name in RANK and other in RANK and RANK[other] >= RANK[room.name]:
                yield room.path, room.line, f"{room.name} links to {other}, which does not stand below it"


@rule("link-missing", mend="add it to DEPS of shopflow_room, or take the include out")
def link_missing(tree):
    """An include that no link line covers works only as long as somebody else happens to link that room.

    Includes of a higher room are include_rank's business.
    """
    reached = reach(declared_rooms(tree))
    for file in tree.cpp:
        room = room_in(file.path, PRIVATE, PUBLIC)
        if room not in reached or room not in RANK:
            continue
        for line, written, target in project_includes(tree, file):
            other = room_of(target)
            if other in RANK and RANK[other] < RANK[room] and other not in reached[room]:
                yield file.path, line, f"{room} includes {written} without linking to {other}"


@rule("link-log", mend="add ${spdlog} to LIBS of shopflow_room")
def link_log(tree):
    """Unlinked, the header compiles a logger of its own, whose lines go past the log and its level."""
    libs = {room.name: room.libs for room in declared_rooms(tree)}
    for file in tree.cpp:
        room = room_in(file.path, PRIVATE, PUBLIC)
        for line, written, _ in file.includes:
            if room in libs and written.startswith("spdlog/") and "${spdlog}" not in libs[room]:
                yield file.path, line, f"{room} includes {written} without linking to it"
