"""What is wrong with a file, said so that its author can put it right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

__all__ = ["Problem", "ScenarioError", "nearest", "shown"]

LONGEST = 80
"""The most characters of a file that one message repeats."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong, or worth knowing, at one place of a file.

    Attributes:
        file: the file, as its author would name it.
        line: its line, from 1.
        field: the dotted path of the field.
        got: what stands there.
        expected: what should.
        nearest: the closest name that would have been right, or nothing.
        severity: `error` stops the run, `warning` and `info` do not.
    """

    file: str
    line: int
    field: str
    got: str
    expected: str
    nearest: str = ""
    severity: Literal["error", "warning", "info"] = "error"

    def __str__(self) -> str:
        """One line, as compilers print it."""
        kind = "" if self.severity == "error" else f"{self.severity}: "
        hint = f", did you mean {self.nearest}?" if self.nearest else ""
        field = f"{shown(self.field, quoted=False)}: " if self.field else ""
        return f"{self.file}:{self.line}: {kind}{field}got {self.got}, expected {self.expected}{hint}"

    def as_data(self) -> dict[str, str | int]:
        """The same for `--json`."""
        return asdict(self)


class ScenarioError(Exception):
    """A scenario that cannot be run.

    Attributes:
        problems: everything that is wrong with it, in the order of files and lines.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def shown(text: str, *, quoted: bool = True, longest: int = LONGEST) -> str:
    """Text from a file made safe for a terminal: short, on one line, without control characters."""
    clean = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[: longest + 1])
    if len(text) > longest:
        clean = clean[:longest] + "…"
    return f"`{clean}`" if quoted else clean


def nearest(name: str, names: Iterable[str]) -> str:
    """The most similar of some names, ready for a message, or nothing when none is close."""
    close = difflib.get_close_matches(name[:LONGEST], list(names), n=1, cutoff=0.6)
    return shown(close[0]) if close else ""
