"""A party's choice in one future: what each rival plan would bring over the recommended one, block by block."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.compare import aim_definition, smallest_that_matters, values_at
from analysis.controls import Controls
from analysis.definition import Definition
from sim.study.intervals import spread
from sim.study.plan import CellKey
from sim.study.results import StoredStudy

__all__ = ["FEWEST_ROWS", "WEIGHTED", "Choice", "Refused", "choices"]

Floats = NDArray[np.float64]

FEWEST_ROWS = 200
"""With fewer rows, a spline over one draw is mostly luck."""

WEIGHTED = "all futures, as weighted"
"""The name of the choice that averages over futures; only where the scenario declares weights."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a party chooses between in one future, by design row."""

    party: str
    definition: Definition
    """Its aim: label, unit, direction."""
    at: float
    """Calendar year of the aim."""
    future: str
    recommended: str
    """The plan with the best mean."""
    rivals: tuple[str, ...]
    """The other plans, one a column of `gains`."""
    gains: Floats
    """What a rival brings over the recommended plan, in the aim's unit, positive where the party would prefer it.

    A row a design row. Luck of known mean 0, given the parameters, is taken out where that narrows the difference.
    """
    scores: Floats
    """The standard normal number behind each draw: a row a design row, a column a draw."""
    draws: tuple[str, ...]
    """The draws' keys, one a column of `scores`."""
    matters: float
    """The smallest difference that counts for the party, in the aim's unit."""
    seed: int
    """The study's seed, from which folds, permutations and resamples are made."""

    @property
    def sign(self) -> float:
        """1 where more is better, -1 where less is."""
        return -1.0 if self.definition.better == "less" else 1.0

    @property
    def nearest(self) -> int:
        """The column of the rival that comes nearest."""
        return int(self.gains.mean(axis=0).argmax())


@dataclass(frozen=True, slots=True)
class Refused:
    """A question that this study can't answer, and why."""

    party: str
    future: str
    why: str


def choices(study: StoredStudy) -> list[Choice | Refused]:
    """Every party's choice in every future, and over the futures where the scenario weights them.

    A choice that can't be studied is a refusal in its place. Parties are never added up. Empty without a decision.
    """
    decision = study.manifest["scenario"]["decision"] or {}
    weights: Mapping[str, float] = decision.get("weights") or {}
    found: list[Choice | Refused] = []
    for party, aim in (decision.get("aims") or {}).items():
        outcome = study.manifest["outcomes"].get(aim["metric"])
        known = Definition(aim["metric"], **outcome) if outcome else None
        definition, at = aim_definition(aim, known), float(aim["at"])
        values = values_at(study, definition.name, at)
        sets = [(future, {future: 1.0}) for future in study.futures]
        shares = {future: share for future, share in weights.items() if share > 0.0}
        if len(shares) > 1:
            sets.append((WEIGHTED, shares))
        found += [_choice(study, party, definition, at, name, weighed, values) for name, weighed in sets]
    return found


def _choice(
    study: StoredStudy,
    party: str,
    definition: Definition,
    at: float,
    future: str,
    weights: Mapping[str, float],
    values: Mapping[CellKey, Floats],
) -> Choice | Refused:
    plans = [plan for plan in study.plans if all(CellKey(one, plan) in values for one in weights)]
    why = _missing(study, plans, weights)
    if why:
        return Refused(party, future, why)
    size = min(len(values[CellKey(one, plan)]) for one in weights for plan in plans)
    rows = np.logical_and.reduce([study.complete(one)[:size] for one in weights])
    for one in weights:
        for plan in plans:
            rows &= np.isfinite(values[CellKey(one, plan)][:size])
    if rows.sum() < FEWEST_ROWS:
        return Refused(
            party, future,
            f"{rows.sum()} design rows have this outcome under every plan; value and flips need {FEWEST_ROWS}: "
            "add replications (an outcome before the horizon is only kept of the first 200)",
        )  # fmt: skip
    scores = study.scores[:size][rows]
    varied = np.isfinite(scores).all(axis=0) & (scores.std(axis=0) > 0.0)
    if not varied.any():
        return Refused(party, future, "no uncertain number varies between these rows")
    sign = -1.0 if definition.better == "less" else 1.0
    luck = {one: study.controls(one) for one in weights}

    def against(reference: str) -> Floats:
        gains = np.zeros((int(rows.sum()), len(plans)))
        for one, weight in weights.items():
            first = values[CellKey(one, reference)][:size][rows]
            surplus = luck[one][reference][:size][rows]
            for place, plan in enumerate(plans):
                difference = values[CellKey(one, plan)][:size][rows] - first
                better = Controls(luck[one][plan][:size][rows] - surplus).correct(difference)
                gains[:, place] += weight * sign * (difference if better is None else better)
        return gains

    recommended, gains = _best(plans, against)
    best = plans.index(recommended)
    rivals = [plan for plan in plans if plan != recommended]
    gains = np.delete(gains, best, axis=1)
    nearest = rivals[int(gains.mean(axis=0).argmax())]
    compared = [
        spread(np.sum([weight * values[CellKey(one, plan)][:size][rows] for one, weight in weights.items()], axis=0))
        for plan in (recommended, nearest)
    ]
    return Choice(
        party, definition, at, future, recommended, tuple(rivals), gains, scores[:, varied],
        tuple(name for name, kept in zip(study.draws, varied, strict=True) if kept),
        smallest_that_matters(definition, *compared), study.plan.seed,
    )  # fmt: skip


def _missing(study: StoredStudy, plans: Sequence[str], weights: Mapping[str, float]) -> str:
    """Why a study says nothing about value, before its numbers are looked at."""
    if study.plan.parameters == "central":
        return "every run used the central numbers: compare again with --parameters sampled"
    if study.plan.design_point is not None:
        return "every run used one design row: compare again without --design-point"
    if absent := [one for one in weights if one not in study.futures]:
        return f"the weights name futures that were not run: {', '.join(absent)}"
    if len(plans) < 2:
        return "fewer than two plans have this outcome: there is nothing to choose between"
    return ""


def _best(plans: Sequence[str], against: Callable[[str], Floats]) -> tuple[str, Floats]:
    """The plan with the best mean, by differences with their luck taken out, and those differences."""
    best = plans[int(against(plans[0]).mean(axis=0).argmax())]
    gains = against(best)
    ahead = plans[int(gains.mean(axis=0).argmax())]
    return (best, gains) if ahead == best else (ahead, against(ahead))
