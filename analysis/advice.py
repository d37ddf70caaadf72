"""What the random rows of a stored study say of its decision: when a plan fails, what to watch and to find out, what
would change the advice."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analysis.discovery.boxes import Box, find_box
from analysis.discovery.failure import Failure
from analysis.discovery.rows import rows_of
from analysis.discovery.signposts import Signposts, signposts
from analysis.discovery.trees import Tree, find_tree
from analysis.refusal import Refusal
from analysis.value.choice import Choice, Refused, choices
from analysis.value.confirm import Confirmation, Simulate, confirm, relocated
from analysis.value.evppi import Value, values
from analysis.value.factors import Factor, factors_of
from analysis.value.flip import Flip, Margin, margin
from analysis.value.grades import Rests, first_to_measure, rests_on
from sim.study.cells import adopt, cell_for
from sim.study.execute import default_jobs
from sim.study.plan import CellKey
from sim.study.results import StoredStudy
from sim.study.study import source_of

if TYPE_CHECKING:
    from sim.scenario import Loaded

__all__ = ["Conditions", "Flips", "Worth", "conditions", "failure_of", "flips", "simulator", "worths"]

Floats = NDArray[np.float64]

RUNS = 1000
"""Runs of a plan at a point that confirm a flip, unless another number is asked for."""

MOVES = 2
"""How often runs may move a flip that they don't confirm."""

CONFIRMED = 2
"""Single flips that are confirmed by runs, the nearest first; the joint one on top."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """When a plan fails in a future, and what foretells it."""

    cell: CellKey
    failure: Failure
    box: Box | Refusal
    tree: Tree | Refusal
    signs: Signposts | Refusal


@dataclass(frozen=True, slots=True)
class Worth:
    """What finding out is worth to a party in a future."""

    choice: Choice
    values: tuple[Value, ...]
    """By single number, the largest first."""
    rests: Rests
    first: Value | None
    """The number to measure first."""


@dataclass(frozen=True, slots=True)
class Flips:
    """How near a party's advice in a future is to another."""

    margin: Margin
    confirmed: dict[tuple[str, ...], Confirmation]
    """What runs said, by the draws that a flip moves."""


def failure_of(study: StoredStudy, outcome: str | None = None, threshold: float | None = None) -> Failure | Refusal:
    """What counts as failing: an outcome past a threshold; else the first thing that must not happen, or a bad end.

    Of an outcome that should be more, being under the threshold is the failure; over it, otherwise.

    Raises:
        KeyError: the study has no such outcome.
    """
    scenario, known = study.manifest["scenario"], study.manifest["outcomes"]
    if outcome is not None:
        if outcome not in known:
            raise KeyError(outcome)
        return Failure(outcome, 0.5 if threshold is None else threshold, known[outcome]["better"] == "more")
    decision = scenario["decision"] or {}
    for limit in decision.get("must_not") or []:
        below = limit.get("below") is not None
        level = limit["below" if below else "above"]
        return Failure(limit["metric"], float(level["value"]), below, level["relative"], limit.get("at"))
    for partnership in scenario.get("partnerships", {}):
        if f"{partnership}.ended_badly" in known:
            return Failure(f"{partnership}.ended_badly", 0.5, below=False)
    return Refusal("the scenario doesn't say what must not happen", "give --outcome and --threshold")


def conditions(study: StoredStudy, loaded: Loaded, cell: CellKey, failure: Failure) -> Conditions:
    """The conditions of failure of a plan in a future, and its signposts."""
    rows = rows_of(study, cell, failure, loaded)
    if isinstance(rows, Refusal):
        return Conditions(cell, failure, rows, rows, rows)
    signs: Signposts | Refusal = Refusal("no series were kept", "run the study with --series")
    if study.times.size:
        signs = signposts(study, cell, failure, loaded)
    return Conditions(cell, failure, find_box(rows), find_tree(rows), signs)


def numbers_of(study: StoredStudy, loaded: Loaded) -> dict[str, Factor]:
    """The uncertain numbers behind the draws of a study."""
    return factors_of(loaded, [(cell.future, cell.plan) for cell in study.plan.cells], study.draws)


def worths(study: StoredStudy, loaded: Loaded, party: str | None = None) -> list[Worth | Refused]:
    """What finding out is worth, to one party or to each, by future."""
    factors = numbers_of(study, loaded) if study.draws else {}
    found: list[Worth | Refused] = []
    for choice in _choices(study, party):
        if isinstance(choice, Refused):
            found.append(choice)
            continue
        singles = sorted(values(choice), key=lambda value: -value.high)
        found.append(Worth(choice, tuple(singles), rests_on(choice, factors), first_to_measure(singles)))
    return found


