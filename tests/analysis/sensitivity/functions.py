"""Functions with known indices, and the designs to run them on."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

G = np.array([0.0, 1.0, 4.5, 9.0, 99.0])


def ishigami(x: Floats, a: float = 7.0, b: float = 0.1) -> Floats:
    """T. Ishigami and T. Homma (1990), from uniform numbers in (0, 1); further columns do nothing."""
    z = math.pi * (2.0 * x - 1.0)
    found = np.sin(z[..., 0]) + a * np.sin(z[..., 1]) ** 2 + b * z[..., 2] ** 4 * np.sin(z[..., 0])
    return np.asarray(found)


def ishigami_indices(a: float = 7.0, b: float = 0.1) -> tuple[float, Floats, Floats]:
    """V, S and ST of the first three factors, in closed form."""
    first = 0.5 * (1.0 + b * math.pi**4 / 5.0) ** 2
    second = a**2 / 8.0
    both = 8.0 * b**2 * math.pi**8 / 225.0
    whole = first + second + both
    return whole, np.array([first, second, 0.0]) / whole, np.array([first + both, second, both]) / whole


def sobol_g(x: Floats) -> Floats:
    """The g function of A. Saltelli and I. M. Sobol' (1995)."""
    return np.asarray(np.prod((np.abs(4.0 * x - 2.0) + G) / (1.0 + G), axis=-1))


def sobol_g_indices() -> tuple[float, Floats, Floats]:
    """V, S and ST of the g function, in closed form."""
    parts = 1.0 / (3.0 * (1.0 + G) ** 2)
    whole = float(np.prod(1.0 + parts)) - 1.0
    total = parts * np.array([np.prod(np.delete(1.0 + parts, i)) for i in range(len(G))])
    return whole, parts / whole, total / whole


def design(factors: int, rows: int, draw: np.random.Generator) -> Floats:
    """A, B, AB_1 … AB_k of independent uniform numbers: (k + 2, rows, k)."""
    a, b = draw.random((2, rows, factors))
    return np.stack([a, b, *(mixed(a, b, (i,)) for i in range(factors))])


def pair_design(factors: int, chosen: int, rows: int, draw: np.random.Generator) -> Floats:
    """A, B, AB_i and AB_ij of the first few factors."""
    a, b = draw.random((2, rows, factors))
    single = [mixed(a, b, (i,)) for i in range(chosen)]
    return np.stack([a, b, *single, *(mixed(a, b, pair) for pair in combinations(range(chosen), 2))])


def mixed(a: Floats, b: Floats, columns: tuple[int, ...]) -> Floats:
    """A with some columns from B."""
    found = a.copy()
    found[:, columns] = b[:, columns]
    return found


def noisy(x: Floats, runs: int, draw: np.random.Generator, size: float = 3.0, shared: float = 0.5) -> Floats:
    """Ishigami plus chance that grows with the fourth factor, part of it the row's own and shared by all its points.

    The expected outcome is Ishigami's, so its indices are too.
    """
    own = draw.normal(size=(*x.shape[:2], runs))
    common = draw.normal(size=(1, x.shape[1], runs))
    luck = math.sqrt(shared) * common + math.sqrt(1.0 - shared) * own
    return np.asarray(ishigami(x)[..., None] + size * (0.5 + x[..., 3:4]) * luck)
