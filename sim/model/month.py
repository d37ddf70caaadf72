"""The end of a month: what moves slowly is brought up to date, and rates follow it.

Between two closes rates stay what they are: they change here and at dated changes, never in between.
"""

from __future__ import annotations

from sim.engine import clocks
from sim.engine.compiled import part
from sim.model import books, endings, learning, money, morale, rates, standing, work
from sim.model.kinds import Kind
from sim.model.state import World

__all__ = ["MONTHS", "close", "prepare", "start"]

MONTHS = 12.0


@part
def prepare(w: World) -> None:
    """The levels of the start, which no luck has a part in."""
    money.open_accounts(w)
    learning.start(w)
    standing.start(w)
    morale.start(w)


@part
def start(w: World) -> None:
    """The work of the start, from which workload is measured, and the first close."""
    work.start(w)
    books.start(w)
    clocks.at(w, 1.0 / MONTHS, Kind.CLOSE, 0)


@part
def close(w: World, t: float) -> None:
    """Close the books of a month, and say when the next ones are due."""
    work.count(w, 1.0 / MONTHS)
    books.close(w, t)
    endings.close(w, t)
    learning.step(w, 1.0 / MONTHS)
    standing.step(w, t, 1.0 / MONTHS)
    morale.step(w, t, 1.0 / MONTHS)
    rates.set_month(w, t)
    w.setting.month += 1
    clocks.at(w, (w.setting.month + 1.0) / MONTHS, Kind.CLOSE, 0)
