"""A part of a report: words first, then a table, then figures; the terminal and the page print the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.terminal import grid

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Figure", "Section", "Table", "show_sections"]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts; the first column is of names, the others are aligned to the right unless said otherwise."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: frozenset[int] = frozenset()
    """Columns behind the first that hold words and not numbers."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """An SVG element with its caption."""

    svg: str
    caption: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report."""

    title: str
    sentences: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()
    method: str = ""
    """How it was worked out and what it can't tell, in smaller print."""
    code: str = ""
    """What a planner may copy, such as a line of YAML."""


def show_sections(sections: Sequence[Section], console: Console, everything: bool = False) -> None:
    """Print sections; figures stay on the page, and the method too unless everything is asked for."""
    for section in sections:
        console.print()
        console.print(section.title, style="bold")
        for sentence in section.sentences:
            console.print(f"- {sentence}" if len(section.sentences) > 1 else sentence)
        for table in section.tables:
            shown = grid(table.headings[1:], table.headings[0])
            for place in table.words:
                shown.columns[place].justify = "left"
            for row in table.rows:
                shown.add_row(*row)
            console.print(shown)
            if table.note:
                console.print(table.note, style="italic")
        if section.code:
            console.print(section.code, soft_wrap=True)
        if section.method and everything:
            console.print(section.method, style="italic")
