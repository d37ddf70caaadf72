"""What the commands on studies do: run or resume a study, print its table, write its report."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sim.study.execute import Tally
from sim.study.study import Request, default_out, make_plan, reopen, run_study

if TYPE_CHECKING:
    from analysis.overview import Entry
    from analysis.replay import Event
    from sim.scenario import Loaded
    from sim.study.plan import StudyPlan
    from sim.study.results import StoredStudy

__all__ = ["Manner", "announce", "batch", "batch_status", "diff", "replay", "report", "status", "study"]

DONE, SOME_FAILED, INTERRUPTED = 0, 1, 130
"""Exit statuses."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a command speaks."""

    json: bool = False
    """Machine-readable on standard output, and nothing else there."""
    quiet: bool = False
    verbose: bool = False

    def notice(self, text: str) -> None:
        """Tell the user something on standard error."""
        if not self.quiet:
            print(text, file=sys.stderr, flush=True)


def load(name: str) -> Loaded:
    """A scenario with the names of its outcomes checked; raises ScenarioError."""
    from sim.study.api import load as read

    return read(name)


def study(
    file: str | None,
    out: Path | None,
    request: Request,
    manner: Manner,
    auto: bool = False,
    within: float | None = None,
) -> int:
    """Run a study, or go on with one; print it and write its report. Returns the exit status.

    Args:
        file: a scenario file or the name of one; None to go on in `out`.
        out: the results directory; named after what is run, unless given.
        request: what to run.
        manner: how to speak.
        auto: whether the study decides how many blocks it needs.
        within: seconds to spend at most; as many blocks as they have room for.
    """
    if file is None:
        if out is None:
            raise ValueError("give a scenario file, or the folder of a study to resume")
        loaded, plan = reopen(out, request)
    else:
        loaded = load(file)
        plan = make_plan(loaded, loaded.path.stem, request)
    for warning in loaded.warnings if manner.verbose else ():
        manner.notice(str(warning))
    if auto or within is not None:
        return _finish(*_grow(loaded, plan, out, request, manner, auto, within), manner)
    return _finish(*_run(loaded, plan, out or default_out(plan, request.kind), request, manner), manner)


def _grow(
    loaded: Loaded, plan: StudyPlan, out: Path | None, request: Request, manner: Manner, auto: bool,
    within: float | None,
) -> tuple[StoredStudy, Tally]:  # fmt: skip
    """Run a study that decides how many blocks it needs, or there is time for."""
    from analysis.auto import run_auto, run_within
    from sim.study.progress import progress_bar
    from sim.study.stopping import PILOT

    out = out or default_out(replace(plan, replications=PILOT), request.kind)
    announce(manner)
    with progress_bar(not manner.quiet) as progress:
        if auto:
            found, tally, _ = run_auto(loaded, plan.scenario, request, out, within, progress, manner.notice)
        else:
            found, tally = run_within(loaded, plan.scenario, request, out, within or 0.0, progress, manner.notice)
    return found, tally


def announce(manner: Manner) -> None:
    """Say that the model has to be compiled, where it has."""
    from sim.model.simulate import compiled_already

    if not compiled_already():
        manner.notice("compiling the model, once for this version of it; a minute or two")


def _run(loaded: Loaded, plan: StudyPlan, out: Path, request: Request, manner: Manner) -> tuple[StoredStudy, Tally]:
    from sim.study.progress import progress_bar

    announce(manner)
    with progress_bar(not manner.quiet) as progress:
        found, tally = run_study(loaded, plan, out, request, progress, manner.notice)
    if tally.present:
        manner.notice(f"{tally.present:,} of {tally.planned:,} runs were there already")
    return found, tally


def _finish(found: StoredStudy, tally: Tally, manner: Manner) -> int:
    """Print a study and write its summary and report."""
    if tally.interrupted:
        manner.notice(f"interrupted: {found.ok + found.failed:,} of {tally.planned:,} runs are kept in {found.path}")
        manner.notice(f"go on with: run_sim.py {found.manifest['kind']} --resume {found.path}")
        return INTERRUPTED
    show(found, manner, report=found.manifest["kind"] == "compare")
    return SOME_FAILED if found.failed else DONE


def show(found: StoredStudy, manner: Manner, report: bool = True) -> None:
    """Print a stored study; with `report`, write its page too."""
    from analysis.account import account
    from analysis.report import write_report
    from analysis.summary import summary, write_summary
    from analysis.table import console_for, show_comparison, show_run

    told = account(found)
    page = write_report(told) if report else None
    if not report:
        write_summary(told)
    if manner.json:
        print(json.dumps({"out": str(found.path), **summary(told)}, ensure_ascii=False))
        return
    console = console_for()
    if len(found.plan.cells) == 1:
        show_run(told, console)
    else:
        show_comparison(told, console, manner.verbose)
    console.print(f"Report: {page}" if page else f"Results: {found.path}", soft_wrap=True)


