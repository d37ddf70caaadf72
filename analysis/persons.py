"""The stored people of a study: which rows share their luck, and in which blocks every plan has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.study.plan import StudyPlan
from sim.study.results import StoredStudy
from sim.study.store import read_part

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Cast", "cast", "people_of"]


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


def people_of(study: StoredStudy, future: str) -> pd.DataFrame:
    """Everybody of the first runs of one future: `StoredStudy.people` without the other futures; texts are categories.

    Empty where the study kept no people.
    """
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    runs = [
        (run_id, cell.future, cell.plan, block.design_point, block.replication)
        for run_id, cell, block in study.runs()
        if cell.future == future
    ]
    keys = pd.DataFrame(runs, columns=["run_id", "future", "plan", "design_point", "replication"])
    wanted, found = pa.array(keys["run_id"].tolist(), pa.string()), []
    for path in sorted(study.store.folder("people").glob("[!.]*.parquet")):
        table = read_part(path)
        kept = table.filter(pc.is_in(table["run_id"].cast(pa.string()), wanted))
        for at, name in enumerate(kept.column_names):
            if not pa.types.is_primitive(kept.schema.field(name).type):
                kept = kept.set_column(at, name, kept[name].cast(pa.string()).dictionary_encode())
        found.append(kept)
    if not any(map(len, found)):
        return pd.DataFrame()
    whole = pa.concat_tables(found).unify_dictionaries().to_pandas()
    whole = whole.assign(run_id=whole["run_id"].astype(str))
    whole = whole.sort_values("run_id", ignore_index=True, kind="stable")
    place = pd.Index(keys["run_id"]).get_indexer(pd.Index(whole["run_id"]))
    beside = {name: keys[name].to_numpy()[place] for name in ("design_point", "replication")}
    beside |= {name: pd.Categorical(keys[name].to_numpy()[place]) for name in ("future", "plan")}
    found_all: pd.DataFrame = whole.assign(**beside)
    return found_all


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
