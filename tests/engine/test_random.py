"""Random numbers: Philox against published vectors and another implementation, samplers against SciPy.

Seeds are fixed. Each Kolmogorov-Smirnov test would reject a correct sampler with probability ALPHA under a
fresh seed; a passing one passes for good.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from randomgen import Philox
from scipy import stats

from sim.engine import distributions as d
from sim.engine.random import bits, child, named, philox, run_key, uniform

U64 = np.uint64
Array = npt.NDArray[np.float64]
ROOT = Path(__file__).resolve().parent.parent.parent
ALPHA = 1e-4
DRAWS = 20_000

# From kat_vectors of Random123 (Salmon, Moraes, Dror & Shaw 2011), philox4x32-10: counter, key, output.
KNOWN = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]

# The grid that `uniform` can return, at its two ends, in its tails and through its middle.
LOW = np.array([2.0**-53, 3 * 2.0**-53, 1e-12, 1e-9, 1e-6, 1e-4])
EDGES = np.concatenate([LOW, 1 - LOW])
GRID = np.concatenate([EDGES, np.linspace(0.001, 0.999, 997)])
MIDDLE = GRID[(GRID > 1e-10) & (GRID < 1 - 1e-10)]


def words(text: str) -> list[np.uint64]:
    return [U64(int(word, 16)) for word in text.split()]


def over(sample: Callable[..., float], *parameters: float, grid: Array = GRID) -> Array:
    return np.array([sample(float(u), *parameters) for u in grid])


@pytest.mark.parametrize(("counter", "key", "output"), KNOWN)
def test_philox_gives_the_published_vectors(counter: str, key: str, output: str) -> None:
    assert [int(word) for word in philox(*words(counter), *words(key))] == [int(w) for w in words(output)]


def test_philox_agrees_with_randomgen() -> None:
    generator = np.random.default_rng(20110811)
    for _ in range(200):
        counter = [int(word) for word in generator.integers(0, 2**32, 4)]
        key = [int(word) for word in generator.integers(0, 2**32, 2)]
        # randomgen steps its counter before it draws, so it starts one behind.
        joined = sum(word << (32 * i) for i, word in enumerate(counter))
        other = Philox(counter=(joined - 1) % 2**128, key=key[0] | key[1] << 32, number=4, width=32)
        expected = [int(word) for word in other.random_raw(4)]
        assert [int(word) for word in philox(*map(U64, counter), *map(U64, key))] == expected


def test_uniform_stays_inside_the_open_interval() -> None:
    # The extreme cells, as `uniform` computes them from the extreme 52-bit integers.
    smallest, largest = 0.5 * 2.0**-52, (float(2**52 - 1) + 0.5) * 2.0**-52
    assert smallest > 0.0
    assert largest < 1.0
    assert largest == 1.0 - 2.0**-53
    drawn = np.array([uniform(U64(7), U64(11), 3, n) for n in range(DRAWS)])
    assert drawn.min() > 0.0
    assert drawn.max() < 1.0


def test_uniform_uses_52_bits() -> None:
    key, entity = U64(0x0123456789ABCDEF), U64(0xFEDCBA9876543210)
    for n in range(200):
        cell = uniform(key, entity, 5, n) * 2.0**52 - 0.5
        assert cell == math.floor(cell)
        assert int(cell) == int(bits(key, entity, 5, n)) >> 12


@pytest.mark.parametrize("varied", ["key", "entity", "purpose", "count"])
def test_uniform_along_every_part_of_its_key(varied: str) -> None:
    """Uniform and serially uncorrelated whichever part of the key counts up (error rate 2 × ALPHA each)."""
    part = {"key": 1, "entity": 2, "purpose": 3, "count": 4}
    drawn = np.empty(DRAWS)
    for n in range(DRAWS):
        part[varied] = n
        drawn[n] = uniform(U64(part["key"]), U64(part["entity"]), part["purpose"], part["count"])
    assert stats.kstest(drawn, "uniform").pvalue > ALPHA
    lagged = float(np.corrcoef(drawn[:-1], drawn[1:])[0, 1])
    assert abs(lagged) * math.sqrt(DRAWS) < stats.norm.isf(ALPHA / 2)


def test_every_part_of_the_key_matters_and_order_does_not() -> None:
    keys = [(U64(k), U64(e), p, c) for k in (1, 2**40) for e in (3, 2**50) for p in (0, 1) for c in (0, 1)]
    forward = [uniform(*key) for key in keys]
    backward = [uniform(*key) for key in reversed(keys)]
    assert forward == backward[::-1]
    assert len(set(forward)) == len(keys)


def test_run_keys_and_names_differ() -> None:
    runs = {int(run_key(U64(s), row, rep)) for s in range(10) for row in range(100) for rep in range(20)}
    assert len(runs) == 10 * 100 * 20
    children = {int(child(U64(p), kind, n)) for p in range(10) for kind in range(5) for n in range(200)}
    assert len(children) == 10 * 5 * 200
    assert named("a", "bc") != named("ab", "c")
    assert named("seat", 1) == named("seat", "1")


def test_names_do_not_move() -> None:
    """A name keys a person's luck in every study ever stored: it may never change."""
    assert int(named("founder", "accra_school", "obgyn", 0)) == 11773197258199548761


