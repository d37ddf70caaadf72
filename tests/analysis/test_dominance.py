"""Plans that another serves everybody better than, and what parties' answers have in common."""

from __future__ import annotations

import math

import pytest

from analysis.accord import agreements
from analysis.compare import Aim, Row
from analysis.definition import Definition
from analysis.differences import Difference
from analysis.dominance import dominated
from analysis.say_sure import say_agreement, say_dominated
from sim.study.intervals import MeanInterval, Spread

PLANS = ("a", "b", "c")


def aim(party: str, words: dict[tuple[str, str], str], means: tuple[float, float, float] = (3.0, 2.0, 1.0)) -> Aim:
    definition = Definition("x.y", "y", "", "more", 1.0)
    found = MeanInterval(math.nan, math.nan, math.nan, 1.0, 100, 100)
    differences = tuple(Difference(*pair, found, found, None, 1.0, word, None) for pair, word in words.items())
    spreads = {plan: Spread(mean, mean, mean, mean, 100) for plan, mean in zip(PLANS, means, strict=True)}
    return Aim(party, definition, 2010.0, {"baseline": Row(definition, spreads, differences)})


@pytest.mark.parametrize(
    ("school", "certain"),
    [("more", True), ("about the same", True), ("not resolved", False), ("less", None)],
)
def test_one_plan_dominates_another(school: str, certain: bool | None) -> None:
    """For the ministry a is better than b; what the school makes of it decides. The rest is the same."""
    same = {("c", "a"): "less", ("c", "b"): "less"}
    aims = [aim("ministry", {("a", "b"): "more", **same}), aim("school", {("a", "b"): school, **same})]
    found = [one for one in dominated(aims, PLANS) if (one.plan, one.by) == ("b", "a")]
    assert [one.certain for one in found] == ([] if certain is None else [certain])
    assert any("c is dominated" in text for text in say_dominated(dominated(aims, PLANS)))


def test_plans_that_are_the_same_dominate_nothing() -> None:
    same = {("b", "a"): "about the same", ("c", "a"): "about the same", ("c", "b"): "about the same"}
    assert dominated([aim("ministry", same)], PLANS) == []


def test_three_parties_may_agree_in_pairs_and_not_at_all() -> None:
    def best(one: str, other: str) -> dict[tuple[str, str], str]:
        left = next(plan for plan in PLANS if plan not in (one, other))
        return {(one, other): "not resolved", (one, left): "more", (other, left): "more"}

    aims = [
        aim("p", best("a", "b"), (3.0, 2.0, 1.0)),
        aim("q", best("b", "c"), (1.0, 3.0, 2.0)),
        aim("r", best("a", "c"), (3.0, 1.0, 2.0)),
    ]
    (found,) = agreements(aims)
    assert found.parties == ("p", "q", "r") and found.plans == ()
    (text,) = say_agreement([found], str, {"baseline": "Baseline"})
    assert "no plan" in text
    assert agreements(aims[:2])[0].plans == ("b",)
