"""What scenario discovery looks at: the parameters of each design row, and how often a plan fails there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analysis import say
from analysis.discovery.failure import FEWEST, Failure, failures
from analysis.refusal import Refusal
from analysis.sensitivity.labels import labels
from analysis.value.factors import factors_of
from sim.study.plan import CellKey
from sim.study.results import StoredStudy

if TYPE_CHECKING:
    from sim.scenario import Loaded

__all__ = ["FEWEST_ROWS", "Factor", "Rows", "between", "checked", "distance", "rows_of", "seeded"]

Floats = NDArray[np.float64]

FEWEST_ROWS = 100
"""Design rows under which no condition is looked for."""


@dataclass(frozen=True, slots=True)
class Factor:
    """An uncertain parameter as a reader meets it."""

    name: str
    """Its address."""
    words: str
    unit: str
    grade: str = ""
    """Grade of its evidence, A to D."""
    alike: tuple[str, ...] = ()
    """Other parameters that share its draw: no study of this kind can tell them apart."""
    private: bool = False
    """Whether its values must stay out of reports: then all of its values here are percentiles, as parts of 1."""

    def amount(self, value: float) -> str:
        """A value of it with its unit, or its percentile."""
        if self.private:
            return f"its percentile {100.0 * value:.0f}"
        if self.unit in ("share", "%") or self.unit.startswith("USD"):
            return say.number(value, self.unit)
        if self.unit == "growth per year":
            return f"{100.0 * value:.1f}% a year"
        digits = 2 - math.floor(math.log10(abs(value))) if value else 0
        text = f"{round(value, digits):,.{max(0, min(digits, 4))}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return text if self.unit in ("number", "count", "") else f"{text} {self.unit}"


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Design rows with their parameters and failures; a row may have several lucks."""

    x: Floats
    """A row a design point, a column a factor."""
    y: Floats
    """The share of the row's lucks in which the plan fails, 0 to 1."""
    factors: tuple[Factor, ...]
    points: NDArray[np.int64]
    """The design point of each row."""
    seed: int
    """The study's, from which folds and resamples are drawn."""
    what: str = "the plan"
    """Which plan it is, for a reader."""
    failure: str = "the plan fails"
    """What the failure is, for a reader."""
    dropped: int = 0
    """Runs that failed or are missing, left out."""

    @property
    def binary(self) -> bool:
        """Whether every row either fails or doesn't."""
        return bool(np.isin(self.y, (0.0, 1.0)).all())


def seeded(seed: int, purpose: int) -> np.random.Generator:
    """Random numbers of an analysis: keyed by the study's seed and the purpose, and by nothing else."""
    return np.random.Generator(np.random.PCG64([seed % 2**63, purpose]))


def rows_of(study: StoredStudy, cell: CellKey, failure: Failure, loaded: Loaded | None = None) -> Rows | Refusal:
    """The design rows of a plan in a future.

    Args:
        study: where it is stored, with sampled parameters.
        cell: the future and the plan.
        failure: what counts as one.
        loaded: the study's scenario, for the units and grades of its parameters; without it there are none.

    Raises:
        KeyError: the study has no such outcome.
    """
    frame = study.factors
    if frame.empty:
        return Refusal("all parameters stand at their central values", "run the study with --parameters sampled")
    here = (frame["future"].isna() | (frame["future"] == cell.future)) & (
        frame["plan"].isna() | (frame["plan"] == cell.plan)
    )
    table = frame[here].drop(columns=["future", "plan"]).groupby("design_point").first().dropna(axis=1)
    fails = failures(study, cell, failure)
    points = np.array([study.plan.block(index).design_point for index in range(fails.size)])
    known = ~np.isnan(fails) & np.isin(points, table.index.to_numpy())
    found, place = np.unique(points[known], return_inverse=True)
    y = np.bincount(place, fails[known], found.size) / np.maximum(1, np.bincount(place, minlength=found.size))
    x, factors = _told_apart(table.loc[found].to_numpy(np.float64), list(table.columns), _passports(loaded, cell))
    x, factors = _hidden(x, factors, _private(study, loaded))
    return Rows(
        x, y, factors, found.astype(np.int64), study.plan.seed,
        f"{say.title(study, 'plans', cell.plan)}, in the future “{say.title(study, 'futures', cell.future)}”",
        failure.words(study), int(np.count_nonzero(~known)),
    )  # fmt: skip


def _passports(loaded: Loaded | None, cell: CellKey) -> dict[str, tuple[str, str, str]]:
    """Words, unit and grade of each parameter."""
    if loaded is None:
        return {}
    known = loaded.case(cell.future, cell.plan).factors
    return {one.address: (_words(one.address), one.unit, one.grade) for one in known}


