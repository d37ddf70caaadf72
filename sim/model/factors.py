"""The uncertain numbers of a case, drawn together: one uniform number each, keyed by its group or its address.

A future or plan that changes a number changes its distribution, not its key: in a block every case draws the same
quantile of it. The keys know nothing of the order of the numbers, of cells or of threads. A design may give the
uniform numbers in their place.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.compiled import entry
from sim.engine.distributions import normal
from sim.engine.random import named, run_key, uniform
from sim.engine.world import Memory
from sim.model.build import Blueprint
from sim.scenario import Case
from sim.scenario.passports import Z10, Passport

__all__ = ["FACTOR", "Factors", "Places"]

FACTOR = 200
"""The purpose under which uncertain parameters are drawn."""

LINKS = {"normal": 0, "log-normal": 1, "logit-normal": 2}
"""On which scale a distribution is a split normal: its own, the logarithm, the logit."""
OTHER = -1
KEPT = 1 << 16
MEDIAN = 0.5


@entry
def quantiles(
    seed: np.uint64,
    row: int,
    keys: Any,
    given: Any,
    links: Any,
    ends: Any,
    bounds: Any,
    uniforms: Any,
    scores: Any,
    values: Any,
) -> None:
    """Draw the numbers of a design row; those of other families get their uniform number only.

    Args:
        seed, row: the study's seed and the design row.
        keys: what each factor's draw is keyed by.
        given: the uniform number of each factor, where a design gives it; NaN where it is drawn.
        links: see LINKS.
        ends: the 10th percentile, the median and the 90th percentile, on the scale of the link.
        bounds: the least and the largest value.
        uniforms, scores, values: what is written: uniform numbers, the same as standard normals, values.
    """
    key = run_key(seed, row, 0)
    for i in range(len(keys)):
        u = uniform(key, keys[i], FACTOR, 0) if math.isnan(given[i]) else given[i]
        uniforms[i] = u
        scores[i] = normal(u)
        if links[i] < 0:
            continue
        z = scores[i] / Z10
        x = ends[i, 1] + z * (ends[i, 1] - ends[i, 0] if z < 0.0 else ends[i, 2] - ends[i, 1])
        if links[i] == 1:
            x = math.exp(x)
        elif links[i] == 2:
            x = 1.0 / (1.0 + math.exp(-x))
        values[i] = min(max(x, bounds[i, 0]), bounds[i, 1])


quantile = lru_cache(KEPT)(Passport.quantile)
"""A quantile of any family. All cells of a chunk draw the same rows, so the slow ones are worked out once for all."""


class Factors:
    """The uncertain numbers of a case as arrays.

    Attributes:
        addresses: of each number, in the order of the values drawn.
        draws: what is drawn: the groups, and the addresses of numbers without one.
    """

    def __init__(self, case: Case) -> None:
        self.passports = case.factors
        self.addresses = [one.address for one in self.passports]
        places = {one.draw_key: i for i, one in enumerate(self.passports)}
        self.draws, self.firsts = list(places), np.array(list(places.values()), np.int64)
        self.keys = np.array([named("factor", one.draw_key) for one in self.passports], np.uint64)
        self.links = np.array([LINKS.get(one.kind, OTHER) for one in self.passports], np.int64)
        self.ends = np.array([_ends(one) for one in self.passports], np.float64).reshape(-1, 3)
        self.bounds = np.array([(one.least, one.most) for one in self.passports], np.float64).reshape(-1, 2)
        self.drawn = np.full(len(self.keys), np.nan)
        self.others = [int(i) for i in np.flatnonzero(self.links == OTHER)]

    def draw(
        self, seed: int, row: int, point: Mapping[str, float] | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The values in a design row, in the model's units, and the standard normal behind each of the draws.

        Args:
            seed, row: key the uniform numbers behind them.
            point: uniform numbers by draw, in the place of keyed ones; what it leaves out is at its median.
        """
        uniforms, scores, values = np.empty((3, len(self.keys)))
        given = self.drawn
        if point is not None:
            given = np.array([point.get(one.draw_key, MEDIAN) for one in self.passports], np.float64)
        quantiles(np.uint64(seed), row, self.keys, given, self.links, self.ends, self.bounds, uniforms, scores, values)
        for i in self.others:
            values[i] = quantile(self.passports[i], float(uniforms[i]))
        return values, scores[self.firsts]


class Places:
    """Where the uncertain numbers of a case lie in one world's memory, so that a row is written at once."""

    def __init__(self, blueprint: Blueprint, memory: Memory, addresses: list[str]) -> None:
        start = memory.block.ctypes.data
        self.numbers = memory.block[: len(memory.block) // 8 * 8].view(np.float64)
        self.index = np.empty(len(addresses), np.int64)
        self.converted: list[tuple[int, Any]] = []
        for i, address in enumerate(addresses):
            (record, name), convert = blueprint.place(memory, address)
            kind, offset = record.dtype.fields[name][:2]
            assert kind == np.float64, f"{address}: an uncertain number lies in a float"
            self.index[i] = (record.__array_interface__["data"][0] + offset - start) // 8
            if convert is not float:
                self.converted.append((i, convert))

    def write(self, values: NDArray[np.float64]) -> None:
        """Write the values of a row, each in the unit of its place."""
        self.numbers[self.index] = values
        for i, convert in self.converted:
            self.numbers[self.index[i]] = convert(float(values[i]))


def _ends(one: Passport) -> tuple[float, float, float]:
    """The low, central and high value on the scale on which the distribution is a split normal."""
    ends = one.low, one.value, one.high
    if one.kind == "log-normal":
        ends = math.log(one.low), math.log(one.value), math.log(one.high)
    elif one.kind == "logit-normal":
        ends = _logit(one.low), _logit(one.value), _logit(one.high)
    return ends


def _logit(share: float) -> float:
    return math.log(share / (1.0 - share))
