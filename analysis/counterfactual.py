"""The same people under two plans: status under one by status under the other, counted person by person.

Founders and people of the streams carry their name and their luck into every plan; who is hired from outside does not,
and is left out. How many people end in a status under each plan, and so the net difference, is a matter of the plans.
How many *differ* (the gross) is a matter of the luck that the model lets them share, too: with separate luck far more
do. Both are told, and only the net is claimed. Cells off the diagonal describe the model's shared luck, not persons
(J. Pearl 2009, Causality, 2nd ed., chapter 9: such probabilities are not identified by what each plan does alone).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analysis.persons import Cast
from sim.study.intervals import MeanInterval, Spread, mean_interval, spread

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario import Loaded

__all__ = [
    "NOT_THERE", "OTHER_CADRE", "STATUSES", "Matrix", "Move", "Net", "State", "differences", "matrix", "pairs",
    "sole_difference",
]  # fmt: skip

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

OF_PLACE = {
    "in_post": "in post",
    "on_exchange": "in post",
    "waiting": "elsewhere in the country",
    "elsewhere": "elsewhere in the country",
    "training_home": "in training",
    "training_abroad": "in training",
    "abroad": "abroad",
    "settled": "abroad",
    "retired": "retired or dead",
    "dead": "retired or dead",
}
"""A planner's status for each place of the model: who holds a post and is away on exchange is in post."""

NOT_THERE = "not there"
"""Somebody who exists under the other plan only."""

OTHER_CADRE = "in another cadre"

STATUSES = tuple(dict.fromkeys(OF_PLACE.values()))
"""In the order of tables."""

FOLLOWED = ("founder", "stream")
"""Where the people come from who are the same under every plan."""

MOST_MOVES = 12


@dataclass(frozen=True, slots=True)
class Net:
    """One status: people in it under the plan, less those under the other, a block."""

    status: str
    mean: MeanInterval
    """The mean over blocks with its 90% interval."""
    spread: Spread
    """80% of blocks."""


@dataclass(frozen=True, slots=True, order=True)
class State:
    """What somebody was at the horizon, and what had brought them there."""

    cadre: str
    status: str
    cause: str


@dataclass(frozen=True, slots=True)
class Move:
    """People of one state under one plan and of another under the other, a block."""

    against: State
    plan: State
    count: Spread


@dataclass(frozen=True, slots=True)
class Matrix:
    """People by status under a plan and under another, a block: mean and 80% of blocks."""

    future: str
    plan: str
    against: str
    cadre: str | None
    """The only cadre told of; None for all people together."""
    statuses: tuple[str, ...]
    """Of rows and of columns."""
    counts: tuple[tuple[Spread, ...], ...]
    """A row a status under `against`, a column a status under `plan`."""
    net: tuple[Net, ...]
    """By status; it does not hang on shared luck."""
    gross: Spread
    """People who are there under both and whose status differs, under shared luck."""
    gross_independent: Spread | None
    """The same where the second plan has a luck of its own; None where no second luck was stored."""
    only_plan: Spread
    """People who exist under the plan only."""
    only_against: Spread
    moves: tuple[Move, ...]
    """The most frequent differences by cadre and cause, the most frequent first; of all people only."""


def differences(people: Cast, future: str, against: str, cadres: Sequence[str] = ()) -> list[Matrix]:
    """Every plan of a future against one: all people together, then each of some cadres."""
    return [
        matrix(people, future, plan, against, cadre)
        for plan in people.plans
        if plan != against and against in people.plans and people.blocks.size
        for cadre in (None, *cadres)
    ]


def matrix(people: Cast, future: str, plan: str, against: str, cadre: str | None = None) -> Matrix:
    """Status under a plan by status under another, in every block in which both are stored.

    With a `cadre`, people of another cadre under both plans are left out.
    """
    size = people.blocks.size
    found = pairs(people.of(plan), people.of(against), cadre)
    statuses = _names(cadre)
    place = {status: at for at, status in enumerate(statuses)}
    first, second = (_codes(found[f"status_{side}"], place) for side in ("plan", "against"))
    block = found["block"].to_numpy(np.int64)
    cells = np.zeros((len(statuses), len(statuses), size), np.int64)
    np.add.at(cells, (second, first, block), 1)
    under, other = cells.sum(axis=0).astype(np.float64), cells.sum(axis=1).astype(np.float64)
    nowhere = place[NOT_THERE]
    return Matrix(
        future=future,
        plan=plan,
        against=against,
        cadre=cadre,
        statuses=statuses,
        counts=tuple(tuple(spread(cell.astype(np.float64)) for cell in row) for row in cells),
        net=tuple(
            Net(status, mean_interval(under[at], other[at]), spread(under[at] - other[at]))
            for status, at in place.items()
            if at != nowhere
        ),
        gross=spread(_differ(cells, nowhere)),
        gross_independent=_independent(people, plan, against, cadre),
        only_plan=spread(other[nowhere]),
        only_against=spread(under[nowhere]),
        moves=_moves(found, size) if cadre is None else (),
    )


