"""Three lives under two plans, told side by side: how the same person fared in two runs that share their luck.

Which lives is decided by a rule, not by how well they read: of the blocks, the one whose net difference in post is the
median (the earlier of equals); in it, one person for each of the differences that are the most frequent over all
blocks, and of those to whom it applies the one whose name comes first. A name is a hash, so this favours nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis import say
from analysis.counterfactual import NOT_THERE, pairs
from analysis.persons import Cast
from analysis.replay import PERSON, Event, Replay, replay
from sim.study.results import StoredStudy

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RULE", "Chosen", "Dated", "History", "Life", "choose", "histories", "life", "sentences"]

RULE = (
    "How they were chosen: the simulated history whose net difference in people in post is the median, and in it one "
    "person for each of the most frequent differences."
)

IN_POST = "in post"
MANY = 3

Dated = tuple[float, str]
"""Years since the start, and what happened."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Somebody whose status differs between two plans."""

    person: int
    block: int
    """The block, by its place in the cast."""
    row_plan: int
    """This person's row in the table of people, under the plan."""
    row_against: int


@dataclass(frozen=True, slots=True)
class Life:
    """What happened to one person in one run."""

    plan: str
    run_id: str
    events: tuple[Dated, ...]
    end: str
    """Where the person was at the horizon."""


@dataclass(frozen=True, slots=True)
class History:
    """One person's life under two plans."""

    future: str
    who: str
    plan: Life
    against: Life


