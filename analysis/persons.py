"""The stored people of a study: which rows share their luck, and in which blocks every plan has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.study.plan import StudyPlan

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Cast", "cast"]


@dataclass(frozen=True)
class Cast:
    """The people of one future, a row a person a run.

    Attributes:
        people: the table as stored, with its place among `blocks` as a further column `block`.
        second: the same under a luck of its own for the same parameters, with the `block` that it belongs to;
            only of some blocks, or of none.
        blocks: the blocks for which the people of every plan are stored, by their place in the study; ascending.
        plans: the plans, in the study's order.
    """

    people: pd.DataFrame
    second: pd.DataFrame
    blocks: NDArray[np.int64]
    plans: tuple[str, ...]

    def of(self, plan: str) -> pd.DataFrame:
        """The people under one plan."""
        return self.people[self.people["plan"] == plan]


def cast(people: pd.DataFrame, plan: StudyPlan, future: str) -> Cast:
    """The people of a future, block by block.

    A block is a design row with replication 0, and replication 1 of the row is its second luck. Where all blocks share
    one design row, they are its replications, and the second luck of each is the next.
    """
    plans = tuple(dict.fromkeys(cell.plan for cell in plan.cells if cell.future == future))
    people = people.reset_index(drop=True)
    rows = people[(people["future"] == future) & people["plan"].isin(plans)]
    if plan.design_point is None:
        own, other = rows["replication"] == 0, rows["replication"] == 1
        first, second = rows["design_point"], rows["design_point"]
    else:
        own = other = rows["design_point"] == plan.design_point
        first, second = rows["replication"], rows["replication"] - 1
    named, named_second = rows[own].assign(block=first[own]), rows[other].assign(block=second[other])
    held = [set(some["block"]) for _, some in named.groupby("plan", observed=True)]
    blocks = np.array(sorted(set.intersection(*held)) if len(held) == len(plans) and held else [], np.int64)
    return Cast(_placed(named, blocks), _placed(named_second, blocks), blocks, plans)


def _placed(rows: pd.DataFrame, blocks: NDArray[np.int64]) -> pd.DataFrame:
    """The rows of these blocks, with the blocks numbered from 0."""
    kept = rows[rows["block"].isin(blocks)]
    return kept.assign(block=np.searchsorted(blocks, kept["block"].to_numpy(np.int64)))
