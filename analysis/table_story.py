"""On the terminal: what each plan did for each party, what it cost by the year, and how the partnership ended."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from analysis import say
from analysis.account import Account
from analysis.compare import FutureTable
from analysis.endings import Fate, alike
from analysis.ratios import RatioRow
from analysis.story import Chapter, Line, concerned, tell
from analysis.terminal import again, fitted, heading, indented, widen
from sim.study.results import StoredStudy
from sim.study.study import NO_PARTNERSHIP

if TYPE_CHECKING:
    from rich.console import Console

__all__ = [
    "say_local_and_visiting",
    "say_ran_on",
    "say_where",
    "show_endings",
    "show_payroll",
    "show_ratios",
    "show_story",
]

EVERY_YEARS = 3
"""Of so many years one is printed, unless all are asked for."""


def show_story(found: Account, table: FutureTable, console: Console, everything: bool = False) -> None:
    """What each plan did for each party in one future, against no partnership."""
    plans = [plan for plan in found.plans if plan != NO_PARTNERSHIP]
    if not plans or NO_PARTNERSHIP not in found.plans:
        return
    names = found.study.manifest["scenario"]["names"]
    chapters = tell(found.study, table, None if everything else concerned(found.study))
    title = f"What each plan did for each party, in the future: {say.title(found.study, 'futures', table.future)}"
    key = "mean; the plans' difference from it: ▲ more, ▼ less, = about the same, ? not resolved"
    heading(console, title, f"{key} (± half of the 90% interval for the mean)")
    cells = {
        line.row.definition.name: [_without(line), *(_cell(line, plan) for plan in plans)]
        for chapter in chapters
        for line in chapter.lines
    }
    shown, cells = fitted(console, [say.words(NO_PARTNERSHIP), *map(say.words, plans)], cells)
    widen(shown, console)
    console.print(shown)
    for chapter in chapters:
        if chapter.lines:
            console.print(say.entity(chapter.holder, names), style="bold")
            below = again(shown)
            for line in chapter.lines:
                label = say.labelled(line.label, line.row.definition.unit)
                below.add_row(indented(label), *cells[line.row.definition.name])
            console.print(below)
    for text in say_rest(chapters, names):
        console.print(text)


def say_rest(chapters: Sequence[Chapter], names: Mapping[str, str]) -> list[str]:
    """Outcomes that no plan moves, or of which the runs don't tell; parties of which the same is said together."""
    gathered: dict[str, list[str]] = {}
    for chapter in chapters:
        for text in chapter.rest:
            gathered.setdefault(text, []).append(say.entity(chapter.holder, names))
    return [f"{text} ({'; '.join(parties)})" for text, parties in gathered.items()]


def _without(line: Line) -> str:
    """The mean with no partnership."""
    found = line.row.spreads.get(NO_PARTNERSHIP)
    return say.plain(found.mean, line.row.definition.unit) if found else "–"


def _cell(line: Line, plan: str) -> str:
    """How a plan differs from no partnership; a dash where there is nothing of it under either."""
    difference = line.row.against(plan)
    if difference is None or (not difference.interval.differ and not line.row.spreads[plan].mean):
        return "–"
    return say.gain(difference.interval, difference.word, line.row.definition.unit)


def show_ratios(found: Account, future: str, console: Console) -> None:
    """Ratios of means in one future, and what a year of local staff cost beside a year of visitors."""
    rows = [row for row in found.ratios if row.future == future and _about(found, row)]
    if not rows:
        return
    names = found.study.manifest["scenario"]["names"]
    key = "ratio of the means ± half of its 90% interval; – nothing to divide by"
    heading(console, f"What it cost for each, in the future: {say.words(future)}", key)
    cells = {
        row.definition.name: [_ratio(row, plan) if plan in row.values else "–" for plan in found.plans] for row in rows
    }
    shown, cells = fitted(console, list(map(say.words, found.plans)), cells)
    cadres = {row.definition.group for row in rows if row.definition.group.count(".") < 2}
    for row in rows:
        *_, last = row.definition.group.split(".")
        label = say.labelled(row.definition.label, row.definition.unit)
        own = row.definition.group in cadres and len(cadres) == 1
        shown.add_row(label if own else f"{label}, {say.words(last)}", *cells[row.definition.name])
    console.print(shown)
    for text in say_local_and_visiting(rows, names):
        console.print(text)


def _about(found: Account, row: RatioRow) -> bool:
    """Whether a ratio is of a cadre that the decision is about."""
    cadres, steps = concerned(found.study), row.definition.group.split(".")
    return not cadres or len(steps) < 2 or steps[1] in cadres


