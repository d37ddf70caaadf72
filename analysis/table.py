"""A comparison on the terminal, as a planner reads it: the question first, then plans side by side."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from typing import IO, TYPE_CHECKING

from analysis import say
from analysis.compare import Aim, Comparison, FutureTable, Row
from analysis.differences import Difference, hardly_shared
from analysis.intervals import ENOUGH_DIFFER
from analysis.limits import limits
from analysis.targets import Published
from sim.study.results import StoredStudy
from sim.study.study import NO_PARTNERSHIP

if TYPE_CHECKING:
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table

__all__ = ["console_for", "show_comparison", "show_run"]

SIGNS = {"more": "▲", "less": "▼", "about the same": "=", "not resolved": "?"}
"""A word as one sign, for narrow tables."""

LABEL_WIDTH = 26
"""Columns that an outcome's label needs to be read with ease."""

_PLAIN_WIDTH = 100
"""Columns of output that is no terminal, such as a log."""


def console_for(file: IO[str] | None = None) -> Console:
    """A console that neither reads markup in names nor colours a log."""
    from rich.console import Console

    file = file or sys.stdout
    width = None if file.isatty() else int(os.environ.get("COLUMNS") or _PLAIN_WIDTH)
    return Console(file=file, width=width, markup=False, highlight=False, emoji=False, soft_wrap=False)


def show_comparison(
    study: StoredStudy,
    found: Comparison,
    figures: Sequence[Published],
    console: Console,
    everything: bool = False,
) -> None:
    """Print a comparison; `everything` adds the outcomes that no aim is about, and all futures."""
    _head(study, console)
    for aim in found.aims:
        _show_aim(study, aim, found.plans, console)
    _show_limits(study, found.plans, console)
    main = {aim.definition.group for aim in found.aims}
    for table in found.tables if everything else found.tables[:1]:
        rows = [row for row in table.rows if everything or not main or row.definition.group in main]
        _show_future(study, table, rows, found.plans, console)
    _show_published(figures, console)
    _show_failures(study, found.tables, console)


def show_run(study: StoredStudy, found: Comparison, console: Console) -> None:
    """Print the outcomes of one cell."""
    _head(study, console)
    for table in found.tables:
        _show_future(study, table, table.rows, found.plans, console)
    _show_failures(study, found.tables, console)


def _head(study: StoredStudy, console: Console) -> None:
    """The question, what was run, and where the spread comes from."""
    scenario, plan = study.manifest["scenario"], study.plan
    start, end = float(scenario["start"]), float(scenario["start"]) + float(scenario["years"])
    console.print()
    for line in filter(None, (scenario["title"], scenario["question"])):
        console.print(say.safe(" ".join(line.split())), style="bold")
    shape = f"{_count(len(study.futures), 'future')}, {_count(len(study.plans), 'plan')}, "
    if len(plan.cells) == 1:
        shape = f"future {say.words(study.futures[0])}, plan {say.words(study.plans[0])}, "
    runs = f"{_count(plan.replications, 'run')}{' each' * (len(plan.cells) > 1)}"
    console.print(f"{say.date(start)} to {say.date(end)}; {shape}{runs}, seed {plan.seed}.")
    console.print(spread_note(study), style="yellow")


def spread_note(study: StoredStudy) -> str:
    """Where the spread of the runs comes from."""
    if study.plan.replications == 1:
        return "One simulated history; --replications shows how far others lie from it."
    if study.plan.parameters == "central":
        return (
            "Spread is from luck only: every number is at its central value. What is not known about the "
            "numbers themselves comes on top (--parameters sampled)."
        )
    if study.plan.design_point is not None:
        return f"Spread is from luck only: all runs share design row {study.plan.design_point}."
    if len(study.plan.cells) == 1:
        return "Spread is from luck and from what is not known about the numbers: each run draws both."
    return (
        "Spread is from luck and from what is not known about the numbers: each block draws both once, and every "
        "plan and future meets them (--parameters central leaves luck only)."
    )


def shared(study: StoredStudy) -> str:
    """What the blocks of a study share between plans, besides people."""
    return "numbers and luck" if sampled(study) else "luck"


