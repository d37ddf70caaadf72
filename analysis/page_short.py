"""The first page of a report: the answer and how sure, who gains and who pays, what must not happen, how it ends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from analysis import say
from analysis.accord import tone
from analysis.account import Account
from analysis.limits import Limit, Odds
from analysis.say_auto import say_look, say_stopping
from analysis.say_choice import say_advice, say_other_plan
from analysis.story import Chapter, Line, concerned, tell
from sim.study.study import NO_PARTNERSHIP

__all__ = ["short"]

FIRST = (
    "public_practice", "coverage", "graduates_in_country", "graduates", "emigrated", "work_done", "workload",
    "capability_education", "capability_clinical", "hours_donated", "insolvent", "present_value",
)  # fmt: skip
"""The outcomes that a planner asks about first, in this order."""

MOST = 3
"""Lines a party, and those beyond them in which some plan is a loss."""


def short(found: Account) -> dict[str, Any]:
    """What the template prints before anything else; parts that a study doesn't allow are empty."""
    compared = NO_PARTNERSHIP in found.plans and len(found.plans) > 1
    return {
        "advice": _advice(found),
        "stopping": [*say_stopping(found), *filter(None, [say_look(found)])],
        "ledger": _ledger(found) if compared and found.tables[0].blocks else {},
        "odds": _odds(found),
    }


def _advice(found: Account) -> list[str]:
    """The answer of whoever asks, by future, and how sure it is."""
    aims = [aim for aim in found.asker_first if not aim.indifferent][:1]
    return [text for aim in aims for text in (*say_advice(found, [aim.party]), *say_other_plan(found, aim.party))]


def _ledger(found: Account) -> dict[str, Any]:
    """Who gains and who pays against no partnership, in the first future."""
    table = found.tables[0]
    names = found.study.manifest["scenario"]["names"]
    plans = [plan for plan in found.plans if plan != NO_PARTNERSHIP]
    parties = []
    for chapter in tell(found.study, table, concerned(found.study)):
        lines = _first(chapter)
        rows = [
            {
                "label": say.labelled(line.label, line.row.definition.unit),
                "note": line.row.definition.note,
                "cells": [_cell(line, plan) for plan in plans],
            }
            for line in lines
        ]
        rest = "" if rows else "about the same under every plan, or not resolved"
        parties.append({"name": say.entity(chapter.holder, names), "rows": rows, "rest": rest})
    return {
        "future": say.title(found.study, "futures", table.future),
        "headings": [say.words(plan) for plan in plans],
        "parties": parties,
    }


def _first(chapter: Chapter) -> list[Line]:
    """The lines of a party that come first, and among all of these every loss."""
    known = [line for line in chapter.lines if line.row.definition.metric in FIRST]
    known.sort(key=lambda line: FIRST.index(line.row.definition.metric))
    losses = [line for line in known if any(tone(one, line.row.definition.better) == "worse" for one in _own(line))]
    return [line for place, line in enumerate(known) if place < MOST or line in losses]


def _own(line: Line) -> list[Any]:
    """A line's differences from no partnership."""
    return [one for one in line.row.differences if one.against == NO_PARTNERSHIP]


def _cell(line: Line, plan: str) -> dict[str, str]:
    """The sign of a plan's difference from no partnership, and its mean where it is resolved."""
    difference, definition = line.row.against(plan), line.row.definition
    if difference is None or (not difference.interval.differ and not line.row.spreads[plan].mean):
        return {"sign": "–", "text": "", "tone": "", "word": "nothing of it"}
    size = say.within(abs(difference.interval.mean), math.nan, definition.unit)
    return {
        "sign": say.SIGNS[difference.word],
        "text": size if difference.word in ("more", "less") else "",
        "tone": tone(difference, definition.better),
        "word": difference.word,
    }


def _odds(found: Account) -> dict[str, Any]:
    """What must not happen, in so many of a hundred simulated histories, from the best future to the worst."""
    names, outcomes = found.study.manifest["scenario"]["names"], found.study.manifest["outcomes"]
    rows = []
    for limit in found.limits:
        unit = outcomes.get(limit.metric, {}).get("unit", "")
        cells = [_hundred([odds[plan] for odds in limit.odds.values() if plan in odds]) for plan in found.plans]
        rows.append({"label": say.limit(limit, names, unit), "cells": cells})
    return {
        "headings": [say.words(plan) for plan in found.plans],
        "rows": rows,
        "judged": max((one.runs for limit in found.limits for one in _every(limit)), default=0),
        "futures": len(found.study.futures),
    }


def _every(limit: Limit) -> list[Odds]:
    return [one for odds in limit.odds.values() for one in odds.values()]


def _hundred(found: Sequence[Odds]) -> dict[str, str]:
    """`in 13–19 of 100`, and whether every future allows it."""
    if not found:
        return {"text": "–", "word": "", "tone": ""}
    shares = [100.0 * one.count / one.runs for one in found]
    low, high = (_of_hundred(share) for share in (min(shares), max(shares)))
    holds = all(one.holds for one in found)
    text = f"{low}–{high} of 100" if low != high else f"{low} of 100"
    return {"text": text, "word": "within" if holds else "broken", "tone": "better" if holds else "worse"}


def _of_hundred(share: float) -> str:
    """Of a hundred histories; what happens, but hardly ever, isn't written as never."""
    if 0.0 < share < 0.5:
        return "<1"
    return ">99" if 99.5 < share < 100.0 else f"{share:.0f}"
