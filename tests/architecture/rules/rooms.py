"""The rooms of the product, lowest first, and which room a file belongs to."""

import re
from pathlib import Path

# They are declared once, to CMake, each below those that may use it. app sees all of them and is no line there.
_LISTS = Path(__file__).resolve().parents[3] / "src/CMakeLists.txt"
ROOMS = (*re.findall(r"^shopflow_room\((\w+)", _LISTS.read_text(encoding="utf-8"), re.MULTILINE), "app")
RANK = {room: rank for rank, room in enumerate(ROOMS)}

PRIVATE = "src/"
PUBLIC = "include/shopflow/"
TEST_DIRECTORIES = ("tests/unit/", "tests/integration/")


def room_in(path, *prefixes):
    """The directory directly below one of the prefixes, or None. It need not be a room that exists."""
    for prefix in prefixes:
        if path.startswith(prefix):
            first, slash, _ = path[len(prefix) :].partition("/")
            return first if slash else None
    return None


def room_of(path):
    """The room whose product code this file is, or None."""
    return room_in(path, PRIVATE, PUBLIC)