def sampled(study: StoredStudy) -> bool:
    """Whether the blocks differ in their parameters as well as in their luck."""
    return study.plan.parameters == "sampled" and study.plan.design_point is None


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"


def _table(columns: Iterable[str], first: str = "") -> Table:
    """A table of one column of names and some of figures."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(first, overflow="fold")
    for column in columns:
        table.add_column(column, justify="right", overflow="fold")
    return table


def _heading(console: Console, title: str, explanation: str) -> None:
    console.print()
    console.print(title, style="bold")
    console.print(explanation, style="italic")


def _title(study: StoredStudy, what: str, name: str) -> str:
    """The title of a future or plan, or its name in words."""
    return say.safe(study.manifest["scenario"][what].get(name) or "") or say.words(name)


def _show_aim(study: StoredStudy, aim: Aim, plans: Sequence[str], console: Console) -> None:
    """What a party wants: its levels by future and plan, then plan against plan."""
    names = study.manifest["scenario"]["names"]
    definition = aim.definition
    party, where = say.entity(aim.party, names), say.entity(definition.group, names)
    title = f"{party} wants {definition.better}, in {say.date(aim.at)}: {where}, {definition.label}"
    _heading(console, title, "median (80% of runs lie between)")
    table = _table(map(say.words, plans), "future")
    for future, row in aim.rows.items():
        spreads = [row.spreads.get(plan) for plan in plans]
        cells = [say.spread_text(found, definition.unit) if found else "–" for found in spreads]
        table.add_row(say.words(future), *cells)
    console.print(table)
    if len(plans) > 1:
        _show_differences(study, aim, console)


def _show_differences(study: StoredStudy, aim: Aim, console: Console) -> None:
    """Plan against plan in the first future, and against no partnership in the others."""
    _heading(
        console,
        f"Plan against plan, the same people with the same {shared(study)}",
        "mean difference (90% interval for the mean)",
    )
    table = _table(["difference", "worth"], "future and plans")
    table.add_column("in words", overflow="fold")
    first = next(iter(aim.rows))
    for future, row in aim.rows.items():
        if len(aim.rows) > 1:
            table.add_row(say.words(future), style="bold")
        for difference in row.differences:
            if future == first or difference.against == NO_PARTNERSHIP:
                pair = f"{say.words(difference.plan)} against {say.words(difference.against)}"
                table.add_row(_indented(pair), *_difference_cells(difference, row), style=_style(difference, row))
    console.print(table)
    every = [found for row in aim.rows.values() for found in row.differences]
    if any(found.worth for found in every):
        console.print(say.worth_note(shared(study), hardly_shared(every)))
    if any(say.rough(found.interval, ENOUGH_DIFFER) for found in every):
        console.print(f"† fewer than {ENOUGH_DIFFER} runs differ: the interval is rough")


def _show_limits(study: StoredStudy, plans: Sequence[str], console: Console) -> None:
    """In how many runs what must not happen does."""
    names = study.manifest["scenario"]["names"]
    for found in limits(study):
        unit = study.manifest["outcomes"].get(found.metric, {}).get("unit", "")
        _heading(console, "What must not happen", say.limit(found, names, unit))
        table = _table(map(say.words, plans), "future")
        for future, odds in found.odds.items():
            cells = [
                f"{'within' if odds[plan].holds else 'BROKEN'}: {odds[plan].count:,} of {odds[plan].runs:,}"
                if plan in odds
                else "–"
                for plan in plans
            ]
            table.add_row(say.words(future), *cells)
        console.print(table)


def _difference_cells(difference: Difference, row: Row) -> tuple[str, str, str]:
    interval = difference.interval
    mark = "†" if say.rough(interval, ENOUGH_DIFFER) else ""
    return say.difference(interval, row.definition.unit) + mark, say.worth(difference.worth), difference.word


def _style(difference: Difference, row: Row) -> str:
    """Green for what the outcome's direction calls better, red for worse; words carry the same news."""
    better = row.definition.better
    if difference.word not in ("more", "less") or better not in ("more", "less"):
        return ""
    return "green" if difference.word == better else "red"


