"""What a study will run: cells (a future under a plan) times blocks (a design row and its luck).

A block is shared by all cells: every plan and future meets the same parameters and the same luck, so that
they are compared in pairs. A run is named by its content, never by its place in a batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Any

from sim.study.design import Design
from sim.study.protocol import Engine, Parameters, Point

__all__ = ["PEOPLE_KEPT", "SERIES_KEPT", "TWICE", "Block", "CellKey", "Chunk", "StudyPlan", "dated"]

SERIES_KEPT = 200
"""Series are stored in full for this many first blocks of a cell, and for no others, unless a study says otherwise."""

PEOPLE_KEPT = 200
"""What became of everybody is stored for this many first blocks of a cell, if their series are."""

TWICE = 1 << 40
"""Places of blocks that give a design row its second luck begin here."""

MOST_TWICE = 200
ROWS_FOR_ONE_TWICE = 5
"""One design row in five is run with a second luck, up to 200 of them: enough to tell chance from parameters."""


SAME_TIME = 1e-6
"""Years."""


def dated(name: str, at: float) -> str:
    """The column of an outcome at a date before the horizon, in years since the start: `ghana.obgyn.coverage@12`."""
    return f"{name}@{at:g}"


@dataclass(frozen=True, slots=True, order=True)
class CellKey:
    """A future and a plan, by name."""

    future: str
    plan: str


@dataclass(frozen=True, slots=True, order=True)
class Block:
    """A row of the design (parameters) and a replication (luck)."""

    design_point: int
    replication: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """Blocks of one cell that are run and stored together."""

    cell: CellKey
    blocks: tuple[int, ...]
    """Places of the blocks in the study, ascending."""


@dataclass(frozen=True, slots=True)
class StudyPlan:
    """Everything that decides which runs a study consists of, and their identity."""

    scenario: str
    """The scenario's short name."""
    scenario_hash: str
    """Hash of the scenario's meaning."""
    model_version: str
    """Hash of the sources of engine and model."""
    seed: int
    """The study's seed, which keys all luck."""
    cells: tuple[CellKey, ...]
    """What is run; identical cells once."""
    case_hashes: tuple[str, ...]
    """Hash of the meaning of each cell's scenario, with what its future and plan change."""
    replications: int
    """Number of blocks; those of a second luck come on top."""
    design_point: int | None = None
    """The design row that all blocks share; `None` gives each block a row of its own (replication 0)."""
    parameters: Parameters = "central"
    """Whether uncertain parameters are drawn or kept at their centre."""
    trace: bool = False
    """Whether event logs are stored."""
    engine: Engine = "compiled"
    """The driver of the calendar; both give the same results."""
    extension: str | None = None
    """An analyst's process, as `FILE.py:NAME`."""
    extension_hash: str = ""
    """Hash of that file."""
    twice: bool = False
    """Whether some design rows are run with a second luck."""
    series: int = SERIES_KEPT
    """For how many first blocks of a cell the series is kept."""
    watched: tuple[tuple[str, float], ...] = ()
    """Outcomes at dates before the horizon that are kept of every run: years since the start."""
    design: Design | None = None
    """Where the parameters of each block stand, when a design says so; then blocks are its points and their lucks."""

    @property
    def lucks(self) -> int:
        """Blocks that share their parameters."""
        return self.design.lucks if self.design else 1

    @property
    def second(self) -> int:
        """How many of the first design rows are run with a second luck."""
        return min(MOST_TWICE, self.replications // ROWS_FOR_ONE_TWICE) if self.twice else 0

    def block(self, index: int) -> Block:
        """The block at a place of the study."""
        if index >= TWICE:
            return Block(index - TWICE, 1)
        if self.design:
            return Block(*divmod(index, self.lucks))
        return Block(index, 0) if self.design_point is None else Block(self.design_point, index)

    def index(self, block: Block) -> int:
        """The place of a block, or -1 if the study doesn't plan it."""
        if self.twice and block.replication == 1:
            return TWICE + block.design_point if block.design_point < self.second else -1
        if self.design:
            place = block.design_point * self.lucks + block.replication
        elif self.design_point is None:
            place = block.design_point if block.replication == 0 else -1
        else:
            place = block.replication if block.design_point == self.design_point else -1
        return place if 0 <= place < self.replications else -1

    def watching(self, name: str, at: float) -> str | None:
        """The column that keeps an outcome at a date, in years since the start, if every run does."""
        return next((dated(*pair) for pair in self.watched if pair[0] == name and abs(pair[1] - at) < SAME_TIME), None)

    def luck_row(self, block: Block) -> int:
        """The row that keys a block's luck."""
        return self.design.luck_row(block.design_point) if self.design else block.design_point

    def point(self, block: Block) -> Point:
        """Where the uncertain parameters of a block stand."""
        return self.design.uniforms(block.design_point) if self.design else self.parameters

    def run_id(self, cell: CellKey, block: Block) -> str:
        """The name of a run: a hash of all that decides its result."""
        return _name(self._content(cell), block)

    def run_ids(self, cell: CellKey, blocks: Iterable[Block]) -> list[str]:
        """The names of many runs of a cell."""
        content = self._content(cell)
        return [_name(content, block) for block in blocks]

    def _content(self, cell: CellKey) -> tuple[object, ...]:
        """What all runs of a cell have in common."""
        case = self.case_hashes[self.cells.index(cell)]
        shared = (case, cell.future, cell.plan, self.seed, self.parameters, self.model_version, self.extension_hash)
        return (*shared, self.design.identity) if self.design else shared

    def cell_identity(self, cell: CellKey) -> str:
        """What all runs of a cell have in common; parts of the store carry it."""
        return self.run_id(cell, Block(-1, -1))

    @property
    def identity(self) -> str:
        """A hash of the plan, whatever its number of replications, so that a study can grow."""
        content = {**asdict(self), "replications": None, "engine": None, "watched": None}
        content["design"] = self.design.identity if self.design else None
        return blake2b(repr(sorted(content.items())).encode(), digest_size=8).hexdigest()

    @property
    def total(self) -> int:
        """The number of runs."""
        return len(self.cells) * (self.replications + self.second)

    @property
    def chunk_size(self) -> int:
        """Blocks in a chunk: few enough to lose little, many enough that storing costs little.

        The lucks of a design's point are in one chunk: its parameters are written once for all of them.
        """
        size = min(max(self.replications // 50, 100), 5000)
        return -(-size // self.lucks) * self.lucks

    def chunks(self, present: dict[CellKey, set[int]] | None = None) -> Iterator[Chunk]:
        """The runs that are still missing: all cells of the first blocks, then all cells of the next."""
        for start, end in ((0, self.replications), (TWICE, TWICE + self.second)):
            for first in range(start, end, self.chunk_size):
                span = range(first, min(first + self.chunk_size, end))
                for cell in self.cells:
                    done = present.get(cell, set()) if present else set()
                    missing = tuple(index for index in span if index not in done)
                    if missing:
                        yield Chunk(cell, missing)

    def as_json(self) -> dict[str, Any]:
        """The plan as it stands in a manifest."""
        design = self.design.as_json() if self.design else None
        return {**asdict(self), "cells": [[cell.future, cell.plan] for cell in self.cells], "design": design}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> StudyPlan:
        """The plan of a manifest."""
        return cls(
            **{
                **data,
                "cells": tuple(CellKey(*pair) for pair in data["cells"]),
                "case_hashes": tuple(data["case_hashes"]),
                "watched": tuple((name, at) for name, at in data["watched"]),
                "design": Design.from_json(data["design"]) if data["design"] else None,
            }
        )


def _name(content: tuple[object, ...], block: Block) -> str:
    text = repr((*content, block.design_point, block.replication))
    return blake2b(text.encode(), digest_size=10).hexdigest()
