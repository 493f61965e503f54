"""Unit tests stand where their subject stands."""

from .rooms import RANK
from .rule import rule

UNIT = "tests/unit/"
ENDING = "_test.cpp"


@rule("test-mirror", mend="name it <file>_test.cpp or <file>_<aspect>_test.cpp after the file it tests")
def test_mirror(tree):
    """Who changes a file must find its test without searching, and who deletes it must not leave the test behind.

    A file with many tests may have several, each named for an aspect: router_test.cpp, router_limits_test.cpp.
    """
    for file in tree.cpp:
        if not file.path.startswith(UNIT) or not file.name.endswith(ENDING):
            continue
        room, words = file.parts[2], file.name.removesuffix(ENDING).split("_")
        if len(file.parts) != 4:
            yield file.path, 1, "a unit test stands in the directory of its room"
        elif room in RANK and not _subjects(tree, room, words):
            yield file.path, 1, f"{room} has no file {'_'.join(words)}"


def _subjects(tree, room, words):
    stems = ("_".join(words[:count]) for count in range(len(words), 0, -1))
    places = ("src/{0}/{1}.cpp", "src/{0}/{1}.hpp", "include/shopflow/{0}/{1}.hpp")
    return any(place.format(room, stem) in tree.files for stem in stems for place in places)
