"""A stored study, read back: outcomes by cell and block, series, controls, factors and events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.study.columns import numbers
from sim.study.encode import DRAWN, KEYS
from sim.study.plan import TWICE, Block, CellKey, StudyPlan
from sim.study.store import Store, read_part

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["StoredStudy"]

Floats = NDArray[np.float64]

_NUMBERS_AT_ONCE = 10_000_000
"""Outcomes are read in groups of columns of at most so many numbers, to bound memory."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of outcomes: which cell and blocks its rows are."""

    path: Path
    cell: CellKey
    blocks: NDArray[np.int64]
    ok: NDArray[np.bool_]
    causes: list[str]
    """Causes of the failed runs."""
    series: Path | None
    controls: Path | None

    def run_ids(self) -> list[str]:
        """The names of its runs, which are too many to be kept for a whole study."""
        names: list[str] = read_part(self.path, ["run_id"])["run_id"].to_pylist()
        return names


class StoredStudy:
    """The results of a study; raises StoreError where there is none or a part is damaged."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.store = Store(path)
        self.manifest: dict[str, Any] = self.store.manifest()
        self.plan: StudyPlan = self.store.plan()
        self._columns: dict[str, dict[CellKey, Floats]] = {}
        self._dated: dict[str, dict[CellKey, Floats]] = {}

    @property
    def outcome_names(self) -> list[str]:
        """Full names of the outcomes, in the model's order."""
        return list(self.manifest["outcomes"])

    @property
    def futures(self) -> list[str]:
        """Futures that were run, in order."""
        return list(dict.fromkeys(cell.future for cell in self.plan.cells))

    @property
    def plans(self) -> list[str]:
        """Plans that were run, in order."""
        return list(dict.fromkeys(cell.plan for cell in self.plan.cells))

    @cached_property
    def _parts(self) -> list[_Part]:
        cells = {(cell.future, cell.plan): cell for cell in self.plan.cells}
        found = []
        for path in self.store.outcome_parts():
            rows = read_part(path, KEYS[2:-1])
            cell = cells.get((rows["future"][0].as_py(), rows["plan"][0].as_py()))
            if cell is None:
                continue
            pairs = zip(rows["design_point"].to_pylist(), rows["replication"].to_pylist(), strict=True)
            blocks = np.array([self.plan.index(Block(*pair)) for pair in pairs], np.int64)
            told = rows["cause"].to_pylist() if rows["cause"].null_count < len(rows) else [None] * len(rows)
            ok = np.array([cause is None for cause in told])
            causes = [cause for cause in told if cause is not None]
            beside = self.store.companions(path)
            found.append(_Part(path, cell, blocks, ok, causes, beside.get("series"), beside.get("controls")))
        return found

    @property
    def ok(self) -> int:
        """Runs that finished."""
        return int(sum(part.ok.sum() for part in self._parts))

    @property
    def failed(self) -> int:
        """Runs that failed."""
        return int(sum((~part.ok).sum() for part in self._parts))

    def causes(self) -> dict[tuple[CellKey, str], int]:
        """How many runs failed, by cell and cause."""
        return dict(Counter((part.cell, cause) for part in self._parts for cause in part.causes))

    def failures(self) -> dict[CellKey, dict[int, str]]:
        """Why runs failed: by cell and by the place of the block."""
        found: dict[CellKey, dict[int, str]] = {}
        for part in self._parts:
            if part.causes:
                blocks = part.blocks[~part.ok].tolist()
                found.setdefault(part.cell, {}).update(zip(blocks, part.causes, strict=True))
        return found

    def runs(self) -> Iterator[tuple[str, CellKey, Block]]:
        """Every stored run: its id, cell and block."""
        for part in self._parts:
            for run_id, index in zip(part.run_ids(), part.blocks.tolist(), strict=True):
                yield run_id, part.cell, self.plan.block(index)

    def complete(self, future: str) -> NDArray[np.bool_]:
        """The blocks in which every plan of a future finished; a failed run drops its block for all plans."""
        cells = {cell: np.zeros(self.plan.replications, bool) for cell in self.plan.cells if cell.future == future}
        for part in self._parts:
            if part.cell in cells:
                known, places = self._places(part)
                cells[part.cell][places] = part.ok[known]
        finished = np.ones(self.plan.replications, bool)
        for column in cells.values():
            finished &= column
        return finished

    def column(self, name: str) -> dict[CellKey, Floats]:
        """An outcome by cell, one value a block; NaN where a run failed or is missing.

        Outcomes at dates before the horizon that the decision asks for have a name of their own: `StudyPlan.watching`.
        """
        if name not in self.outcome_names:
            if name not in self._dated:
                self._dated[name] = self._read([name])[name]
            return self._dated[name]
        if name not in self._columns:
            group = max(1, _NUMBERS_AT_ONCE // max(1, self.plan.total))
            start = self.outcome_names.index(name) // group * group  # groups stay the same, whichever comes first
            self._columns = {}  # let go of the last group before the next one comes
            self._columns = self._read(self.outcome_names[start : start + group])
        return self._columns[name]

    def _read(self, names: Sequence[str], second: bool = False) -> dict[str, dict[CellKey, Floats]]:
        size = self.plan.second if second else self.plan.replications
        found = {name: {cell: np.full(size, np.nan) for cell in self.plan.cells} for name in names}
        for part in self._parts:
            table = read_part(part.path, names)
            known, places = self._places(part, second)
            for name in set(names).intersection(table.column_names):
                found[name][part.cell][places] = numbers(table, name)[known]
        return found

    def _places(self, part: _Part, second: bool = False) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """Which rows of a part are of blocks of the first luck, or of the second, and where those blocks stand."""
        start, size = (TWICE, self.plan.second) if second else (0, self.plan.replications)
        known = (part.blocks >= start) & (part.blocks < start + size)
        return known, part.blocks[known] - start

    def second_luck(self, name: str) -> dict[CellKey, Floats]:
        """An outcome under the second luck of the first design rows, by cell, one value a row."""
        return self._read([name], second=True)[name]

    def controls(self, future: str) -> dict[str, Floats]:
        """The controls of a future by plan: a row a block, a column a control; NaN where a run failed or is missing.

        A plan without some control, or a study without any, has 0 there: what can't happen has no surplus.
        """
        import pyarrow.parquet as pq

        parts = [(part, part.controls) for part in self._parts if part.cell.future == future and part.controls]
        every = {name for _, path in parts for name in pq.read_schema(path).names} - {"run_id"}
        names = sorted(name for name in every if not name.startswith(DRAWN))
        shape = (self.plan.replications, len(names))
        found = {cell.plan: np.full(shape, np.nan) for cell in self.plan.cells if cell.future == future}
        for part, path in parts:
            (known, places), table = self._places(part), read_part(path)
            for place, name in enumerate(names):
                column = numbers(table, name) if name in table.column_names else np.zeros(len(table))
                found[part.cell.plan][places, place] = column[known]
        return found

    @cached_property
    def _drawn(self) -> dict[str, Floats]:
        """The score behind each draw of parameters, by the draw's key, in order of the keys."""
        import pyarrow.parquet as pq

        found: dict[str, Floats] = {}
        for part in self._parts:
            names = [] if part.controls is None else pq.read_schema(part.controls).names
            names = [name for name in names if name.startswith(DRAWN)]
            table = read_part(part.controls, names) if part.controls is not None and names else None
            known, places = self._places(part)
            for name in names:
                column = found.setdefault(name.removeprefix(DRAWN), np.full(self.plan.replications, np.nan))
                values = numbers(table, name)[known]
                column[places] = np.where(np.isnan(values), column[places], values)
        return dict(sorted(found.items()))

    @property
    def draws(self) -> list[str]:
        """The keys of the draws of parameters, one a column of `scores`."""
        return list(self._drawn)

    @cached_property
    def scores(self) -> Floats:
        """The standard normal number behind each draw of parameters: a row a block, a column a draw.

        Every cell has the same; NaN where the run that should have brought them failed or is missing.
        """
        columns = list(self._drawn.values())
        return np.column_stack(columns) if columns else np.empty((self.plan.replications, 0))

    @cached_property
    def times(self) -> Floats:
        """Report times in years since the start; empty when no run was stored."""
        for part in self._parts:
            if part.series is not None:
                times: Floats = np.unique(numbers(read_part(part.series, ["time"]), "time"))
                return times
        return np.empty(0)

    def series_of(self, names: Sequence[str], only: CellKey | None = None) -> dict[str, dict[CellKey, Floats]]:
        """Series by name and cell: a row a block, a column a report time; NaN where a run isn't there.

        Only the first blocks have series; names without one are left out. With `only`, no other cell is read.
        """
        import pyarrow.parquet as pq

        shape = (min(self.plan.series, self.plan.replications), len(self.times))
        cells_read = [only] if only is not None else self.plan.cells
        found: dict[str, dict[CellKey, Floats]] = {}
        for part in self._parts:
            if part.series is None or part.cell not in cells_read:
                continue
            held = [name for name in names if name in pq.read_schema(part.series).names]
            table = read_part(part.series, ["run_id", *held])
            place = dict(zip(part.run_ids(), part.blocks.tolist(), strict=True))
            order = [place[run_id] for run_id in table["run_id"].to_pylist()[:: shape[1]]]
            for name in held:
                cells = found.setdefault(name, {cell: np.full(shape, np.nan) for cell in cells_read})
                cells[part.cell][order] = numbers(table, name).reshape(-1, shape[1])
        return found

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """One row a run, in order of run id."""
        return self._frame("outcomes").sort_values("run_id", ignore_index=True)

    @cached_property
    def series(self) -> pd.DataFrame:
        """Series of the first blocks of each cell."""
        return self._frame("series").sort_values(["run_id", "time"], ignore_index=True)

    @cached_property
    def people(self) -> pd.DataFrame:
        """Everybody of the first runs of each cell: one row a person a run, in order of run, with the run's cell."""
        import pandas as pd

        runs = [(run_id, cell.future, cell.plan, *_pair(block)) for run_id, cell, block in self.runs()]
        columns = ["run_id", "future", "plan", "design_point", "replication"]
        found = self._frame("people").merge(pd.DataFrame(runs, columns=columns), on="run_id")
        return found.sort_values("run_id", ignore_index=True, kind="stable")

    @cached_property
    def factors(self) -> pd.DataFrame:
        """The sampled value of each uncertain parameter; no future and plan where it holds for all cells."""
        return self._frame("factors").sort_values(["future", "plan", "design_point"], ignore_index=True)

    @cached_property
    def events(self) -> pd.DataFrame:
        """The event log of a traced study."""
        return self._frame("events").sort_values(["run_id", "time"], ignore_index=True, kind="stable")

    def _frame(self, folder: str) -> pd.DataFrame:
        import pandas as pd

        tables = [read_part(path) for path in sorted(self.store.folder(folder).glob("[!.]*.parquet"))]
        keys = {"factors": ["future", "plan", "design_point"], "people": ["run_id"]}
        columns = keys.get(folder, ["run_id", "time"])
        return pd.concat([table.to_pandas() for table in tables]) if tables else pd.DataFrame(columns=columns)


def _pair(block: Block) -> tuple[int, int]:
    return block.design_point, block.replication
