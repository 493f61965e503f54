"""What publishing a table makes of the README."""

import pathlib
import tempfile
import unittest

from sections import CHART, Unpublishable, published, renew, replaced, section

HERE = "4 x A, 25 GB, everything on one machine.\n"
ELSEWHERE = "8 x B, 64 GB, everything on one machine.\n"
HEAD = "\n| scenario | rounds |\n|---|---:|\n"


def readme(lines):
    return f"# Shop\n\n<!-- fault -->\n{lines}<!-- /fault -->\n\nThe end.\n"


class Fault(unittest.TestCase):
    def published(self, old, fresh):
        return section(published(readme(old), "fault", fresh), "fault")

    def test_a_line_takes_the_place_of_its_scenario_and_a_new_one_comes_last(self):
        old = HERE + HEAD + "| `kill` | 1 |\n| `mail` | 1 |\n"
        fresh = HERE + HEAD + "| `two` | 2 |\n| `kill` | 2 |\n"
        self.assertEqual(HERE + HEAD + "| `kill` | 2 |\n| `mail` | 1 |\n| `two` | 2 |\n", self.published(old, fresh))

    def test_lines_of_another_machine_go_and_order_stays(self):
        old = ELSEWHERE + HEAD + "| `kill` | 1 |\n| `mail` | 1 |\n| `two` | 1 |\n"
        fresh = HERE + HEAD + "| `two` | 2 |\n| `kill` | 2 |\n"
        self.assertEqual(HERE + HEAD + "| `kill` | 2 |\n| `two` | 2 |\n", self.published(old, fresh))

    def test_an_empty_section_takes_all_lines(self):
        fresh = HERE + HEAD + "| `kill` | 2 |\n"
        self.assertEqual(readme(fresh), published(readme(""), "fault", fresh))

    def test_a_file_without_lines_or_machine_changes_nothing(self):
        for fresh in ("", HERE + HEAD, HEAD + "| `kill` | 2 |\n"):
            with self.subTest(fresh), self.assertRaises(Unpublishable):
                self.published(HERE + HEAD, fresh)


class Sections(unittest.TestCase):
    def test_the_figures_of_the_bench_replace_all_that_was_there_and_follow_their_chart(self):
        text = "a\n<!-- bench -->\nold\n<!-- /bench -->\n<!-- scale -->\nold\n<!-- /scale -->\n"
        text = published(published(text, "bench", "new\n"), "scale", "newer\n")
        self.assertEqual(f"a\n<!-- bench -->\n{CHART}new\n<!-- /bench -->\n<!-- scale -->\nnewer\n<!-- /scale -->\n", text)

    def test_each_table_ends_with_the_next_mark(self):
        text = "\n<!-- table a -->\n1\n<!-- /table -->\n<!-- table b -->\n2\n<!-- /table -->\n"
        self.assertEqual(text.replace("2", "3"), replaced(text, "table b", "3\n"))

    def test_a_section_that_is_missing_open_or_there_twice_is_no_place(self):
        for text in ("", "\n<!-- fault -->\n", "\n<!-- /fault -->\n<!-- fault -->\n", readme("") + readme("")):
            with self.subTest(text), self.assertRaises(Unpublishable):
                section(text, "fault")


class Renewing(unittest.TestCase):
    def test_the_file_keeps_its_mode_and_nothing_else_is_left(self):
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory, "README.md")
            path.write_text("old")
            path.chmod(0o640)
            renew(path, lambda text: text + " and new")
            self.assertEqual(("old and new", 0o640), (path.read_text(), path.stat().st_mode & 0o777))
            self.assertEqual([path], list(path.parent.iterdir()))

    def test_a_change_that_fails_leaves_the_file_as_it_was(self):
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory, "README.md")
            path.write_text("old")
            with self.assertRaises(Unpublishable):
                renew(path, lambda text: section(text, "fault"))
            self.assertEqual(("old", [path]), (path.read_text(), list(path.parent.iterdir())))


if __name__ == "__main__":
    unittest.main()
