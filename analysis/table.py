"""A comparison on the terminal, as a planner reads it: the question first, then plans side by side, party by party."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from analysis import say
from analysis.accord import tone
from analysis.account import Account
from analysis.compare import Aim, FutureTable, Row
from analysis.differences import Difference, hardly_shared
from analysis.limits import Odds
from analysis.say_accord import say_accord
from analysis.table_choice import show_blocks, show_choice, show_curves
from analysis.table_story import show_endings, show_payroll, show_ratios, show_story
from analysis.targets import Published
from analysis.terminal import again, console_for, fitted, grid, heading, indented, widen
from sim.study.intervals import ENOUGH_DIFFER
from sim.study.results import StoredStudy
from sim.study.study import NO_PARTNERSHIP

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["console_for", "show_comparison", "show_run"]


KEY = "median (80% of runs); against no partnership ▲ more, ▼ less, = about the same, ? not resolved"
"""How to read levels of plans side by side."""


def show_comparison(found: Account, console: Console, everything: bool = False) -> None:
    """Print a comparison; `everything` adds all outcomes, and what the other futures hold."""
    study = found.study
    _head(study, console)
    if not any(table.blocks for table in found.tables):
        console.print("There is no block in which every plan finished: nothing can be compared.", style="bold red")
        _show_failures(study, found.tables, console)
        return
    show_blocks(found, console, everything)
    for aim in found.asker_first:
        _show_aim(study, aim, found.plans, console, everything or aim.party == found.asked_by, everything)
    _show_accord(found, console)
    show_choice(found, console, everything)
    _show_limits(found, console, everything)
    for table in found.tables if everything else found.tables[:1]:
        show_story(found, table, console, everything)
        show_ratios(found, table.future, console)
    show_endings(found, console)
    show_curves(found, console, everything)
    show_payroll(found, console, everything)
    for table in found.tables if everything else ():
        _show_future(study, table, table.rows, found.plans, console)
    _show_published(found.figures, console)
    _show_failures(study, found.tables, console)


def show_run(found: Account, console: Console) -> None:
    """Print the outcomes of one cell."""
    _head(found.study, console)
    for table in found.tables:
        _show_future(found.study, table, table.rows, found.plans, console)
    _show_failures(found.study, found.tables, console)


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
    if withheld := withheld_note(study):
        console.print(withheld, style="yellow")


def withheld_note(study: StoredStudy) -> str:
    """How many numbers the scenario keeps out of shared reports; nothing where it keeps none."""
    count = study.manifest["scenario"].get("withheld", 0)
    return f"{_count(count, 'number')} marked private in the scenario: used, and not shown." if count else ""


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


def _show_aim(
    study: StoredStudy, aim: Aim, plans: Sequence[str], console: Console, pairs: bool, everything: bool
) -> None:
    """What a party wants: its levels by future and plan, then, with `pairs`, plan against plan."""
    names = study.manifest["scenario"]["names"]
    definition = aim.definition
    party, where = say.entity(aim.party, names), say.entity(definition.group, names)
    inner = say.words(definition.group.removeprefix(aim.party).strip(".").replace(".", ", "))
    what = ", ".join(filter(None, (inner, definition.label))) if _own(aim) else f"{where}, {definition.label}"
    title = f"{party} wants {definition.better}, in {say.date(aim.at)}: {what}"
    if aim.indifferent and not everything:
        spread = next(iter(aim.rows.values())).spreads[NO_PARTNERSHIP]
        level = f"{say.spread_text(spread, definition.unit)} without the partnership"
        heading(console, title, f"{level}; about the same under every plan, in every future")
        return
    heading(
        console,
        title,
        KEY,
    )
    lines = {future: [_cell(row, plan) for plan in plans] for future, row in aim.rows.items()}
    table, lines = fitted(console, [say.words(plan) for plan in plans], lines)
    for future, cells in lines.items():
        table.add_row(say.words(future), *cells)
    console.print(table)
    if len(plans) > (1 if everything else 2) and pairs:
        _show_differences(study, aim, console, everything)


def _own(aim: Aim) -> bool:
    """Whether a party looks at an outcome of its own."""
    return aim.definition.group.partition(".")[0] == aim.party


def _show_differences(study: StoredStudy, aim: Aim, console: Console, everything: bool) -> None:
    """Plan against plan in the first future; with `everything` in all, against no partnership too, and their worth."""
    first = next(iter(aim.rows))
    where = "" if everything or len(aim.rows) == 1 else f", in the future: {say.words(first)}"
    heading(
        console,
        f"Plan against plan, the same people with the same {shared(study)}{where}",
        "mean difference (90% interval for the mean)",
    )
    table = grid(["difference", "worth", "corr."] if everything else ["difference"], "plans")
    table.add_column("in words", overflow="fold")
    rows = aim.rows if everything else {first: aim.rows[first]}
    for future, row in rows.items():
        if len(rows) > 1:
            table.add_row(say.words(future), style="bold")
        for difference in row.differences:
            if everything or difference.against != NO_PARTNERSHIP:
                pair = f"{say.words(difference.plan)} against {say.words(difference.against)}"
                size, worth, word = _difference_cells(difference, row)
                together = say.correlation(difference.correlation)
                cells = (size, worth, together, word) if everything else (size, word)
                table.add_row(indented(pair), *cells, style=_style(difference, row))
    console.print(table)
    every = [found for row in rows.values() for found in row.differences]
    if everything and any(found.worth for found in every):
        console.print(say.worth_note(shared(study), hardly_shared(every)))
    if everything:
        console.print(f"Corr.: the correlation of the two plans over blocks, which sharing {shared(study)} achieves.")
    if any(say.rough(found.interval, ENOUGH_DIFFER) for found in every):
        console.print(f"† fewer than {ENOUGH_DIFFER} runs differ: the interval is rough")


def _show_accord(found: Account, console: Console) -> None:
    """Each party's own answer, and where one party's is another's loss."""
    said = say_accord(found)
    if said:
        heading(
            console,
            "Each party's own answer, by its own aim",
            "the best plans in the mean; `or` where they aren't told apart",
        )
        for text in said:
            console.print(f"- {text}")


