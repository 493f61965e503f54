#!/usr/bin/env python3
"""The mutation check: each patch beside this file plants a defect, and some test has to notice it.

mutants.py --check             every patch has its head and still applies to this checkout
mutants.py --list              the defects and what has to catch them
mutants.py [--jobs N] [NAME…]  applies them one at a time to a copy of the checkout, builds only the tests named in the
                               head, runs them, and tells which defects were caught; NAME is a part of a patch's name

The copy and its build stay in build/mutants, so that a second run compiles little. PostgreSQL and Redis are those of
SHOPFLOW_TEST_PGHOST and SHOPFLOW_TEST_REDIS, as for any test.
"""

import argparse
import filecmp
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
COPY = ROOT / "build" / "mutants"
NOT_COPIED = {".git", ".data", "build", "__pycache__"}
TEST_SECONDS_MAX = 120
ARCHITECTURE = "architecture"


@dataclass(frozen=True)
class Catcher:
    """A test of ctest, and which of its cases; the names are those of GoogleTest."""

    test: str
    cases: str

    def __str__(self):
        return f"{self.test} {self.cases}".strip()


@dataclass(frozen=True)
class Mutant:
    path: Path
    what: str
    catchers: tuple

    @property
    def name(self):
        return self.path.stem

    def targets(self):
        return {catcher.test for catcher in self.catchers if catcher.test != ARCHITECTURE}


class Misshapen(Exception):
    """A patch without the head that tells what it plants and what catches it."""


def read(path):
    head = path.read_text().split("\n--- ", 1)[0]
    lines = [line for line in head.splitlines() if line.strip()]
    caught = [re.fullmatch(r"Caught by: (\w+)(?: (\S+))?", line) for line in lines]
    what = " ".join(line for line, match in zip(lines, caught) if match is None)
    catchers = tuple(Catcher(match[1], match[2] or "") for match in caught if match)
    if not what or not catchers:
        raise Misshapen(f"{path.name}: its head has to tell what is planted, and `Caught by: <test> [<cases>]`")
    return Mutant(path, what, catchers)


def all_mutants(names=()):
    mutants = [read(path) for path in sorted(HERE.glob("*.patch"))]
    chosen = [one for one in mutants if not names or any(name in one.name for name in names)]
    if not chosen:
        raise Misshapen("there is no such mutant")
    return chosen


def git_apply(root, patch, *options):
    """Git applies patches without a repository too, and is kept from taking one that it finds further up for this."""
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(root.parent)}
    command = ["git", "apply", "-p1", *options, str(patch)]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


def check():
    """Exit code 1 if a patch no longer applies, with the reason."""
    mutants, failures = all_mutants(), 0
    for mutant in mutants:
        tried = git_apply(ROOT, mutant.path, "--check")
        if tried.returncode != 0:
            failures += 1
            print(f"{mutant.path.name} does not apply any more:\n{tried.stderr}")
    print(f"{len(mutants)} mutants, {failures} that do not apply")
    return 1 if failures else 0


def copy_checkout():
    """Brings the copy up to date. Files that are the same keep their times, so that nothing is built for them."""
    kept = set()
    for directory, names, files in os.walk(ROOT):
        names[:] = [name for name in names if name not in NOT_COPIED]
        for name in files:
            source = Path(directory) / name
            relative = source.relative_to(ROOT)
            target = COPY / relative
            kept.add(relative)
            if target.is_file() and filecmp.cmp(source, target, shallow=False):
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            shutil.copymode(source, target)
    for directory, names, files in os.walk(COPY):
        names[:] = [name for name in names if name not in NOT_COPIED]
        for name in files:
            if (Path(directory) / name).relative_to(COPY) not in kept:
                (Path(directory) / name).unlink()


