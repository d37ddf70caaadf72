"""Everything that a sensitivity study finds, worked out once for the terminal, the page and summary.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analysis.sensitivity.chance import Range, Split, ranges, split
from analysis.sensitivity.estimates import Estimate, Refusal
from analysis.sensitivity.gates import Convergence, convergence, not_judged, refuse_failed
from analysis.sensitivity.given import METHODS, Factors, Given, given
from analysis.sensitivity.labels import labels
from analysis.sensitivity.morris import Screening, morris
from analysis.sensitivity.question import Question
from analysis.sensitivity.run import REST, Studies, draws_of, screened
from analysis.sensitivity.sobol import Indices, Pairs, sobol, sobol_pairs
from analysis.sensitivity.surrogate import SurrogateIndices, surrogate
from analysis.sensitivity.swings import Swing, swings
from analysis.value.factors import Factor, factors_of
from sim.study.plan import CellKey
from sim.study.results import StoredStudy

if TYPE_CHECKING:
    from sim.scenario import Loaded

__all__ = ["Findings"]

Floats = NDArray[np.float64]

SECOND_OPINION = "pawn"
"""The given-data method that stands beside Sobol's indices unless others are asked for: it looks at whole
distributions, where they look at variance."""

OFFERED = 20
"""Factors that the second opinion and the surrogate look at, those that the screening finds largest."""


@dataclass(frozen=True)
class Findings:
    """What the runs of a sensitivity study say of its question."""

    studies: Studies
    loaded: Loaded
    methods: tuple[str, ...] = ()
    """Methods that were asked for; none for all that a report holds."""

    @property
    def question(self) -> Question:
        """What was asked."""
        return self.studies.question

    @property
    def ensemble(self) -> StoredStudy:
        """The random rows, which the folder holds."""
        return self.studies.ensemble

    @property
    def seed(self) -> int:
        """The study's seed, which keys folds and resamples."""
        return self.ensemble.plan.seed

    @cached_property
    def factors(self) -> dict[str, Factor]:
        """The uncertain numbers behind each draw."""
        cells = [(cell.future, cell.plan) for cell in self.ensemble.plan.cells]
        draws = {*self.ensemble.draws, *draws_of(self.loaded, self.question)}  # a run that failed tells no draws
        return factors_of(self.loaded, cells, sorted(draws))

    @cached_property
    def labels(self) -> dict[str, str]:
        """What a figure calls each draw: unique, and nothing of private numbers."""
        return {**labels(self.factors), REST: REST}

    @cached_property
    def values(self) -> Floats:
        """The question's answer in every random row."""
        return self.question.values(self.ensemble)

    @cached_property
    def mean(self) -> Estimate:
        """The mean answer, with its 90% interval."""
        from sim.study.intervals import interval_of

        known = self.values[np.isfinite(self.values)]
        if known.size < 2:
            return Estimate(float("nan"), -np.inf, np.inf)
        found = interval_of(known, int(np.count_nonzero(known)))
        return Estimate(found.mean, found.low, found.high)

    @cached_property
    def splits(self) -> dict[str, Split | Refusal]:
        """How much of each plan's variance is chance, by plan."""
        lucks = self._lucks
        return {plan: split(lucks[plan], self.seed, self._failed(plan)) for plan in lucks}

    @cached_property
    def ranges(self) -> tuple[Range, ...]:
        """How far the mean goes over the plans."""
        return ranges({(self.question.future, plan): y for plan, y in self._lucks.items()})[1]

    @cached_property
    def _lucks(self) -> dict[str, Floats]:
        """By plan, the answers of that plan alone: a row a design row, a column a luck."""
        found = {}
        for cell in self.ensemble.plan.cells:
            alone = replace(self.question, plan=cell.plan, against=None)
            first = alone.values(self.ensemble)
            both = np.full((first.size, 2), np.nan)
            both[:, 0] = first
            second = alone.second(self.ensemble)
            both[: second.size, 1] = second
            found[cell.plan] = both
        return found

    def _failed(self, plan: str) -> int:
        """How many runs of a plan failed."""
        cell = CellKey(self.question.future, plan)
        return sum(count for (where, _), count in self.ensemble.causes().items() if where == cell)

    @cached_property
    def swings(self) -> tuple[Swing, ...] | Refusal:
        """Mean answers where each factor is low and where it is high."""
        return swings([self.labels[draw] for draw in self.ensemble.draws], self.ensemble.scores, self.values)

    @cached_property
    def screening(self) -> Screening | Refusal | None:
        """Morris's measures; None where nothing was screened."""
        study = self.studies.screening
        if study is None or study.plan.design is None:
            return None
        x, y = screened(study, self.question)
        names = [self.labels[draw] for draw in study.plan.design.draws]
        return self._refused(study) or morris(names, x, y, self.seed)

    @cached_property
    def indices(self) -> Indices | Refusal | None:
        """Sobol's indices; None where they were not asked for."""
        numbers = len(draws_of(self.loaded, self.question))
        if numbers < 2 and (not self.methods or "sobol" in self.methods):
            return not_judged(np.empty(0), numbers, 0)
        return self._sobol(self.question)

    def failing(self, threshold: float, plan: str | None = None) -> Indices | Refusal | None:
        """Sobol's indices of the probability that an outcome is past a threshold, from the same runs."""
        alone = replace(self.question, plan=plan or self.question.plan, against=None, threshold=threshold)
        return self._sobol(alone)

    def _sobol(self, question: Question, rows: int | None = None) -> Indices | Refusal | None:
        study = self.studies.sobol
        if study is None or study.plan.design is None:
            return None
        y = np.moveaxis(question.blocks(study)[:rows], 1, 0)
        return self._refused(study) or sobol(self._group_names(study), y, self.seed)

    @cached_property
    def convergence(self) -> Convergence | None:
        """Total indices on growing parts of the design; None without indices."""
        study = self.studies.sobol
        if study is None or study.plan.design is None or not isinstance(self.indices, Indices):
            return None
        top = self.indices.top(6)

        def estimate(rows: int) -> Sequence[Estimate] | Refusal:
            found = self._sobol(self.question, rows)
            return [found.total[place] for place in top] if isinstance(found, Indices) else found or _NONE

        names = [self.indices.names[place] for place in top]
        return convergence(names, study.plan.design.size, estimate)

    @cached_property
    def pairs(self) -> Pairs | Refusal | None:
        """Interactions of the largest factors; None where they were not run."""
        study = self.studies.pairs
        if study is None or study.plan.design is None:
            return None
        y = np.moveaxis(self.question.blocks(study), 1, 0)
        return self._refused(study) or sobol_pairs(self._group_names(study), y, self.seed)

    def _group_names(self, study: StoredStudy) -> list[str]:
        """The groups of a design: a draw's label, or what all the others are called."""
        groups = study.plan.design.groups if study.plan.design else ()
        return [self.labels[group[0]] if len(group) == 1 else REST for group in groups]

    def _refused(self, study: StoredStudy) -> Refusal | None:
        """Failed runs of a design, by cause and point: they are never left out unsaid."""
        failed = study.failures()
        if not failed:
            return None
        size = study.plan.replications
        where = np.zeros(size * len(study.plan.cells), bool)
        causes, points = np.full(where.size, "", object), np.full(where.size, "", object)
        for place, cell in enumerate(study.plan.cells):
            for index, cause in failed.get(cell, {}).items():
                where[place * size + index] = True
                causes[place * size + index] = cause
                points[place * size + index] = f"{cell.future}/{cell.plan}/{study.plan.block(index).design_point}"
        return refuse_failed(where, causes.astype(str), points.astype(str))

    @cached_property
    def given(self) -> dict[str, Given | Refusal]:
        """Given-data methods on the random rows: those that were asked for, or the second opinion."""
        asked = [method for method in self.methods if method in METHODS]
        if asked:
            return {method: self._given(method, list(self.ensemble.draws)) for method in asked}
        return {} if self.methods else {SECOND_OPINION: self._given(SECOND_OPINION, self._largest)}

    def _given(self, method: str, draws: Sequence[str]) -> Given | Refusal:
        columns = [self.ensemble.draws.index(draw) for draw in draws]
        kinds = frozenset(
            self.labels[draw] for draw in draws if any(one.kind == "choice" for one in self.factors[draw].passports)
        )
        names = tuple(self.labels[draw] for draw in draws)
        return given(method, Factors(names, kinds), self.ensemble.scores[:, columns], self.values, self.seed)

    @cached_property
    def _largest(self) -> list[str]:
        """The draws that the screening finds largest; all of them where there are few or nothing was screened."""
        every = list(self.ensemble.draws)
        found = self.screening
        if not isinstance(found, Screening) or len(every) <= OFFERED:
            return every[:OFFERED] if len(every) > OFFERED else every
        sizes = dict(zip(found.names, found.size_free or found.mu_star, strict=True))
        known = [draw for draw in every if self.labels[draw] in sizes]
        return sorted(known, key=lambda draw: -sizes[self.labels[draw]].value)[:OFFERED]

    @cached_property
    def surrogate(self) -> SurrogateIndices | Refusal | None:
        """Indices of a surrogate of the random rows, where Sobol's were not run or can't be told; None otherwise."""
        if isinstance(self.indices, Indices) or "surrogate" not in self.methods:
            return None
        columns = [self.ensemble.draws.index(draw) for draw in self._largest]
        y = np.full((self.values.size, 2), np.nan)
        y[:, 0] = self.values
        second = self.question.second(self.ensemble)
        y[: second.size, 1] = second
        rows = np.isfinite(y).all(axis=1)
        from scipy.special import ndtr

        x = ndtr(self.ensemble.scores[:, columns])
        return surrogate([self.labels[draw] for draw in self._largest], x[rows], y[rows], self.seed)


_NONE = Refusal("Nothing was run.", "Run the study first.")


def grade_of(label: str, labelled: Mapping[str, str], factors: Mapping[str, Factor]) -> str:
    """The evidence grade behind a label; empty for a group of many."""
    draw = next((draw for draw, name in labelled.items() if name == label and draw in factors), None)
    return factors[draw].grade if draw is not None else ""