def _private(study: StoredStudy, loaded: Loaded | None) -> dict[str, str]:
    """What a reader may call each private parameter, by address; who shares the draw of one is private with it."""
    if loaded is None:
        return {}
    known = factors_of(loaded, [(cell.future, cell.plan) for cell in study.plan.cells], study.draws)
    named = labels(known)
    return {one.address: named[draw] for draw, factor in known.items() if factor.private for one in factor.passports}


def _hidden(
    x: Floats, factors: tuple[Factor, ...], private: dict[str, str]
) -> tuple[Floats, tuple[Factor, ...]]:
    """Private parameters by rank alone: boxes and trees find the same rows, and nothing of their values is left."""
    x, found = x.copy(), []
    for column, factor in enumerate(factors):
        name = next((private[one] for one in (factor.name, *factor.alike) if one in private), None)
        if name is not None:
            order, size = np.unique(x[:, column], return_inverse=True)[1], len(x)
            x[:, column] = (np.searchsorted(np.sort(order), order) + 0.5) / size
            factor = Factor(name, name, "", factor.grade, (), True)
        found.append(factor)
    return x, tuple(found)


def _words(address: str) -> str:
    """An address for a reader: `people.obgyn.leave_post.gone` is `obgyn, leave post, gone`."""
    parts = address.split(".")
    return ", ".join(map(say.words, parts[1:] if len(parts) > 2 else parts))


def _told_apart(
    x: Floats, names: Sequence[str], known: dict[str, tuple[str, str, str]]
) -> tuple[Floats, tuple[Factor, ...]]:
    """The columns that vary, those that share one draw once."""
    kept: dict[bytes, int] = {}
    alike: dict[int, list[str]] = {}
    for column in range(x.shape[1]):
        order = np.unique(x[:, column], return_inverse=True)[1]
        if order.max(initial=0) == 0:
            continue
        first = kept.setdefault(order.tobytes(), column)
        alike.setdefault(first, [])
        if first != column:
            alike[first].append(names[column])
    factors = []
    for column in kept.values():
        words, unit, grade = known.get(names[column], (_words(names[column]), "", ""))
        factors.append(Factor(names[column], words, unit, grade, tuple(alike[column])))
    return x[:, list(kept.values())], tuple(factors)


def checked(rows: Rows) -> Refusal | None:
    """Why nothing can be looked for in these rows, if that is so."""
    count = rows.y.size
    if np.isnan(rows.x).any() or np.isnan(rows.y).any():
        return Refusal("some values are missing", "leave out the rows in which runs failed, and say how many they are")
    if rows.x.shape[1] == 0:
        return Refusal("no parameter varies", "give at least one parameter a distribution, and sample it")
    if count < FEWEST_ROWS:
        return Refusal(f"{count} design rows are too few", f"run at least {FEWEST_ROWS} blocks")
    failing = float(rows.y.sum())
    if failing == 0.0:
        return Refusal(f"nothing fails in {count:,} design rows", "move the threshold, or look at another future")
    if failing == count:
        return Refusal(f"everything fails in {count:,} design rows", "move the threshold, or look at another plan")
    if np.ptp(rows.y) == 0.0:
        return Refusal("every design row fails equally often", "move the threshold, or vary other parameters")
    if min(failing, count - failing) < FEWEST:
        few, what = (failing, "fail") if failing <= count - failing else (count - failing, "do not fail")
        needed = math.ceil(count * FEWEST / few / 100.0) * 100
        return Refusal(f"only {few:.0f} of {count:,} design rows {what}", f"about {needed:,} blocks would do")
    return None


def distance(x: Floats, y: Floats) -> Floats:
    """How far each factor's distribution over failures is from that over successes: Kolmogorov-Smirnov, 0 to 1.

    Regional sensitivity analysis (G. M. Hornberger & R. C. Spear 1981, J. Environ. Manage. 12, 7-18), with each
    row weighted by its failure probability.
    """
    order = np.argsort(x, axis=0, kind="stable")
    ranked = np.take_along_axis(x, order, axis=0)
    gap = np.cumsum(y[order], axis=0) / y.sum() - np.cumsum(1.0 - y[order], axis=0) / (1.0 - y).sum()
    last = np.vstack([ranked[1:] != ranked[:-1], np.ones((1, x.shape[1]), bool)])
    found: Floats = np.where(last, np.abs(gap), 0.0).max(axis=0)
    return found


def between(factor: Factor, low: float | None, high: float | None) -> str:
    """Between which values a factor lies, for a reader."""
    if low is not None and high is not None:
        return f"{factor.words} is from {factor.amount(low)} to {factor.amount(high)}"
    if low is not None:
        return f"{factor.words} is at least {factor.amount(low)}"
    return f"{factor.words} is at most {factor.amount(high if high is not None else math.nan)}"
