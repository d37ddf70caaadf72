"""What the commands on sensitivity do: ask, run, tell; conditions of failure, value of information and flips."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from analysis.advice import as_json, conditions, failure_of, flips, numbers_of, worths
from analysis.refusal import Refusal
from analysis.section import Section, show_sections
from analysis.sensitivity.question import Question, QuestionError, ask, nearest
from analysis.sensitivity.run import Sizes, draws_of, ensemble_of, kept, remember, run_all, run_pairs, stored
from analysis.verbs import DONE, INTERRUPTED, SOME_FAILED, Manner, announce, load
from sim.study.plan import CellKey
from sim.study.study import NO_PARTNERSHIP, Request, UnknownNameError, make_plan, reopen, run_study

if TYPE_CHECKING:
    from analysis.advice import Conditions
    from sim.scenario import Loaded
    from sim.study.results import StoredStudy

__all__ = ["Asked", "discover", "flip", "report", "sensitivity", "value"]

PACE_ROWS = 100
"""Random rows that show how long a run takes, before a time is divided among the parts."""

MOST_ROWS = 1 << 14
TELLING = 0.25
"""The part of the time given that is left for working out what the runs say."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a user wants to know, as typed."""

    outcome: str | None = None
    plans: Sequence[str] | None = None
    future: str | None = None
    methods: tuple[str, ...] = ()
    within: float | None = None
    """Seconds."""


def sensitivity(file: str | None, out: Path | None, request: Request, asked: Asked, manner: Manner) -> int:
    """Run a sensitivity study, or go on with one; print what it found and write its report."""
    from sim.study.progress import progress_bar

    if file is None:
        if out is None:
            raise QuestionError("a scenario file is needed; to go on with a study: --resume DIR")
        loaded, question, rows, methods, request = _again(out, request)
    else:
        loaded, methods = load(file), asked.methods
        question = ask(loaded, asked.outcome, asked.plans, asked.future)
        rows = request.replications
        out = out or _default_out(loaded, question, request, methods)
    announce(manner)
    with progress_bar(not manner.quiet) as progress:
        if asked.within is not None:
            rows = _rows_within(loaded, question, out, request, asked.within, methods, progress)
            manner.notice(f"{asked.within:.0f} s have room for {rows:,} rows")
        request = replace(request, question=kept(question, methods, rows))
        found, interrupted = run_all(
            loaded, question, Sizes.of(rows, methods), out, request, progress, manner.notice
        )
        remember(found, methods, rows)
        if not interrupted and found.sobol is not None:
            from analysis.sensitivity.findings import Findings
            from analysis.sensitivity.sobol import Indices

            indices = Findings(found, loaded, methods).indices
            if isinstance(indices, Indices):
                found, interrupted = run_pairs(loaded, found, indices, out, request, progress, manner.notice)
    if interrupted:
        manner.notice(f"interrupted; what is finished is kept. Go on with: run_sim.py sensitivity --resume {out}")
        return INTERRUPTED
    return report(out, manner)


def _again(out: Path, request: Request) -> tuple[Loaded, Question, int, tuple[str, ...], Request]:
    """What a folder was asked and how it was run, to go on with."""
    studies, methods, rows = stored(out)
    loaded, plan = reopen(out, replace(request, kind="sensitivity", replications=0))
    again = replace(
        request, plans=list(dict.fromkeys(cell.plan for cell in plan.cells)), series=plan.series, seed=plan.seed,
        parameters=plan.parameters, trace=plan.trace, extension=plan.extension,
    )  # fmt: skip
    return loaded, studies.question, max(rows, request.replications), methods, again


def _default_out(loaded: Loaded, question: Question, request: Request, methods: Sequence[str]) -> Path:
    """A folder named after the question: the same command finds its results again."""
    plan = make_plan(loaded, loaded.path.stem, replace(request, kind="sensitivity", futures=[question.future]))
    content = (plan.identity, question, tuple(methods), request.replications)
    short = blake2b(repr(content).encode(), digest_size=4).hexdigest()
    return Path("results") / f"{loaded.path.stem}-sensitivity-{short}"


