"""How sure, worst case, regret, must-nots by state and dominated plans, in sentences for planners."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from analysis import say
from analysis.accord import Agreement
from analysis.definition import Definition
from analysis.dominance import Domination
from analysis.fitted import ENOUGH
from analysis.robustness import Robustness, WorstCase
from analysis.safe import Held
from analysis.sure import HowSure, Recommendation, SameLuck

__all__ = [
    "say_agreement",
    "say_dominated",
    "say_held",
    "say_recommendation",
    "say_robustness",
    "say_same_luck",
    "say_sure",
]

Name = Callable[[str], str]
"""How a party or a future is called."""


def say_recommendation(found: Recommendation, sure: HowSure, party: Name, future: Name) -> str:
    """What serves a party best, and how sure that is."""
    where = future(found.future) if found.future else "over all futures, as the decision weights them"
    if not found.best:
        return f"{party(found.party)} ({where}): no plan stands out, so none is recommended."
    best = " or ".join(map(say.words, found.best))
    told = f"{party(found.party)} ({where}): {best}"
    if len(found.best) > 1:
        told += f", which {'aren’t told apart' if len(found.best) > 2 else 'two aren’t told apart'}"
    if sure.undefined:
        return f"{told}. How sure is not defined: {sure.undefined}."
    count = f"{found.share * sure.rows:.0f} of {sure.rows:,}"
    text = f"{told}; best in {count} sampled sets of assumptions, {say.span(found.low, found.high, 'share')}"
    return f"{text}{_reading(found)}."


def _reading(found: Recommendation) -> str:
    """What the share rests on: R², and what is counted where it is low."""
    known = math.isfinite(found.r2)
    if found.fitted:
        return f" (luck taken out; a fit explains R² = {found.r2:.2f} of single runs)" if known else ""
    why = f"R² = {found.r2:.2f}, under {ENOUGH:g}" if known else "nothing could be fitted"
    return f" ({why}: raw means are counted, and luck is part of this share)"


def say_sure(found: HowSure, future: Name) -> list[str]:
    """Each plan's share of the sampled sets of assumptions, and the counts with shared luck."""
    said = [
        f"{say.words(one.plan)}: best in {one.rows:,} of {found.rows:,} ({say.span(one.low, one.high, 'share')})"
        for one in found.shares
        if one.rows
    ]
    where = future(found.future) if found.future else "futures weighted"
    shares = [f"{where}: {'; '.join(said)}. Sets in which plans are level count for each."] if said else []
    return shares + [say_same_luck(one) for one in found.same_luck]


def say_same_luck(found: SameLuck) -> str:
    """How often one plan came out better than another with the same luck: about the coupling, and says so."""
    return (
        f"With the same luck for each person, {say.words(found.plan)} against {say.words(found.against)}: better in "
        f"{found.better:,} runs, equal in {found.equal:,}, worse in {found.worse:,}. This depends on sharing luck, and "
        "is not how sure the choice is."
    )


def say_robustness(found: Robustness, definition: Definition, plan: str, future: Name) -> list[str]:
    """A plan's worst case and its largest mean regret over futures."""
    cases = found.of(plan)
    if not cases:
        return []
    return [_worst(cases, definition, plan, future), _regret(cases, definition, plan, future)]


def _worst(cases: Sequence[WorstCase], definition: Definition, plan: str, future: Name) -> str:
    sign = -1.0 if definition.better == "less" else 1.0
    worst = min(cases, key=lambda case: sign * case.expected)
    what = "in the worst sampled set of assumptions" if worst.fitted else "as the mean of that future"
    text = f"{say.words(plan)}: at worst {say.number(worst.expected, definition.unit)} is to be expected, {what} "
    text += f"({future(worst.future)})"
    if not worst.fitted:
        return f"{text}; a fit explains too little to tell sets of assumptions apart."
    tenth = worst.tenth
    mean, low, high = (say.number(value, definition.unit) for value in (tenth.mean, tenth.low, tenth.high))
    return f"{text}, and {mean} ({low} to {high}) on average over the runs in the worst tenth of them."


def _regret(cases: Sequence[WorstCase], definition: Definition, plan: str, future: Name) -> str:
    most = max(cases, key=lambda case: case.regret.mean)
    if most.regret.high <= 0.0 or most.regret.low <= 0.0 <= most.regret.high:
        return f"{say.words(plan)}: no regret is resolved in any future."
    unit = definition.unit
    size, low, high = (say.number(value, unit) for value in (most.regret.mean, most.regret.low, most.regret.high))
    return (
        f"{say.words(plan)}: where it is regretted most ({future(most.future)}), the plan that the assumptions point "
        f"to would do better by {size} on average ({low} to {high})."
    )


def say_held(found: Sequence[Held], plan: str, future: Name) -> str:
    """In which share of states every must-not holds under a plan; by future, never averaged over them."""
    mine = [one for one in found if one.plan == plan]
    if not mine:
        return ""
    parts = [
        f"{say.number(one.share, 'share')} ({future(one.future)})" if one.by_state or one.states == 1
        else f"{'all' if one.held == one.states else 'none' if not one.held else say.number(one.share, 'share')} "
        f"({future(one.future)}; by the frequency over that whole future)"
        for one in mine
    ]  # fmt: skip
    return f"{say.words(plan)}: everything that must not happen stays within its limit in {', '.join(parts)} of states."


def say_dominated(found: Sequence[Domination]) -> list[str]:
    """Plans that another one beats for someone at no party's cost, and those of which that isn't told."""
    certain: dict[str, list[str]] = {}
    for one in found:
        if one.certain:
            certain.setdefault(one.plan, []).append(say.words(one.by))
    said = [
        f"{say.words(plan)} is dominated: {' or '.join(others)} is better for some party and worse for none, in any "
        "future, by the aims that they stated."
        for plan, others in certain.items()
    ]
    perhaps: dict[str, list[str]] = {}
    for one in found:
        if one.plan not in certain:
            perhaps.setdefault(one.plan, []).append(say.words(one.by))
    return said + [
        f"{say.words(plan)} may be dominated by {' or '.join(others)}: nothing is worse, something is not told apart."
        for plan, others in perhaps.items()
    ]


def say_agreement(found: Sequence[Agreement], party: Name, futures: Mapping[str, str]) -> list[str]:
    """What suits every party, by future."""
    said = []
    for one in found:
        if len(one.parties) < 2:
            continue
        plans = " or ".join(map(say.words, one.plans))
        parties = ", ".join(map(party, one.parties))
        text = f"{plans} is among the best for each" if plans else "no plan is among the best for all"
        said.append(f"{futures[one.future]}: {text} of {parties}.")
    return said
