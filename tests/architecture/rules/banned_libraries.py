"""Libraries that stay in one room, so that the rest neither waits for their headers nor depends on their bugs."""

from .patterns import Banned, in_room, is_cpp, is_product, is_test


def _beyond(*homes):
    """Product code and unit tests outside these path prefixes; other tests are clients and use what they like."""

    def where(file):
        concerned = is_product(file) or (is_cpp(file) and file.path.startswith("tests/unit/"))
        return concerned and not file.path.startswith(homes)

    return where


def _beyond_repositories(file):
    homes = _beyond("src/db/", "include/shopflow/db/", "tests/unit/db/")
    return homes(file) and not (file.path.startswith("src/") and file.name.endswith("repository.cpp"))


def _quiet(file):
    return is_product(file) and not in_room(file, "app")


LIBRARIES = (
    Banned(
        name="beast-outside-http",
        pattern=r"boost/beast",
        view="includes",
        where=_beyond("src/http/", "tests/unit/http/"),
        why="Beast's headers cost seconds in every file, and its parser is only safe behind the framing gate.",
        mend="use the Request and Response of shopflow/http",
    ),
    Banned(
        name="pqxx-outside-db",
        pattern=r"pqxx\b|libpq-fe\.h",
        view="includes",
        where=_beyond_repositories,
        why="Only db/ knows when a connection is broken or a commit in doubt; only repositories hold statements.",
        mend="put the statement into the room's repository.cpp and call that",
    ),
    Banned(
        name="hiredis-outside-cache",
        pattern=r"hiredis\b",
        view="includes",
        where=_beyond("src/cache/", "tests/unit/cache/"),
        why="The hooks between hiredis and Asio are subtle and must exist once; a lost Redis is cache/'s to hide.",
        mend="use the client of shopflow/cache",
    ),
    Banned(
        name="std-format-include",
        pattern=r"(?:format|print)$",
        view="includes",
        where=is_cpp,
        why="The standard library of Debian 12 has no <format> and no <print>.",
        mend="include <fmt/format.h>",
    ),
    Banned(
        name="std-format",
        hints=("format", "print"),
        pattern=r"\bstd::(?:v?format(?:_to(?:_n)?)?|formatted_size|format_string|print(?:ln)?)\b",
        view="code",
        where=is_cpp,
        why="The standard library of Debian 12 has no std::format.",
        mend="use fmt::format",
    ),
    Banned(
        name="chrono-time-zone",
        hints=("zone", "tzdb"),
        pattern=r"\b(?:std::)?chrono::(?:zoned_time|time_zone|locate_zone|current_zone|get_tzdb)\b",
        view="code",
        where=is_cpp,
        why="The standard library of Debian 12 has no time zones.",
        mend="keep time in UTC, and let PostgreSQL name a zone's day",
    ),
    Banned(
        name="stdout-in-room",
        hints=("printf", "puts", "putchar", "std::c", "fmt::print"),
        pattern=r"\b(?:v?f?printf|f?puts|putchar)\s*\(|\bstd::(?:cout|cerr|clog)\b|\bfmt::print(?:ln)?\b",
        view="code",
        where=_quiet,
        why="A room that prints can't be embedded, and its words miss the structured log and its level.",
        mend="log it with the logger given to the room, or return it",
    ),
    Banned(
        name="system-clock",
        hints=("system_clock", "utc_clock", "time(", "gettimeofday"),
        pattern=r"\b(?:system_clock|utc_clock)::now\b|\bstd::time\(|\bgettimeofday\("
        r"|(?<![\w.>:])(?:::)?time\((?:nullptr|NULL|0|&)",
        view="code",
        where=lambda file: is_product(file) and not in_room(file, "core"),
        why="Time is injected, or no test can let a hold lapse without waiting for it.",
        mend="take a core::Clock and ask that",
    ),
    Banned(
        name="std-random",
        hints=("random", "mt19937", "minstd", "rand"),
        pattern=r"\bstd::(?:random_device|mt19937(?:_64)?|minstd_rand0?|default_random_engine|s?rand)\b"
        r"|(?<![\w.>:])s?rand\s*\(",
        view="code",
        where=is_product,
        tag="file random",
        why="Its engines can be predicted, so a secret made with one can be guessed, and nothing seeds them in a test.",
        mend="take ids and secrets from core (libsodium)",
    ),
    Banned(
        name="sleep-in-test",
        hints=("sleep",),
        pattern=r"\b(?:sleep_for|sleep_until|usleep|nanosleep|sleep)\s*\("
        r"|(?m:^|[;&|({]|\bdo\b|\bthen\b)[ \t]*sleep[ \t]+[\d.$\"]",
        view="code",
        where=is_test,
        tag="sleep",
        why="A test that sleeps is slow when all is well and fails when the machine is busy.",
        mend="wait for the signal itself (a future, a channel, a line of output), or move the injected clock",
    ),
    Banned(
        name="spin-in-test",
        hints=("yield",),
        pattern=r"\bthis_thread::yield\s*\(",
        view="code",
        where=is_test,
        tag="yield",
        why="A test that asks again without a limit hangs until ctest ends it, and says nothing of what did not come.",
        mend="wait with testing::until (support/until.hpp)",
    ),
)