def _show_future(
    study: StoredStudy, table: FutureTable, rows: Sequence[Row], plans: Sequence[str], console: Console
) -> None:
    """All outcomes of a future, by whose they are."""
    names, many = study.manifest["scenario"]["names"], study.plan.replications > 1
    kind = "median (80% of runs lie between)" if many else "one run"
    future = _title(study, "futures", table.future)
    _heading(console, f"At the end of the run, in the future: {future}", kind)
    shown = _table(map(say.words, plans))
    lines = {row.definition.name: [_cell(row, plan) for plan in plans] for row in _told(rows)}
    widest = max((len(cell) for cells in lines.values() for cell in cells), default=0)
    if (widest + 2) * len(plans) + LABEL_WIDTH > console.width:  # the span goes under the median
        lines = {name: [cell.replace(" (", "\n(") for cell in cells] for name, cells in lines.items()}
        for column, plan in zip(shown.columns[1:], plans, strict=True):
            pieces = [part for cell in lines.values() for part in cell[plans.index(plan)].split("\n")]
            column.max_width = max(map(len, [*say.words(plan).split(), *pieces]))
    group = None
    for row in _told(rows):
        if row.definition.group != group:
            group = row.definition.group
            shown.add_row(say.entity(group, names), style="bold")
        label = say.labelled(row.definition.label, row.definition.unit)
        shown.add_row(_indented(label), *lines[row.definition.name])
    console.print(shown)
    if len(plans) > 1:
        console.print(
            "▲ more and ▼ less than without the partnership, by enough to matter; = about the same; "
            "? not resolved by these runs"
        )


def _told(rows: Sequence[Row]) -> list[Row]:
    """Rows without those of what no plan has anything of, such as a programme that none of them starts."""
    busy = {row.definition.group for row in rows if any(found.mean or not found.runs for found in row.spreads.values())}
    return [row for row in rows if row.definition.group in busy]


def _indented(text: str) -> Padding:
    """Text that stays indented where it wraps."""
    from rich.padding import Padding
    from rich.text import Text

    return Padding(Text(text, overflow="fold"), (0, 0, 0, 2))


def _cell(row: Row, plan: str) -> str:
    """A sign for how it compares with no partnership, and a spread."""
    text = say.spread_text(row.spreads[plan], row.definition.unit) if plan in row.spreads else "–"
    against = row.against(plan)
    return text if against is None or text == "–" else f"{SIGNS[against.word]} {text}"


def _show_published(figures: Sequence[Published], console: Console) -> None:
    """Published counts beside the runs; those without a counterpart are left to the report."""
    shown = [figure for figure in figures if figure.shares]
    if not shown:
        return
    _heading(console, "Published figures beside the simulation", "median share (80% of runs lie between)")
    table = _table((), "figure")
    for heading in ("published", "plan", "simulated"):
        table.add_column(heading, overflow="fold")
    for figure in shown:
        counted = f"{figure.count:g} of {figure.of:g} in {say.date(figure.at)}"
        first = (f"{say.words(figure.name)} ({figure.role})", counted)
        for plan, found in figure.shares.items():
            text = f"{say.spread_text(found, 'share')} of {say.spread_text(figure.wholes[plan], 'people')}"
            late = "" if figure.read_at == figure.at else f" in {say.date(figure.read_at)}"
            table.add_row(*first, say.words(plan), text + late)
            first = ("", "")
    console.print(table)


def _show_failures(study: StoredStudy, tables: Sequence[FutureTable], console: Console) -> None:
    runs = study.manifest["runs"]
    missing = runs["planned"] - runs["ok"] - runs["failed"]
    if missing:
        console.print(f"{missing:,} of {runs['planned']:,} runs are still to do (--resume).", style="yellow")
    for (cell, cause), count in study.causes().items():
        console.print(
            f"{count:,} runs failed ({say.words(cell.future)}, {say.words(cell.plan)}): {say.safe(cause)}",
            style="red",
        )
    dropped = sum(table.dropped for table in tables)
    if dropped and len(study.plans) > 1:
        console.print("Blocks with a failed or missing run are left out for every plan.", style="red")