def report(out: Path, manner: Manner) -> int:
    """Build the report of stored results again."""
    from sim.study.results import StoredStudy

    found = StoredStudy(out)
    if "question" in found.manifest:
        from analysis import verbs_sensitivity

        return verbs_sensitivity.report(out, manner)
    show(found, manner)
    return SOME_FAILED if found.failed else DONE


def status(out: Path, manner: Manner) -> int:
    """Say how far a study is, what failed and why, whether somebody is writing it now, and how to go on."""
    from sim.study.results import StoredStudy

    found = StoredStudy(out)
    planned, left = found.plan.total, found.plan.total - found.ok - found.failed
    cells = {f"{cell.future} / {cell.plan}": 0 for cell in found.plan.cells}
    for cell, blocks in found.store.present(found.plan).items():
        cells[f"{cell.future} / {cell.plan}"] = len(blocks)
    causes: dict[str, int] = {}
    for (_, cause), count in found.causes().items():
        causes[cause] = causes.get(cause, 0) + count
    writer, state = found.store.writer(), {"out": str(out), "planned": planned, "ok": found.ok, "failed": found.failed}
    parts = [one for one in (StoredStudy(place) for place in inside(out)) if one.manifest["kind"] == "design"]
    if manner.json:
        more = {"left": left, "cells": cells, "causes": causes, "writing": writer}
        if parts:
            more["designs"] = {
                one.path.name: {"planned": one.plan.total, "ok": one.ok, "failed": one.failed} for one in parts
            }
        print(json.dumps({**state, **more}, ensure_ascii=False))
        return DONE
    from analysis.say import safe, words

    print(f"{out}: {found.ok:,} of {planned:,} runs done, {found.failed:,} failed, {left:,} still to do")
    for cell_name, count in cells.items():
        print(f"  {words(cell_name)}: {count:,} of {planned // len(cells):,}")
    for cause, count in causes.items():
        print(f"{count:,} failed: {safe(cause)}")
    for one in parts:
        print(f"  {words(one.path.name)}: {one.ok:,} of {one.plan.total:,} runs done, {one.failed:,} failed")
        left += one.plan.total - one.ok - one.failed
        writer = writer or one.store.writer()
    if writer:
        print(f"{writer} is writing here now")
    elif left:
        print(f"go on with: run_sim.py {found.manifest['kind']} --resume {out}")
    return DONE


def batch(names: Sequence[str], out: Path, request: Request, manner: Manner) -> int:
    """Compare every scenario of files and folders; one that is broken does not stop the others.

    Without names, go on with the studies that the folder holds.
    """
    from analysis.account import account
    from analysis.overview import entry_of, not_run, write_overview
    from analysis.report import write_report
    from sim.scenario import ScenarioError
    from sim.study.store import StoreError

    files = [found for name in names for found in scenario_files(name)]
    worst = DONE
    entries: list[Entry] = []
    for place in [out / file.stem for file in files] or studies(out):
        try:
            if files:
                loaded = load(str(files[len(entries)]))
                plan = make_plan(loaded, loaded.path.stem, request)
            else:
                loaded, plan = reopen(place, request)
            found, tally = _run(loaded, plan, place, request, manner)
        except (ScenarioError, StoreError, ValueError) as error:
            manner.notice(f"{place.name}: {error}")
            entries.append(not_run(place.name, str(error)))
            worst = SOME_FAILED
            continue
        if tally.interrupted:
            manner.notice(f"interrupted; go on with: run_sim.py batch --resume {out}, or the same command")
            return INTERRUPTED
        told = account(found)
        write_report(told)
        entries.append(entry_of(told, out))
        worst = max(worst, SOME_FAILED if found.failed else DONE)
    _show_batch(entries, write_overview(entries, out), manner)
    return worst


def batch_status(out: Path, manner: Manner) -> int:
    """Say how far the studies of a batch are."""
    from sim.study.results import StoredStudy

    rows = []
    for place in studies(out):
        found = StoredStudy(place)
        left = found.plan.total - found.ok - found.failed
        rows.append({"scenario": place.name, "ok": found.ok, "failed": found.failed, "left": left, "out": str(place)})
    if manner.json:
        print(json.dumps(rows, ensure_ascii=False))
        return DONE
    for row in rows:
        print(f"{row['scenario']}: {row['ok']:,} done, {row['failed']:,} failed, {row['left']:,} to do")
    return DONE


