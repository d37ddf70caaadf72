"""The program from Python: load a scenario, simulate one history, compare plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.study.protocol import Engine, Parameters
from sim.study.results import StoredStudy
from sim.study.study import Request, default_out, make_plan, run_study

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario import Loaded

__all__ = ["Result", "compare", "load", "simulate"]


@dataclass(frozen=True)
class Result:
    """One simulated history."""

    outcomes: dict[str, float]
    """Outcomes at the horizon, by full name."""
    event_count: int
    """Events processed."""
    factors: dict[str, float]
    """The value of each uncertain parameter; empty when all are at their centre."""
    times: NDArray[np.float64]
    """Report times in years since the start."""
    columns: list[str]
    """Names of the series' columns."""
    levels: NDArray[np.float64]
    """The series: one row a report time, one column a name."""
    event_rows: list[tuple[float, str, str, str]] | None = field(repr=False, default=None)
    """The event log as (time, event, entity, detail), when traced."""

    @cached_property
    def series(self) -> pd.DataFrame:
        """Levels by quarter, indexed by time in years since the start."""
        import pandas as pd

        return pd.DataFrame(self.levels, index=pd.Index(self.times, name="time"), columns=self.columns)

    @cached_property
    def events(self) -> pd.DataFrame | None:
        """The event log, when traced: time in years since the start, event, entity, detail."""
        import pandas as pd

        if self.event_rows is None:
            return None
        return pd.DataFrame(self.event_rows, columns=["time", "event", "entity", "detail"])


def load(path: str | Path) -> Loaded:
    """Read a scenario file, or the library's scenario of that name.

    Raises:
        ScenarioError: with every problem of the file.
    """
    from sim.model.outcomes import OUTCOMES
    from sim.scenario import load as read
    from sim.scenario.answer import find

    return read(find(str(path)), metrics=OUTCOMES)


def simulate(
    scenario: Loaded,
    future: str = "baseline",
    plan: str = "none",
    seed: int | None = None,
    design_point: int = 0,
    replication: int = 0,
    parameters: Parameters = "central",
    engine: Engine = "compiled",
    trace: bool = False,
    extension: Any = None,
) -> Result:
    """Simulate one history; the same arguments give the same bytes.

    Args:
        scenario: what `load` returned.
        future: one of its futures.
        plan: one of its plans; `none` runs what is signed, `no_partnership` starts nothing.
        seed: keys all luck; the scenario's, unless given.
        design_point: the row of the design, which keys parameters and luck.
        replication: another history of the same row.
        parameters: `central` values, or `sampled` for this row.
        engine: `compiled`, or `simpy` for one event at a time; the results are the same.
        trace: whether to keep the event log.
        extension: a process `(env, world)` to run beside the model.

    Raises:
        KeyError: there is no such future or plan.
        RunFailed: the run could not be finished.
    """
    from sim.model.simulate import build

    case = scenario.case(scenario.canonical_future(future), scenario.canonical_plan(plan))
    cell = build(case, scenario.scenario.seed if seed is None else seed, engine=engine, extension=extension)
    run = cell.worker(trace=trace).run(design_point, replication, parameters)
    outcomes = dict(zip(cell.outcomes, map(float, run.values), strict=True))
    rows = cell.event_rows(run) if trace else None
    return Result(outcomes, run.event_count, run.factors, cell.times, cell.columns, run.series, rows)


def compare(
    scenario: Loaded,
    replications: int = 200,
    futures: Sequence[str] | None = None,
    plans: Sequence[str] | None = None,
    parameters: Parameters = "sampled",
    seed: int | None = None,
    out: str | Path | None = None,
    jobs: int | None = None,
) -> StoredStudy:
    """Run plans × futures on common random numbers, as the command `compare` does, and return what is stored.

    Each block draws parameters and luck once, for every plan and future; `central` keeps the luck and writes every
    parameter's central value.

    Runs that are in the results directory already are not run again.

    Raises:
        UnknownNameError: there is no such future or plan.
        StoreError: the results directory holds another study or can't be written.
    """
    request = Request(
        "compare",
        futures,
        plans,
        replications,
        parameters=parameters,
        seed=seed,
        jobs=jobs,
        command=["sim.compare"],
    )
    plan = make_plan(scenario, scenario.path.stem, request)
    folder = Path(out) if out is not None else default_out(plan, "compare")
    return run_study(scenario, plan, folder, request)[0]