def choose(people: Cast, plan: str, against: str, many: int = MANY) -> list[Chosen]:
    """The people whose lives are told; fewer than `many` where fewer kinds of difference occur in the block."""
    ours, theirs = people.of(plan).reset_index(names="row"), people.of(against).reset_index(names="row")
    found = pairs(ours, theirs)
    if not people.blocks.size:
        return []
    counts = [
        np.bincount(found.loc[found[f"status_{side}"] == IN_POST, "block"], minlength=people.blocks.size)
        for side in ("plan", "against")
    ]
    order = np.argsort(counts[0] - counts[1], kind="stable")
    block = int(order[(order.size - 1) // 2])
    there = (found["status_plan"] != NOT_THERE) & (found["status_against"] != NOT_THERE)
    differ = found[there & (found["status_plan"] != found["status_against"])]
    kinds = differ.groupby(["status_against", "status_plan"]).size()
    ranked = sorted(zip(kinds.index.tolist(), kinds.tolist(), strict=True), key=lambda kind: (-kind[1], kind[0]))
    inside = differ[differ["block"] == block].sort_values("person")
    chosen: list[Chosen] = []
    for (other, own), _ in ranked:
        some = inside.loc[(inside["status_against"] == other) & (inside["status_plan"] == own), "person"]
        if len(some) and len(chosen) < many:
            person = int(some.iloc[0])
            rows = [
                int(side.loc[(side["block"] == block) & (side["person"] == person), "row"].iloc[0])
                for side in (ours, theirs)
            ]
            chosen.append(Chosen(person, block, *rows))
    return chosen


def histories(study: StoredStudy, people: Cast, future: str, plan: str, against: str) -> list[History]:
    """Three lives under both plans, from the logs of two runs that are run again.

    Raises:
        UnknownRunError: a run of the people's table isn't stored.
        StoreError: the study was run by another version of the model.
    """
    found: list[History] = []
    runs: dict[str, Replay] = {}
    years = float(study.manifest["scenario"]["years"])
    for chosen in choose(people, plan, against):
        rows = [people.people.loc[[row]].iloc[0] for row in (chosen.row_plan, chosen.row_against)]
        lives = []
        for name, row in zip((plan, against), rows, strict=True):
            run_id = str(row["run_id"])
            if run_id not in runs:
                runs[run_id] = replay(study, run_id)
            lives.append(life(name, runs[run_id], chosen.person, row, years))
        found.append(History(future, _who(rows[1]), *lives))
    return found


def life(plan: str, run: Replay, person: int, row: pd.Series[Any], years: float) -> Life:
    """What a log says of one person: a short text an event; with where they were after `years`."""
    entity = f"{PERSON}{run.people[person]}"
    events = [event for event in run.events if event[2] == entity]
    said = [(event[0], _said(event, before, row)) for before, event in pairwise([None, *events]) if event is not None]
    end = WHERE[str(row["status"])]
    cadre = say.words(str(row["cadre"]).rpartition(".")[2])
    return Life(plan, run.run_id, tuple((time, text) for time, text in said if text), f"{end}, as {cadre}")


def _who(row: pd.Series[Any]) -> str:
    """A person as a reader may call them."""
    return "Somebody who was there at the start" if row["origin"] == "founder" else "Somebody who came as a candidate"


WHERE = {
    "in_post": "in post", "on_exchange": "in post, away on an exchange", "waiting": "waiting for a post",
    "elsewhere": "in other work in the country", "training_home": "in training at home",
    "training_abroad": "in training abroad", "abroad": "working abroad", "settled": "settled abroad",
    "retired": "retired", "dead": "dead",
}  # fmt: skip
"""Each place of the model, in words."""

MOTIVES = {"specialise": "to specialise", "work_abroad": "to work"}

TEXTS = {
    "die": "dies",
    "retire": "retires",
    "go_abroad": "goes to the partner abroad for some months",
    "come_back": "is back from the partner abroad",
    "bond_ends": "has served the bond",
    "start_work": "starts in a post",
    "leave_post": "leaves the post for other work in the country",
    "rejoin": "looks for a public post again",
    "return": "comes back to the country",
    "drop_out": "gives up training",
    "settle": "decides to settle abroad",
    "give_up": "tires of waiting for a post and takes other work",
}
"""What a person's event is called, where its detail adds nothing."""

UNTOLD = ("grace_ends", "request")
"""Events that a reader would not miss."""

TOGETHER = ("finish", "bond_ends")
"""Events at which somebody may leave at once."""


def _said(event: Event, before: Event | None, row: pd.Series[Any]) -> str:
    """One event in words; nothing for one that a reader would not miss."""
    time, kind, _, detail = event
    if kind in UNTOLD:
        return ""
    if kind in MOTIVES:
        at_once = before is not None and before[1] in TOGETHER and before[0] == time
        return f"leaves the country at once, {MOTIVES[kind]}" if at_once else f"applies to leave, {MOTIVES[kind]}"
    if kind == "depart":
        return "has thought better of leaving" if detail == "withdrawn" else _left(detail)
    if kind == "finish":
        return _finished(time, detail, row)
    return TEXTS.get(kind, say.words(kind))


def _left(motive: str) -> str:
    return f"leaves the country{', ' + MOTIVES[motive] if motive in MOTIVES else ''}"


def _finished(time: float, detail: str, row: pd.Series[Any]) -> str:
    """The end of training: a graduation where the person qualified then, else an examination to be tried again."""
    if abs(float(row["qualified"]) - time) > 1e-6 or np.isnan(row["qualified"]):
        return "passes the examination, still at the partner abroad" if detail == "1" else "fails the examination"
    known = isinstance(row["programme"], str) and row["programme"]
    where = say.words(row["programme"]) if known else "training on their own"
    if row["trained"] == "home":
        return f"graduates from {where}"
    return f"finishes {where} abroad and {'settles there' if detail == '1' else 'comes home'}"


def sentences(one: Life, start: float, most: int = 8) -> Sequence[str]:
    """A life in dated sentences, of at most so many events; the last of them are kept, and where it ended."""
    shown = one.events[-most:]
    lines = [f"{say.date(start + time)}: {text}" for time, text in shown]
    if len(one.events) > most:
        lines.insert(0, f"({len(one.events) - most} earlier events)")
    return [*lines, f"At the end: {one.end}."]
