"""The runs behind a sensitivity report: an ensemble of random rows, a screening, and Sobol's designs of what it finds.

The folder of the ensemble is the study's; the designs lie in folders inside it. The ensemble serves every method that
takes rows as they come, discovery, signposts and the value of information.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analysis.definition import Definition
from analysis.sensitivity.estimates import Refusal
from analysis.sensitivity.morris import morris
from analysis.sensitivity.question import Question, leading_plan
from analysis.sensitivity.sobol import Indices
from sim.study.design import EDGE, Design
from sim.study.execute import Tally
from sim.study.results import StoredStudy
from sim.study.store import Store, StoreError
from sim.study.study import Request, make_plan, run_study

if TYPE_CHECKING:
    from sim.scenario import Loaded

__all__ = [
    "REST", "Sizes", "Studies", "draws_of", "ensemble_of", "kept", "remember", "run_all", "run_pairs", "screened",
    "stored",
]  # fmt: skip

Floats = NDArray[np.float64]

REST = "everything else"
"""The name of the factors that a screening leaves to one group."""

LUCKS = 4
SCREEN_LUCKS = 2
SINGLES = 12
"""Factors with an index of their own; all others move together as one more."""

SERIES = 500
"""Rows whose series are kept: signposts need a score of failures among the histories that are still open."""

PAIRED = 5
FEWEST_SCREENED = 24
"""Up to so many factors there is no screening: each has an index of its own."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many rows each part has."""

    ensemble: int
    trajectories: int
    sobol: int
    screen: bool = False
    """Whether few numbers are screened too, because the screening was asked for by name."""

    def runs(self, plans: int, draws: int) -> int:
        """How many runs these are, for so many plans and uncertain numbers."""
        groups = min(draws, SINGLES + 1) if draws > FEWEST_SCREENED else draws
        pairs = 2 + PAIRED + PAIRED * (PAIRED - 1) // 2
        ensemble = round(1.2 * self.ensemble) * (plans + 1)
        screening = 2 * SCREEN_LUCKS * self.trajectories * (draws + 1) * (draws > FEWEST_SCREENED)
        return ensemble + screening + 2 * LUCKS * self.sobol * (groups + 2 + pairs)

    @classmethod
    def of(cls, rows: int, methods: Sequence[str]) -> Sizes:
        """Sizes for so many rows, as one number says them: of what was asked for, or of everything in proportion."""
        whole = 1 << max(rows // 2, 1).bit_length() - 1
        if not methods:
            return cls(rows, max(10, rows // 50), max(32, whole))
        given = any(method not in ("morris", "sobol") for method in methods)
        return cls(
            rows if given else min(rows, 200),
            max(10, rows // 50) if "morris" in methods or "sobol" in methods else 0,
            rows if "sobol" in methods else 0,
            "morris" in methods,
        )


@dataclass(frozen=True, slots=True)
class Studies:
    """What was run."""

    question: Question
    ensemble: StoredStudy
    screening: StoredStudy | None = None
    sobol: StoredStudy | None = None
    pairs: StoredStudy | None = None


Progress = Callable[[Tally], None]
Notice = Callable[[str], None]


def kept(question: Question, methods: Sequence[str], rows: int) -> dict[str, Any]:
    """A question as a manifest keeps it, so that the folder alone is enough to go on with it and to tell it again."""
    return {
        "outcome": question.definition.name,
        "at": question.at,
        "plan": question.plan,
        "against": question.against,
        "future": question.future,
        "party": question.party,
        "better": question.definition.better,
        "matters": question.definition.matters,
        "methods": list(methods),
        "rows": rows,
    }


def remember(found: Studies, methods: Sequence[str], rows: int) -> None:
    """Keep the question in the manifest with the plan that the runs have chosen."""
    store = found.ensemble.store
    with store.writing():
        store.write_manifest({**store.manifest(), "question": kept(found.question, methods, rows)})


def stored(out: Path) -> tuple[Studies, tuple[str, ...], int]:
    """The studies of a folder, the methods and the rows asked for; raises StoreError where no question is stored."""
    ensemble = StoredStudy(out)
    asked = ensemble.manifest.get("question")
    if asked is None:
        raise StoreError(f"{out}: holds no sensitivity study")
    name = asked["outcome"]
    known = Definition(name, **ensemble.manifest["outcomes"][name])
    definition = replace(known, better=asked["better"], matters=asked["matters"])
    question = Question(definition, asked["at"], asked["future"], asked["plan"], asked["against"], asked["party"])
    parts = {name: StoredStudy(out / name) for name in ("morris", "sobol", "sobol_pairs") if Store(out / name).exists}
    found = Studies(question, ensemble, parts.get("morris"), parts.get("sobol"), parts.get("sobol_pairs"))
    return found, tuple(asked["methods"]), asked["rows"]


def draws_of(loaded: Loaded, question: Question) -> tuple[str, ...]:
    """Every draw of parameters that some plan of a question uses, in order of name."""
    cases = [loaded.case(question.future, plan) for plan in question.plans]
    return tuple(sorted({factor.draw_key for case in cases for factor in case.factors}))


def run_all(
    loaded: Loaded,
    question: Question,
    sizes: Sizes,
    out: Path,
    request: Request,
    progress: Progress = lambda tally: None,
    notice: Notice = lambda text: None,
) -> tuple[Studies, bool]:
    """Run every part that has a size; returns the studies, and whether an interrupt left some unfinished.

    A folder that was begun goes on with its own plan and its own groups of numbers, whatever more rows would choose: so
    its points stay what they are.

    Raises:
        StoreError: the folder holds another question.
    """
    question = _begun(out, question)
    ensemble, tally = _run(loaded, ensemble_of(question, request, sizes.ensemble), out, progress, notice)
    if tally.interrupted:
        return Studies(question, ensemble), True
    if not question.plan:
        question = replace(question, plan=leading_plan(ensemble, question))
    found = Studies(question, ensemble)
    draws = draws_of(loaded, question)
    if len(draws) < 2:
        return found, False  # one factor or none: the ensemble says all there is
    part = _part_of(question, request)
    groups: tuple[tuple[str, ...], ...] = tuple((draw,) for draw in draws)
    if sizes.trajectories and (sizes.screen or len(draws) > FEWEST_SCREENED or not sizes.sobol):
        design = Design("morris", groups, sizes.trajectories, SCREEN_LUCKS, ensemble.plan.seed)
        screening, tally = _run(loaded, replace(part, design=design), out / "morris", progress, notice)
        found = replace(found, screening=screening)
        if tally.interrupted:
            return found, True
        groups = _groups(found, groups)
    if sizes.sobol:
        groups = _chosen(out / "sobol", set(draws), groups)
        design = Design("sobol", groups, sizes.sobol, LUCKS, ensemble.plan.seed)
        sobol, tally = _run(loaded, replace(part, design=design), out / "sobol", progress, notice)
        found = replace(found, sobol=sobol)
    return found, tally.interrupted


def run_pairs(
    loaded: Loaded, found: Studies, indices: Indices, out: Path, request: Request, progress: Progress, notice: Notice
) -> tuple[Studies, bool]:
    """Run a second design for the interactions of the single factors that matter most."""
    if found.sobol is None or found.sobol.plan.design is None:
        return found, False
    first = found.sobol.plan.design
    question = found.question
    singles = [place for place in indices.top(len(first.groups)) if len(first.groups[place]) == 1]
    chosen = tuple(first.groups[place] for place in sorted(singles[:PAIRED]))
    if len(chosen) < 2:
        return found, False
    chosen = _chosen(out / "sobol_pairs", set(first.draws), chosen)
    others = tuple(draw for group in first.groups if group not in chosen for draw in group)
    design = Design("sobol_pairs", chosen, first.size, LUCKS, first.seed, others)
    part = replace(_part_of(question, request), design=design)
    pairs, tally = _run(loaded, part, out / "sobol_pairs", progress, notice)
    return replace(found, pairs=pairs), tally.interrupted


def _run(
    loaded: Loaded, request: Request, out: Path, progress: Progress, notice: Notice
) -> tuple[StoredStudy, Tally]:
    folder = next((place for place in (out, out.parent) if Store(place).exists), None)
    name = loaded.path.stem if folder is None else Store(folder).plan().scenario
    return run_study(loaded, make_plan(loaded, name, request), out, request, progress, notice)


def ensemble_of(question: Question, request: Request, rows: int) -> Request:
    """The random rows: of the plans that a question names, or of all where it leaves the plan to the runs."""
    plans = request.plans or (question.plans if question.plan else None)
    series = max(request.series, SERIES)
    return replace(
        request, kind="sensitivity", futures=[question.future], plans=plans, replications=rows, series=series
    )


def _part_of(question: Question, request: Request) -> Request:
    """A design of the plans that are asked about."""
    return replace(
        request, kind="design", futures=[question.future], plans=question.plans, series=0, question=None, trace=False
    )


def _begun(out: Path, question: Question) -> Question:
    """The question of a folder that was begun, with the plan that its runs have chosen."""
    asked = Store(out).manifest().get("question") if Store(out).exists else None
    if asked is None:
        return question
    now = kept(question, (), 0)
    if not now["plan"] or not asked["plan"]:
        now["plan"] = asked["plan"] = now["plan"] or asked["plan"]
    if other := [name for name in ("outcome", "at", "future", "plan", "against") if now[name] != asked[name]]:
        raise StoreError(f"{out}: holds another question (different {', '.join(other)}); choose another --out")
    return replace(question, plan=now["plan"])


def _chosen(
    folder: Path, draws: set[str], groups: tuple[tuple[str, ...], ...]
) -> tuple[tuple[str, ...], ...]:
    """The groups of a design that was begun, if it is of the same numbers; those that are proposed, otherwise."""
    there = Store(folder).plan().design if Store(folder).exists else None
    return there.groups if there is not None and set(there.draws) == draws else groups


def screened(study: StoredStudy, question: Question) -> tuple[Floats, Floats]:
    """The points of a screening on Morris's grid, (trajectory, step, draw), and the question's answers there."""
    design = study.plan.design
    if design is None:
        raise ValueError(f"{study.path} has no design")
    points = [list(design.uniforms(point).values()) for point in range(design.total)]
    x = (np.array(points) - EDGE) / (1.0 - 2.0 * EDGE)
    return x.reshape(design.size, design.row_length, len(design.draws)), question.blocks(study)


def _groups(found: Studies, groups: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """The factors that a screening finds largest, each alone, and all others together."""
    if found.screening is None or len(groups) <= FEWEST_SCREENED:
        return groups
    x, y = screened(found.screening, found.question)
    measured = morris([group[0] for group in groups], x, y, found.ensemble.plan.seed)
    if isinstance(measured, Refusal):
        return groups
    sizes = measured.size_free or measured.mu_star
    order = sorted(range(len(sizes)), key=lambda place: -sizes[place].value)[:SINGLES]
    singles = tuple(groups[place] for place in sorted(order))
    return (*singles, tuple(draw for group in groups if group not in singles for draw in group))
