"""The readers below the rules: text split into views, functions measured."""

import unittest

from reading.functions import cpp_functions, shell_functions
from reading.text import split
from reading.tree import SourceFile


def lengths(text, path="src/core/x.cpp"):
    file = SourceFile(path, text)
    return [file.line_of(each.end) - file.line_of(each.start) + 1 for each in file.functions]


class Views(unittest.TestCase):
    def test_all_views_are_as_long_as_the_text_and_keep_its_lines(self):
        text = 'int a = 1\'000;  // "x"\n/* \' */ auto s = R"q(\n")" )q" "\\"";\nchar c = \'"\';\n'
        views = split(text, "cpp")
        for view in (views.code, views.literals, views.remarks):
            self.assertEqual(len(text), len(view))
            self.assertEqual(text.count("\n"), view.count("\n"))

    def test_code_has_neither_comments_nor_literals(self):
        text = 'f("secret");  // secret\ng(\'"\', x);  /* secret */ R"(secret)";\nh(1\'000, u\'s\');\n'
        code = split(text, "cpp").code
        self.assertNotIn("secret", code)
        for kept in ("f(", "g(", "x)", "h(1'000, u"):
            self.assertIn(kept, code)

    def test_adjacent_literals_read_as_one_and_separate_ones_do_not(self):
        self.assertRegex(split('a("b "\n  "c")', "cpp").literals, r"b\s+c")
        self.assertNotRegex(split('a("b", "c")', "cpp").literals, r"b\s+c")

    def test_a_hash_in_a_python_string_starts_no_comment(self):
        views = split('a = "# no"  # yes\n"""\n# no\n"""\n', "python")
        self.assertEqual(["# yes"], [text for _, text in views.comments])

    def test_a_comment_of_sql_is_no_statement(self):
        self.assertNotIn("SELECT", split("-- SELECT\nDELETE FROM a; /* SELECT */", "sql").literals)

    def test_a_commented_include_is_none(self):
        file = SourceFile("src/core/x.cpp", '// #include "a"\n/*\n#include "b"\n*/\n# include <c>\n')
        self.assertEqual([(5, "c", False)], file.includes)


class Functions(unittest.TestCase):
    def test_a_function_is_measured_from_its_signature_to_its_closing_brace(self):
        self.assertEqual([3], lengths("// About f.\nint f(\n    int a) {\n}\n"))
        self.assertEqual([2], lengths("template <class T>\nT f() { return {}; }\n"))

    def test_a_constructor_with_braced_members_is_one_function(self):
        self.assertEqual([4], lengths("X::X(int a) noexcept\n    : a_{a},\n      b_{f(1)} {\n}\n"))
        self.assertEqual([2], lengths("X::X(int a)\n    : a_{a}, b_{} {}\n"))

    def test_a_constructor_that_keeps_a_lambda_is_one_function(self):
        self.assertEqual([4], lengths("X::X()\n    : a_{[this] { run(); }},\n      b_{g({1})} {\n}\n"))

    def test_a_lambda_counts_to_the_function_around_it_and_alone_is_a_function(self):
        self.assertEqual([4], lengths("void f() {\n  auto g = [] {\n  };\n}\n"))
        self.assertEqual([2], lengths("const auto g = [] {\n};\n"))

    def test_tables_enumerations_and_classes_are_no_functions(self):
        self.assertEqual([], lengths("enum class E { a, b };\nconst T t[] = {{f(1)}, {2}};\nconst T u{g({1}), {2}};\n"))
        self.assertEqual([1], lengths("class X final : public Y<int()> {\n public:\n  int f() const { return 1; }};\n"))

    def test_a_closing_brace_too_many_ends_nothing_else(self):
        self.assertEqual([1], lengths("}\n}\nint f() { return 1; }\n"))
        self.assertEqual("int f()", cpp_functions("#if A\n}\n#endif\nint f() {}\n")[0].name)

    def test_a_brace_in_a_here_document_closes_no_shell_function(self):
        self.assertEqual([7], lengths("f() {\n  cat <<EOF\n}\nEOF\n  g <<<x\n  true\n}\n", "a.sh"))
        self.assertEqual([], shell_functions("f() { true; }\n"))

    def test_python_methods_and_inner_functions_are_measured(self):
        self.assertEqual([3, 1], lengths("class A:\n  def f(self):\n    def g(): pass\n    g()\n", "a.py"))
        self.assertEqual([], lengths("def f(:\n", "a.py"))


if __name__ == "__main__":
    unittest.main()