def test_exponential_against_scipy() -> None:
    np.testing.assert_allclose(over(d.exponential), stats.expon.ppf(GRID), rtol=1e-9)


def test_normal_against_scipy() -> None:
    np.testing.assert_allclose(over(d.normal), stats.norm.ppf(GRID), rtol=1e-9, atol=1e-15)


def test_normal_cdf_against_scipy() -> None:
    x = np.linspace(-37.0, 8.0, 901)
    np.testing.assert_allclose(over(d.normal_cdf, grid=x), stats.norm.cdf(x), rtol=1e-9)


@pytest.mark.parametrize(("median", "sigma"), [(1.0, 0.3), (7.0, 1.5), (1e6, 0.01)])
def test_lognormal_against_scipy(median: float, sigma: float) -> None:
    expected = stats.lognorm.ppf(GRID, sigma, scale=median)
    np.testing.assert_allclose(over(d.lognormal, median, sigma), expected, rtol=1e-9)


@pytest.mark.parametrize(("mean", "sd", "low"), [(60.0, 3.0, 45.0), (30.0, 5.0, 33.0), (60.0, 2.0, 70.0)])
def test_truncated_normal_against_scipy(mean: float, sd: float, low: float) -> None:
    expected = stats.truncnorm.ppf(MIDDLE, (low - mean) / sd, math.inf, loc=mean, scale=sd)
    np.testing.assert_allclose(over(d.truncated_normal, mean, sd, low, grid=MIDDLE), expected, rtol=1e-9)


def test_truncated_normal_without_spread() -> None:
    assert d.truncated_normal(0.3, 60.0, 0.0, 45.0) == 60.0
    assert d.truncated_normal(0.3, 60.0, 0.0, 62.0) == 62.0


@pytest.mark.parametrize(("age", "rate", "doubling"), [(25.0, 1e-3, 8.0), (64.0, 3e-3, 8.5), (40.0, 0.2, 50.0)])
def test_gompertz_against_scipy(age: float, rate: float, doubling: float) -> None:
    growth = math.log(2.0) / doubling
    now = rate * math.exp(growth * (age - 40.0))
    expected = stats.gompertz.ppf(GRID, now / growth, scale=1.0 / growth)
    np.testing.assert_allclose(over(d.gompertz, age, rate, doubling), expected, rtol=1e-9)


def test_gompertz_without_mortality_never_comes() -> None:
    assert d.gompertz(0.5, 40.0, 0.0, 8.0) == math.inf


@pytest.mark.parametrize("shape", [0.05, 0.3, 0.7, 1.0, 2.174, 6.667, 30.0, 250.0])
def test_gamma_against_scipy(shape: float) -> None:
    """Relative 1e-9 where a double can hold the value; 1e-7 in the top millionth.

    There one rounding of the distribution function near 1 moves the value that much.
    """
    expected = stats.gamma.ppf(MIDDLE, shape)
    kept = (expected > 1e-290) & (MIDDLE <= 1 - 1e-6)
    np.testing.assert_allclose(over(d.gamma, shape, grid=MIDDLE[kept]), expected[kept], rtol=1e-9)
    top = MIDDLE > 1 - 1e-6
    np.testing.assert_allclose(over(d.gamma, shape, grid=MIDDLE[top]), expected[top], rtol=1e-7)


@pytest.mark.parametrize("shape", [0.05, 0.7, 6.667, 250.0])
def test_gamma_cdf_against_scipy(shape: float) -> None:
    x = stats.gamma.ppf(np.linspace(0.01, 0.99, 99), shape)
    values = np.array([d.gamma_cdf(shape, float(v)) for v in x])
    np.testing.assert_allclose(values, stats.gamma.cdf(x, shape), rtol=1e-9)


