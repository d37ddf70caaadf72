"""Curves, lives and partings in sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence

from analysis import say
from analysis.counterfactual import NOT_THERE, OTHER_CADRE, Matrix, Move, State
from analysis.failures import ORDER, Incidence, Longer
from analysis.replay import Event, Link, Parting
from analysis.retention import NOT_STORED, Group, Retention, Years
from analysis.survival import Estimate
from sim.study.results import StoredStudy

__all__ = [
    "CAPTION", "INCIDENCE_CAPTION", "KEPT_CAPTION", "say_chain", "say_gross", "say_incidence", "say_longer", "say_move",
    "say_net", "say_not_stored", "say_parting", "say_retention", "say_sole", "say_years",
]  # fmt: skip

CAPTION = (
    "The same simulated people under two plans: founders and candidates, who carry their name and their luck from one "
    "plan to the other. Only the net depends on the plans alone. How many change places depends on the luck that the "
    "model lets them share, which nobody can observe: it describes the model, not persons."
)

INCIDENCE_CAPTION = (
    "Aalen–Johansen: the share of simulated histories that each cause has ended, by years since the first programme "
    "started; white still runs. Failures are dark; goals met, handed over and the end of an agreed term are no "
    "failures, and are light."
)

KEPT_CAPTION = (
    "Kaplan–Meier, with its pointwise 90% band from resampled blocks: who has not left yet, among those still working. "
    "Retirement and death are cut off, as in published figures."
)

HUNDREDTH = 0.005
"""Years; what is less than this either way is written as no difference."""

NO_INTERVAL = "too few histories for an interval"
OUTCOMES = {"failure": "failure", "neither": "the end of its term", "success": "success"}


def say_incidence(found: Incidence, title: str) -> str:
    """How many of a hundred histories ended in failure, in success and otherwise by the horizon, and what was most."""
    last, parts = found.horizon, []
    failed = found.failed.at(last)
    parts.append(f"in {_hundred(failed, found.runs)} of 100 simulated histories it had failed")
    worst = next((cause for cause in found.causes if cause.outcome == "failure"), None)
    if worst is not None:
        parts[-1] += f" (most often: {say.safe(worst.label)})"
    for outcome in ORDER[1:]:
        share = sum(cause.curve.at(last).value for cause in found.causes if cause.outcome == outcome)
        if share > 0.0:
            parts.append(f"in {100.0 * share:.0f} it had ended in {OUTCOMES[outcome]}")
    until = say.number(last, "years")
    lasted = f"It ran {_years(found.years)} in the mean, of the first {until} years."
    return f"{say.safe(title)}: {until} years after its first programme started, {', '.join(parts)}. {lasted}"


def say_longer(found: Longer) -> str:
    """How much longer a partnership runs under one plan than under another."""
    return (
        f"{_first(say.words(found.plan))} against {say.words(found.against)}: it runs {_more(found.years)}, "
        f"in the mean of the first {say.number(found.horizon, 'years')} years."
    )


def say_retention(found: Retention, start: float, year: float) -> str:
    """Who has stayed so many years after qualifying: as published figures count, and of all of them."""
    year = min(year, found.followed)
    stayed, left, ended = (_percent(part.at(year), found.blocks) for part in (found.kept, found.left, found.ended))
    whose = f"{_first(say_group(found.group, start))}, {say.words(found.plan)}"
    none = " Nobody left." if found.left.value[-1] == 0.0 else ""
    return (
        f"{whose}: after {say.number(year, 'years')} years {stayed} are still in {found.level} "
        f"(Kaplan–Meier; {found.persons:,} people of {found.blocks:,} histories); "
        f"of all, {left} have left and {ended} have retired or died first.{none}"
    )


def say_years(found: Years, start: float) -> str:
    """How many more years one plan keeps a group in practice than another."""
    return (
        f"{_first(say_group(found.group, start))}, {say.words(found.plan)} against {say.words(found.against)}: in "
        f"{found.level} {_more(found.years)}, in the mean of the first {say.number(found.horizon, 'years')}."
    )


def say_group(group: Group, start: float) -> str:
    """A group in words: `trained at home, qualified 1994 to 1998`."""
    if group.first is None or group.last is None:
        return group.label
    first, last = say.date(start + group.first), say.date(start + group.last)
    return f"{group.label}, qualified from {first} to {last}"


def say_not_stored() -> str:
    """Which levels of retention are not told, and why."""
    return f"Retention in {' and in '.join(NOT_STORED)} is not told: stored people don't say when they left those."


def say_net(found: Matrix, study: StoredStudy) -> list[str]:
    """The net, a sentence a status whose mean is resolved; in words of the plan against the other."""
    lines = []
    for net in found.net:
        if net.status == OTHER_CADRE or not net.mean.differ:
            continue
        many = say.difference(net.mean, "people")
        spread = " to ".join(say.plain(value, "people") for value in (net.spread.low, net.spread.high))
        known = net.mean.low > 0.0 or net.mean.high < 0.0
        lines.append(f"{_first(net.status)}: {many}; in 80% of histories {spread}{'' if known else '; not resolved'}")
    plan, against = (say.title(study, "plans", name) for name in (found.plan, found.against))
    head = f"{plan} against {against}, people a history (90% for the mean)"
    return [f"{head}:", *lines] if lines else [f"{head}: no difference in any status."]


def say_gross(found: Matrix) -> str:
    """How many differ with shared luck and with separate luck, and who exists in one world only."""
    text = f"With the luck that they share, {say.spread_text(found.gross, 'people')} people change places"
    if found.gross_independent is None:
        text += "; no second luck was run to set beside it"
    else:
        text += f"; with separate luck, {say.spread_text(found.gross_independent, 'people')}"
    only = [(found.only_plan, found.plan), (found.only_against, found.against)]
    here = [f"{say.spread_text(count, 'people')} under {say.words(plan)}" for count, plan in only if count.mean > 0.0]
    return f"{text}.{' There in one world only: ' + ', '.join(here) + '.' if here else ''}"


def say_sole(action: str | None) -> str:
    """Whether a difference is one action's, where two plans differ in that alone."""
    if action is None:
        return "The plans differ in several things: no difference is the effect of one of them."
    return f"The plans differ in one thing alone, {say.words(action)}: the net is its effect in this model."