def studies(out: Path) -> list[Path]:
    """The studies in a folder; raises StoreError where there is none."""
    from sim.study.store import StoreError

    found = inside(out)
    if not found:
        raise StoreError(f"{out}: no study here")
    return found


def inside(out: Path) -> list[Path]:
    """The studies that lie in a folder, such as the designs of a sensitivity study."""
    return sorted(manifest.parent for manifest in out.glob("*/manifest.json"))


def scenario_files(name: str) -> list[Path]:
    """A file, or the scenarios of a folder."""
    from sim.scenario.answer import find

    path = find(name)
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.glob("*.yaml") if file.name != "defaults.yaml")


def _show_batch(entries: Sequence[Entry], page: Path, manner: Manner) -> None:
    """Print the table of a batch and the path of its page."""
    from dataclasses import asdict

    from analysis.overview import show_overview

    if manner.json:
        rows = [asdict(entry) for entry in entries]
        print(json.dumps({"out": str(page.parent), "scenarios": rows}, ensure_ascii=False))
        return
    show_overview(entries)
    print(f"Overview: {page}")


def replay(out: Path, name: str, manner: Manner) -> int:
    """Print the event log of a stored run."""
    from analysis.replay import replay as again
    from analysis.say import words
    from sim.study.results import StoredStudy

    study = StoredStudy(out)
    found = again(study, name)
    rows = [dict(zip(EVENT, event, strict=True)) for event in found.events]
    where: dict[str, str | int] = {"run_id": found.run_id}
    where |= {"future": found.cell.future, "plan": found.cell.plan}
    where |= {"design_point": found.block.design_point, "replication": found.block.replication}
    if manner.json:
        print(json.dumps({**where, "identical": found.identical, "events": rows}, ensure_ascii=False))
    else:
        print(words(f"run {found.run_id}: {found.cell.future}, {found.cell.plan}, row {found.block.design_point}"))
        start = float(study.manifest["scenario"]["start"])
        print("\n".join(_event_line(start, event) for event in found.events))
        print("the same as the stored run, bit for bit" if found.identical else "NOT the same as the stored run")
    return DONE if found.identical else SOME_FAILED


EVENT = ("time", "event", "entity", "detail")


def _event_line(start: float, event: Event) -> str:
    from analysis.say import day, words

    time, kind, entity, detail = event
    return f"{day(start + time)}  {words(kind):<16} {words(entity):<28} {words(detail)}".rstrip()


def diff(out: Path, first: str, second: str, manner: Manner) -> int:
    """Print where two stored runs part, and the chain that followed: what each did that the other did not."""
    from analysis.replay import aligned, chain, part
    from analysis.replay import replay as again
    from analysis.say import words
    from analysis.say_curves import say_chain, say_parting
    from sim.study.results import StoredStudy

    study = StoredStudy(out)
    one, other = again(study, first), again(study, second)
    found = part(one.events, aligned(other.events, other.people, one.people))
    sides = ((one, found.only_first), (other, found.only_second))
    if manner.json:
        only = {run.run_id: [dict(zip(EVENT, event, strict=True)) for event in events] for run, events in sides}
        at = None if found.at is None else dict(zip(EVENT, found.at, strict=True))
        links = [{"entity": link.entity, "since": link.since} for link in chain(found)]
        print(
            json.dumps({"shared": len(found.shared), "parting": at, "chain": links, "only": only}, ensure_ascii=False)
        )
        return DONE
    start = float(study.manifest["scenario"]["start"])
    most = None if manner.verbose else FOLLOWED
    for name, (run, events) in zip(("first", "second"), sides, strict=True):
        where = words(f"{run.cell.future}, {run.cell.plan}, row {run.block.design_point}")
        print(f"{name}: {run.run_id} ({where}), {len(events):,} events of its own")
    print(f"{len(found.shared):,} events are the same{'; the last of them:' * bool(found.shared)}")
    for event in found.shared[-3:]:
        print(f"  {_event_line(start, event)}")
    print(say_parting(found, start))
    for line in say_chain(chain(found), start, most, None if manner.verbose else EACH):
        print(f"  {line}")
    if any(event[2].endswith("*") for event in found.only_second):
        print("* somebody who is in the second run only; all other people have their number of the first run")
    return DONE


FOLLOWED = 15
EACH = 3
"""People, posts and programmes that are printed after a parting, and events of each, unless all are asked for."""
