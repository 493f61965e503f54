"""Sections of the README, from `<!-- MARK -->` to `<!-- /FIRST_WORD_OF_MARK -->`: what tools have printed and nobody edits."""

import fcntl
import os
import re
import subprocess

CHART = "![How many times the reference](tests/bench/results.svg)\n\n"
MACHINE = "everything on one machine."


class Unpublishable(Exception):
    """There is no one place for the lines, or there are no lines."""


def _span(text, mark):
    begin, end = f"\n<!-- {mark} -->\n", f"\n<!-- /{mark.split()[0]} -->\n"
    first = text.find(begin)
    last = text.find(end, first)
    if text.count(begin) != 1 or last < 0:
        raise Unpublishable(f"README.md has no place for the lines:{begin}and{end}once each")
    return first + len(begin), last + 1


def section(text, mark):
    begin, end = _span(text, mark)
    return text[begin:end]


def replaced(text, mark, body):
    begin, end = _span(text, mark)
    return text[:begin] + body + text[end:]


def _scenario(line):
    found = re.match(r"\| `([^`]*)`", line)
    return found and found[1]


def merged(old, fresh):
    """The table `fresh`, and each line of `old` that it has no scenario of, in the order of `old`. Lines of another machine
    than that of `fresh` go, since the caption names but one."""
    lines = fresh.splitlines(keepends=True)
    rows = {_scenario(line): line for line in lines if _scenario(line)}
    machine = [line for line in lines if line.rstrip().endswith(MACHINE)]
    if not rows or not machine:
        raise Unpublishable("there are no lines")
    head = [line for line in lines if not _scenario(line)]
    before = old.splitlines(keepends=True)
    same = machine[-1] in before
    kept = [rows.pop(_scenario(line), line if same else "") for line in before if _scenario(line)]
    return "".join([*head, *kept, *rows.values()])


def published(text, part, fresh):
    """The README's text with the lines that a run of `bench`, `scale`, `fault` or `bench --tcp` has printed."""
    if part == "fault":
        fresh = merged(section(text, part), fresh)
    return replaced(text, part, CHART + fresh if part == "bench" else fresh)


def renew(path, change):
    """Puts what `change` makes of the file's text into it. The file is always whole and keeps its mode; the lock is the
    directory's, since it is another file afterwards."""
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        text = change(path.read_text())
        new = path.with_name(path.name + ".new")
        subprocess.run(["cp", "-p", "--", path, new], check=True)
        new.write_text(text)
        new.replace(path)
    finally:
        os.close(directory)
