#!/usr/bin/env python3
"""Checks the repository against the rules of the house: check.py [ROOT]. Exit code 1 if there are findings."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from reading.tree import Tree  # noqa: E402: the path above has to be set first
from rules import ALL, findings  # noqa: E402: the path above has to be set first


def main(arguments):
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parents[2]
    tree = Tree.read(root)
    if not tree.cpp:
        print(f"{root} has no files to check: a wrong directory must not count as a clean one")
        return 1
    found = findings(tree)
    for finding in found:
        print(finding)
    print(f"{len(tree.files)} files, {len(ALL)} rules, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
