"""Value of information and flips in sentences that a dean can read."""

from __future__ import annotations

import math
from collections.abc import Mapping

from analysis.say import date, number, safe, span, words
from analysis.value.choice import Choice, Refused
from analysis.value.confirm import Confirmation
from analysis.value.evppi import EVERYTHING, Value
from analysis.value.factors import GRADES, Factor
from analysis.value.flip import Flip, Margin
from analysis.value.grades import WEAK, Rests

__all__ = [
    "amount",
    "evidence",
    "first_sentence",
    "flip_sentence",
    "joint_sentence",
    "margin_sentences",
    "name_of",
    "refusal",
    "rests_sentence",
    "value_sentence",
]

TOLD = 0.05
"""A number that makes up less of a joint move than this share of its length is not told."""


def amount(value: float, unit: str) -> str:
    """A number of the scenario in its unit: `12%`, `0.06 a year`, `4.5 years`, `×2`, `$120k`."""
    if unit in ("share", "growth per year"):
        return number(value, "share") + (" a year" if unit != "share" else "")
    if unit == "date":
        return date(value)
    if unit == "USD":
        return number(value, unit)
    text = f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    if unit == "times":
        return f"×{text}"
    return {"per year": f"{text} a year", "number": text, "count": text}.get(unit, f"{text} {unit}")


def name_of(factor: Factor) -> str:
    """A number's place in the file, in words; how many share its draw."""
    if factor.private:
        return "a private number"
    place = ": ".join(words(part) for part in factor.first.path.split("."))
    others = len(factor.passports) - 1
    return f"“{place}”" + (f" (with {others} that go with it)" if others else "")


def evidence(factor: Factor) -> str:
    """What is thought of a number now: its range, grade and source."""
    first = factor.first
    grade = f"{GRADES[factor.grade[:1]]} (grade {factor.grade})" if factor.grade[:1] in GRADES else factor.grade
    sources = f", source {', '.join(map(safe, factor.sources))}" if factor.sources else ""
    if factor.private:
        return f"its number is private, {grade}"
    low, middle, high = (amount(factor.at(score), first.unit) for score in (-1.2815515655, 0.0, 1.2815515655))
    return f"now {middle}, probably {low} to {high}; its number is {grade}{sources}"


def _worth(value: float, choice: Choice) -> str:
    """A value in the unit of the party's aim: `3.1 more in public practice`."""
    label, side = safe(choice.definition.label), "fewer" if choice.sign < 0 else "more"
    unit = choice.definition.unit
    if unit == "people":
        return (
            f"{_size(value, unit)} {side} people {label}"
            if label.startswith("in ")
            else f"{_size(value, '')} {side} {label}"
        )
    if unit == "count":
        return f"{_size(value, unit)} {side} {label}"
    return f"{_size(value, unit)} {'less' if choice.sign < 0 else 'more'} of {label}"


def _size(value: float, unit: str) -> str:
    """A difference in the aim's unit, two figures: `0.77`, `$1.2M`, `3.1 points`, `0.4 FTE`."""
    if unit.startswith("USD"):
        return number(value, unit)
    if unit == "share":
        return f"{100.0 * value:.2g} points"
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2g}"
    return text if unit in ("people", "count", "") or unit.startswith("from ") else f"{text} {unit}"


def _to(choice: Choice) -> str:
    return f"in {date(choice.at)} to {words(choice.party)} ({words(choice.future)})"


def value_sentence(value: Value, choice: Choice, factor: Factor | None = None) -> str:
    """What knowing a number, or a group of them, would be worth to a party, and how good its number is."""
    what = name_of(factor) if factor else "every uncertain number" if value.name == EVERYTHING else value.name
    if not value.counts:
        return (
            f"Knowing {what} exactly would be worth nothing that can be told from luck {_to(choice)}: it would hardly "
            "ever change the choice."
        )
    unit = choice.definition.unit
    most = _size(value.high, unit)
    if value.policy.low <= 0.0:
        text = f"What knowing {what} exactly would be worth {_to(choice)} is not told apart from nothing"
        text += f" (at most about {most})"
    else:
        text = f"Knowing {what} exactly would be worth about {_worth(value.low, choice)} {_to(choice)}"
        text += f" (90%: {_size(value.policy.low, unit)} to {_size(value.policy.high, unit)}; at most about {most})"
    if value.low < choice.matters:
        text += f"; less than the {_size(choice.matters, choice.definition.unit)} that matters to it"
    return f"{text}: {evidence(factor)}." if factor else f"{text}."


def first_sentence(value: Value | None, choice: Choice, factors: Mapping[str, Factor]) -> str:
    """Which number a party should have measured first."""
    who = f"{words(choice.party)} ({words(choice.future)})"
    if value is None:
        return f"For {who} no single number is worth measuring first: none has a value that stands clear of luck."
    return f"Worth measuring first for {who}: {value_sentence(value, choice, factors[value.name])}"


def rests_sentence(rests: Rests, choice: Choice) -> str:
    """How much of the answer rests on numbers that nobody has measured."""
    weak, count = rests.groups.get(WEAK), rests.numbers[WEAK]
    if weak is None:
        return f"No number behind the choice of {words(choice.party)} is of grade C or D."
    total = sum(rests.numbers.values())
    text = f"{count} of the {total} uncertain numbers are of grade C or D. {value_sentence(weak, choice)}"
    if rests.shares is None:
        return f"{text} The fit explains too little ({number(max(0.0, rests.explained), 'share')}) to split by grade."
    share = min(1.0, max(0.0, rests.shares[WEAK]))
    return (
        f"{text} They make {number(share, 'share')} of what the numbers explain of "
        f"{words(choice.recommended)} against {words(rests.rival)}."
    )


