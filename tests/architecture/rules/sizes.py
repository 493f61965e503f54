"""Sizes: one idea per file, and functions that fit on a screen."""

from .rule import rule, states_reason

FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 70
# A reason stands where a reader meets it first.
REASON_LINES = 20


def _measured(tree):
    """Files that somebody reads as code. Tables of data may be as long as their data; so may a file with a reason."""
    for file in tree.files.values():
        if file.language in ("cpp", "python", "hash") and not states_reason(file.lines[:REASON_LINES], "size"):
            yield file


@rule("file-size", mend="split it by idea, or state near its top `size: <why it is better whole>` in a comment")
def file_size(tree):
    """A file that long holds more than one idea, and nobody reads it whole."""
    for file in _measured(tree):
        count = len(file.lines)
        if count > FILE_LINES_MAX:
            yield file.path, FILE_LINES_MAX + 1, f"{count} lines, and {FILE_LINES_MAX} are the limit"


@rule("function-size", mend="name its steps, or state near the file's top `size: <why it is better whole>`")
def function_size(tree):
    """A function longer than a screen can't be checked at a glance."""
    for file in _measured(tree):
        for function in file.functions:
            first, last = file.line_of(function.start), file.line_of(function.end)
            count = last - first + 1
            if count > FUNCTION_LINES_MAX:
                yield file.path, first, f"{function.name} has {count} lines, and {FUNCTION_LINES_MAX} are the limit"
