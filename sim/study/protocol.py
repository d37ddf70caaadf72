"""What a study needs of a model: cells that build workers, workers that run. Nothing here knows any model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Cell", "Engine", "Parameters", "Point", "Run", "Worker"]

Parameters = Literal["central", "sampled"]
"""`central` uses every number's central value; `sampled` draws uncertain ones anew in each design row."""


Point = Parameters | Mapping[str, float]
"""Where uncertain numbers stand in a run; a mapping gives a uniform number by draw, the rest are at their centre."""


Engine = Literal["compiled", "simpy"]
"""`compiled` fires events in bulk, `simpy` one by one in a SimPy environment; both give the same results."""


class Run(Protocol):
    """One simulated history."""

    @property
    def values(self) -> NDArray[np.float64]:
        """Outcomes at the horizon, in the order of `Cell.outcomes`."""

    @property
    def series(self) -> NDArray[np.float64]:
        """Levels at the report times: one row a time, one column a name of `Cell.columns`."""

    @property
    def event_count(self) -> int:
        """Events processed."""

    @property
    def events(self) -> NDArray[Any] | None:
        """The event log, when traced."""

    @property
    def factors(self) -> dict[str, float]:
        """The value of each uncertain parameter that this run used."""

    @property
    def controls(self) -> NDArray[np.float64]:
        """Sums over the run whose mean is known to be 0, in the order of `Cell.controls`."""

    @property
    def scores(self) -> dict[str, float]:
        """The standard normal number behind each draw of parameters, by the draw's name."""


class Worker(Protocol):
    """The memory of one run at a time; a thread has its own."""

    def run(self, design_point: int, replication: int, parameters: Point = "central") -> Run:
        """Simulate one history; raises `RunFailed` with a cause."""

    def lives(self) -> dict[str, NDArray[Any]]:
        """Everybody of the latest run: `person`, whole numbers for `Cell.people_words` (-1 for none), and dates."""


class Cell(Protocol):
    """One future under one plan, compiled and ready to run."""

    @property
    def outcomes(self) -> list[str]:
        """Names of the outcomes at the horizon."""

    @property
    def controls(self) -> list[str]:
        """Names of sums whose mean is 0 whatever the parameters and the plan."""

    @property
    def columns(self) -> list[str]:
        """Names of the columns of a series."""

    @property
    def times(self) -> NDArray[np.float64]:
        """Report times in years since the start, the horizon included."""

    @property
    def people_words(self) -> dict[str, list[str]]:
        """The words behind the whole numbers of `Worker.lives`, by column."""

    def worker(self, trace: bool = False) -> Worker:
        """New memory to run in."""

    def event_rows(self, run: Any) -> list[tuple[float, str, str, str]]:
        """The event log as (time, event, entity, detail)."""
