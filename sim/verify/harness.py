"""The harness: named checks, what they found, and when they pass.

A check compares quantities of many simulated histories with values known from theory. A quantity passes when its
99.9% interval lies inside a margin around the known value: 2% of it, or 0.002 for a probability under 0.1. Too few
histories give a wide interval and fail; nothing passes for want of power. Checks that yield p-values are judged
together by Benjamini and Hochberg's procedure at q = 0.01.

Every check names the rule that it guards and can bend it by a factor. A check that still passes with its rule bent by
5% would be worth nothing; `--planted` runs them so, and expects each to fail.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.engine.tables import GOING
from sim.engine.world import Memory
from sim.model.fire import advance
from sim.model.kinds import Kind
from sim.model.simulate import ALL, Cell, RunFailed, Worker, build
from sim.scenario import LIBRARY, load

__all__ = ["CHECKS", "Bench", "Check", "Finding", "check", "compared", "run_check"]

CONFIDENCE = 0.999
MARGIN, SMALL, SMALL_MARGIN = 0.02, 0.1, 0.002
FALSE_DISCOVERIES = 0.01
PLANTED = 1.05


@dataclass(frozen=True)
class Finding:
    """What a check found of one quantity.

    Attributes:
        quantity: what was estimated.
        expected: its value in theory.
        estimate: its mean over histories.
        half_width: half the width of the 99.9% interval of that mean.
        margin: how far the interval may reach from the expected value.
        p: the p-value, for quantities that are judged by one.
        passed: whether theory stands.
    """

    quantity: str
    expected: float
    estimate: float
    half_width: float
    margin: float
    p: float | None = None
    passed: bool = False


Body = Callable[["Bench"], list[Finding]]


@dataclass(frozen=True)
class Check:
    """A named check.

    Attributes:
        name: what to call it on the command line.
        body: runs histories on a bench and says what it found.
        guards: the rule that it guards, and that `--planted` bends by 5%.
        replications: histories that it needs.
    """

    name: str
    body: Body
    guards: str
    replications: int

    @property
    def summary(self) -> str:
        """What is checked, in one line."""
        return (self.body.__doc__ or "").strip().splitlines()[0]


CHECKS: dict[str, Check] = {}


def check(guards: str, replications: int) -> Callable[[Body], Body]:
    """Register a check under its function's name."""

    def register(body: Body) -> Body:
        CHECKS[body.__name__] = Check(body.__name__, body, guards, replications)
        return body

    return register


@dataclass
class Bench:
    """Where a check runs its histories.

    Attributes:
        replications: how many.
        seed: the study's seed.
        bend: the factor by which the guarded rule is bent; 1 leaves it alone.
    """

    replications: int
    seed: int = 20260101
    bend: float = 1.0

    def cell(self, name: str, future: str = "baseline", plan: str = "none") -> Cell:
        """A verification scenario's cell, or that of a scenario in the library."""
        path = Path(LIBRARY) / "verify" / f"{name}.yaml"
        return build(load(path if path.exists() else Path(LIBRARY) / f"{name}.yaml").case(future, plan), self.seed)

    def histories(
        self,
        cell: Cell,
        bend: Callable[[Memory, Cell, float], None],
        trace: bool = False,
        stops: Sequence[float] = (),
        first: int = 0,
    ) -> Iterator[Worker]:
        """Play the histories; after each, the worker's tables stand as the run left them.

        Args:
            cell: what to play.
            bend: how the guarded rule is bent, if it is.
            trace: whether to keep the log.
            stops: times in years at which to look as well, before the run goes on.
            first: the first replication, so that two cells can be played on luck of their own.
        """
        worker = cell.worker(trace)
        worker.people, worker.visits = 2 * worker.people, 2 * worker.visits
        worker.renew()
        for replication in range(first, first + self.replications):
            worker.prepare(0, "central")
            if self.bend != 1.0:
                bend(worker.memory, cell, self.bend)
            for until in stops or (cell.case.scenario.years,):
                advance(worker.memory.world, np.uint64(self.seed), 0, replication, until, ALL)
                if worker.memory.tables["run"]["status"][0] != GOING:
                    raise RunFailed("a table of the model was too small for a verification run")
                yield worker


def bend_clock(kind: Kind) -> Callable[[Memory, Cell, float], None]:
    """A planted bug: every clock of a kind runs at another rate than the rules say."""

    def plant(memory: Memory, cell: Cell, factor: float) -> None:
        for i, (what, _, _) in enumerate(cell.blueprint.groups.named):
            if what == kind:
                memory.tables["clocks"]["rate"][i + 1] *= factor

    return plant


def bend_number(table: str, *path: str) -> Callable[[Memory, Cell, float], None]:
    """A planted bug: a number in a record is not the one in the file."""

    def plant(memory: Memory, cell: Cell, factor: float) -> None:
        record: Any = memory.tables[table]
        for part in path[:-1]:
            record = record[part]
        record[path[-1]] *= factor

    return plant


def interval(values: ArrayLike) -> tuple[float, float]:
    """The mean of independent values, and half the width of its 99.9% interval."""
    from scipy import stats

    x: NDArray[np.float64] = np.asarray(values, dtype=float)
    if len(x) < 2:
        return float(x.mean()), math.inf
    spread = float(x.std(ddof=1)) / math.sqrt(len(x))
    return float(x.mean()), spread * float(stats.t.ppf(0.5 + CONFIDENCE / 2, len(x) - 1))


def compared(quantity: str, values: ArrayLike, expected: float, margin: float | None = None) -> Finding:
    """One quantity, from one value a history, against theory."""
    estimate, half = interval(values)
    if margin is None:
        margin = SMALL_MARGIN if 0.0 < expected < SMALL else MARGIN * abs(expected)
    inside = abs(estimate - expected) + half <= margin
    return Finding(quantity, expected, estimate, half, margin, None, inside)


def counted(quantity: str, events: NDArray[np.float64], hazard: NDArray[np.float64]) -> Finding:
    """Events against the hazard integrated over everyone exposed; judged with the others of its check.

    Their difference is a martingale whose variance is the expected integral, whatever the feedback: better known than
    from a sample of few and rare events. The p-value is two-sided, by the normal approximation.
    """
    total = float(hazard.sum())
    z = float(events.sum() - total) / math.sqrt(total)
    quantile = 3.2905  # of the 99.9% interval
    half = quantile * math.sqrt(total) / len(hazard)
    p = math.erfc(abs(z) / math.sqrt(2.0))
    return Finding(quantity, float(hazard.mean()), float(events.mean()), half, math.nan, p, True)


def judged(findings: list[Finding]) -> list[Finding]:
    """Settle the findings that carry p-values together (Benjamini & Hochberg 1995)."""
    ps = sorted(f.p for f in findings if f.p is not None)
    limits = [p for i, p in enumerate(ps, 1) if p <= FALSE_DISCOVERIES * i / len(ps)]
    worst = max(limits, default=-1.0)
    return [f if f.p is None else replace(f, passed=f.p > worst) for f in findings]


def run_check(name: str, *, bend: float = 1.0, seed: int = 20260101, effort: float = 1.0) -> list[Finding]:
    """Run one check.

    Args:
        name: its name.
        bend: the factor by which the rule that it guards is bent.
        seed: the seed of its histories.
        effort: the part of its histories to play; less than 1 may fail for want of power.

    Raises:
        KeyError: no check is called that.
    """
    one = CHECKS[name]
    bench = Bench(max(2, round(one.replications * effort)), seed, bend)
    return judged(one.body(bench))
