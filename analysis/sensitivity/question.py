"""What a sensitivity analysis is asked: an outcome of a plan, or the difference of two, in one future."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analysis.compare import SAME_TIME, aim_definition, values_at
from analysis.definition import Definition
from sim.study.manifest import describe
from sim.study.plan import CellKey
from sim.study.results import StoredStudy
from sim.study.study import NO_PARTNERSHIP, UnknownNameError

if TYPE_CHECKING:
    from sim.scenario import Loaded

__all__ = ["Question", "QuestionError", "ask", "leading_plan", "nearest"]

Floats = NDArray[np.float64]


class QuestionError(ValueError):
    """A question that this scenario can't answer; the message says what it could be asked."""


@dataclass(frozen=True, slots=True)
class Question:
    """An outcome at a date, of one plan less another, in one future."""

    definition: Definition
    at: float
    """Calendar year."""
    future: str
    plan: str
    against: str | None
    """The plan whose outcome is taken off, block by block; None for the first plan's own outcome."""
    party: str | None = None
    """Whose aim it is."""
    threshold: float | None = None
    """With one, the question is in how many histories the outcome lies on the bad side of it."""

    @property
    def plans(self) -> tuple[str, ...]:
        """The plans that must be run."""
        return (self.plan,) if self.against is None else (self.plan, self.against)

    def values(self, study: StoredStudy) -> Floats:
        """The answer of every block of a study; NaN where a run failed or is missing."""
        cells = values_at(study, self.definition.name, self.at)
        first = self._of(cells, self.plan)
        return first if self.against is None else first - self._of(cells, self.against)

    def second(self, study: StoredStudy) -> Floats:
        """The answer of the first design rows under their second luck; empty where there was none."""
        name, start = self.definition.name, float(study.manifest["scenario"]["start"])
        kept = name if self.at_horizon(study) else study.plan.watching(name, self.at - start)
        if not study.plan.second or kept is None:
            return np.empty(0)
        cells = study.second_luck(kept)
        first = self._of(cells, self.plan)
        return first if self.against is None else first - self._of(cells, self.against)

    def at_horizon(self, study: StoredStudy) -> bool:
        """Whether the question looks at the end of the run."""
        scenario = study.manifest["scenario"]
        return abs(self.at - float(scenario["start"]) - float(scenario["years"])) < SAME_TIME

    def _of(self, cells: dict[CellKey, Floats], plan: str) -> Floats:
        """One plan's outcome, or whether it is on the bad side."""
        found = cells.get(CellKey(self.future, plan))
        if found is None:
            raise QuestionError(f"{self.definition.name} was not run under {plan} in {self.future}")
        if self.threshold is None:
            return found
        bad = found > self.threshold if self.definition.better == "less" else found < self.threshold
        return np.where(np.isnan(found), np.nan, bad.astype(np.float64))

    def blocks(self, study: StoredStudy) -> Floats:
        """The answers of a study with a design: (row, point of the row, replication)."""
        design = study.plan.design
        if design is None:
            raise QuestionError(f"{study.path} has no design")
        return self.values(study).reshape(design.size, design.row_length, design.lucks)


def ask(
    loaded: Loaded,
    outcome: str | None = None,
    plans: Sequence[str] | None = None,
    future: str | None = None,
    threshold: float | None = None,
) -> Question:
    """The question of a command; the plan is empty where it is left to the runs (see `leading_plan`).

    Args:
        loaded: the scenario.
        outcome: a full name, at the horizon; what the asking party aims at, unless given.
        plans: one plan, or two of which the first is compared with the second; the plan that serves the aim best
            against no partnership, unless given.
        future: baseline, unless given.
        threshold: see `Question.threshold`.

    Raises:
        QuestionError: without a decision there is no outcome to take, or not one plan or two different ones are named.
        UnknownNameError: there is no such outcome, plan or future.
    """
    party, definition, at = _outcome(loaded, outcome)
    try:
        canonical = loaded.canonical_future(future or "baseline")
        chosen = [loaded.canonical_plan(name) for name in plans or ()]
    except KeyError as error:
        raise UnknownNameError(error.args[0]) from None
    if len(chosen) > 2:
        raise QuestionError(f"--plans: got {', '.join(chosen)}, expected one plan, or two to compare")
    plan, against = (chosen[0], chosen[1] if chosen[1:] else None) if chosen else ("", NO_PARTNERSHIP)
    if plan == against:
        raise QuestionError(f"--plans: got {', '.join(plans or ())}, expected one plan, or two different ones")
    return Question(definition, at, canonical, plan, against, party, threshold)


def _outcome(loaded: Loaded, outcome: str | None) -> tuple[str | None, Definition, float]:
    """Whose outcome it is, what it means, and when it is looked at."""
    scenario = loaded.scenario
    horizon = float(scenario.start) + float(scenario.years)
    aims: dict[str, Any] = {}
    if scenario.decision is not None:
        decision = scenario.decision.model_dump(mode="json")
        aims = dict(sorted(decision["aims"].items(), key=lambda item: item[0] != decision["asked_by"]))
    for party, aim in aims.items():
        if outcome in (None, aim["metric"]):
            return party, aim_definition(aim, _defined(loaded, aim["metric"])), float(aim["at"])
    if outcome is None:
        raise QuestionError("the scenario states no decision with aims, so there is nothing to ask: give --outcome")
    return None, _defined(loaded, outcome), horizon


def _defined(loaded: Loaded, name: str) -> Definition:
    """An outcome's definition; raises UnknownNameError with the nearest name."""
    from sim.model.outcomes import names

    known = [column.name for column in names(loaded.scenario)]
    if name not in known:
        raise UnknownNameError(f"--outcome: no outcome {name!r} in this scenario{nearest(name, known)}")
    return Definition(name, **describe([name])[name])


def nearest(name: str, known: Sequence[str]) -> str:
    """The nearest valid name, as the end of a message; nothing where none is near."""
    from difflib import get_close_matches

    near = get_close_matches(name, known, 1, 0.5)
    return f", did you mean {near[0]!r}?" if near else ""


def leading_plan(study: StoredStudy, question: Question) -> str:
    """The plan whose mean serves the question best, among those that were run in its future, no partnership aside."""
    cells = values_at(study, question.definition.name, question.at)
    sign = -1.0 if question.definition.better == "less" else 1.0
    complete = study.complete(question.future)
    means = {
        cell.plan: sign * float(np.nanmean(values[complete[: len(values)]]))
        for cell, values in cells.items()
        if cell.future == question.future and cell.plan != NO_PARTNERSHIP and np.isfinite(values).any()
    }
    if not means:
        raise QuestionError("no run of any plan finished, so there is no plan to ask about")
    return max(means, key=means.__getitem__)


