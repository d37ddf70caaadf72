"""What became of everybody: a run's people at its horizon, as columns that can be stored."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.tables import NONE
from sim.model.kinds import Kind, Origin, Place

__all__ = ["people", "words"]

TIMES = ("qualified", "left_public", "left_country", "ended")
"""Dates in years since the start; NaN for what has not happened. See `state_people.Person`."""


def people(tables: dict[str, Any]) -> dict[str, NDArray[Any]]:
    """Everybody of a finished run, in order of appearance.

    Returns:
        `person`, the hash of the name (the same person has it under every plan, in every future and run); `cadre`,
        `origin`, `status`, `cause`, `programme`, `trained`, `left_cause`: whole numbers for `words`, -1 for none;
        and the dates of `TIMES`.
    """
    rows = tables["people"][: int(tables["setting"][0]["people"])]
    columns: dict[str, NDArray[Any]] = {"person": rows["key"].astype(np.uint64).view(np.int64)}
    columns |= {"cadre": rows["cadre"].astype(np.int64), "origin": rows["origin"].astype(np.int64)}
    columns["status"] = tables["groups"]["place"][rows["group"]].astype(np.int64)
    columns |= {"cause": rows["cause"].astype(np.int64), "programme": rows["trained"].astype(np.int64)}
    columns["trained"] = _trained(rows, tables["trainings"]["at_home"])
    columns["left_cause"] = rows["left_cause"].astype(np.int64)
    return columns | {name: rows[name].astype(np.float64) for name in TIMES}


def words(cadres: list[str], programmes: list[str]) -> dict[str, list[str]]:
    """The words for the whole numbers of `people`, by column."""
    kinds = [kind.name.lower() for kind in Kind]
    assert NONE == -1
    return {
        "cadre": cadres,
        "origin": [origin.name.lower() for origin in Origin],
        "status": [place.name.lower() for place in Place],
        "cause": kinds,
        "programme": programmes,
        "trained": ["abroad", "home"],
        "left_cause": kinds,
    }


def _trained(rows: Any, at_home: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where everybody became a specialist in the run: abroad too, where that was without a programme."""
    programme = rows["trained"]
    found = np.where(np.isnan(rows["qualified"]), NONE, 0)
    known = programme >= 0
    found[known] = at_home[programme[known]]
    return found
