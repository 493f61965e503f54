"""Constructs that have hurt before."""

from .patterns import COMMENT_ABOVE, Banned, in_room, is_cpp, is_product, is_test


def _outside_architecture(file):
    return not file.path.startswith("tests/architecture/")


def _proves_who_somebody_is(file):
    return in_room(file, "access") or (in_room(file, "payments") and "signature" in file.name)


# What a stranger may guess at, by the names that such things have.
GUESSED = r"(?:expected|given|secret|token|signature|hash|digest|mac)"

CODE = (
    Banned(
        name="unfinished",
        hints=("todo", "fixme", "xxx", "hack"),
        pattern=r"\b(?:TODO|FIXME|XXX|HACK)\b",
        view="remarks",
        where=lambda file: file.suffix not in (".csv", ".json", ".svg"),
        why="A note to do it later is a promise to nobody.",
        mend="do it now, or open an issue and take the note out",
    ),
    Banned(
        name="singleton",
        hints=("static",),
        pattern=r"\bstatic\s+(?!const\b)(?:[\w:]+(?:<[^;(){}]*>)?)\s*&\s*\w+\s*\(\s*\)"
        r"|\bstatic\s+(?!const|thread_local)[\w:]+(?:<[^;(){}]*>)?\s+(\w+)\s*(?:\{[^{};]*\}|\([^();]*\)|=[^;]*)?;"
        r"\s*return\s+&?\1\s*;",
        view="code",
        where=is_product,
        tag="singleton",
        why="What is reached from everywhere belongs to nobody: no test can replace it, and no order destroys it.",
        mend="pass it to the constructors that need it; app/ owns it",
    ),
    Banned(
        name="raw-new",
        hints=("new",),
        pattern=r"(?<!operator )(?<!operator)\bnew\b(?=\s*[\w:(])",
        view="code",
        where=is_cpp,
        tag="new",
        why="An exception between new and its delete leaks; ownership belongs in a type.",
        mend="use std::make_unique, std::make_shared or a container",
    ),
    Banned(
        name="raw-delete",
        hints=("delete",),
        pattern=r"(?<!operator )(?<!operator)\bdelete\b(?=\s*(?:\[\s*\]\s*)?[\w:(*])",
        view="code",
        where=is_cpp,
        tag="new",
        why="Whoever deletes by hand will one day delete twice; ownership belongs in a type.",
        mend="hold it in a std::unique_ptr, with a deleter if it is a C library's",
    ),
    Banned(
        name="skipped-test",
        hints=("skip", "disabled", "expectedfailure"),
        pattern=r"\bGTEST_SKIP\b|\bDISABLED_\w+|\bskipTest\s*\(|\bunittest\.(?:skip\w*|SkipTest)"
        r"|@skip\w*|\bexpectedFailure\b"
        r"|\bDISABLED\s+(?:TRUE|ON|1)\b",
        view="code",
        where=lambda file: is_test(file) or file.name == "CMakeLists.txt",
        why="A skipped test reads as a pass and guards nothing.",
        mend="make it pass, or delete it together with what it tested",
    ),
    Banned(
        name="unreasoned-lint",
        hints=("nolint", "clang-format", "noqa", "type: ignore", "shellcheck"),
        pattern=r"\bNOLINT(?:NEXTLINE|BEGIN)?\b(?!\([\w.,* -]+\):\s*\S[^\n]{11})"
        r"|\bclang-format off\b(?!\s*:\s*\S[^\n]{11})"
        r"|\b(?:noqa\b(?:: [A-Z]\d+)?|type: ignore(?:\[[\w-]+\])?|shellcheck disable=[\w,]+\b)"
        r"(?!\s*[:#-]+\s*\S[^\n]{11})",
        view="remarks",
        where=_outside_architecture,
        tag=COMMENT_ABOVE,
        why="A silenced check without its reason is silenced for ever, for whatever comes next too.",
        mend="name the check and say why, on the same line (`NOLINT(check-name): reason`) or in a comment above",
    ),
    Banned(
        name="pragma-diagnostic",
        hints=("pragma",),
        pattern=r"#\s*pragma\s+(?:GCC|clang)\s+diagnostic\s+ignored|_Pragma\s*\(",
        view="code",
        where=is_cpp,
        tag="warning",
        why="Warnings are errors here; one that is switched off hides the next real one.",
        mend="mend the warning's cause",
    ),
    Banned(
        name="hasty-comparison",
        hints=("memcmp", "strcmp", "==", "!="),
        pattern=rf"\b(?:memcmp|bcmp|strn?cmp)\s*\(|\b{GUESSED}\s*[!=]=(?!=)|[!=]=\s*{GUESSED}\b(?!\s*[.(:\[-])",
        view="code",
        where=_proves_who_somebody_is,
        tag="public",
        why="A comparison that ends at the first byte that differs tells a stranger how many of the bytes were right.",
        mend="compare with sodium_memcmp",
    ),
)