class Bench:
    """The copy with its build."""

    def __init__(self, jobs):
        self.jobs = jobs
        self.log = COPY / "build" / "last.log"
        self.environment = {**os.environ, "CCACHE_BASEDIR": str(COPY), "CCACHE_NOHASHDIR": "1"}
        self.environment["SHOPFLOW_TEST_BINARY"] = str(COPY / "build" / "dev" / "shopflow")

    def run(self, *command, **environment):
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("w") as log:
            return subprocess.run(
                command, cwd=COPY, env={**self.environment, **environment}, stdout=log, stderr=log, check=False
            ).returncode

    def configure(self):
        if self.run("cmake", "--preset", "dev") != 0:
            raise Misshapen(f"configuring failed: {self.log}")

    def build(self, targets):
        return not targets or self.run("ninja", "-C", "build/dev", "-j", str(self.jobs), *sorted(targets)) == 0

    def passes(self, catcher):
        if catcher.test == ARCHITECTURE:
            return self.run(sys.executable, "-B", "tests/architecture/check.py", str(COPY)) == 0
        command = ["ctest", "--test-dir", "build/dev", "--tests-regex", f"^{catcher.test}$", "--no-tests=error"]
        command += ["--timeout", str(TEST_SECONDS_MAX), "--fixture-exclude-any", ".*", "--output-on-failure"]
        return self.run(*command, GTEST_FILTER=catcher.cases or "*") == 0

    def try_one(self, mutant):
        """What became of it: `caught` and by what, or how it got through."""
        planted = git_apply(COPY, mutant.path)
        if planted.returncode != 0:
            return "does not apply", ""
        try:
            if not self.build(mutant.targets()):
                return "does not build", str(self.log)
            for catcher in mutant.catchers:
                if not self.passes(catcher):
                    return "caught", str(catcher)
            return "SURVIVED", ""
        finally:
            if git_apply(COPY, mutant.path, "--reverse").returncode != 0:
                raise Misshapen(f"{mutant.name} can't be taken back; delete {COPY}")


def hunt(mutants, jobs):
    copy_checkout()
    bench = Bench(jobs)
    bench.configure()
    targets = set().union(*(mutant.targets() for mutant in mutants))
    print(f"building {len(targets)} test programs without a defect", flush=True)
    if not bench.build(targets):
        raise Misshapen(f"the checkout does not build: {bench.log}")
    for catcher in sorted({str(one): one for mutant in mutants for one in mutant.catchers}.items()):
        if not bench.passes(catcher[1]):
            raise Misshapen(f"{catcher[0]} fails without any defect: {bench.log}")
    results = []
    for number, mutant in enumerate(mutants, 1):
        started = time.monotonic()
        result = bench.try_one(mutant)
        results.append((mutant, *result))
        seconds = time.monotonic() - started
        print(f"[{number}/{len(mutants)}] {result[0]:<9} {mutant.name} ({seconds:.0f} s)", flush=True)
    return results


def report(results):
    caught = sum(result == "caught" for _, result, _ in results)
    print("\n| planted defect | result | by |\n|---|---|---|")
    for mutant, result, by in results:
        print(f"| {mutant.what} | {result} | {by} |")
    print(f"\n{len(results)} defects planted, {caught} caught, {len(results) - caught} not")
    return 0 if caught == len(results) else 1


def main(arguments):
    parser = argparse.ArgumentParser(description="Plants defects and tells whether the tests notice them.")
    parser.add_argument("--check", action="store_true", help="only look whether every patch still applies")
    parser.add_argument("--list", action="store_true", help="only list the defects")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="compilers at once")
    parser.add_argument("names", nargs="*", metavar="NAME", help="parts of the names of the patches")
    options = parser.parse_args(arguments)
    try:
        if options.check:
            return check()
        mutants = all_mutants(options.names)
        if options.list:
            for mutant in mutants:
                print(f"{mutant.name}: {mutant.what} [{', '.join(map(str, mutant.catchers))}]")
            return 0
        return report(hunt(mutants, options.jobs))
    except Misshapen as problem:
        print(f"mutants: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
