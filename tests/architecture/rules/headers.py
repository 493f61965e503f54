"""What a header may not do to the files that include it."""

import re

from .rule import rule

USING_NAMESPACE = re.compile(r"\busing namespace\s+[\w:]+")
GUARD = re.compile(r"^[ \t]*#[ \t]*pragma[ \t]+once\b", re.M)


@rule("using-namespace", mend="name what you need where you need it, or move the directive into a function")
def using_namespace(tree):
    """A using directive in a header changes the meaning of names in every file that includes it."""
    for file in tree.cpp:
        if not file.is_header or "using namespace" not in file.text:
            continue
        for match in USING_NAMESPACE.finditer(file.views.code):
            if not any(function.start <= match.start() <= function.end for function in file.functions):
                yield file.path, file.line_of(match.start()), f"`{match.group()}` outside of a function"


@rule("include-guard", mend="start it with #pragma once")
def include_guard(tree):
    """A header that is read twice in one translation unit defines its types twice."""
    for file in tree.cpp:
        if file.is_header and not GUARD.search(file.views.code):
            yield file.path, 1, "no #pragma once"