def flips(
    study: StoredStudy,
    loaded: Loaded,
    party: str | None = None,
    runs: int | None = None,
    progress: Callable[[str], None] = lambda text: None,
) -> list[Flips | Refused]:
    """The smallest changes that flip the advice of one party or of each, confirmed by runs at those points.

    Args:
        study: random rows with sampled parameters.
        loaded: its scenario.
        party: one of those with an aim; all, unless given.
        runs: of each plan at each point; 1,000 unless given; 0 runs nothing.
        progress: called before runs are made, with what they are for.
    """
    found: list[Flips | Refused] = []
    for choice in _choices(study, party):
        if isinstance(choice, Refused):
            found.append(choice)
            continue
        near = margin(choice)
        if near.joint is not None and not math.isfinite(near.joint.high):
            near = replace(near, joint=None)  # most resamples of the rows have no such flip
        confirmed = {}
        if choice.future in study.futures and runs != 0:
            simulate = simulator(study, loaded, choice)
            for flip in (*near.single[:CONFIRMED], *([near.joint] if near.joint else [])):
                progress(f"runs at the point where {', '.join(flip.scores)} flips the advice")
                confirmed[tuple(flip.scores)] = _settled(choice, flip, simulate, runs or RUNS)
        found.append(Flips(_moved(near, confirmed), confirmed))
    return found


def _settled(choice: Choice, flip: Flip, simulate: Simulate, runs: int) -> Confirmation:
    """What runs say of a flip; where they don't confirm it, of the place to which they move it, twice at most."""
    found = confirm(choice, flip, simulate, runs)
    for _ in range(MOVES):
        moved = None if found.verdict == "confirmed" else relocated(found)
        if moved is None:
            break
        found = confirm(choice, moved, simulate, runs)
    return found


def _moved(near: Margin, confirmed: Mapping[tuple[str, ...], Confirmation]) -> Margin:
    """A margin whose flips stand where runs have put them."""
    single = [confirmed[tuple(flip.scores)].flip if tuple(flip.scores) in confirmed else flip for flip in near.single]
    joint = near.joint
    if joint is not None and tuple(joint.scores) in confirmed:
        joint = confirmed[tuple(joint.scores)].flip
    return replace(near, single=tuple(sorted(single, key=lambda flip: flip.distance)), joint=joint)


def _choices(study: StoredStudy, party: str | None) -> list[Choice | Refused]:
    return [choice for choice in choices(study) if party in (None, choice.party)]


def simulator(study: StoredStudy, loaded: Loaded, choice: Choice) -> Simulate:
    """Runs of a party's aim at given points: rows and luck are the study's own, so that plans are compared in pairs."""
    adopt(loaded)
    source = source_of(loaded, study.plan)
    since = choice.at - float(study.manifest["scenario"]["start"])
    free = dict.fromkeys(study.draws, math.nan)

    def simulate(plan: str, uniforms: Mapping[str, float], replications: int) -> Floats:
        cell = cell_for(source, CellKey(choice.future, plan))
        row = int(np.abs(cell.times - since).argmin())
        column = cell.columns.index(choice.definition.name)
        point = {**free, **uniforms}

        def some(rows: Sequence[int]) -> list[float]:
            worker = cell.worker()
            found = []
            for place in rows:
                try:
                    found.append(float(worker.run(place, 0, point).series[row, column]))
                except Exception as error:  # a run that fails is one that the mean does not have
                    if type(error).__name__ != "RunFailed":
                        raise
                    found.append(math.nan)
                    worker = cell.worker()
            return found

        jobs = default_jobs()
        parts = [range(first, replications, jobs) for first in range(jobs)]
        values = np.full(replications, np.nan)
        with ThreadPoolExecutor(jobs) as pool:
            for part, found in zip(parts, pool.map(some, parts), strict=True):
                values[list(part)] = found
        return values

    return simulate


def as_json(value: Any) -> Any:
    """A finding as numbers and texts: arrays, studies and scenarios are left out."""
    from dataclasses import fields, is_dataclass

    if isinstance(value, np.ndarray | StoredStudy):
        return None
    if is_dataclass(value) and not isinstance(value, type):
        named = {one.name: as_json(getattr(value, one.name)) for one in fields(value)}
        return {name: entry for name, entry in named.items() if entry is not None}
    if isinstance(value, dict):
        return {" & ".join(key) if isinstance(key, tuple) else str(key): as_json(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(entry) for entry in value]
    if isinstance(value, np.generic):
        return as_json(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, bool | int | float | str) or value is None else str(value)
