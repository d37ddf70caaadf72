"""Designs: where in the space of uncertain parameters a study looks, when it does not draw them at random.

A point of a design is a uniform number for every draw of parameters; each parameter's own distribution makes its value
of it. What a design leaves out stays at its median. Points that are compared with each other share their luck.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Design", "Kind"]

Floats = NDArray[np.float64]

Kind = Literal["sobol", "sobol_pairs", "morris", "explicit"]
"""`sobol`: of each row the points A, B, and A with each group of draws taken from B (Saltelli et al. 2010);
`sobol_pairs`: A, B, and A with each group, then each pair of groups, taken from B; `morris`: trajectories of
Morris (1991); `explicit`: points that are given."""

EDGE = 0.05
"""Morris's levels reach from this quantile to its mirror image: at 0 and 1 many a distribution is infinite."""

LEVELS = 4
"""Levels of Morris's grid."""


@dataclass(frozen=True, slots=True)
class Design:
    """A set of points, numbered from 0; more rows leave the points of the first rows as they are."""

    kind: Kind
    groups: tuple[tuple[str, ...], ...]
    """What moves together: one draw or several."""
    size: int
    """Rows of a Sobol design, trajectories of Morris's, points given."""
    lucks: int = 1
    """Replications of each point."""
    seed: int = 0
    others: tuple[str, ...] = ()
    """Draws that differ between A and B, and that no point takes from B alone."""
    points: tuple[tuple[float, ...], ...] = ()
    """Uniform numbers of the points given, in the order of the draws."""

    @property
    def draws(self) -> tuple[str, ...]:
        """Every draw that moves."""
        return (*(draw for group in self.groups for draw in group), *self.others)

    @property
    def row_length(self) -> int:
        """Points in a row; they share the row's luck."""
        groups = len(self.groups)
        pairs = groups * (groups - 1) // 2
        lengths = {"sobol": groups + 2, "sobol_pairs": groups + 2 + pairs, "morris": groups + 1, "explicit": 1}
        return lengths[self.kind]

    @property
    def total(self) -> int:
        """The number of points."""
        return self.size * self.row_length

    @property
    def identity(self) -> str:
        """A hash of everything but the size, so that a design can grow."""
        content = {**asdict(self), "size": None}
        return blake2b(repr(sorted(content.items())).encode(), digest_size=8).hexdigest()

    def luck_row(self, point: int) -> int:
        """The row whose luck a point has. Points that are given share one luck, to be compared in pairs."""
        return 0 if self.kind == "explicit" else point // self.row_length

    def uniforms(self, point: int) -> dict[str, float]:
        """The uniform number of each draw at a point."""
        row, place = divmod(point, self.row_length)
        if self.kind == "explicit":
            values = np.array(self.points[point])
        elif self.kind == "morris":
            values = _trajectories(self)[point]
        else:
            values = self._mixed(row, place)
        return dict(zip(self.draws, values.tolist(), strict=True))

    def _mixed(self, row: int, place: int) -> Floats:
        """A, B, or A with the draws of some groups taken from B."""
        a: Floats = _base(self)[row, 0]
        b: Floats = _base(self)[row, 1]
        if place < 2:
            return b if place else a
        mixed: Floats = np.where(self._taken(place - 2), b, a)
        return mixed

    def _taken(self, place: int) -> NDArray[np.bool_]:
        """Which draws the point at a place behind A and B takes from B."""
        groups = len(self.groups)
        pairs = [(i, j) for i in range(groups) for j in range(i + 1, groups)]
        chosen = (place,) if place < groups else pairs[place - groups]
        taken = np.repeat([group in chosen for group in range(groups)], [len(group) for group in self.groups])
        return np.concatenate([taken, np.zeros(len(self.others), bool)])

    def as_json(self) -> dict[str, Any]:
        """The design as it stands in a manifest."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Design:
        """The design of a manifest."""
        groups = tuple(tuple(group) for group in data["groups"])
        points = tuple(tuple(point) for point in data["points"])
        return cls(**{**data, "groups": groups, "points": points, "others": tuple(data["others"])})


@lru_cache(8)
def _base(design: Design) -> Floats:
    """The rows A and B of a Sobol design: (row, A or B, draw), a scrambled Sobol' sequence in twice the dimensions."""
    from scipy.stats import qmc

    count = len(design.draws)
    whole = 1 << max(design.size - 1, 1).bit_length()  # balanced, and the same rows whatever the size
    numbers = qmc.Sobol(2 * count, scramble=True, rng=np.random.default_rng(design.seed)).random(whole)
    inside = np.clip(numbers[: design.size], 2.0**-32, 1.0 - 2.0**-32)
    base: Floats = np.ascontiguousarray(inside.reshape(design.size, 2, count))
    return base


@lru_cache(8)
def _trajectories(design: Design) -> Floats:
    """The points of Morris's design, trajectory by trajectory: (point, draw)."""
    from SALib.sample import morris

    draws = design.draws
    problem = {"num_vars": len(draws), "names": list(draws), "bounds": [[EDGE, 1.0 - EDGE]] * len(draws)}
    if len(design.groups) < len(draws):
        problem["groups"] = [f"group{place}" for place, group in enumerate(design.groups) for _ in group]
    points: Floats = np.concatenate(
        [morris.sample(problem, 1, num_levels=LEVELS, seed=_seed(design.seed, row)) for row in range(design.size)]
    )
    return points


def _seed(seed: int, row: int) -> int:
    """A seed of its own for each trajectory, so that more of them leave the first as they are."""
    return int.from_bytes(blake2b(repr((seed, row)).encode(), digest_size=4).digest(), "big")
