"""Shows that every rule bites, and that none bites an innocent."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from planted import CLEAN, INNOCENTS, OFFENDERS
from reading.tree import Tree
from rules import ALL, BANNED, findings

CHECK = Path(__file__).resolve().parent / "check.py"


class Rules(unittest.TestCase):
    maxDiff = None

    def test_the_clean_repository_has_no_findings(self):
        self.assertEqual([], list(map(str, findings(Tree(CLEAN)))))

    def test_every_rule_has_an_offender_and_every_offender_a_rule(self):
        self.assertEqual({rule.name for rule in ALL}, {offender.rule for offender in OFFENDERS})

    def test_no_two_rules_share_a_name(self):
        names = [rule.name for rule in ALL]
        self.assertEqual(sorted(set(names)), sorted(names))

    def test_every_rule_says_why_and_how_to_mend(self):
        for rule in ALL:
            with self.subTest(rule.name):
                self.assertRegex(rule.why, r"^[A-Z].{30,}\.$")
                self.assertGreater(len(rule.mend), 10)

    def test_every_offender_is_found_where_it_is_and_by_its_rule_alone(self):
        for number, offender in enumerate(OFFENDERS):
            with self.subTest(number=number, rule=offender.rule, files=offender.files):
                found = findings(Tree({**CLEAN, **offender.files}))
                places = [(finding.rule, finding.path, finding.line) for finding in found]
                self.assertEqual([(offender.rule, offender.path, offender.line)], places, list(map(str, found)))

    def test_every_hint_of_a_pattern_has_an_offender_with_it(self):
        for banned in BANNED:
            texts = [text.lower() for each in OFFENDERS if each.rule == banned.name for text in each.files.values()]
            for hint in banned.hints:
                with self.subTest(rule=banned.name, hint=hint):
                    self.assertTrue(any(hint in text for text in texts))

    def test_no_innocent_is_found(self):
        for number, innocent in enumerate(INNOCENTS):
            with self.subTest(number=number, rule=innocent.rule):
                self.assertEqual([], list(map(str, findings(Tree({**CLEAN, **innocent.files})))))

    def test_no_innocent_is_kept_for_a_rule_that_is_gone(self):
        self.assertLessEqual({innocent.rule for innocent in INNOCENTS}, {rule.name for rule in ALL})


class CommandLine(unittest.TestCase):
    """The check as CTest runs it, on a repository on disk."""

    def check(self, files):
        with tempfile.TemporaryDirectory() as root:
            for path, text in files.items():
                place = Path(root, path)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text, encoding="utf-8")
            command = [sys.executable, "-B", str(CHECK), root]
            return subprocess.run(command, capture_output=True, text=True, check=False)

    def test_a_clean_repository_passes(self):
        result = self.check(CLEAN)
        self.assertEqual((0, ""), (result.returncode, result.stderr))
        self.assertIn(" 0 findings", result.stdout)

    def test_an_offence_fails_and_is_told_with_place_rule_reason_and_remedy(self):
        result = self.check({**CLEAN, "src/carts/service.cpp": "#include <format>\n"})
        self.assertEqual(1, result.returncode)
        self.assertRegex(result.stdout, r"^src/carts/service\.cpp:1: std-format-include: .+ Why: .+ Mend: .+\n")

    def test_an_empty_directory_is_no_pass(self):
        result = self.check({})
        self.assertEqual(1, result.returncode)
        self.assertIn("no files", result.stdout)


if __name__ == "__main__":
    unittest.main()
