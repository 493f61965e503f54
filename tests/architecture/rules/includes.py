"""Include ranks: a room knows itself and the rooms below it, and of those only what they publish."""

import posixpath

from .rooms import PRIVATE, PUBLIC, RANK, TEST_DIRECTORIES, room_in, room_of
from .rule import rule


def resolve(tree, file, written, quoted):
    """Path of the included file in the repository, whether it exists or is only named; None for foreign headers."""
    if quoted:
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(file.path), written))
        if beside in tree.files:
            return beside
    for base in ("include/", "src/", "tests/", ""):
        path = posixpath.normpath(base + written)
        if path in tree.files:
            return path
    if written.startswith("shopflow/"):
        return "include/" + written
    return None


def project_includes(tree, file):
    """(line, as written, path in the repository) of each include of one of our own files."""
    for line, written, quoted in file.includes:
        target = resolve(tree, file, written, quoted)
        if target is not None:
            yield line, written, target


@rule("include-rank", mend="move what both rooms need down, or let the higher room react to an event")
def include_rank(tree):
    """A room that includes a higher one makes a cycle sooner or later, and neither can be understood or built alone.

    Unit tests are held to the rank of their room as well; other tests drive the whole product and may see all of it.
    """
    for file in tree.cpp:
        room = room_in(file.path, PRIVATE, PUBLIC, "tests/unit/")
        if room not in RANK:
            continue
        for line, written, target in project_includes(tree, file):
            other = room_of(target)
            if other in RANK and RANK[other] > RANK[room]:
                yield file.path, line, f"{room} includes {written}, and {other} stands above {room}"


@rule("private-header", mend="publish what others need in include/shopflow/<room>/, or ask the room's service")
def private_header(tree):
    """A header in src/ is its room's own business, free to change without asking; others hold on to what is published.

    Tests of a room may look inside that room. Tests that belong to no room may look into any.
    """
    for file in tree.cpp:
        room = room_in(file.path, PRIVATE, PUBLIC, *TEST_DIRECTORIES)
        if room is None:
            continue
        for line, written, target in project_includes(tree, file):
            owner = room_in(target, PRIVATE)
            if owner is not None and owner != room:
                yield file.path, line, f"{room} includes {written}, which is private to {owner}"
            elif owner is not None and file.path.startswith(PUBLIC):
                yield file.path, line, f"the published {file.name} includes the private {written}"


@rule("test-in-product", mend="move the shared part into the product, or the user of it into tests/")
def test_in_product(tree):
    """Product code that needs the tests' helpers would ship them."""
    for file in tree.under("src", "include"):
        for line, written, target in project_includes(tree, file):
            if target.startswith("tests/"):
                yield file.path, line, f"product code includes {written}"