def say_move(found: Move) -> str:
    """One difference: `obgyn abroad (work abroad) → obgyn in post: 3 (1–5)`."""
    return f"{_state(found.against)} → {_state(found.plan)}: {say.mean_text(found.count, 'people')}"


def _state(state: State) -> str:
    if state.status == NOT_THERE:
        return NOT_THERE
    cause = f" ({say.words(state.cause)})" if state.cause else ""
    return f"{say.words(state.cadre.rpartition('.')[2])} {state.status}{cause}"


def say_parting(found: Parting, start: float) -> str:
    """The event at which two runs part."""
    if found.at is None:
        return "The two runs have the same events."
    side = "first" if found.at in found.only_first[:1] else "second"
    time, kind, entity, detail = found.at
    return f"They part on {say.day(start + time)}, with an event of the {side} only: {_what(kind, entity, detail)}."


def say_chain(links: Sequence[Link], start: float, most: int | None = 15, each: int | None = 3) -> list[str]:
    """What followed, an entity a line in the order in which they first differ, then how many more there are."""
    lines = []
    for link in links[:most]:
        sides = [f"{side} {_events(start, events, each)}" for side, events in _sides(link) if events]
        lines.append(f"{say.words(link.entity)}: {'; '.join(sides)}")
    rest = links[len(lines) :]
    if rest:
        kinds: dict[str, int] = {}
        for link in rest:
            kinds[_kind(link.entity)] = kinds.get(_kind(link.entity), 0) + 1
        lines.append(f"then {len(rest):,} more: {', '.join(f'{count:,} {kind}' for kind, count in kinds.items())}")
    return lines


def _sides(link: Link) -> tuple[tuple[str, Sequence[Event]], ...]:
    return ("only in the first:", link.first), ("only in the second:", link.second)


def _kind(entity: str) -> str:
    """What an entity of a log is, in words."""
    if entity.rstrip("*").removeprefix("person").isdecimal():
        return "people"
    if entity.rpartition(".post")[2].isdecimal() and ".post" in entity:
        return "posts"
    return "visits" if entity.removeprefix("visit").isdecimal() else "programmes and others"


def _events(start: float, events: Sequence[Event], each: int | None) -> str:
    """A few events of one entity."""
    told = ", ".join(_event(start, event) for event in events[:each])
    more = 0 if each is None else len(events) - each
    return f"{told} and {more:,} more" if more > 0 else told


def _event(start: float, event: Event) -> str:
    """An event of a known entity in a few words, and its month."""
    time, kind, _, detail = event
    return f"{_what(kind, '', detail)} {say.date(start + time)}"


def _what(kind: str, entity: str, detail: str) -> str:
    """Who or what, and what happened; a search for somebody ends with an outsider in the post."""
    what = "filled by an outsider" if kind == "fill" else say.words(kind)
    noted = f" ({say.words(detail)})" if detail and detail != kind else ""
    return f"{say.words(entity)}{' ' * bool(entity)}{what}{noted}"


def _hundred(found: Estimate, runs: int) -> str:
    """A share as a count of a hundred, with its interval."""
    text = f"{100.0 * found.value:.0f}"
    if math.isnan(found.low):
        return text
    return f"{text}{_bound(found, runs) or f' ({100.0 * found.low:.0f}–{100.0 * found.high:.0f})'}"


def _percent(found: Estimate, blocks: int) -> str:
    text = say.number(found.value, "share")
    if math.isnan(found.low):
        return text
    interval = say.span(found.low, found.high, "share")
    return f"{text}{_bound(found, blocks) or f' ({interval})'}"


def _bound(found: Estimate, blocks: int) -> str:
    """What is known of a share that is the same in every block: the rule of three (95%); else nothing."""
    if found.low < found.high or found.value not in (0.0, 1.0):
        return ""
    return f" (at {'most' if found.value == 0.0 else 'least'} {100.0 * abs(found.value - min(1.0, 3.0 / blocks)):.2g}%)"


def _years(found: Estimate) -> str:
    text = f"{found.value:.1f}"
    return f"{text} years" if math.isnan(found.low) else f"{text} years ({found.low:.1f}–{found.high:.1f})"


def _more(found: Estimate) -> str:
    """A difference in years: more, fewer, or not resolved."""
    if math.isnan(found.low):
        return f"{say.number(found.value, 'years', True)} years ({NO_INTERVAL})"
    interval = f"({say.number(found.low, 'years', True)} to {say.number(found.high, 'years', True)})"
    if max(abs(found.low), abs(found.high)) < HUNDREDTH:
        return "equally long"
    if found.low <= 0.0 <= found.high:
        return f"not resolved, {say.number(found.value, 'years', True)} years {interval}"
    word = "more" if found.value > 0.0 else "fewer"
    return f"{abs(found.value):.2f} years {word} {interval}"


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]
