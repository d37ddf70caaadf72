"""The report of a study: one page that needs nothing else. Its numbers stand in summary.json."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from analysis import say
from analysis.accord import tone
from analysis.account import Account
from analysis.compare import Aim, FutureTable, Row
from analysis.differences import hardly_shared
from analysis.limits import Limit
from analysis.page_choice import choice, curves
from analysis.page_short import short
from analysis.page_story import story
from analysis.summary import write_summary
from analysis.table import shared, spread_note, withheld_note
from analysis.targets import Published
from sim.study.intervals import ENOUGH_DIFFER
from sim.study.plan import CellKey
from sim.study.results import StoredStudy

__all__ = ["STANDING_NOTE", "provenance", "runs_text", "write_report"]

STANDING_NOTE = (
    "This report compares plans inside a model. Its percentages count simulated histories, not chances that "
    "anyone has measured. It knows nothing about any particular person, nor about what is listed as left "
    "out. It should inform a decision that the partners take together."
)
"""Stands on every report."""

_PLACES = {
    "public_practice": "in public practice",
    "elsewhere": "in other work at home",
    "waiting": "waiting for a post",
    "in_training": "in training at home",
    "training_abroad": "in training abroad",
    "abroad": "abroad",
}
"""Outcomes that say where people are, in the order in which they are drawn."""


def write_report(found: Account) -> Path:
    """Write summary.json and report.html into the results directory; returns the page's path."""
    from jinja2 import Environment, PackageLoader

    write_summary(found)
    pages = Environment(loader=PackageLoader("analysis"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    page = pages.get_template("report.html.j2").render(_content(found))
    found.study.store.write_text("report.html", page)
    return found.study.path / "report.html"


def _content(found: Account) -> dict[str, Any]:
    """What the page's template prints; it escapes every text."""
    study = found.study
    scenario, names = study.manifest["scenario"], study.manifest["scenario"]["names"]
    start = float(scenario["start"])
    return {
        "kicker": "One plan in one future" if len(study.plan.cells) == 1 else "A comparison of plans",
        "title": say.safe(scenario["title"]) or say.words(study.plan.scenario),
        "question": say.safe(scenario["question"]),
        "standing_note": STANDING_NOTE,
        "start": say.date(start),
        "end": say.date(start + float(scenario["years"])),
        "shape": _shape(study),
        "runs_text": runs_text(study),
        "reviewed_by": _reviewed(scenario["reviewed_by"], names),
        "spread_note": spread_note(study),
        "withheld": withheld_note(study),
        "warnings": _warnings(study),
        **short(found),
        "aims": [_aim(study, aim, found.plans) | {"mine": not place} for place, aim in enumerate(found.asker_first)],
        "limits": [_limit(study, limit, found.plans) for limit in found.limits],
        **story(found),
        **choice(found),
        **curves(found),
        "places": _places(study, found) if len(found.plans) > 1 else [],
        "published": [_published(figure) for figure in found.figures],
        "tables": [_table(study, table, found.plans) for table in found.tables],
        "compared": len(found.plans) > 1,
        "provenance": provenance(study),
    }


def _reviewed(answers: dict[str, str], names: dict[str, str]) -> list[tuple[str, str]]:
    """What the parties said when they were shown the numbers, with who said it."""
    by_answer: dict[str, list[str]] = {}
    for party, said in answers.items():
        by_answer.setdefault(say.safe(said), []).append(say.entity(party, names))
    return [(said, "; ".join(parties)) for said, parties in by_answer.items()]


def _shape(study: StoredStudy) -> str:
    futures, plans = study.futures, study.plans
    return (
        f"{len(plans)} plan{'s' * (len(plans) > 1)} in {len(futures)} future{'s' * (len(futures) > 1)}, "
        f"{study.plan.replications:,} run{'s' * (study.plan.replications > 1)} each"
    )


def runs_text(study: StoredStudy) -> str:
    """How many runs are done, failed and still to do."""
    runs = study.manifest["runs"]
    missing = runs["planned"] - runs["ok"] - runs["failed"]
    text = f"{runs['ok']:,} done, {runs['failed']:,} failed"
    return f"{text}, {missing:,} still to do" if missing else text


def _warnings(study: StoredStudy) -> list[str]:
    by_cause: Counter[str] = Counter()
    for (_, cause), count in study.causes().items():
        by_cause[cause] += count
    return [
        f"{count:,} run{'s' * (count > 1)} failed: {say.safe(cause)}. Where a run failed, the same luck is "
        "left out for every plan."
        for cause, count in by_cause.items()
    ]


def _spread_cells(row: Row, plans: Sequence[str]) -> list[dict[str, str]]:
    """A row's spreads, with the sign and tone of the difference from no partnership."""
    cells = []
    for plan in plans:
        found, against = row.spreads.get(plan), row.against(plan)
        text = say.spread_text(found, row.definition.unit) if found else "–"
        median, _, span = text.partition(" ")
        signed = against is not None and text != "–"
        news = tone(against, row.definition.better) if against else ""
        sign = say.SIGNS[against.word] if against is not None and signed else ""
        cells.append({"median": median, "span": span, "sign": sign, "tone": news})
    return cells


def _aim(study: StoredStudy, aim: Aim, plans: Sequence[str]) -> dict[str, Any]:
    """A party's aim: a table, a figure, and plan against plan."""
    names, unit = study.manifest["scenario"]["names"], aim.definition.unit
    differences = []
    every = [found for row in aim.rows.values() for found in row.differences]
    for future, row in aim.rows.items():
        for found in row.differences:
            interval = found.interval
            mean, _, span = say.difference(interval, unit).partition(" (")
            differences.append(
                {
                    "future": say.words(future),
                    "plan": say.words(found.plan), "against": say.words(found.against),
                    "mean": mean, "interval": span.rstrip(")"), "word": found.word,
                    "tone": tone(found, row.definition.better),
                    "worth": say.worth(found.worth),
                    "correlation": say.correlation(found.correlation),
                    "mark": f" (only {interval.differ} of {interval.pairs} runs differ)"
                    if say.rough(interval, ENOUGH_DIFFER) else "",
                }
            )  # fmt: skip
    rows = [
        {"label": say.title(study, "futures", future), "cells": _spread_cells(row, plans)}
        for future, row in aim.rows.items()
    ]
    where = say.entity(aim.definition.group, names)
    return {
        "title": f"{where}: {aim.definition.label}",
        "subtitle": f"{say.entity(aim.party, names)} wants {aim.definition.better} in "
        f"{say.date(aim.at)}. Median of the runs, with the span that holds 80% of them.",
        "headings": [say.words(plan) for plan in plans],
        "rows": rows,
        "figure": _fan(study, aim),
        "caption": f"{where}: {aim.definition.label}. The line is the median of runs, the band holds 80% of "
        f"them. The first {min(study.plan.replications, 200)} runs of each plan.",
        "differences": differences,
        "shared": shared(study),
        "worth_note": say.worth_note(shared(study), hardly_shared(every)) if any(one.worth for one in every) else "",
        "matters": _smallest(aim.definition.matters, unit),
    }


def _limit(study: StoredStudy, found: Limit, plans: Sequence[str]) -> dict[str, Any]:
    """Something that must not happen: a line a future, odds as counts."""
    unit = study.manifest["outcomes"].get(found.metric, {}).get("unit", "")
    rows = []
    for future, odds in found.odds.items():
        cells = []
        for plan in plans:
            here = odds.get(plan)
            text = f"{here.count:,} of {here.runs:,}" if here else "–"
            tone = "" if here is None else "better" if here.holds else "worse"
            cells.append({"text": text, "word": {"better": "within:", "worse": "broken:"}.get(tone, ""), "tone": tone})
        rows.append({"label": say.title(study, "futures", future), "cells": cells})
    title = say.limit(found, study.manifest["scenario"]["names"], unit)
    return {"title": title, "headings": [say.words(plan) for plan in plans], "rows": rows}


def _smallest(matters: float | str | None, unit: str) -> str:
    """The smallest difference that counts, in words."""
    stated = str(matters or "5%")
    if stated.endswith("%"):
        return f"{stated} of the mean of the two plans, the smallest difference that matters here"
    return f"{say.number(float(stated), unit)}, the smallest difference that matters here"


def _fan(study: StoredStudy, aim: Aim) -> Any:
    """The aim's figure, or None where it has no series."""
    from markupsafe import Markup

    from analysis.figures import fan_chart

    series = study.series_of([aim.definition.name]).get(aim.definition.name)
    if series is None or study.plan.replications < 2 or aim.indifferent:
        return None
    titles = {future: say.title(study, "futures", future) for future in study.futures}
    start = float(study.manifest["scenario"]["start"])
    label = f"{aim.definition.label} ({aim.definition.unit})"
    return Markup(fan_chart(series, study.times, start, titles, label))


def _places(study: StoredStudy, found: Account) -> list[dict[str, Any]]:
    """Where the people of each cadre with an aim are at the end, in the first future."""
    from markupsafe import Markup

    from analysis.figures import place_bars

    names = study.manifest["scenario"]["names"]
    shown = []
    for group in dict.fromkeys(aim.definition.group for aim in found.aims):
        parts: dict[str, dict[str, float]] = {}
        for measure, place in _PLACES.items():
            name = f"{group}.{measure}"
            values = study.column(name) if name in study.outcome_names else {}
            for plan in found.plans:
                column = values.get(CellKey(study.futures[0], plan), np.empty(0))
                known = column[np.isfinite(column)]
                parts.setdefault(plan, {})[place] = float(known.mean()) if known.size else 0.0
        if any(any(found.values()) for found in parts.values()):
            picture = Markup(place_bars(parts, "people, mean over runs"))
            caption = f"{say.entity(group, names)}, {say.title(study, 'futures', study.futures[0])}: mean over runs."
            shown.append({"figure": picture, "caption": caption})
    return shown


def _published(figure: Published) -> dict[str, Any]:
    """A published figure, a line a plan."""
    late = "" if figure.read_at == figure.at else f" ({say.date(figure.read_at)})"
    lines = []
    for plan, share in figure.shares.items():
        whole = say.spread_text(figure.wholes[plan], "people")
        lines.append({"plan": say.words(plan), "simulated": f"{say.spread_text(share, 'share')} of {whole}{late}"})
    return {
        "name": say.words(figure.name),
        "date": say.date(figure.at),
        "count": f"{figure.count:g} of {figure.of:g}",
        "note": say.safe(figure.note),
        "role": figure.role,
        "source": say.safe(figure.source),
        "lines": lines or [{"plan": "–", "simulated": "no such share among the outcomes"}],
    }


def _table(study: StoredStudy, table: FutureTable, plans: Sequence[str]) -> dict[str, Any]:
    """Every outcome of a future, by whose it is."""
    names = study.manifest["scenario"]["names"]
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in table.rows:
        label = say.labelled(row.definition.label, row.definition.unit)
        entry = {"label": label, "note": row.definition.note, "cells": _spread_cells(row, plans)}
        groups.setdefault(row.definition.group, []).append(entry)
    return {
        "title": f"{say.title(study, 'futures', table.future)} ({table.blocks:,} runs of each plan)",
        "headings": [say.words(plan) for plan in plans],
        "groups": [{"title": say.entity(group, names), "rows": rows} for group, rows in groups.items()],
    }


def provenance(study: StoredStudy) -> list[tuple[str, str]]:
    """Everything needed to do it again."""
    manifest, plan = study.manifest, study.plan
    return [
        ("Command", say.safe(manifest["command"])),
        ("Seed", str(plan.seed)),
        ("Parameters", plan.parameters),
        ("Scenario", f"{say.safe(plan.scenario)}, {plan.scenario_hash}"),
        ("Model", plan.model_version),
        ("Extension", say.safe(plan.extension or "none")),
        ("Versions", ", ".join(f"{name} {version}" for name, version in manifest["versions"].items())),
        ("Machine", f"{manifest['machine']['system']}, {manifest['machine']['processor']}"),
        ("Run", f"{manifest['started']} to {manifest['finished'] or 'not finished'}"),
        ("Time", f"{manifest['wall_seconds']:.1f} s, {manifest['cpu_seconds']:.1f} s of processor time"),
    ]
