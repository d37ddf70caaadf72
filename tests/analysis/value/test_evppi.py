"""The value of information, where it has a closed form."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.value.evppi import EVERYTHING, evppi, group_values, inert_level, policy_value, values
from analysis.value.grades import first_to_measure, shares
from analysis.value.surface import Surface
from tests.analysis.value import known

SLOPES = (2.0, 1.0, 0.0, 0.0)


@pytest.mark.parametrize("luck", [0.0, 3.0])
def test_values_of_a_linear_choice_are_those_of_the_closed_form(luck: float) -> None:
    """At 4,000 rows the truth lies within 4 standard errors (fails by chance once in 10,000)."""
    choice = known.choice(4000, SLOPES, luck=luck)
    found = {value.name: value for value in values(choice)}
    groups = {value.name: value for value in group_values(choice, {"both": ("x0", "x1"), "inert": ("x2", "x3")})}
    for value, slopes in [(found["x0"], 2.0), (found["x1"], 1.0), (groups["both"], known.together(2.0, 1.0))]:
        truth, error = known.worth(-1.0, slopes), (value.policy.high - value.policy.low) / (2 * 1.645)
        assert abs(value.policy.mean - truth) < 4.0 * error
        assert value.counts and abs(value.high - truth) < 4.0 * error
    assert groups[EVERYTHING].low == pytest.approx(groups["both"].low, rel=0.1)


def test_an_irrelevant_number_is_worth_nothing() -> None:
    """Twenty studies of 8 inert numbers: a false alarm in each has a rate of 5%; 5 or more happen once in 400."""
    alarms = 0
    for seed in range(20):
        choice = known.choice(300, (0.0,) * 8, mean=-0.2, luck=3.0, seed=seed)
        alarms += any(value.low or value.high for value in values(choice))
    assert alarms < 5


def test_row_maxima_take_luck_for_knowledge_and_the_regression_does_not() -> None:
    """The usual EVPI, the mean of row maxima, over noisy runs: far above the truth of 0.40."""
    choice = known.choice(2000, (2.0,), mean=-1.0, luck=5.0)
    truth = known.worth(-1.0, 2.0)
    naive = float(np.maximum(choice.gains[:, 0], 0.0).mean())
    found = group_values(choice, {})[-1]
    assert naive > 4.0 * truth
    assert found.policy.low < truth < found.policy.high
    assert found.high < 1.5 * truth


def test_the_interval_covers_the_truth_at_its_rate() -> None:
    """200 studies of 300 rows: 90% nominal, 83 to 97% asked, which a rate of 90% leaves once in 500."""
    truth, covered = known.worth(-0.5, 2.0), 0
    for seed in range(200):
        choice = known.choice(300, (2.0,), mean=-0.5, luck=2.0, seed=seed)
        value = evppi("x0", ("x0",), choice.scores, choice.gains, seed, inert=0.0)
        covered += value.policy.low <= truth <= value.policy.high
    assert 0.83 <= covered / 200 <= 0.97


def test_the_policy_value_does_not_exceed_the_truth_in_the_mean_and_the_plug_in_does_not_fall_short() -> None:
    """100 studies of 250 rows: means within 3 standard errors of the claim (fails by chance once in 700)."""
    truth, low, high = known.worth(-1.0, 1.0), [], []
    for seed in range(100):
        choice = known.choice(250, (1.0,), luck=4.0, seed=seed)
        value = evppi("x0", ("x0",), choice.scores, choice.gains, seed, inert=0.0)
        low.append(value.policy.mean)
        high.append(value.plug_in)
    assert np.mean(low) < truth + 3.0 * np.std(low) / 10.0
    assert np.mean(high) > truth - 3.0 * np.std(high) / 10.0
    assert np.mean(low) < np.mean(high)


def test_the_measure_first_is_the_one_worth_most() -> None:
    choice = known.choice(1000, (0.5, 2.0, 0.0), luck=1.0)
    first = first_to_measure(values(choice))
    assert first is not None and first.name == "x1"
    assert first_to_measure(values(known.choice(300, (0.0, 0.0), luck=1.0))) is None


def test_shares_of_explained_variance_are_those_of_the_slopes() -> None:
    """Independent numbers: shares are 4/5 and 1/5; 0.06 is four times the spread over seeds."""
    choice = known.choice(2000, SLOPES, luck=2.0)
    split = shares(choice, {"weak": ("x0", "x2"), "measured": ("x1", "x3")}, 0)
    assert split["weak"] == pytest.approx(0.8, abs=0.06)
    assert split["measured"] == pytest.approx(0.2, abs=0.06)


def test_nothing_to_choose_is_worth_nothing() -> None:
    """Identical plans: no gain, no value, no interval of another width than 0."""
    choice = known.choice(300, (0.0,), mean=0.0)
    value = values(choice)[0]
    assert (value.low, value.high, value.policy.low, value.policy.high, value.explained) == (0.0,) * 5


def test_products_of_numbers_are_seen() -> None:
    """A gain that only a pair of numbers tells: each alone is worth nothing, both are."""
    choice = known.choice(2000, (0.0, 0.0), mean=-0.2, luck=0.5)
    choice = replace(choice, gains=choice.gains + 2.0 * choice.scores[:, [0]] * choice.scores[:, [1]])
    assert max(value.low for value in values(choice)) < 0.05
    assert group_values(choice, {})[-1].low > 0.4


@settings(max_examples=5, deadline=None)
@given(st.floats(1e-3, 1e6))
def test_values_scale_with_the_unit(scale: float) -> None:
    """In other units everything is the same, times the factor."""
    choice = known.choice(250, (1.0, 0.3), luck=1.0)
    other = replace(choice, gains=scale * choice.gains)
    pairs = zip(group_values(choice, {}), group_values(other, {}), strict=True)
    for one, two in pairs:
        assert two.policy.mean == pytest.approx(scale * one.policy.mean, rel=1e-6)
        assert two.plug_in == pytest.approx(scale * one.plug_in, rel=1e-6)
        assert two.inert == pytest.approx(scale * one.inert, rel=1e-6)
        assert two.explained == pytest.approx(one.explained, abs=1e-6)


def test_the_level_of_inert_numbers_rises_with_their_number() -> None:
    gains = known.choice(300, (0.0,), mean=-0.1, luck=2.0).gains
    assert 0.0 < inert_level(gains, 2, 1) < inert_level(gains, 60, 1)


def test_a_policy_that_never_leaves_the_recommended_plan_gains_nothing() -> None:
    found = policy_value(np.full((50, 2), -1.0), np.random.Generator(np.random.Philox(1)).normal(size=(50, 2)))
    assert (found.mean, found.low, found.high, found.differ) == (0.0, 0.0, 0.0, 0)


def test_a_surface_keeps_the_strongest_draws() -> None:
    choice = known.choice(2000, (0.0,) * 30 + (1.0, 2.0), luck=1.0)
    surface = Surface(choice.scores, choice.gains)
    assert set(surface.kept[:2]) == {30, 31}