def flip_sentence(flip: Flip, choice: Choice, factor: Factor, found: Confirmation | None = None) -> str:
    """Where one number flips the advice, and whether runs agree."""
    from scipy.special import ndtr

    score = next(iter(flip.scores.values()))
    change = _change(flip, choice)
    unit, place = factor.first.unit, 100.0 * float(ndtr(score))
    if factor.private:
        text = f"The advice changes {change} if a private number passes its {_ordinal(place)} percentile"
    elif flip.distance == 0.0:
        middle = amount(factor.at(0.0), unit)
        text = f"The advice changes {change} as soon as {name_of(factor)} is known to be at its median, {middle}"
    else:
        falls = factor.at(score) < factor.at(0.0)
        text = (
            f"The advice changes {change} if {name_of(factor)} {'falls below' if falls else 'rises above'} "
            f"{amount(factor.at(score), unit)} (now {amount(factor.at(0.0), unit)}; that is the {_ordinal(place)} "
            "percentile of what is thought possible"
        )
        text += _range(flip, factor, score) + ("; placed by runs)" if flip.by_runs else ")")
    if flip.most < choice.matters:
        least = _size(choice.matters, choice.definition.unit)
        text += f"; within its range the other plan never leads by the {least} that matters"
    return f"{text}. {_verdict(found)}"


def _change(flip: Flip, choice: Choice) -> str:
    """From which advice to which, whose and where."""
    return f"from {words(choice.recommended)} to {words(flip.rival)} for {words(choice.party)} ({words(choice.future)})"


def _range(flip: Flip, factor: Factor, score: float) -> str:
    """The 90% interval of a flip point in the number's unit."""
    side = math.copysign(1.0, score)
    if not math.isfinite(flip.high):
        return f"; 90%: from {amount(factor.at(side * flip.low), factor.first.unit)} to not at all"
    low, high = sorted(factor.at(side * end) for end in (flip.low, flip.high))
    return f"; 90%: {span(low, high, 'share') if factor.first.unit == 'share' else _pair(low, high, factor)}"


def _pair(low: float, high: float, factor: Factor) -> str:
    return f"{amount(low, factor.first.unit)} to {amount(high, factor.first.unit)}"


def joint_sentence(flip: Flip, choice: Choice, factors: Mapping[str, Factor], found: Confirmation | None = None) -> str:
    """The shortest move of several numbers that flips the advice."""
    change = _change(flip, choice)
    if flip.distance == 0.0:
        return f"With its strongest numbers at their medians the advice is already another: {change}. {_verdict(found)}"
    moved = sorted(flip.scores.items(), key=lambda pair: -abs(pair[1]))
    parts = [_move(factors[name], score) for name, score in moved if abs(score) > TOLD * flip.distance]
    return (
        f"The shortest way to other advice, {change}, moves together: {'; '.join(parts)} "
        f"({flip.distance:.2g} standard deviations in all). {_verdict(found)}"
    )


def _move(factor: Factor, score: float) -> str:
    """One number's part in a joint move."""
    from scipy.special import ndtr

    if factor.private:
        return f"a private number to its {_ordinal(100.0 * float(ndtr(score)))} percentile"
    now, then = (amount(factor.at(place), factor.first.unit) for place in (0.0, score))
    return f"{name_of(factor)} from {now} to {then}"


def _verdict(found: Confirmation | None) -> str:
    if found is None:
        return "This is what a fit to the runs says; no runs were made there."
    runs = f"{found.replications:,} runs of both plans on each side of that point"
    return {
        "confirmed": f"Confirmed by {runs}.",
        "not confirmed": f"Not confirmed: {runs} do not show it.",
        "not resolved": f"Not resolved: {runs} do not tell the plans apart there.",
    }[found.verdict]


def margin_sentences(
    found: Margin, factors: Mapping[str, Factor], confirmed: Mapping[tuple[str, ...], Confirmation] | None = None
) -> list[str]:
    """Everything about how near a choice is to another: single numbers, then several together.

    Args:
        found: the margin.
        factors: by draw.
        confirmed: what runs said, by the draws that a flip moves.
    """
    choice, said = found.choice, confirmed or {}
    if not found.looked_at:
        return [
            f"No uncertain number visibly moves the difference between plans for {words(choice.party)} "
            f"({words(choice.future)}): nothing to flip the advice of {words(choice.recommended)}."
        ]
    lines = [
        flip_sentence(flip, choice, factors[next(iter(flip.scores))], said.get(tuple(flip.scores)))
        for flip in found.single
    ]
    if not lines:
        lines = [
            f"No single number within its range (1st to 99th percentile) flips the advice of "
            f"{words(choice.recommended)} for {words(choice.party)} ({words(choice.future)})."
        ]
    if found.joint:
        lines.append(joint_sentence(found.joint, choice, factors, said.get(tuple(found.joint.scores))))
    elif len(found.looked_at) > 1:
        lines.append("Nor does any plausible move of several together." if not found.single else
                     "No shorter or longer plausible move of several together was found.")  # fmt: skip
    return lines


def refusal(found: Refused) -> str:
    """Why a question stays open."""
    return f"{words(found.party)} ({words(found.future)}): not answered, because {found.why}."


def _ordinal(place: float) -> str:
    """`10th`, `1st`, `22nd`."""
    whole = min(99, max(1, round(place)))
    tail = "th" if 10 <= whole % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(whole % 10, "th")
    return f"{whole}{tail}"
