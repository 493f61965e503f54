"""Splits a source text into code, comments and literals.

All views have the length of the original, so that an offset means the same place in each of them. A rule that
looks for a call must not trip over the same word in a comment, and a rule about SQL looks into literals only.
"""

import re
from dataclasses import dataclass, field

# Every alternative starts with a plain character, which lets the regex engine skip quickly over ordinary code.
# A quote after a hexadecimal digit separates digits (1'000'000) and starts no character literal.
CPP_TOKEN = re.compile(
    r"//(?:[^\n\\]|\\.)*"
    r"|/\*.*?\*/"
    r'|R"([^()\\\s]{0,16})\(.*?\)\1"'
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?<![0-9a-fA-F]')(?:[^'\\\n]|\\.)+'",
    re.S,
)
PYTHON_TOKEN = re.compile(
    r"#[^\n]*"
    r'|"""(?:[^\\]|\\.)*?"""'
    r"|'''(?:[^\\]|\\.)*?'''"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'",
    re.S,
)
SQL_TOKEN = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", re.S)
# Shell, CMake, TOML, YAML: quoting is too irregular to parse, so only comments are told apart.
HASH_TOKEN = re.compile(r"(?m:^)#[^\n]*|[ \t]#(?:[ \t!][^\n]*|(?=\n))")

TOKENS = {"cpp": CPP_TOKEN, "python": PYTHON_TOKEN, "sql": SQL_TOKEN, "hash": HASH_TOKEN}
COMMENT_STARTS = {"cpp": ("//", "/*"), "python": ("#",), "sql": ("--", "/*"), "hash": ("#", " #", "\t#")}

NOT_SPACE = re.compile(r"\S")
NOT_NEWLINE = re.compile(r"[^\n]+")


@dataclass
class Views:
    """`code` has comments and literals blanked, `literals` keeps nothing but the literals, `remarks` the comments."""

    code: str
    literals: str
    remarks: str
    comments: list = field(default_factory=list)  # (offset, text), in order
    long_literals: list = field(default_factory=list)  # (first offset, last offset) of those over several lines


def blank(text):
    """The same text as spaces; line breaks stay, because line numbers are counted by them."""
    return NOT_NEWLINE.sub(lambda match: " " * len(match.group()), text)


def _opening_length(literal):
    if literal.startswith('R"'):
        return literal.index("(") + 1
    if literal[:3] in ('"""', "'''"):
        return 3
    return 1


def _bare(literal):
    """The literal with its quotes blanked."""
    opening = _opening_length(literal)
    closing = opening - 1 if literal.startswith('R"') else opening
    return " " * opening + literal[opening : len(literal) - closing] + " " * closing


def _hull(literal):
    """The literal with its body blanked; the outermost quotes stay, so that a call still has an argument."""
    if len(literal) < 2:
        return literal
    return literal[0] + blank(literal[1:-1]) + literal[-1]


def split(text, language):
    """Views of a text; one in an unknown language (prose, configuration) is code, literal and remark at once."""
    token = TOKENS.get(language)
    if token is None:
        return Views(code=text, literals=text, remarks=text)
    code, literals, remarks, comments, long = [], [], [], [], []
    last = 0
    for match in token.finditer(text):
        gap, piece = text[last : match.start()], match.group()
        is_comment = piece.startswith(COMMENT_STARTS[language])
        if is_comment:
            comments.append((match.start(), piece))
        elif "\n" in piece:
            long.append((match.start(), match.end()))
        code += (gap, blank(piece) if is_comment else _hull(piece))
        literals += (_fence(gap), blank(piece) if is_comment else _bare(piece))
        remarks += (blank(gap), piece if is_comment else blank(piece))
        last = match.end()
    rest = text[last:]
    views = Views(
        "".join(code) + rest, "".join(literals) + _fence(rest), "".join(remarks) + blank(rest), comments, long
    )
    if language in ("sql", "hash"):
        views.literals = _without(text, comments)
    return views


def _fence(gap):
    """Code between two literals, made unmatchable; mere white space is kept, so adjacent literals read as one."""
    return NOT_SPACE.sub("\x01", gap)


def _without(text, comments):
    """The text without its comments: in SQL, and in shell around it, anything else can be part of a statement."""
    kept, last = [], 0
    for offset, comment in comments:
        kept += (text[last:offset], blank(comment))
        last = offset + len(comment)
    return "".join(kept) + text[last:]
