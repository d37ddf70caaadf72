"""Flips on a known boundary: found, confirmed by runs, and rejected where runs disagree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from analysis.value.choice import Choice
from analysis.value.confirm import Confirmation, Simulate, confirm, relocated
from analysis.value.flip import Z99, Flip, influential, margin
from sim.study.intervals import MeanInterval
from tests.analysis.value import known

Floats = NDArray[np.float64]


def toy(slopes: tuple[float, ...], mean: float = -1.0, luck: float = 1.0, sign: float = 1.0) -> Simulate:
    """The model that `known.choice` draws from: draws that aren't held are drawn anew."""

    def simulate(plan: str, uniforms: Mapping[str, float], replications: int) -> Floats:
        random = np.random.Generator(np.random.Philox(5))
        scores = random.normal(size=(replications, len(slopes)))
        shared, own = random.normal(size=(2, replications))
        for name, uniform in uniforms.items():
            scores[:, int(name[1:])] = ndtri(uniform)
        effect: Floats = mean + scores @ np.array(slopes) + luck * own
        aim: Floats = shared + (sign * effect if plan == "abroad" else 0.0)
        return aim

    return simulate


def test_a_linear_boundary_is_found_and_confirmed_by_runs() -> None:
    """The gain -1 + x0 is 0 at x0 = 1: found within 0.15 (four standard errors), within its interval, and confirmed."""
    choice = known.choice(2000, (1.0, 0.2, 0.0), luck=1.0)
    found = margin(choice)
    flip = found.single[0]
    assert list(flip.scores) == ["x0"] and flip.rival == "abroad"
    assert flip.scores["x0"] == pytest.approx(1.0, abs=0.15)
    assert flip.low <= 1.0 <= flip.high
    assert flip.at["x0"] == pytest.approx(float(ndtr(flip.scores["x0"])))
    assert confirm(choice, flip, toy((1.0, 0.2, 0.0))).verdict == "confirmed"


def test_a_flip_downwards_and_an_aim_of_less() -> None:
    choice = known.choice(2000, (-1.0, 0.0), luck=1.0, better="less")
    flip = margin(choice).single[0]
    assert flip.scores["x0"] == pytest.approx(-1.0, abs=0.15)
    assert confirm(choice, flip, toy((-1.0, 0.0), sign=-1.0)).verdict == "confirmed"
    assert confirm(choice, flip, toy((-1.0, 0.0), sign=1.0)).verdict == "not confirmed"


def test_a_false_flip_is_rejected_by_runs() -> None:
    """A model in which the rival never leads, one in which it always does, and one with identical plans."""
    choice = known.choice(1000, (1.0,), luck=1.0)
    flip = margin(choice).single[0]
    assert confirm(choice, flip, toy((0.1,))).verdict == "not confirmed"
    assert confirm(choice, flip, toy((1.0,), mean=2.0)).verdict == "not confirmed"
    assert confirm(choice, flip, lambda plan, uniforms, runs: np.zeros(runs)).verdict == "not confirmed"


def test_too_few_runs_say_so() -> None:
    """With luck twenty times the lead, ten runs tell nothing (the rate at which they seem to is 5% a side; seeded)."""
    choice = known.choice(1000, (1.0,), luck=1.0)
    assert confirm(choice, margin(choice).single[0], toy((1.0,), luck=5.0), 10).verdict == "not resolved"


def test_the_shortest_joint_move_is_at_right_angles_to_the_boundary() -> None:
    """The gain -1 + 0.6 x0 + 0.8 x1 - 0.3 x2 is nearest at distance 1/√1.09, along its slopes."""
    slopes = np.array([0.6, 0.8, -0.3])
    choice = known.choice(4000, tuple(slopes), luck=1.0)
    joint = margin(choice).joint
    assert joint is not None
    assert joint.distance == pytest.approx(1.0 / np.linalg.norm(slopes), abs=0.12)
    move = np.array([joint.scores.get(f"x{place}", 0.0) for place in range(3)])
    assert float(move @ slopes) / np.linalg.norm(move) / np.linalg.norm(slopes) > 0.97
    assert confirm(choice, joint, toy(tuple(slopes))).verdict == "confirmed"


def test_no_flip_within_the_range_is_an_answer() -> None:
    """At a gain of -4 + x0 the flip lies beyond the 99th percentile."""
    found = margin(known.choice(1000, (1.0, 0.0), mean=-4.0, luck=1.0))
    assert found.looked_at[0] == "x0" and found.single == () and found.joint is None


def test_inert_numbers_are_not_searched() -> None:
    """Twenty studies of 10 inert numbers, each with a rate of 5%: 5 or more alarms happen once in 400."""
    studies = [known.choice(300, (0.0,) * 10, mean=-0.1, luck=1.0, seed=seed) for seed in range(20)]
    assert sum(bool(influential(choice)) for choice in studies) < 5


def test_points_stand_on_both_sides() -> None:
    flip = Flip("abroad", {"x0": -1.0, "x1": 0.5}, 0.8, 1.3, 0.2, 1.0)
    for name, uniform in flip.at.items():
        assert abs(flip.before[name] - 0.5) < abs(uniform - 0.5) < abs(flip.behind[name] - 0.5)
    assert Flip("abroad", {"x0": 0.0}, 0.0, 0.0, 0.2, 1.0).before == {}


@settings(max_examples=4, deadline=None)
@given(st.floats(1e-3, 1e6))
def test_flips_do_not_depend_on_the_unit(scale: float) -> None:
    choice: Choice = known.choice(300, (1.0, 0.5), luck=0.5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("analysis.value.flip.RESAMPLED", 8)
        one, two = margin(choice), margin(replace(choice, gains=scale * choice.gains))
    assert one.looked_at == two.looked_at
    for first, second in zip(one.single, two.single, strict=True):
        assert second.distance == pytest.approx(first.distance, abs=1e-6)
        assert second.lead == pytest.approx(scale * first.lead, rel=1e-4)
    assert one.joint and two.joint and two.joint.distance == pytest.approx(one.joint.distance, abs=1e-3)


def test_flips_lie_within_the_range_that_is_thought_possible() -> None:
    choice = known.choice(1000, (1.0, 0.7), luck=1.0)
    assert all(0.0 <= flip.distance <= Z99 for flip in margin(choice).single)


def test_runs_move_a_flip_that_the_fit_puts_too_far_out() -> None:
    """The rival gains 4 (score - 1): its flip is at 1, wherever the fit puts it."""

    def gain(score: float) -> MeanInterval:
        mean = 4.0 * (score - 1.0)
        return MeanInterval(mean, mean - 0.2, mean + 0.2, 0.5, 1000, 1000)

    flip = Flip("other", {"x": -1.6}, 1.5, 1.7, 1.0, 3.0)
    found = relocated(Confirmation(flip, gain(1.35), gain(1.85), 1000))
    assert found is not None and found.by_runs
    assert found.scores["x"] == pytest.approx(-1.0) and (found.low, found.high) == pytest.approx((0.95, 1.05))
    flat = MeanInterval(-1.0, -1.2, -0.8, 0.0, 1000, 1000)
    assert relocated(Confirmation(flip, flat, flat, 1000)) is None
    far = Confirmation(flip, MeanInterval(-9.0, -9.2, -8.8, 0.0, 9, 9), MeanInterval(-8.5, -8.7, -8.3, 0.0, 9, 9), 9)
    assert relocated(far) is None
