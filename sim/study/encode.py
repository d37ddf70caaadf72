"""Runs of a chunk collected as arrays and written as Parquet bytes, the same bytes wherever that happens.

Rows are ordered by run id. A part of outcomes names in its metadata the parts of series, controls, factors and
events that belong to it, so that a reader takes either all of a chunk or nothing of it.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from operator import itemgetter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.study.columns import number_column, repeated_text_column, text_column, word_column
from sim.study.plan import PEOPLE_KEPT, TWICE, Chunk, StudyPlan, dated
from sim.study.protocol import Cell, Run

__all__ = ["DRAWN", "KEYS", "METADATA", "Collector", "Encoded", "part_name"]

KEYS = (
    "run_id", "scenario", "future", "plan", "design_point", "replication", "status", "cause", "event_count",
)  # fmt: skip
"""The columns of outcomes that are no outcome."""

DRAWN = "drawn:"
"""How a column of controls begins that is no sum but the score of a draw of parameters."""

METADATA = "run_sim"
"""The key of our own entry among a part's metadata."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A chunk as it will lie in the store."""

    parts: dict[str, bytes]
    """Bytes by folder: `series`, `people`, `controls`, `factors`, `events` where there are any; `outcomes` last."""
    ok: int
    failed: int
    event_count: int
    cpu_seconds: float


def part_name(content: bytes) -> str:
    """The file name of a part: the hash of its bytes."""
    return blake2b(content, digest_size=16).hexdigest() + ".parquet"


def _write(columns: dict[str, pa.Array], metadata: dict[str, Any]) -> bytes:
    """Columns as Parquet bytes.

    Numbers have no nulls (NaN is a number) and no dictionary, and nothing has statistics: that and LZ4 take a third of
    the time of Parquet's usual settings, for files of the same size.
    """
    texts = [name for name, column in columns.items() if not pa.types.is_primitive(column.type)]
    fields = [pa.field(name, column.type, nullable=name in texts) for name, column in columns.items()]
    table = pa.table(list(columns.values()), schema=pa.schema(fields))
    sink = io.BytesIO()
    settings = {"compression": "lz4", "use_dictionary": texts, "write_statistics": False, "store_schema": False}
    with pq.ParquetWriter(sink, table.schema, **settings) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({METADATA: json.dumps(metadata, sort_keys=True)})
    return sink.getvalue()


