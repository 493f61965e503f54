"""SQL: what a statement may not say, and where it may be said."""

from .patterns import Banned, is_product


def _holds_sql(file):
    """The planted offenders of tests/architecture are themselves such texts."""
    return file.language in ("cpp", "python", "sql", "hash") and not file.path.startswith("tests/architecture/")


def _outside_migrations(file):
    """Tests may build tables of their own to try the pool or the migrator on."""
    return is_product(file) or file.path == "dev" or file.parts[0] in ("docker", "config", ".ci")


SQL = (
    Banned(
        name="select-star",
        hints=("select", "returning"),
        pattern=r"(?i:\bselect\s+(?:all\s+|distinct\s+)?(?:\w+\.)?\*|\breturning\s+(?:\w+\.)?\*)",
        view="literals",
        where=_holds_sql,
        why="The next migration adds a column, and the row no longer is what the code reads by position.",
        mend="name the columns",
    ),
    Banned(
        name="ddl-outside-migrations",
        hints=("create", "alter", "drop"),
        pattern=r"(?i:\b(?:create|alter|drop)\s+"
        r"(?:(?:unique|temp|temporary|unlogged|global|local|or\s+replace|materialized)\s+)*"
        r"(?:table|index|view|type|sequence|function|trigger|schema)\b)",
        view="literals",
        where=_outside_migrations,
        tag="ddl",
        why="The schema has one history, numbered and checksummed; a table made elsewhere is missing from it.",
        mend="write a migration",
    ),
    Banned(
        name="unordered-lock",
        hints=("for update", "for no key update"),
        pattern=r"(?is:\bselect\b(?:(?!\bselect\b|\border\s+by\b)[^\x01;])*?\b(?:any|unnest)\s*\("
        r"(?:(?!\bselect\b|\border\s+by\b)[^\x01;])*?\bfor\s+(?:no\s+key\s+)?update\b)",
        view="literals",
        where=is_product,
        tag="lock order",
        why="Two transactions that lock the same rows in two orders wait for each other until one of them is ended.",
        mend="lock them in the order of their key, with ORDER BY",
    ),
    Banned(
        name="unnest-of-parameters",
        hints=("unnest", "rows"),
        pattern=r"(?i:\bunnest\s*\(\s*\$\d+[^(),]*,|\brows\s+from\s*\()",
        view="literals",
        where=is_product,
        why="PostgreSQL keeps each array of such a list as a table of its own before it reads the first row, which costs "
        "three times as much as a SELECT list that gives one row after another.",
        mend="write FROM (SELECT unnest($1::uuid[]), unnest($2::int4[])) AS row (id, units), and generate_subscripts($1, 1) "
        "among them for what ORDINALITY would count",
    ),
)
