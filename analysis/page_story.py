"""On the page: what each plan did for each party, ratios, payroll by year, and how partnerships ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from analysis import say
from analysis.accord import tone
from analysis.account import Account
from analysis.compare import FutureTable
from analysis.endings import Fate, Part, alike
from analysis.ratios import RatioRow
from analysis.say_accord import say_accord
from analysis.story import Line, tell
from analysis.table_story import say_local_and_visiting, say_ran_on, say_where
from analysis.years import Payroll
from sim.study.study import NO_PARTNERSHIP

__all__ = ["story"]


def story(found: Account) -> dict[str, Any]:
    """What the template prints of parties; nothing where no plan was compared with no partnership."""
    compared = NO_PARTNERSHIP in found.plans and len(found.plans) > 1
    return {
        "accord": say_accord(found),
        "stories": [_story(found, table) for table in found.tables] if compared else [],
        "ratios": [_ratios(found, future) for future in found.study.futures] if found.ratios else [],
        "endings": [_ending(found, fates) for fates in alike(found.endings)],
        "payrolls": [_payroll(found, payroll) for payroll in found.payrolls],
    }


def _story(found: Account, table: FutureTable) -> dict[str, Any]:
    """One future, party by party."""
    names = found.study.manifest["scenario"]["names"]
    plans = [plan for plan in found.plans if plan != NO_PARTNERSHIP]
    chapters = tell(found.study, table)
    parties = []
    for chapter in chapters:
        rows = [_line(line, plans) for line in chapter.lines]
        parties.append({"name": say.entity(chapter.holder, names), "rows": rows, "rest": chapter.rest})
    return {
        "title": say.title(found.study, "futures", table.future),
        "headings": [say.words(NO_PARTNERSHIP), *map(say.words, plans)],
        "parties": parties,
    }


def _line(line: Line, plans: list[str]) -> dict[str, Any]:
    """An outcome: the mean with no partnership, and by plan the mean difference with its interval."""
    definition = line.row.definition
    without = line.row.spreads.get(NO_PARTNERSHIP)
    cells = [{"text": say.plain(without.mean, definition.unit) if without else "–", "span": "", "tone": "", "sign": ""}]
    for plan in plans:
        difference = line.row.against(plan)
        if difference is None or (not difference.interval.differ and not line.row.spreads[plan].mean):
            cells.append({"text": "–", "span": "", "tone": "", "sign": ""})
            continue
        text, _, span = say.difference(difference.interval, definition.unit).partition(" (")
        same = difference.word == "about the same"
        cells.append(
            {
                "text": "" if same else text,
                "span": "" if same else span.rstrip(")"),
                "tone": tone(difference, definition.better),
                "sign": say.SIGNS[difference.word],
            }
        )
    label = say.labelled(line.label, definition.unit)
    return {"topic": line.topic, "label": label, "note": definition.note, "cells": cells}


def _ratios(found: Account, future: str) -> dict[str, Any]:
    """Every ratio of one future."""
    names = found.study.manifest["scenario"]["names"]
    rows = [row for row in found.ratios if row.future == future]
    return {
        "title": say.title(found.study, "futures", future),
        "headings": [say.words(plan) for plan in found.plans],
        "rows": [_ratio(row, found.plans, names) for row in rows],
        "sentences": say_local_and_visiting(rows, names),
    }


def _ratio(row: RatioRow, plans: tuple[str, ...], names: Mapping[str, str]) -> dict[str, Any]:
    cells = []
    for plan in plans:
        value, against = row.values.get(plan), row.differences.get(plan)
        text = "–" if value is None else say.ratio(value.value, value.low, value.high, row.definition.unit)
        cells.append({"text": text, "sign": say.SIGNS[against.word] if against else ""})
    label = say.labelled(row.definition.label, row.definition.unit)
    where = say.entity(row.definition.group, names)
    return {"label": f"{where}: {label}", "note": row.definition.note, "cells": cells}


def _ending(found: Account, fates: Sequence[Fate]) -> dict[str, Any]:
    """How the partnership ended under plans and in futures that are alike, and what ran on."""
    fate = fates[0]
    causes = [
        {"label": ending.label, "share": _part(ending.part), "lasted": say.spread_text(ending.lasted, "years")}
        for ending in fate.endings
    ]
    if fate.running.count:
        causes.append({"label": "not ended", "share": _part(fate.running), "lasted": "–"})
    return {
        "partnership": say.partnership(found.study, fate.partnership),
        "where": say_where(fates, found.study),
        "causes": causes,
        "ran_on": say_ran_on(fate),
    }


def _part(part: Part) -> str:
    return say.share(part.count, part.low, part.high, part.runs)


def _payroll(found: Account, payroll: Payroll) -> dict[str, Any]:
    """A party's payroll by year: a figure of every future, and a table of each."""
    from markupsafe import Markup

    from analysis.figures import fan_chart

    study = found.study
    tables = []
    for future, by_plan in payroll.spreads.items():
        rows = [
            {
                "label": year,
                "cells": [say.mean_text(by_plan[p][place], payroll.unit) if p in by_plan else "–" for p in found.plans],
            }
            for place, year in enumerate(payroll.years)
        ]
        tables.append({"title": say.title(study, "futures", future), "rows": rows})
    titles = {future: say.title(study, "futures", future) for future in payroll.spreads}
    figure = None
    if study.plan.replications > 1:
        runs = {cell: rows / 1e6 for cell, rows in payroll.runs.items()}
        figure = Markup(fan_chart(runs, np.array(payroll.middles), 0.0, titles, "million USD a year"))
    return {
        "party": say.entity(payroll.party, study.manifest["scenario"]["names"]),
        "headings": [say.words(plan) for plan in found.plans],
        "tables": tables,
        "figure": figure,
    }