def _show_limits(found: Account, console: Console, everything: bool) -> None:
    """In how many runs what must not happen does: the least and the most of all futures, or each future's."""
    names, outcomes = found.study.manifest["scenario"]["names"], found.study.manifest["outcomes"]
    if not found.limits:
        return
    many = not everything and len(found.study.futures) > 1
    span = ", from the best future to the worst" if many else ""
    heading(console, "What must not happen", f"in so many of so many runs it does{span}: ✗ too many, ✓ allowed")
    rows: dict[str, dict[str, list[str]]] = {}
    for limit in found.limits:
        title = say.limit(limit, names, outcomes.get(limit.metric, {}).get("unit", ""))
        every = {say.words(future): [odds] for future, odds in limit.odds.items()}
        rows[title] = {
            future: [_odds([odds[plan] for odds in held if plan in odds]) for plan in found.plans]
            for future, held in ({"": list(limit.odds.values())} if many else every).items()
        }
    cells = {f"{title} {future}": line for title, lines in rows.items() for future, line in lines.items()}
    shown, _ = fitted(console, list(map(say.words, found.plans)), cells)
    widen(shown, console)
    console.print(shown)
    for title, lines in rows.items():
        console.print(title)
        below = again(shown)
        for future, line in lines.items():
            below.add_row(future, *line)
        console.print(below)


def _odds(found: Sequence[Odds]) -> str:
    """`✓ 2–5/60`: the fewest and the most runs of several futures, and whether all are allowed."""
    if not found:
        return "–"
    counts = sorted({odds.count for odds in found})
    span = f"{counts[0]:,}–{counts[-1]:,}" if counts[1:] else f"{counts[0]:,}"
    return f"{'✓' if all(odds.holds for odds in found) else '✗'} {span}/{max(odds.runs for odds in found):,}"


def _difference_cells(difference: Difference, row: Row) -> tuple[str, str, str]:
    interval = difference.interval
    mark = "†" if say.rough(interval, ENOUGH_DIFFER) else ""
    return say.difference(interval, row.definition.unit) + mark, say.worth(difference.worth), difference.word


def _style(difference: Difference, row: Row) -> str:
    """Green for what the outcome's direction calls better, red for worse; words carry the same news."""
    return {"better": "green", "worse": "red", "": ""}[tone(difference, row.definition.better)]


def _show_future(
    study: StoredStudy, table: FutureTable, rows: Sequence[Row], plans: Sequence[str], console: Console
) -> None:
    """All outcomes of a future, by whose they are."""
    names, many = study.manifest["scenario"]["names"], study.plan.replications > 1
    kind = "median (80% of runs lie between)" if many else "one run"
    future = say.title(study, "futures", table.future)
    heading(console, f"At the end of the run, in the future: {future}", kind)
    lines = {row.definition.name: [_cell(row, plan) for plan in plans] for row in _told(rows)}
    shown, lines = fitted(console, list(map(say.words, plans)), lines)
    group = None
    for row in _told(rows):
        if row.definition.group != group:
            group = row.definition.group
            shown.add_row(say.entity(group, names), style="bold")
        label = say.labelled(row.definition.label, row.definition.unit)
        shown.add_row(indented(label), *lines[row.definition.name])
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


def _cell(row: Row, plan: str) -> str:
    """A sign for how it compares with no partnership, and a spread."""
    text = say.spread_text(row.spreads[plan], row.definition.unit) if plan in row.spreads else "–"
    against = row.against(plan)
    return text if against is None or text == "–" else f"{say.SIGNS[against.word]} {text}"


def _show_published(figures: Sequence[Published], console: Console) -> None:
    """Published counts beside the runs; those without a counterpart are left to the report."""
    shown = [figure for figure in figures if figure.shares]
    if not shown:
        return
    heading(
        console,
        "Published figures beside the simulation",
        "median share (80% of runs)",
    )
    plans = list(dict.fromkeys(plan for figure in shown for plan in figure.shares))
    lines = {}
    for figure in shown:
        title = f"{say.words(figure.name)}: {figure.count:g} of {figure.of:g} ({figure.role})"
        lines[title] = [
            say.spread_text(figure.shares[plan], "share") if plan in figure.shares else "–" for plan in plans
        ]
    table, lines = fitted(console, list(map(say.words, plans)), lines)
    for title, cells in lines.items():
        table.add_row(title, *cells)
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