@pytest.mark.parametrize("mean", [0.01, 0.5, 3.0, 40.0, 300.0])
def test_poisson_against_scipy(mean: float) -> None:
    """The same count, except where a step of the distribution function lies within rounding of u."""
    expected = stats.poisson.ppf(MIDDLE, mean)
    drawn = over(d.poisson, mean, grid=MIDDLE)
    for n, (got, want) in enumerate(zip(drawn, expected, strict=True)):
        edge = min(got, want)
        near_step = abs(stats.poisson.cdf(edge, mean) - MIDDLE[n]) < 1e-12
        assert got == want or (abs(got - want) == 1 and near_step)


SAMPLERS: list[tuple[str, Callable[[float], float], Callable[[Any], Any]]] = [
    ("exponential", d.exponential, stats.expon.cdf),
    ("normal", d.normal, stats.norm.cdf),
    ("lognormal", lambda u: d.lognormal(u, 3.0, 0.8), stats.lognorm(0.8, scale=3.0).cdf),
    ("truncated normal", lambda u: d.truncated_normal(u, 60.0, 3.0, 58.0),
     stats.truncnorm(-2.0 / 3.0, math.inf, loc=60.0, scale=3.0).cdf),
    ("gompertz", lambda u: d.gompertz(u, 40.0, 0.002, 8.0),
     stats.gompertz(0.002 * 8.0 / math.log(2.0), scale=8.0 / math.log(2.0)).cdf),
    ("gamma", lambda u: d.gamma(u, 1.0 / 0.15), stats.gamma(1.0 / 0.15).cdf),
]  # fmt: skip


@pytest.mark.parametrize(("name", "sample", "cdf"), SAMPLERS, ids=[s[0] for s in SAMPLERS])
def test_samples_follow_their_distribution(
    name: str, sample: Callable[[float], float], cdf: Callable[[Any], Any]
) -> None:
    """Kolmogorov-Smirnov over 20,000 keyed draws, error rate ALPHA."""
    purpose = len(name)
    drawn = np.array([sample(uniform(U64(20260101), U64(42), purpose, n)) for n in range(DRAWS)])
    assert stats.kstest(drawn, cdf).pvalue > ALPHA


def test_the_test_above_can_fail() -> None:
    """The same test rejects an exponential whose mean is 5% too large."""
    drawn = np.array([1.05 * d.exponential(uniform(U64(20260101), U64(42), 11, n)) for n in range(DRAWS)])
    assert stats.kstest(drawn, stats.expon.cdf).pvalue < ALPHA


BITS = """
from sim.engine import distributions as d
values = [u / 401.0 for u in range(1, 401)]
for u in values:
    drawn = [d.exponential(u), d.normal(u), d.lognormal(u, 3.0, 0.8), d.truncated_normal(u, 60.0, 3.0, 58.0)]
    drawn += [d.gompertz(u, 40.0, 0.002, 8.0), d.poisson(u, 5.0), d.normal_cdf(8.0 * u - 4.0)]
    drawn += [d.gamma(u, shape) for shape in (0.3, 1.0, 6.667, 40.0)] + [d.gamma_cdf(2.1, 8.0 * u)]
    print(*(float(x).hex() for x in drawn))
"""


def test_compiled_and_interpreted_samplers_give_the_same_bits() -> None:
    """Python's math and the C library's may differ in the last bit; a sampler may use neither's oddities."""
    outputs = []
    for disabled in ("0", "1"):
        env = {**os.environ, "NUMBA_DISABLE_JIT": disabled}
        command = [sys.executable, "-c", BITS]
        done = subprocess.run(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
        outputs.append(done.stdout)
    assert outputs[0] == outputs[1]


@pytest.mark.parametrize("name", [s[0] for s in SAMPLERS])
def test_samplers_keep_rank(name: str) -> None:
    """A larger uniform never gives a smaller value: plans that differ in a rate share their luck."""
    sample = next(s[1] for s in SAMPLERS if s[0] == name)
    values = np.array([sample(float(u)) for u in np.sort(GRID)])
    # Adjacent values may tie within rounding in the far tails.
    assert np.all(np.diff(values) >= -1e-12 * np.abs(values[1:]))
