"""Planners' numbers come to the model's units, and back to a message when they do not fit."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.scenario.beta import beta_probability, beta_quantile
from sim.scenario.block import Unit
from sim.scenario.passports import Z10, Passport
from sim.scenario.values import hazard, number, share_over_time

SHARE = Unit("share", 0.0, 1.0)
PAY = Unit("share", 0.0, 10.0, of="pay")
RATE = Unit("per year")
YEARS = Unit("years")
MONTHS = Unit("years", 0.0, math.inf, 1.0 / 12.0)
MONEY = Unit("USD", -math.inf)
DATE = Unit("date", 1800.0, 2300.0)
GROWTH = Unit("growth per year", -0.9, 9.0)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("71%", SHARE, 0.71),
        ("0.71", SHARE, 0.71),
        (" 71 % ", SHARE, 0.71),
        ("15% of pay", PAY, 0.15),
        ("6% a year", RATE, -math.log(0.94)),
        ("6% per year", RATE, -math.log(0.94)),
        ("1% a month", RATE, -12.0 * math.log(0.99)),
        ("once in 20 years", RATE, 0.05),
        ("once every 6 months", RATE, 2.0),
        ("3 times a year", RATE, 3.0),
        ("0.06", RATE, 0.06),
        ("5 years", YEARS, 5.0),
        ("1 year", YEARS, 1.0),
        ("18 months", YEARS, 1.5),
        ("2 weeks", YEARS, 14.0 / 365.25),
        ("5", YEARS, 5.0),
        ("18", MONTHS, 1.5),
        ("18 months", MONTHS, 1.5),
        ("2 years", MONTHS, 2.0),
        ("$3M", MONEY, 3e6),
        ("$120k", MONEY, 120e3),
        ("$1.5bn", MONEY, 1.5e9),
        ("1500", MONEY, 1500.0),
        ("-$2k", MONEY, -2000.0),
        ("USD 3_000", MONEY, 3000.0),
        ("1989-01", DATE, 1989.0),
        ("2000-07", DATE, 2000.5),
        ("1989", DATE, 1989.0),
        ("1989-01-16", DATE, 1989.0 + 15.0 / 31.0 / 12.0),
        ("x2", Unit("times"), 2.0),
        ("2x", Unit("times"), 2.0),
        ("0.5", Unit("times"), 0.5),
        ("1.4", Unit("number", -math.inf), 1.4),
        ("-1e-2", Unit("number", -math.inf), -0.01),
        ("3% a year", GROWTH, 0.03),
        ("-1% a year", GROWTH, -0.01),
        ("12", Unit("count"), 12.0),
        ("9", Unit("month", 1.0, 12.0), 9.0),
    ],
)
def test_a_number_in_the_models_unit(text: str, unit: Unit, value: float) -> None:
    assert number(text, unit) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("6% a year", SHARE),
        ("15% of runs", PAY),
        ("101%", SHARE),
        ("100% a year", RATE),
        ("5 years", RATE),
        ("once in 0 years", RATE),
        ("5%", YEARS),
        ("five years", YEARS),
        ("13", Unit("month", 1.0, 12.0)),
        ("1989-13", DATE),
        ("nan", SHARE),
        ("inf", YEARS),
        ("1e999", YEARS),
        ("1,500", MONEY),
        ("٣", Unit("count")),
        ("", SHARE),
    ],
)
def test_what_does_not_fit_says_what_would(text: str, unit: Unit) -> None:
    with pytest.raises(ValueError, match=r"."):
        number(text, unit)


def test_a_share_over_time() -> None:
    assert share_over_time("6% a year") == (0.06, 1.0)
    assert share_over_time("6%") is None
    assert hazard(0.5, 4.5) == pytest.approx(math.log(2.0) / 4.5)


def passport(kind: str, low: float, value: float, high: float) -> Passport:
    return Passport("x", "x", "share", value, low, high, kind=kind)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["logit-normal", "log-normal", "normal"])
def test_low_and_high_are_the_tenth_and_ninetieth_percentile(kind: str) -> None:
    one = passport(kind, 0.25, 0.9, 0.99)
    assert [one.quantile(u) for u in (0.1, 0.5, 0.9)] == pytest.approx([0.25, 0.9, 0.99], rel=1e-12)


@given(st.floats(1e-12, 1.0 - 1e-12), st.floats(1e-12, 1.0 - 1e-12))
def test_quantiles_never_fall(u: float, v: float) -> None:
    one = passport("logit-normal", 0.1, 0.2, 0.9)
    assert (one.quantile(u) <= one.quantile(v)) == (u <= v) or one.quantile(u) == one.quantile(v)
    assert 0.0 <= one.quantile(u) <= 1.0


def test_a_split_normal_agrees_with_scipy() -> None:
    one = passport("log-normal", 0.1, 0.2, 0.9)
    for u in (0.01, 0.3):
        assert one.quantile(u) == pytest.approx(stats.lognorm.ppf(u, math.log(2.0) / Z10, scale=0.2), rel=1e-9)


def test_flat_distributions_and_choices() -> None:
    assert passport("uniform", 1.0, 2.0, 3.0).quantile(0.25) == 1.5
    assert passport("log-uniform", 1.0, 2.0, 4.0).quantile(0.5) == pytest.approx(2.0)
    choice = Passport("x", "x", "number", 1.0, 1.0, 3.0, kind="choice", options=(1.0, 3.0))
    assert [choice.quantile(u) for u in (0.1, 0.49, 0.51, 0.999)] == [1.0, 1.0, 3.0, 3.0]
    with pytest.raises(ValueError, match="probability"):
        choice.quantile(1.0)


@pytest.mark.parametrize(("k", "n"), [(3, 30), (0, 10), (26, 26), (83, 85), (5000, 9000)])
def test_the_beta_distribution_agrees_with_scipy(k: int, n: int) -> None:
    known = stats.beta(k + 0.5, n - k + 0.5)
    for u in (0.001, 0.1, 0.5, 0.9, 0.999):
        assert beta_quantile(k + 0.5, n - k + 0.5, u) == pytest.approx(known.ppf(u), rel=1e-9)
    assert beta_probability(k + 0.5, n - k + 0.5, 0.3) == pytest.approx(known.cdf(0.3), rel=1e-9, abs=1e-14)
    assert (beta_probability(1.5, 2.5, 0.0), beta_probability(1.5, 2.5, 1.0)) == (0.0, 1.0)
