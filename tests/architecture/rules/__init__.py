"""The rules of the house. ALL is what check.py runs and what rules_test.py demands offenders for."""

from . import coroutines, dead_files, headers, includes, links, mirror, sizes, unity
from .banned_code import CODE
from .banned_libraries import LIBRARIES
from .banned_sql import SQL

BANNED = (*LIBRARIES, *CODE, *SQL)
ALL = (
    includes.include_rank,
    includes.private_header,
    includes.test_in_product,
    unity.unity_include,
    links.link_rank,
    links.link_missing,
    links.link_log,
    sizes.file_size,
    sizes.function_size,
    dead_files.dead_header,
    dead_files.dead_source,
    dead_files.unknown_room,
    dead_files.migration_name,
    mirror.test_mirror,
    headers.using_namespace,
    headers.include_guard,
    coroutines.await_temporary,
    *(banned.as_rule() for banned in BANNED),
)


def findings(tree, rules=ALL):
    """Every finding of these rules, in the order of a reader: by file, then by line."""
    return sorted({finding for rule in rules for finding in rule.findings(tree)})
