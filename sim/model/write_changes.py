"""The dated changes of a case as rows of a blank world: what a plan starts and does, and what a future brings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sim.engine.tables import NONE
from sim.engine.world import Memory
from sim.model.policy import Change

if TYPE_CHECKING:
    from sim.model.build import Blueprint

__all__ = ["Changes"]

SHOCKS = {
    "destination_recruits": Change.RECRUIT,
    "posts_not_funded": Change.FREEZE,
    "funding_withdrawn": Change.WITHDRAW_FUNDING,
}
ACTIONS = {
    "raise_pay": Change.RAISE_PAY,
    "freeze_posts": Change.FREEZE,
    "start": Change.START,
    "bond": Change.BOND,
}
FIELDS = {"from": "at", "begins": "at", "for": "lasts", "leaving": "amount", "served": "amount", "size": "amount",
          "years": "owed", "notice": "owed"}  # fmt: skip
"""The field of a row that a number of a shock or an action goes into, where the names differ."""


class Changes:
    """Every dated change of a case.

    Attributes:
        rows: one mapping a change, as the file gives it, with `what` it does and the `source` of its numbers.
        triggers: what sets off the changes that have no date.
    """

    def __init__(self, b: Blueprint) -> None:
        self.b = b
        case = b.case
        self.triggers: list[dict[str, Any]] = []
        self.rows: list[dict[str, Any]] = [{"at": 0.0, "what": Change.START, "programme": name} for name in case.starts]
        for i, shock in enumerate(case.shocks):
            self.rows.append({"what": SHOCKS[shock.kind], "source": f"shocks.{i}", **shock.model_dump()})
        for i, action in enumerate(case.actions):
            self.rows.append({"what": ACTIONS[action.do], "source": f"actions.{i}", **action.model_dump()})

    def write(self, memory: Memory) -> None:
        """Write the changes; the spare rows are for what an extension does."""
        table = memory.tables["policies"]
        table["what"] = NONE
        for i, change in enumerate(self.rows):
            self.write_change(table[i : i + 1], change)

    def write_change(self, row: Any, change: Mapping[str, Any]) -> None:
        """One dated change. Dates before the start count as the start."""
        b = self.b
        date = change.get("begins", change.get("at", 0.0))
        row["at"] = self.since_start(date) if date > 0.0 else 0.0
        row["what"] = change["what"]
        for field, known in (("party", b.parties), ("cadre", b.cadres), ("programme", b.programmes)):
            name = change.get(field)
            row[field] = NONE if name is None else known.index(name)
        row["lasts"] = change.get("lasts") or 0.0
        row["owed"] = change.get("years") or change.get("notice") or 0.0
        size = change.get("size")
        row["amount"] = raised(size) if size is not None else change.get("leaving", change.get("served", 0.0))

    def place(self, memory: Memory, parts: list[str]) -> tuple[Any, Callable[[float], float]]:
        """Where a number of a shock or an action lies, and how to convert it: see `Blueprint.place`."""
        source = ".".join(parts[:2])
        for i, change in enumerate(self.rows):
            if change.get("source") == source:
                name = FIELDS.get(parts[2], parts[2])
                convert: Callable[[float], float] = self.since_start if name == "at" else float
                return (memory.tables["policies"][i : i + 1], name), raised if parts[2] == "size" else convert
        raise KeyError(".".join(parts))

    def since_start(self, date: float) -> float:
        """A date as years since the start; what came before counts as the start."""
        return max(0.0, date - self.b.case.scenario.start)


def raised(size: float) -> float:
    """A rise by a share, as a factor."""
    return 1.0 + size
