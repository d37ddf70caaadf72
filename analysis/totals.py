"""Outcomes summed over the programmes of one cadre or party, run by run: what it got from all of them together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.definition import Definition
from sim.study.plan import CellKey
from sim.study.results import StoredStudy

__all__ = ["ALL", "HOSTED", "Total", "totals"]

ALL, HOSTED = "all_programmes", "visitors_received"
"""What stands in a name in the place of a programme."""

SUMMED = ("graduates", "graduates_in_country", "first_jobs_at_home", "cost", "exchange_months")
"""Metrics of programmes that may be added up."""


@dataclass(frozen=True, slots=True)
class Total:
    """An outcome that is the sum of others."""

    definition: Definition
    parts: tuple[str, ...]
    """Full names of the outcomes."""

    def column(self, study: StoredStudy) -> dict[CellKey, NDArray[np.float64]]:
        """By cell, one value a block, NaN where a run failed; a plan that lacks a part has nothing of it."""
        columns = [study.column(name) for name in self.parts]
        return {cell: _sum([column[cell] for column in columns]) for cell in columns[0]}


def _sum(columns: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    stacked = np.vstack(columns)
    lost = np.isnan(stacked).all(axis=0)
    return np.where(lost, np.nan, np.nansum(stacked, axis=0))


def totals(study: StoredStudy, definitions: dict[str, Definition]) -> list[Total]:
    """Every sum of two programmes or more of a cadre or party, and of the visits that a party receives."""
    parts: dict[str, list[str]] = {}
    for name, programme, metric in _of_programmes(study, definitions):
        holder = name.removesuffix(f".{programme}.{metric}")
        parts.setdefault(f"{holder}.{ALL}.{metric}", []).append(name)
    found = [Total(_renamed(definitions[names[0]], name), tuple(names)) for name, names in parts.items() if names[1:]]
    hosted: dict[str, list[str]] = {}
    for name, programme, metric in _of_programmes(study, definitions):
        host = study.manifest["scenario"].get("hosts", {}).get(programme)
        if host and metric == "exchange_months":
            hosted.setdefault(f"{host}.{HOSTED}.{metric}", []).append(name)
    return found + [Total(_renamed(definitions[names[0]], name), tuple(names)) for name, names in hosted.items()]


def _of_programmes(study: StoredStudy, definitions: dict[str, Definition]) -> Iterator[tuple[str, str, str]]:
    """Outcomes of programmes that may be added up: full name, programme, metric."""
    parties = study.manifest["scenario"].get("parties", {})
    for name in definitions:
        *before, programme, metric = name.split(".")
        if metric in SUMMED and len(before) == (1 if before and before[0] in parties else 2):
            yield name, programme, metric


def _renamed(definition: Definition, name: str) -> Definition:
    return replace(definition, name=name)
