"""The verification harness, and a fast part of its checks; all of them run by `python run_sim.py verify`."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.verify import CHECKS, Finding, run_check
from sim.verify.harness import compared, interval, judged
from sim.verify.report import UnknownCheckError, verify

FAST = [
    "constant_hazard", "frailty_founders", "competing_risks", "diaspora", "training_flow", "frailty_moments",
    "exchange_patience", "exchange_staff", "exchange_papers", "exchange_settling",
]  # fmt: skip
"""Checks of a few seconds; error rate: each of their intervals is wrong once in 1,000 seeds, and these are fixed."""
LONG = [name for name in CHECKS if name not in FAST]


@pytest.mark.parametrize("name", FAST)
def test_theory_stands(name: str) -> None:
    assert [f for f in run_check(name) if not f.passed] == []


@pytest.mark.parametrize("name", FAST)
def test_a_rule_bent_by_5_percent_is_caught(name: str) -> None:
    assert any(not f.passed for f in run_check(name, bend=1.05))


@pytest.mark.long
@pytest.mark.parametrize("name", LONG)
def test_theory_stands_in_the_long_run(name: str) -> None:
    assert [f for f in run_check(name) if not f.passed] == []


@pytest.mark.long
@pytest.mark.parametrize("name", LONG)
def test_a_bent_rule_is_caught_in_the_long_run(name: str) -> None:
    assert any(not f.passed for f in run_check(name, bend=1.05))


def test_events_less_hazard_have_mean_zero_in_a_short_run() -> None:
    """A part of the martingale check: the p-values alone, for lack of power the margins are left to the long run."""
    tested = [f for f in run_check("martingale", effort=0.15) if f.p is not None]
    assert len(tested) > 100
    assert all(f.passed for f in tested)


def test_thresholds_are_exponential_in_a_short_run() -> None:
    assert all(f.passed for f in run_check("thresholds", effort=0.1))


def test_an_interval_covers_its_mean() -> None:
    """99.9% intervals of 2,000 samples of 50 normal numbers: misses stay within what a binomial allows (0.1%)."""
    draws = np.random.default_rng(7).normal(3.0, 2.0, size=(2000, 50))
    misses = sum(abs(m - 3.0) > h for m, h in map(interval, draws))
    assert misses <= 9


def test_low_power_fails() -> None:
    values = np.random.default_rng(3).normal(1.0, 0.5, size=20)
    assert not compared("wide", values, 1.0).passed
    assert compared("one", [1.0], 1.0).half_width == math.inf


def test_small_probabilities_have_an_absolute_margin() -> None:
    assert compared("rare", [0.05, 0.05, 0.05], 0.051).passed
    assert not compared("rare", [0.05, 0.05, 0.05], 0.053).passed


def test_p_values_are_judged_together() -> None:
    """Benjamini and Hochberg at 1%: 0.004 alone is a discovery, among forty it is not."""
    one = Finding("a", 0, 0, 0, math.nan, 0.004)
    rest = [Finding("b", 0, 0, 0, math.nan, 0.1 + 0.02 * i) for i in range(39)]
    assert not judged([one])[0].passed
    assert all(f.passed for f in judged([one, *rest]))


def test_unknown_checks_are_named_with_the_nearest() -> None:
    with pytest.raises(UnknownCheckError, match="did you mean constant_hazard"):
        verify(["constant_hasard"], planted=False, seed=1, effort=1.0, say=print)
