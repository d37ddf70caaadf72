"""Pieces of a terminal's tables: a console that keeps names from files plain, headings, grids that fit."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table

__all__ = ["again", "console_for", "fitted", "grid", "heading", "indented", "widen"]

LABEL_WIDTH = 26
"""Columns that an outcome's label needs to be read with ease."""

GAP = 2
"""Columns between two columns of a table."""

_PLAIN_WIDTH = 100
"""Columns of output that is no terminal, such as a log."""


def console_for(file: IO[str] | None = None) -> Console:
    """A console that neither reads markup in names nor colours a log."""
    from rich.console import Console

    file = file or sys.stdout
    width = None if file.isatty() else int(os.environ.get("COLUMNS") or _PLAIN_WIDTH)
    return Console(file=file, width=width, markup=False, highlight=False, emoji=False, soft_wrap=False)


def grid(columns: Iterable[str], first: str = "") -> Table:
    """A table of one column of names and some of figures."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    table.add_column(first, overflow="fold")
    for column in columns:
        table.add_column(column, justify="right", overflow="fold")
    return table


def heading(console: Console, title: str, explanation: str) -> None:
    """A title after an empty line, and how to read what follows."""
    console.print()
    console.print(title, style="bold")
    console.print(explanation, style="italic")


def fitted(
    console: Console, headings: Sequence[str], lines: dict[str, list[str]], label: int = LABEL_WIDTH
) -> tuple[Table, dict[str, list[str]]]:
    """A grid with a column for each heading, and its cells; where they are too wide, spans go under what they span.

    Args:
        console: what it has to fit.
        headings: of the columns behind the first.
        lines: cells by the line that they stand in.
        label: columns that the first needs.
    """
    shown = grid(headings)
    widest = [max((len(cells[place]) for cells in lines.values()), default=0) for place in range(len(headings))]
    if sum(widest) + GAP * len(widest) + label > console.width:
        lines = {
            name: [cell.replace(" (", "\n(").replace(" ±", "\n±") for cell in cells] for name, cells in lines.items()
        }
    for place, (column, title) in enumerate(zip(shown.columns[1:], headings, strict=True)):
        pieces = [part for cells in lines.values() for part in cells[place].split("\n")]
        column.min_width = column.max_width = max(map(len, [*title.split(), *pieces]))
    return shown, lines


def again(shown: Table) -> Table:
    """An empty table with the same columns and no heading, to go on below a line of text."""
    below = grid([""] * (len(shown.columns) - 1))
    below.show_header = False
    for column, other in zip(below.columns, shown.columns, strict=True):
        column.min_width, column.max_width = other.min_width, other.max_width
    return below


def widen(shown: Table, console: Console) -> None:
    """Give the first column all the room that the others leave."""
    others = sum((column.max_width or 0) + GAP for column in shown.columns[1:])
    shown.columns[0].min_width = shown.columns[0].max_width = max(10, console.width - others)


def indented(text: str) -> Padding:
    """Text that stays indented where it wraps."""
    from rich.padding import Padding
    from rich.text import Text

    return Padding(Text(text, overflow="fold"), (0, 0, 0, 2))