def _rows_within(
    loaded: Loaded,
    question: Question,
    out: Path,
    request: Request,
    within: float,
    methods: Sequence[str],
    progress: Any,
) -> int:
    """How many rows there is time for, from the pace of the first hundred."""
    few = ensemble_of(question, request, PACE_ROWS)
    plan = make_plan(loaded, loaded.path.stem, few)
    run_study(loaded, replace(plan, replications=1), out, replace(few, replications=1))  # builds the cells
    started = monotonic()
    _, tally = run_study(loaded, plan, out, few, progress)
    done = max(1, tally.ok + tally.failed)
    pace = (monotonic() - started) / done
    draws, plans = len(draws_of(loaded, question)) if question.plan else len(loaded.passports), len(loaded.plans)
    rows = PACE_ROWS
    while rows < MOST_ROWS and Sizes.of(2 * rows, methods).runs(plans, draws) * pace < within * (1.0 - TELLING):
        rows *= 2
    return rows


def report(out: Path, manner: Manner) -> int:
    """Tell a stored sensitivity study, and write its page."""
    from analysis.report_sensitivity import Told, write_page
    from analysis.sensitivity.findings import Findings
    from analysis.terminal import console_for

    studies, methods, _ = stored(out)
    loaded, _ = reopen(out, Request("sensitivity", replications=0))
    study, question = studies.ensemble, studies.question
    whole = not methods
    found = Findings(studies, loaded, methods)
    failure = failure_of(study) if whole else Refusal("", "")
    when = None
    if not isinstance(failure, Refusal):
        when = conditions(study, loaded, CellKey(question.future, question.plan), failure)
    worth = worths(study, loaded, question.party) if whole and question.party else []
    near = flips(study, loaded, question.party, progress=manner.notice) if whole and question.party else []
    told = Told(found, when, worth, near)
    page = write_page(told)
    if manner.json:
        print(json.dumps({"out": str(out), **told.summary()}, ensure_ascii=False))
        return _status(studies.ensemble)
    console = console_for()
    console.print()
    for text in told.short:
        console.print(f"- {text}")
    show_sections(told.sections if manner.verbose else told.sections[:2], console, manner.verbose)
    console.print(f"Report: {page}", soft_wrap=True)
    return _status(studies.ensemble)


def _status(study: StoredStudy) -> int:
    return SOME_FAILED if study.failed else DONE


def value(out: Path, party: str | None, manner: Manner) -> int:
    """What finding out is worth to one party, or to each."""
    from analysis.tell_advice import worth_sections

    study, loaded = _open(out, party)
    found = worths(study, loaded, party)
    return _say(study, "value", worth_sections(found, numbers_of(study, loaded)), found, manner)


