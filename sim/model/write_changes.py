"""What a plan starts and does, and what a future brings, as rows of a blank world: changes, and what sets them off."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sim.engine.random import named
from sim.engine.tables import NONE
from sim.engine.world import Memory
from sim.model.policy import Change
from sim.model.triggers import Event
from sim.model.write_partners import partnership_of
from sim.scenario.contingency import Action, ChangePay, FundPosts

if TYPE_CHECKING:
    from sim.model.build import Blueprint

__all__ = ["Changes"]

CHANGES = {
    "destination_recruits": Change.RECRUIT,
    "crisis": Change.RECRUIT,
    "pay_falls": Change.PAY,
    "posts_not_funded": Change.FREEZE,
    "funding_withdrawn": Change.WITHDRAW_FUNDING,
    "degree_not_recognised": Change.DEGREE,
    "raise_pay": Change.PAY,
    "retention_allowance": Change.PAY,
    "freeze_posts": Change.FREEZE,
    "fund_posts": Change.FUND_POSTS,
    "start": Change.START,
    "stop": Change.STOP,
    "scale": Change.SCALE,
    "bond": Change.BOND,
    "ministry_takes_payroll": Change.TAKE_OVER,
}
"""What each kind of shock and of action does."""


EVENTS = {
    "donor gives notice": Event.NOTICE,
    "funding ends": Event.FUNDING_ENDS,
    "partnership ends": Event.PARTNERSHIP_ENDS,
    **{f"{kind} begins": Event[kind.upper()] for kind in CHANGES if kind.upper() in Event.__members__},
}
"""The events, by the words of a file."""

NUMBERS = {"at_most": "lasts", "lasts": "lasts", "leaving": "amount", "pay": "amount", "intake": "amount",
           "served": "amount", "size": "amount", "places": "amount", "years": "owed", "notice": "owed", "over": "owed",
           "posts": "posts", "cost": "cost"}  # fmt: skip
"""The field of a change that each number of a shock or an action goes into."""

TRIGGER = {"delay": "delay", "cooldown": "cooldown", "consents": "consent", "when.date": "date", "when.lasts": "held"}
"""The field of a trigger that each number about setting off goes into."""


class Changes:
    """Every dated change of a case.

    Attributes:
        rows: one mapping a change, as the file gives it, with `what` it does and the `source` of its numbers.
        triggers: the actions of the plan, which stand last among the changes, in the same order.
    """

    def __init__(self, b: Blueprint) -> None:
        self.b = b
        case = b.case
        self.triggers: list[Action] = case.contingency
        self.rows: list[dict[str, Any]] = [
            {"what": Change.START, "do": "start", "programme": name} for name in case.starts
        ]
        for i, shock in enumerate(case.shocks):
            self.rows.append({"what": CHANGES[shock.kind], "source": f"shocks.{i}", **shock.model_dump()})
        for i, action in enumerate(self.triggers):
            known = {"what": CHANGES[action.do], "source": f"contingency.{i}", **action.model_dump()}
            self.rows.append(known | {"begins": math.inf, "cadre": self.cadre_of(action)})

    def cadre_of(self, action: Action) -> str | None:
        """The one cadre that an action is about: pay that a cadre's metric sets off is that cadre's."""
        cadre: str | None = getattr(action, "cadre", None)
        if cadre is None and isinstance(action, ChangePay) and action.when.metric is not None:
            cadre = action.when.metric.split(".")[1]
        return cadre if cadre in self.b.cadres else None

    def name(self, row: int) -> str:
        """What the event log calls a change."""
        if row >= len(self.rows):
            return "extension"
        change = self.rows[row]
        return ".".join(str(x) for x in (change.get("do", change.get("kind")), change.get("programme")) if x)

    def new_posts(self, party: str, cadre: str) -> int:
        """Posts that actions may add for a cadre at an employer."""
        return sum(
            action.posts * action.times
            for action in self.triggers
            if isinstance(action, FundPosts) and action.party in (None, party) and action.cadre in (None, cadre)
        )

    def started(self) -> set[str]:
        """The programmes that the case means to start, now or later."""
        return {change["programme"] for change in self.rows if change["what"] == Change.START}

    def write(self, memory: Memory) -> None:
        """Write the changes, and what sets them off; the spare rows are for what an extension does."""
        table = memory.tables["policies"]
        table["what"] = NONE
        for i, change in enumerate(self.rows):
            self.write_change(table[i : i + 1], change)
        first = len(self.rows) - len(self.triggers)
        for i, action in enumerate(self.triggers):
            row = memory.tables["triggers"][i : i + 1]
            row["policy"] = first + i
            earlier = sum((one.do, one.by) == (action.do, action.by) for one in self.triggers[:i])
            row["key"] = named("contingency", action.do, action.by, earlier)
            self.write_trigger(row, action)

    def write_change(self, row: Any, change: Mapping[str, Any]) -> None:
        """One dated change. Dates before the start count as the start."""
        b = self.b
        row["at"] = self.since_start(change.get("begins", 0.0))
        row["what"] = change["what"]
        row["event"] = EVENTS.get(f"{change.get('kind')} begins", NONE)
        payer = change.get("paid_by") or change.get("by")
        for field, known, name in (
            ("party", b.parties, change.get("party")),
            ("cadre", b.cadres, change.get("cadre")),
            ("country", b.countries, change.get("country")),
            ("programme", b.programmes, change.get("programme")),
            ("paid_by", b.parties, payer),
        ):
            row[field] = NONE if name is None else known.index(name)
        for field in ("amount", "owed", "lasts", "ending", "posts", "cost"):
            row[field] = 0
        for key, field in NUMBERS.items():
            if change.get(key) is not None:
                row[field] = raised(change[key]) if key == "size" else change[key]

    def write_trigger(self, row: Any, action: Action) -> None:
        """What sets off an action."""
        b = self.b
        when = action.when
        row["by"] = NONE if action.by is None else b.parties.index(action.by)
        row["event"] = NONE if when.event is None else EVENTS[when.event]
        row["of"] = self.event_of(action)
        row["date"] = math.inf if when.date is None else self.since_start(when.date)
        row["column"] = NONE if when.metric is None else b.column(when.metric)
        level = when.above if when.above is not None else when.below
        row["above"] = when.above is not None
        if level is not None:
            row["level"], row["relative"] = level.value, level.relative
        row["held"], row["since"] = when.lasts, math.inf
        row["consent"] = math.nan if action.consents is None else action.consents
        row["asks"], row["times"] = len(action.needs), action.times
        row["delay"], row["cooldown"] = action.delay, action.cooldown

    def event_of(self, action: Action) -> int:
        """The programme or the partnership whose event sets off an action; NONE for any."""
        if action.when.programme is None:
            return NONE
        programme = self.b.programmes.index(action.when.programme)
        if action.when.event != "partnership ends":
            return programme
        return partnership_of(self.b, action.when.programme)

    def place(self, memory: Memory, parts: list[str]) -> tuple[Any, Callable[[float], float]]:
        """Where a number of a shock or an action lies, and how to convert it: see `Blueprint.place`."""
        key = ".".join(parts[2:])
        if parts[0] == "contingency" and key in TRIGGER:
            row = memory.tables["triggers"][int(parts[1]) : int(parts[1]) + 1]
            return (row, TRIGGER[key]), self.since_start if key == "when.date" else float
        for i, change in enumerate(self.rows):
            if change.get("source") == ".".join(parts[:2]):
                row = memory.tables["policies"][i : i + 1]
                if key == "begins":
                    return (row, "at"), self.since_start
                return (row, NUMBERS[key]), raised if key == "size" else float
        raise KeyError(".".join(parts))

    def since_start(self, date: float) -> float:
        """A date as years since the start; what came before counts as the start."""
        return max(0.0, date - self.b.case.scenario.start)


def raised(size: float) -> float:
    """A rise by a share, as a factor."""
    return 1.0 + size