@dataclass(slots=True)
class Collector:
    """Takes the runs of one chunk one by one, in any order, and encodes them."""

    plan: StudyPlan
    chunk: Chunk
    cell: Cell
    factor_names: Sequence[str] = ()
    """Uncertain parameters to store for this cell."""
    draws: Sequence[str] = ()
    """The draws behind them."""
    shared_factors: bool = True
    """Whether these are the parameters of every cell, stored once for all."""
    _values: NDArray[np.float64] = field(init=False)
    _watched: dict[str, tuple[int, int]] = field(init=False)
    _dated: NDArray[np.float64] = field(init=False)
    _controls: NDArray[np.float64] = field(init=False)
    _scores: dict[int, dict[str, float]] = field(init=False, default_factory=dict)
    _counts: NDArray[np.int64] = field(init=False)
    _causes: list[str | None] = field(init=False)
    _ids: list[str] = field(init=False)
    _order: list[int] = field(init=False)
    _series: NDArray[np.float64] = field(init=False)
    """Series as they will be stored: a column after the other, runs in order of their ids."""
    _kept: NDArray[np.bool_] = field(init=False)
    _rows: dict[int, int] = field(init=False)
    _people: dict[int, dict[str, NDArray[Any]]] = field(init=False, default_factory=dict)
    _factors: dict[int, list[float]] = field(init=False, default_factory=dict)
    _events: dict[int, list[tuple[float, str, str, str]]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        size = len(self.chunk.blocks)
        self._values = np.full((size, len(self.cell.outcomes)), np.nan)
        self._watched = self._watch()
        self._dated = np.full((size, len(self._watched)), np.nan)
        self._controls = np.full((size, len(self.cell.controls)), np.nan)
        self._counts = np.zeros(size, np.int64)
        self._causes = [None] * size
        self._ids = self.plan.run_ids(self.chunk.cell, [self.plan.block(index) for index in self.chunk.blocks])
        self._order = sorted(range(size), key=self._ids.__getitem__)
        first = [place for place in self._order if self.chunk.blocks[place] < self.plan.series]
        self._rows = {place: row for row, place in enumerate(first)}
        self._series = np.empty((len(self.cell.columns), len(first), len(self.cell.times)))
        self._kept = np.zeros(len(first), bool)

    def keeps_people(self, place: int) -> bool:
        """Whether what became of everybody is kept of this run: of the first blocks, under either luck."""
        index = self.chunk.blocks[place]
        return (index - TWICE if index >= TWICE else index) < min(PEOPLE_KEPT, self.plan.series)

    def add_people(self, place: int, people: dict[str, NDArray[Any]]) -> None:
        """Keep everybody of a finished run."""
        self._people[place] = people

    def add(self, place: int, run: Run) -> None:
        """Keep a finished run, the `place`-th of the chunk."""
        self._values[place] = run.values
        self._controls[place] = run.controls
        self._counts[place] = run.event_count
        for position, (row, column) in enumerate(self._watched.values()):
            self._dated[place, position] = run.series[row, column]
        if place in self._rows:
            self._series[:, self._rows[place]] = run.series.T
            self._kept[self._rows[place]] = True
        if self.factor_names and self.chunk.blocks[place] < TWICE:
            self._scores[place] = run.scores
            self._factors[place] = [run.factors[name] for name in self.factor_names]
        if self.plan.trace:
            self._events[place] = self.cell.event_rows(run)

    def fail(self, place: int, cause: str) -> None:
        """Keep a failed run with its cause."""
        self._causes[place] = cause

    def encode(self, cpu_seconds: float = 0.0) -> Encoded:
        """The chunk as Parquet parts."""
        ids, order = self._ids, self._order
        parts: dict[str, bytes] = {}
        if self._kept.any():
            parts["series"] = _write(self._series_table(ids), {})
        if self._people:
            parts["people"] = _write(self._people_table(ids, [place for place in order if place in self._people]), {})
        if self.cell.controls:
            parts["controls"] = _write(self._control_table(ids, order), {})
        if self._factors:
            parts["factors"] = _write(self._factor_table(), {"shared": self.shared_factors})
        if self.plan.trace:
            parts["events"] = _write(self._event_table(ids, order), {})
        companions = {folder: part_name(content) for folder, content in parts.items()}
        outcomes = self._outcome_table(ids, order)
        identity = self.plan.cell_identity(self.chunk.cell)
        parts["outcomes"] = _write(outcomes, {"cell": identity, "with": companions})
        failed = sum(cause is not None for cause in self._causes)
        return Encoded(parts, len(ids) - failed, failed, int(self._counts.sum()), cpu_seconds)

    def _outcome_table(self, ids: list[str], order: list[int]) -> dict[str, pa.Array]:
        blocks = [self.plan.block(self.chunk.blocks[place]) for place in order]
        size, causes = len(order), [self._causes[place] for place in order]
        keys = [
            text_column([ids[place] for place in order]),
            text_column([self.plan.scenario] * size),
            text_column([self.chunk.cell.future] * size),
            text_column([self.chunk.cell.plan] * size),
            number_column([block.design_point for block in blocks]),
            number_column([block.replication for block in blocks]),
            text_column(["ok" if cause is None else "failed" for cause in causes]),
            text_column(causes),
            number_column(self._counts[order]),
        ]
        values = [number_column(column) for column in (*self._values[order].T, *self._dated[order].T)]
        return dict(zip((*KEYS, *self.cell.outcomes, *self._watched), keys + values, strict=True))

    def _series_table(self, ids: list[str]) -> dict[str, pa.Array]:
        times = self.cell.times
        kept = [ids[place] for place, row in self._rows.items() if self._kept[row]]
        series = self._series if self._kept.all() else self._series[:, self._kept]
        numbers = map(number_column, series.reshape(len(series), -1))
        keys = {"run_id": repeated_text_column(kept, len(times)), "time": number_column(np.tile(times, len(kept)))}
        return keys | dict(zip(self.cell.columns, numbers, strict=True))

    def _watch(self) -> dict[str, tuple[int, int]]:
        """Outcomes that are kept at dates before the horizon: name, row and column of the series."""
        columns, times = list(self.cell.columns), self.cell.times
        found = {}
        for name, at in self.plan.watched:
            if name in columns and at <= times[-1]:
                found[dated(name, at)] = int(np.abs(times - at).argmin()), columns.index(name)
        return found

    def _people_table(self, ids: list[str], order: list[int]) -> dict[str, pa.Array]:
        found = [self._people[place] for place in order]
        sizes = [len(people["person"]) for people in found]
        columns = {"run_id": word_column(np.repeat(np.arange(len(order)), sizes), [ids[place] for place in order])}
        words = self.cell.people_words
        for name in found[0]:
            column = np.concatenate([people[name] for people in found])
            columns[name] = word_column(column, words[name]) if name in words else number_column(column)
        return columns

    def _control_table(self, ids: list[str], order: list[int]) -> dict[str, pa.Array]:
        columns = {"run_id": text_column([ids[place] for place in order])}
        for name, column in zip(self.cell.controls, self._controls[order].T, strict=True):
            columns[name] = number_column(column)
        first: dict[str, float] = next(iter(self._scores.values()), {})  # every run of a cell has the same draws
        names = sorted(set(first).intersection(self.draws))
        drawn = np.full((len(ids), len(names)), np.nan)
        if names:
            rows = list(map(itemgetter(*names), self._scores.values()))
            drawn[list(self._scores)] = np.reshape(rows, (-1, len(names)))
        for name, column in zip(names, drawn[order].T, strict=True):
            columns[DRAWN + name] = number_column(column)
        return columns

    def _factor_table(self) -> dict[str, pa.Array]:
        point = [self.plan.block(index).design_point for index in self.chunk.blocks]
        rows = {point[place]: row for place, row in self._factors.items()}
        points = sorted(rows)
        values = np.array([rows[point] for point in points], np.float64)
        cell = self.chunk.cell
        columns: dict[str, Any] = {
            "future": text_column([None if self.shared_factors else cell.future] * len(points)),
            "plan": text_column([None if self.shared_factors else cell.plan] * len(points)),
            "design_point": number_column(points),
        }
        for position, name in enumerate(self.factor_names):
            columns[name] = number_column(values[:, position])
        return columns

    def _event_table(self, ids: list[str], order: list[int]) -> dict[str, pa.Array]:
        rows = [(ids[place], *row) for place in order for row in self._events.get(place, [])]
        run_id, time, event, entity, detail = zip(*rows, strict=True) if rows else ((), (), (), (), ())
        return {
            "run_id": text_column(run_id),
            "time": number_column(np.array(time, np.float64)),
            "event": text_column(event),
            "entity": text_column(entity),
            "detail": text_column(detail),
        }