def flip(out: Path, party: str | None, runs: int | None, manner: Manner) -> int:
    """The smallest changes that flip the advice of one party, or of each, confirmed by runs."""
    from analysis.tell_advice import flip_sections

    study, loaded = _open(out, party)
    found = flips(study, loaded, party, runs, manner.notice)
    return _say(study, "flips", flip_sections(found, numbers_of(study, loaded)), found, manner)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What `discover` is to look for."""

    outcome: str | None = None
    threshold: float | None = None
    future: str | None = None
    plan: str | None = None
    act: str | None = None
    """An action to be triggered by the best signpost, as a line of YAML."""


def discover(out: Path, wanted: Wanted, manner: Manner) -> int:
    """Under which conditions plans fail and what foretells it; with an action, what triggering it buys."""
    from analysis.tell_advice import conditions_sections

    study, loaded = _open(out, None)
    try:
        failure = failure_of(study, wanted.outcome, wanted.threshold)
    except KeyError:
        hint = nearest(str(wanted.outcome), study.outcome_names)
        raise UnknownNameError(f"--outcome: {wanted.outcome!r} is no outcome of {out}{hint}") from None
    if isinstance(failure, Refusal):
        raise QuestionError(str(failure))
    action = None if wanted.act is None else _action(wanted.act)
    found = [conditions(study, loaded, cell, failure) for cell in _cells(study, wanted)]
    sections = [section for one in found for section in conditions_sections(one, study)]
    if action is not None:
        sections += [_acted(study, loaded, one, action, manner) for one in found]
    return _say(study, "conditions", sections, [_bare(one) for one in found], manner)


def _cells(study: StoredStudy, wanted: Wanted) -> list[CellKey]:
    """The plans that are looked at: the one named, or all but no partnership, in one future."""
    future = wanted.future or study.futures[0]
    chosen = [cell for cell in study.plan.cells if cell.future == future and wanted.plan in (None, cell.plan)]
    chosen = [cell for cell in chosen if wanted.plan is not None or cell.plan != NO_PARTNERSHIP]
    if not chosen:
        known = ", ".join(f"{cell.future}/{cell.plan}" for cell in study.plan.cells)
        raise UnknownNameError(f"{future}/{wanted.plan or '*'} was not run; expected one of {known}")
    return chosen


def _acted(study: StoredStudy, loaded: Loaded, found: Conditions, action: Mapping[str, Any], manner: Manner) -> Section:
    """Run a copy of the plan that acts on its first announced signpost, and say what that buys."""
    from analysis import say
    from analysis.discovery.landmark import Foretold
    from analysis.discovery.signposts import Signposts, bought
    from analysis.discovery.triggers import Trigger, write_overlay
    from sim.study.progress import progress_bar

    title = f"What acting on it buys: {say.title(study, 'plans', found.cell.plan)}"
    signs = found.signs.landmarks if isinstance(found.signs, Signposts) else ()
    one = next((one for one in signs if one.announced and isinstance(one.found, Foretold)), None)
    if one is None or not isinstance(one.found, Foretold):
        return Section(title, ("No signpost is announced, so there is nothing to act on.",))
    trigger = Trigger.of(one.found.best, one.found.threshold)
    file = study.path / f"watched-{found.cell.plan}.yaml"
    name = write_overlay(loaded, found.cell.plan, trigger, action, file)
    again = load(str(file))
    plans = [found.cell.plan, name]
    request = Request(
        "compare", [found.cell.future], plans, study.plan.replications, parameters=study.plan.parameters,
        seed=study.plan.seed, series=study.plan.series,
    )  # fmt: skip
    with progress_bar(not manner.quiet) as progress:
        plan = make_plan(again, study.plan.scenario, request)
        watched, _ = run_study(again, plan, study.path / f"watched-{found.cell.plan}", request, progress, manner.notice)
    acting = CellKey(found.cell.future, name)
    gain = bought(watched, found.cell, acting, found.failure, one)
    return Section(
        title,
        (
            f"Of {int(one.found.alarmed.sum()):,} histories that the signpost of year {one.year:g} alarms, the share "
            f"that fails changes by {say.difference(gain, 'share')} when the plan acts on it ({file.name}).",
        ),
        code=trigger.yaml(),
        method="The same histories with and without the action, in pairs; the action's costs are in the other outcomes "
        f"of {watched.path.name}.",
    )


def _action(text: str) -> Mapping[str, Any]:
    """An action's terms from a line of YAML, read without running anything."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        found = YAML(typ="safe").load(text)
    except YAMLError as error:
        raise QuestionError(f"--act: not YAML ({error})") from None
    if not isinstance(found, dict) or "do" not in found:
        raise QuestionError(f"--act: got {text!r}, expected a mapping such as '{{do: retention_allowance, by: PARTY}}'")
    return found


def _bare(found: Conditions) -> dict[str, Any]:
    """Conditions as numbers, with nothing of private ones."""
    return {"future": found.cell.future, "plan": found.cell.plan, "failure": found.failure, "box": found.box,
            "tree": found.tree, "signposts": found.signs}  # fmt: skip


def _open(out: Path, party: str | None) -> tuple[StoredStudy, Loaded]:
    """A stored study of random rows and its scenario."""
    from sim.study.results import StoredStudy

    study = StoredStudy(out)
    loaded, _ = reopen(out, Request(study.manifest["kind"], replications=0))
    aims = (study.manifest["scenario"]["decision"] or {}).get("aims") or {}
    if party is not None and party not in aims:
        raise UnknownNameError(f"--for: {party!r} states no aim; expected one of {', '.join(aims) or 'none'}")
    return study, loaded


def _say(study: StoredStudy, name: str, sections: Sequence[Section], found: Any, manner: Manner) -> int:
    """Print sections, and keep their numbers beside the study."""
    from analysis.terminal import console_for

    told = as_json(found)
    study.store.write_text(f"{name}.json", json.dumps(told, ensure_ascii=False))
    if manner.json:
        print(json.dumps({"out": str(study.path), name: told}, ensure_ascii=False))
    else:
        nothing = [Section("Nothing to tell: the scenario states no aims.")]
        show_sections(sections or nothing, console_for(), manner.verbose)
    return _status(study)
