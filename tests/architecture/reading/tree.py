"""The repository as the rules see it: the files that are ours, read once, with their views worked out on demand."""

import os
import re
from bisect import bisect_right
from functools import cached_property
from pathlib import Path, PurePosixPath

from . import functions
from .text import split

# What is looked at; build directories, data and everything else at the top is nobody's source text.
TOP_LEVEL = (
    "src",
    "include",
    "tests",
    "migrations",
    "config",
    "docker",
    "cmake",
    ".ci",
    "dev",
    "CMakeLists.txt",
    "CMakePresets.json",
    "README.md",
)
SKIPPED_DIRECTORIES = {"__pycache__", "node_modules"}
CPP_SUFFIXES = {".cpp", ".cc", ".hpp", ".h", ".ipp"}
HEADER_SUFFIXES = {".hpp", ".h", ".ipp"}
HASH_SUFFIXES = {".sh", ".bash", ".cmake", ".toml", ".yml", ".yaml", ".conf", ".service"}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.M)


class SourceFile:
    """One text file. `path` is relative to the repository's root, with forward slashes."""

    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.parts = PurePosixPath(path).parts
        self.name = self.parts[-1]
        self.suffix = PurePosixPath(path).suffix

    @cached_property
    def language(self):
        """cpp, python, sql, hash (shell, CMake and other texts with # comments) or prose."""
        if self.suffix in CPP_SUFFIXES:
            return "cpp"
        if self.suffix == ".sql":
            return "sql"
        first_line = self.text[:80].split("\n", 1)[0]
        if self.suffix == ".py" or (first_line.startswith("#!") and "python" in first_line):
            return "python"
        if first_line.startswith("#!") or self.suffix in HASH_SUFFIXES:
            return "hash"
        if self.name in ("CMakeLists.txt", "Dockerfile"):
            return "hash"
        return "prose"

    @property
    def is_header(self):
        return self.suffix in HEADER_SUFFIXES

    @property
    def is_shell(self):
        return self.suffix in (".sh", ".bash") or re.match(r"#!.*\b(?:ba|da)?sh\b", self.text[:80]) is not None

    @cached_property
    def views(self):
        return split(self.text, self.language)

    @cached_property
    def lines(self):
        return self.text.split("\n")[: self.text.count("\n") + (not self.text.endswith("\n"))]

    @cached_property
    def lower(self):
        return self.text.lower()

    @cached_property
    def code_lines(self):
        return self.views.code.split("\n")

    @cached_property
    def _newlines(self):
        return [match.start() for match in re.finditer("\n", self.text)]

    def line_of(self, offset):
        """The number of the line, from 1, that holds this offset."""
        return bisect_right(self._newlines, offset - 1) + 1

    def first_line(self, line):
        """Where the literal starts that goes on over this line; the line itself if there is none."""
        for start, end in self.views.long_literals:
            first, last = self.line_of(start), self.line_of(end - 1)
            if first < line <= last:
                return first
        return line

    @cached_property
    def functions(self):
        if self.language == "cpp":
            return functions.cpp_functions(self.views.code)
        if self.language == "python":
            return functions.python_functions(self.text)
        return functions.shell_functions(self.text) if self.is_shell else []

    @cached_property
    def includes(self):
        """(line, path as written, whether it was quoted) of each include that is not commented out."""
        if self.language != "cpp":
            return []
        return [
            (self.line_of(match.start(2)), match.group(2), match.group(1) == '"')
            for match in INCLUDE.finditer(self.text)
            if "#" in self.views.code[match.start() : match.start(2)]
        ]


class Tree:
    """All files of the repository that rules may look at, by path."""

    def __init__(self, files):
        self.files = {path: SourceFile(path, text) for path, text in sorted(files.items())}

    @classmethod
    def read(cls, root):
        """Reads a checkout. Files that are not UTF-8 text (pictures, fuzzing corpora) are passed over."""
        root = Path(root)
        files = {}
        for top in TOP_LEVEL:
            for path in _walk(root / top):
                try:
                    files[path.relative_to(root).as_posix()] = path.read_text(encoding="utf-8")
                except UnicodeDecodeError:
                    continue
        return cls(files)

    def under(self, *directories):
        """Files anywhere below one of these directories, or these very files."""
        return [
            file
            for file in self.files.values()
            if any(file.path == name or file.path.startswith(name + "/") for name in directories)
        ]

    @cached_property
    def cpp(self):
        return [file for file in self.files.values() if file.language == "cpp"]


def _walk(top):
    if top.is_file():
        yield top
    for directory, subdirectories, names in os.walk(top):
        subdirectories[:] = sorted(set(subdirectories) - SKIPPED_DIRECTORIES)
        for name in sorted(names):
            yield Path(directory) / name