def pairs(plan: pd.DataFrame, against: pd.DataFrame, cadre: str | None = None) -> pd.DataFrame:
    """The people of two worlds side by side, one row a person a block, with a planner's status under each.

    Columns: `block`, `person`, and `status`, `cadre`, `cause` of each world with `_plan` or `_against` behind the name.
    """
    worlds = [_world(rows, cadre) for rows in (plan, against)]
    found = worlds[0].merge(worlds[1], on=["block", "person"], how="outer", suffixes=("_plan", "_against"))
    for side in ("plan", "against"):
        found[f"status_{side}"] = found[f"status_{side}"].fillna(NOT_THERE)
    if cadre is not None:
        elsewhere = (OTHER_CADRE, NOT_THERE)
        found = found[~(found["status_plan"].isin(elsewhere) & found["status_against"].isin(elsewhere))]
    return found


def _world(rows: pd.DataFrame, cadre: str | None) -> pd.DataFrame:
    """The people of one world who are the same in every world."""
    kept = rows.loc[rows["origin"].isin(FOLLOWED), ["block", "person", "status", "cadre", "cause"]]
    status = kept["status"].astype(object).map(OF_PLACE)
    if cadre is not None:
        status = status.where(kept["cadre"] == cadre, OTHER_CADRE)
    return kept.assign(status=status, cadre=kept["cadre"].astype(object), cause=kept["cause"].astype(object))


def _names(cadre: str | None) -> tuple[str, ...]:
    return (*STATUSES, *((OTHER_CADRE,) if cadre is not None else ()), NOT_THERE)


def _codes(statuses: pd.Series[Any], place: dict[str, int]) -> Ints:
    return np.asarray(statuses.map(place), np.int64)


def _differ(cells: Ints, nowhere: int) -> Floats:
    """By block, people who are there under both plans and whose status differs."""
    there = np.delete(np.delete(cells, nowhere, axis=0), nowhere, axis=1)
    differ: Floats = (there.sum(axis=(0, 1)) - np.trace(there)).astype(np.float64)
    return differ


def _independent(people: Cast, plan: str, against: str, cadre: str | None) -> Spread | None:
    """How many differ where the second world has a luck of its own, over the blocks that have one."""
    second = people.second[people.second["plan"] == against]
    own = people.of(plan)
    blocks = np.intersect1d(own["block"].unique(), second["block"].unique())
    if not blocks.size:
        return None
    found = pairs(own[own["block"].isin(blocks)], second[second["block"].isin(blocks)], cadre)
    both = (found["status_plan"] != NOT_THERE) & (found["status_against"] != NOT_THERE)
    differ = found.loc[both & (found["status_plan"] != found["status_against"]), "block"]
    return spread(np.asarray(differ.value_counts().reindex(blocks, fill_value=0), np.float64))


def _moves(found: pd.DataFrame, size: int) -> tuple[Move, ...]:
    """The most frequent differences by cadre, status and cause."""
    fields = [f"{name}_{side}" for side in ("against", "plan") for name in ("cadre", "status", "cause")]
    moved = found[found["status_plan"] != found["status_against"]].copy()
    moved[fields] = moved[fields].fillna("")
    counts = moved.groupby([*fields, "block"], sort=True).size()
    rows: dict[tuple[str, ...], Floats] = {}
    for key, count in zip(counts.index.tolist(), counts.tolist(), strict=True):
        rows.setdefault(tuple(key[:-1]), np.zeros(size))[key[-1]] = count
    most = sorted(rows.items(), key=lambda row: (-row[1].sum(), row[0]))[:MOST_MOVES]
    return tuple(Move(State(*names[:3]), State(*names[3:]), spread(values)) for names, values in most)


def sole_difference(loaded: Loaded, plan: str, against: str) -> str | None:
    """The one thing in which two plans differ, or None where they differ in several, or in nothing.

    Only then is a difference between them the effect of that action. A thing is a programme that is started, a bond, a
    contingency action, or a number that the plan changes, in words of the file.

    Raises:
        KeyError: there is no such plan.
    """
    ours, theirs = (_things(loaded, name) for name in (plan, against))
    differ = [thing for thing in ours if thing not in theirs] + [thing for thing in theirs if thing not in ours]
    if len(differ) == 1:
        return differ[0][0]
    changed = {thing[0] for thing in differ}
    return changed.pop() if len(changed) == 1 and len(differ) == 2 else None  # the same thing, in another size


def _things(loaded: Loaded, name: str) -> list[tuple[str, Any]]:
    """What a plan is made of: each thing's name, and all that is said of it."""
    case = loaded.case(plan=loaded.canonical_plan(name))
    things: list[tuple[str, Any]] = [(f"programme {started}", None) for started in sorted(case.starts)]
    if case.bond is not None:
        things.append(("bond", case.bond.model_dump()))
    things += [(f"action {action.do}", action.model_dump()) for action in case.contingency]
    stated = loaded.scenario.plans.get(name)
    return things + [(f"change {path}", value) for path, value in (stated.changes if stated else {}).items()]
