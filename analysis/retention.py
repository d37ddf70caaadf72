"""How long specialists stay: in public practice and in the country, by where they trained and when.

Kaplan-Meier cuts a career off at retirement and death, as published retention figures do: among those still working,
who has stayed. Aalen-Johansen lets retirement and death compete with leaving: of all who qualified, who has left, which
is what a planner loses. The restricted mean counts years before the first of the three, up to the horizon. A stay on
which a programme sends somebody is no leaving; whoever settles abroad at the end of training has left at year 0.

Founders are those who were specialists at the start: of the cadres that training in the study leads to, or of all
cadres where nobody qualifies. Founders who were not in the state at the start never were at risk of leaving it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.persons import Cast
from analysis.survival import Band, Curve, Estimate, Floats, Spells, estimate, grid, incidence, kept, paired

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LEVELS", "NOT_STORED", "TRAINED", "Group", "Retention", "Years", "retention", "years_in_practice"]

LEVELS = {"public practice": "left_public", "the country": "left_country"}
"""What people stay in, and the column that says when they first left it."""

NOT_STORED = ("the institution", "the region")
"""Levels of retention that the stored people do not tell."""

TRAINED = {"home": "trained at home", "abroad": "trained abroad by a programme", "": "trained abroad on their own"}

ENOUGH = 30
"""With fewer people a curve is not drawn, nor beyond the year to which so many could be followed."""

COHORT = 5.0
"""Years of qualifying that make a cohort."""

STEP = 0.5
"""Years between the points at which curves are told."""

LEFT, ENDED = 1, 2


@dataclass(frozen=True, slots=True)
class Group:
    """Whose careers: of one kind of training, in one cohort or in all."""

    label: str
    first: float | None = None
    """Years since the start from which a cohort qualified; None for all."""
    last: float | None = None


@dataclass(frozen=True, slots=True)
class Retention:
    """How long one group stays, under one plan in one future; years count from qualifying, or from the start."""

    future: str
    plan: str
    level: str
    group: Group
    persons: int
    """People, of all blocks together."""
    blocks: int
    """Blocks that have any of them."""
    followed: float
    """Years up to which enough of them could be followed."""
    kept: Curve
    """Kaplan-Meier: retirement and death cut off."""
    left: Curve
    """Aalen-Johansen: have left, with retirement and death competing."""
    ended: Curve
    """Aalen-Johansen: have retired or died before leaving."""


@dataclass(frozen=True, slots=True)
class Years:
    """Mean years before leaving, retirement or death, of the first `horizon`, under one plan and under another."""

    future: str
    plan: str
    against: str
    level: str
    group: Group
    horizon: float
    own: Estimate
    """Under the plan."""
    other: Estimate
    years: Estimate
    """The difference, block by block."""


@dataclass(frozen=True)
class _Careers:
    """The spells of a group, and how long each could be followed."""

    spells: Spells
    could: Floats

    @property
    def followed(self) -> float:
        """The time to which enough of them could be followed; 0 where there are too few."""
        return float(np.sort(self.could)[-ENOUGH]) if self.could.size >= ENOUGH else 0.0


def retention(people: Cast, future: str, seed: int, horizon: float) -> list[Retention]:
    """Retention of every group that has enough people, by plan and level, cohorts behind the whole of their group.

    Args:
        people: the people of the future.
        future: its name.
        seed: the study's, which keys the bootstrap.
        horizon: the length of a run in years.
    """
    band = Band.of(seed, f"people {future}", people.blocks.size)
    found = []
    for plan in people.plans:
        for level, group, careers in _groups(people, plan, horizon, cohorts=True):
            if careers.followed > 0.0:
                found.append(_retention(future, plan, level, group, careers, band))
    return found


def years_in_practice(people: Cast, future: str, seed: int, horizon: float) -> list[Years]:
    """Restricted mean years of each group: every plan that has it against the first that does, block by block."""
    band = Band.of(seed, f"people {future}", people.blocks.size)
    found: list[Years] = []
    by_plan: dict[tuple[str, Group], dict[str, _Careers]] = {}
    for plan in people.plans:
        for level, group, careers in _groups(people, plan, horizon, cohorts=False):
            if careers.followed > 0.0:
                by_plan.setdefault((level, group), {})[plan] = careers
    for (level, group), careers_of in by_plan.items():
        first, *rest = careers_of
        last = min(careers.followed for careers in careers_of.values())
        means = {plan: band.means(careers.spells, last) for plan, careers in careers_of.items()}
        alone = {plan: estimate(*mean) for plan, mean in means.items()}
        for plan in rest:
            more = paired([means[plan], means[first]])
            found.append(Years(future, plan, first, level, group, last, alone[plan], alone[first], more))
    return found


def _retention(future: str, plan: str, level: str, group: Group, careers: _Careers, band: Band) -> Retention:
    spells, last = careers.spells, careers.followed
    times = grid(last, STEP)

    def shares(some: Spells, weights: Floats | None) -> Floats:
        alone = kept(some, times, weights, LEFT)[..., None, :]
        return np.concatenate([alone, incidence(some, times, weights, ENDED)], axis=-2)

    stayed, left, ended = band.curves(spells, times, shares)
    blocks = np.unique(spells.block).size
    return Retention(future, plan, level, group, spells.time.size, blocks, last, stayed, left, ended)


def _groups(people: Cast, plan: str, horizon: float, cohorts: bool) -> Iterator[tuple[str, Group, _Careers]]:
    """By level: founders, all who qualified, and by training; each by cohort too, if asked."""
    every = people.people
    specialists = every.loc[every["qualified"].notna(), "cadre"].unique()
    rows = people.of(plan)
    graduates = rows[rows["qualified"].notna()]
    founders = rows[rows["qualified"].isna() & (rows["origin"] == "founder")]
    if len(specialists):
        founders = founders[founders["cadre"].isin(specialists)]
    for level, column in LEVELS.items():
        there = founders[~(founders[column] <= 0.0)]
        yield level, Group("specialists at the start"), _careers(there, column, people, horizon)
        wholes = [("all who qualified", graduates)]
        wholes += [(label, graduates[_training(graduates) == where]) for where, label in TRAINED.items()]
        for label, some in wholes:
            yield level, Group(label), _careers(some, column, people, horizon)
            for first, last in _cohorts(horizon) if cohorts and some is not graduates else ():
                inside = some[(some["qualified"] >= first) & (some["qualified"] < last)]
                yield level, Group(label, first, last), _careers(inside, column, people, horizon)


def _training(graduates: pd.DataFrame) -> pd.Series[Any]:
    """By graduate, the key in `TRAINED`: whoever became a specialist abroad without a programme did so on their own."""
    alone = graduates["programme"].astype(object).fillna("") == ""
    return graduates["trained"].astype(object).fillna("").where(~alone, "")


def _cohorts(horizon: float) -> Sequence[tuple[float, float]]:
    starts = np.arange(0.0, horizon, COHORT)
    return [(float(first), float(min(first + COHORT, horizon))) for first in starts]


def _careers(rows: pd.DataFrame, column: str, people: Cast, horizon: float) -> _Careers:
    """Years from qualifying, or from the start, to leaving, to retirement or death, or to the horizon."""
    start = rows["qualified"].fillna(0.0).to_numpy(np.float64)
    left, ended = (rows[name].fillna(np.inf).to_numpy(np.float64) for name in (column, "ended"))
    time = np.maximum(np.minimum(np.minimum(left, ended), horizon) - start, 0.0)
    over = np.where(ended < left, ENDED, LEFT)
    status = np.where(np.minimum(left, ended) <= horizon, over, 0)
    block = rows["block"].to_numpy(np.int64)
    return _Careers(Spells(time, status.astype(np.int64), block, people.blocks.size), horizon - start)
