"""One offence, or one thing that only looks like it, as files laid over the clean repository."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Offender:
    """With these files the named rule, and no other, must find something, at this path and line and nowhere else."""

    rule: str
    path: str
    line: int
    files: dict


@dataclass(frozen=True)
class Innocent:
    """With these files no rule may find anything; `rule` is the one that is most likely to."""

    rule: str
    files: dict


def in_source(rule, *lines, at=1):
    """An offence in a source file of carts; `at` is its place in `lines`, whose first follows the include."""
    path = "src/carts/service.cpp"
    return Offender(rule, path, at + 1, {path: source(*lines)})


def in_test(rule, *lines, at=1):
    """The same in a unit test of carts."""
    path = "tests/unit/carts/service_test.cpp"
    return Offender(rule, path, at + 1, {path: test(*lines)})


def innocent_source(rule, *lines):
    return Innocent(rule, {"src/carts/service.cpp": source(*lines)})


def innocent_test(rule, *lines):
    return Innocent(rule, {"tests/unit/carts/service_test.cpp": test(*lines)})


def source(*lines):
    return "\n".join(('#include "shopflow/carts/service.hpp"', *lines, ""))


def test(*lines):
    return "\n".join(('#include "shopflow/carts/service.hpp"', *lines, ""))
