"""What a study will run: cells (a future under a plan) times blocks (a design row and its luck).

A block is shared by all cells: every plan and future meets the same parameters and the same luck, so that
they are compared in pairs. A run is named by its content, never by its place in a batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Any

from sim.study.protocol import Engine, Parameters

__all__ = ["SERIES_KEPT", "Block", "CellKey", "Chunk", "StudyPlan"]

SERIES_KEPT = 200
"""Series are stored in full for this many first blocks of a cell, and for no others."""


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
    """Number of blocks."""
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

    def block(self, index: int) -> Block:
        """The block at a place of the study."""
        return Block(index, 0) if self.design_point is None else Block(self.design_point, index)

    def index(self, block: Block) -> int:
        """The place of a block, or -1 if the study doesn't plan it."""
        if self.design_point is None:
            place = block.design_point if block.replication == 0 else -1
        else:
            place = block.replication if block.design_point == self.design_point else -1
        return place if 0 <= place < self.replications else -1

    def run_id(self, cell: CellKey, block: Block) -> str:
        """The name of a run: a hash of all that decides its result."""
        case = self.case_hashes[self.cells.index(cell)]
        draw = (self.seed, block.design_point, block.replication, self.parameters)
        content = (case, cell.future, cell.plan, *draw, self.model_version, self.extension_hash)
        return blake2b(repr(content).encode(), digest_size=10).hexdigest()

    def cell_identity(self, cell: CellKey) -> str:
        """What all runs of a cell have in common; parts of the store carry it."""
        return self.run_id(cell, Block(-1, -1))

    @property
    def identity(self) -> str:
        """A hash of the plan, whatever its number of replications, so that a study can grow."""
        content = {**asdict(self), "replications": None, "engine": None}
        return blake2b(repr(sorted(content.items())).encode(), digest_size=8).hexdigest()

    @property
    def total(self) -> int:
        """The number of runs."""
        return len(self.cells) * self.replications

    @property
    def chunk_size(self) -> int:
        """Blocks in a chunk: few enough to lose little, many enough that storing costs little."""
        return min(max(self.replications // 50, 100), 5000)

    def chunks(self, present: dict[CellKey, set[int]] | None = None) -> Iterator[Chunk]:
        """The runs that are still missing: all cells of the first blocks, then all cells of the next."""
        for first in range(0, self.replications, self.chunk_size):
            span = range(first, min(first + self.chunk_size, self.replications))
            for cell in self.cells:
                done = present.get(cell, set()) if present else set()
                missing = tuple(index for index in span if index not in done)
                if missing:
                    yield Chunk(cell, missing)

    def as_json(self) -> dict[str, Any]:
        """The plan as it stands in a manifest."""
        return {**asdict(self), "cells": [[cell.future, cell.plan] for cell in self.cells]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> StudyPlan:
        """The plan of a manifest."""
        return cls(
            **{
                **data,
                "cells": tuple(CellKey(*pair) for pair in data["cells"]),
                "case_hashes": tuple(data["case_hashes"]),
            }
        )
