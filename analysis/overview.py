"""A batch at a glance: one table and one page over many scenarios, each with the answer of the party that asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis import say
from analysis.account import Account
from analysis.compare import Aim
from analysis.report import STANDING_NOTE
from analysis.terminal import console_for, grid
from sim.study.study import NO_PARTNERSHIP

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Entry", "entry_of", "not_run", "show_overview", "write_overview"]

DONE, WRONG = "done", "not run"


@dataclass(frozen=True, slots=True)
class Entry:
    """One scenario of a batch."""

    scenario: str
    state: str
    """`done`, or `not run`."""
    title: str = ""
    ok: int = 0
    failed: int = 0
    left: int = 0
    """Runs that are still to do."""
    asks: str = ""
    """Who asks, and what they want."""
    answers: tuple[str, ...] = ()
    """A future and the plans that serve the asker best there, or why there is no answer."""
    gain: str = ""
    """What the first of these plans brings against no partnership, in the first future."""
    broken: str = ""
    """How many of the limits that plan breaks in some future."""
    problem: str = ""
    """Why it was not run."""
    report: str = ""
    """The page, relative to the batch."""


def not_run(scenario: str, problem: str) -> Entry:
    """A scenario that could not be run."""
    return Entry(scenario, WRONG, problem=problem)


def entry_of(found: Account, out: Path) -> Entry:
    """What a finished study answers, for a batch in the folder `out`."""
    study, runs = found.study, found.study.manifest["runs"]
    entry = Entry(
        study.path.name,
        DONE,
        say.safe(study.manifest["scenario"]["title"]),
        runs["ok"],
        runs["failed"],
        runs["planned"] - runs["ok"] - runs["failed"],
        report=(study.path / "report.html").relative_to(out).as_posix(),
    )
    if not found.asker_first or not any(table.blocks for table in found.tables):
        why = "no aims are stated" if not found.asker_first else "no block in which every plan finished"
        return Entry(**{**asdict(entry), "answers": (why,)})
    return Entry(**{**asdict(entry), **_answer(found, found.asker_first[0])})


def _answer(found: Account, aim: Aim) -> dict[str, Any]:
    """The asking party's answer."""
    names, futures = found.study.manifest["scenario"]["names"], list(found.study.futures)
    best = {answer.future: answer.best for answer in found.answers if answer.party == aim.party}
    where: dict[str, list[str]] = {}
    for future, plans in best.items():
        where.setdefault(" or ".join(map(say.words, plans)) or "no plan stands out", []).append(future)
    first = next((plans[0] for plans in best.values() if plans), None)
    row = aim.rows[futures[0]]
    against = row.against(first) if first not in (None, NO_PARTNERSHIP) else None
    limits = [odds[first] for limit in found.limits for odds in limit.odds.values() if first in odds]
    return {
        "asks": f"{say.entity(aim.party, names)}: {say.entity(aim.definition.group, names)}, "
        f"{aim.definition.label}, {aim.definition.better} in {say.date(aim.at)}",
        "answers": tuple(f"{text} ({say.futures(held, futures)})" for text, held in where.items()),
        "gain": say.gain(against.interval, against.word, aim.definition.unit) if against else "–",
        "broken": f"{sum(not odds.holds for odds in limits)} of {len(limits)}" if limits else "–",
    }


def show_overview(entries: Sequence[Entry], console: Console | None = None) -> None:
    """Print one line a scenario, and what is wrong with those that were not run."""
    console = console or console_for()
    table = grid(["runs", "best by the asker's aim", "gain", "limits broken"], "scenario")
    table.columns[2].justify = "left"
    for entry in entries:
        if entry.state == DONE:
            runs = f"{entry.ok:,}" + f", {entry.failed:,} failed" * bool(entry.failed)
            table.add_row(say.safe(entry.scenario), runs, "; ".join(entry.answers), entry.gain, entry.broken)
        else:
            table.add_row(say.safe(entry.scenario), "not run", "see below", "", "", style="red")
    console.print(table)
    for entry in entries:
        if entry.problem:
            console.print(f"{say.safe(entry.scenario)}: {say.safe(entry.problem)}", style="red")


def write_overview(entries: Sequence[Entry], out: Path) -> Path:
    """Write index.html into the folder of a batch; returns its path."""
    from jinja2 import Environment, PackageLoader

    from sim.study.store import Store

    pages = Environment(loader=PackageLoader("analysis"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    page = pages.get_template("overview.html.j2").render(entries=entries, standing_note=STANDING_NOTE)
    Store(out).write_text("index.html", page)
    return out / "index.html"