def _ratio(row: RatioRow, plan: str) -> str:
    value = row.values[plan]
    text = say.ratio(value.value, value.low, value.high, row.definition.unit)
    against = row.differences.get(plan)
    return f"{say.SIGNS[against.word]} {text}" if against else text


def say_local_and_visiting(rows: Sequence[RatioRow], names: dict[str, str]) -> list[str]:
    """What a specialist-year cost by local staff and by visitors, where both worked."""
    by_name = {row.definition.name: row for row in rows}
    several = len([name for name in by_name if name.endswith(".local_cost_per_year")]) > 1
    said = []
    for row in rows:
        visiting = by_name.get(f"{row.definition.group}.visiting_cost_per_year")
        if row.definition.metric != "local_cost_per_year" or visiting is None:
            continue
        where = f" of {say.entity(row.definition.group, names)}" if several else ""
        for plan, local in row.values.items():
            other = visiting.values.get(plan)
            if other is not None and math.isfinite(other.value) and math.isfinite(local.value):
                mine, theirs = (say.ratio(one.value, one.low, one.high, "USD") for one in (local, other))
                said.append(
                    f"{say.words(plan)}: a specialist-year{where} by local staff cost {mine}, by visitors {theirs}."
                )
    return said


def show_endings(found: Account, console: Console) -> None:
    """How each partnership ended: a line for what befell it, with the plans and futures in which it did."""
    if not found.endings:
        return
    heading(console, "How the partnership ended", "share of runs (90% interval), and the years that it had lasted")
    for text in say_endings(found.endings, found.study):
        console.print(f"- {text}")


def say_endings(fates: Sequence[Fate], study: StoredStudy) -> list[str]:
    """A sentence for each fate, with the plans and futures that share it."""
    several = len({fate.partnership for fate in fates}) > 1
    said = []
    for same in alike(fates):
        whose = f"{say.partnership(study, same[0].partnership)}, " if several else ""
        said.append(f"{whose}{say_where(same, study)}: {say_ending(same[0])}")
    return said


def say_where(fates: Sequence[Fate], study: StoredStudy) -> str:
    """Plans, with the futures that they share a fate in."""
    by_plan: dict[str, list[str]] = {}
    for fate in fates:
        by_plan.setdefault(fate.plan, []).append(fate.future)
    groups: dict[str, list[str]] = {}
    for plan, held in by_plan.items():
        groups.setdefault(say.futures(held, study.futures), []).append(say.words(plan))
    return "; ".join(f"{', '.join(plans)} ({held})" for held, plans in groups.items())


def say_ending(fate: Fate) -> str:
    """How a partnership ended, with shares of runs, and which programmes ran on in the runs that saw it."""
    how = []
    for ending in fate.endings:
        part, lasted = ending.part, ending.lasted
        time = f"after {say.spread_text(lasted, 'years')} years"
        how.append(f"{ending.label} {say.share(part.count, part.low, part.high, part.runs)} {time}")
    if fate.running.count:
        part = fate.running
        how.append(f"not ended {say.share(part.count, part.low, part.high, part.runs)}")
    later = f". Still running three years later: {say_ran_on(fate)}" if fate.ran_on else ""
    return "; ".join(how) + later


def say_ran_on(fate: Fate) -> str:
    """The programmes that ran on, of the runs that saw three years after the end."""
    ran = [
        f"{say.words(name.rpartition('.')[2])} in {part.count:,} of {part.runs:,} runs"
        for name, part in fate.ran_on.items()
        if part.count
    ]
    seen = max((part.runs for part in fate.ran_on.values()), default=0)
    return ", ".join(ran) or (f"nothing, in {seen:,} run{'s' * (seen > 1)}" if seen else "not seen")


def show_payroll(found: Account, console: Console, everything: bool = False) -> None:
    """What a ministry, or whoever pays, paid its staff by calendar year."""
    names = found.study.manifest["scenario"]["names"]
    futures = found.study.futures if everything else found.study.futures[:1]
    for payroll in found.payrolls:
        for future in futures:
            title = (
                f"What {say.entity(payroll.party, names)} paid its staff, by year, in the future: {say.words(future)}"
            )
            heading(console, title, "mean (80% of runs lie between)")
            spreads = payroll.spreads[future]
            step = 1 if everything else EVERY_YEARS
            shown = sorted({*range(0, len(payroll.years), step), len(payroll.years) - 1})
            lines = {
                payroll.years[place]: [
                    say.mean_text(spreads[plan][place], payroll.unit) if plan in spreads else "–"
                    for plan in found.plans
                ]
                for place in shown
            }
            table, lines = fitted(console, list(map(say.words, found.plans)), lines, max(map(len, lines)))
            for year, cells in lines.items():
                table.add_row(year, *cells)
            console.print(table)
