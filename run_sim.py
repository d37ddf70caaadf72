"""The command line: verbs, options and exit statuses. What a verb does stands in the package it calls."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from analysis.verbs import Manner
    from sim.scenario.answer import Answer
    from sim.study.study import Request

AUTO = "auto"
METHODS = ("morris", "sobol", "delta", "rbd_fast", "pawn", "hdmr", "surrogate")

DONE, FAILED, WRONG, INTERRUPTED = 0, 1, 2, 130
"""Exit statuses; 1 says that some runs, or checks, failed."""

Options = argparse.Namespace
Verbs = argparse._SubParsersAction  # argparse gives its own type no public name


class OptionError(ValueError):
    """Options that don't go together."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns 0 done, 1 some runs failed, 2 the input is wrong, 130 interrupted."""
    signal.signal(signal.SIGTERM, _interrupt)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a log that can't show a sign shows a question mark
    options = parser().parse_args(arguments)
    try:
        status: int = options.do(options)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        return _explain(error)


def _explain(error: Exception) -> int:
    """Say what is wrong with the input; any other error is a defect of the program, and is raised again."""
    if isinstance(error, ImportError):
        raise error
    from analysis.auto import AutoError
    from analysis.replay import UnknownRunError
    from analysis.sensitivity.question import QuestionError
    from sim.scenario import ScenarioError
    from sim.study.cells import ExtensionError
    from sim.study.cluster import ClusterError
    from sim.study.store import StoreError
    from sim.study.study import UnknownNameError
    from sim.verify.report import UnknownCheckError

    mistakes: tuple[type[Exception], ...] = (StoreError, UnknownNameError, UnknownRunError, UnknownCheckError)
    mistakes += (ExtensionError, ClusterError, OptionError, AutoError, QuestionError)
    if isinstance(error, ScenarioError):
        print("\n".join(str(problem) for problem in error.problems), file=sys.stderr)
    elif isinstance(error, EOFError):
        print("the questions were not answered; nothing is written", file=sys.stderr)
    elif isinstance(error, mistakes):
        print(error, file=sys.stderr)
    else:
        raise error
    return WRONG


def _interrupt(*_: object) -> NoReturn:
    """Take a request to end as Ctrl-C: what is finished is kept."""
    raise KeyboardInterrupt


def parser() -> argparse.ArgumentParser:
    """All verbs and their options."""
    top = argparse.ArgumentParser(prog="run_sim.py", description="Try a health partnership before it is signed.")
    verbs = top.add_subparsers(required=True, metavar="VERB")
    _scenario_verbs(verbs)
    _study_verbs(verbs)
    _result_verbs(verbs)
    return top


def _scenario_verbs(verbs: Verbs[argparse.ArgumentParser]) -> None:
    """Verbs on scenario files."""
    _verb(verbs, "list", _list, "the scenarios of the library")
    new = _verb(verbs, "new", _new, "a scenario file to start from; without a name it asks plain questions")
    new.add_argument("name", nargs="?", metavar="NAME")
    new.add_argument("--from", dest="parent", metavar="SCENARIO", help="stand on this scenario")
    validate = _verb(verbs, "validate", _validate, "check scenario files; every problem at once")
    validate.add_argument("files", nargs="+", metavar="FILE")
    show = _verb(verbs, "show", _show, "the resolved scenario: every value, its unit, source and grade")
    show.add_argument("file", metavar="FILE")
    show.add_argument("--origin", action="store_true", help="which file set each value")
    _verb(verbs, "schema", _schema, "the JSON Schema of scenario files, for editors")
    explain = _verb(verbs, "explain", _explain_name, "what an outcome, a parameter or a source is")
    explain.add_argument("name", metavar="NAME")
    sheet = _verb(verbs, "sheet", _sheet, "every number as a row of a spreadsheet")
    sheet.add_argument("file", metavar="FILE")
    sheet.add_argument("--out", type=Path, metavar="FILE", help=".xlsx or .csv; beside you, unless given")
    apply = _verb(verbs, "apply", _apply, "a spreadsheet back, as an overlay of what has changed")
    apply.add_argument("sheet", type=Path, metavar="SHEET")
    apply.add_argument("file", metavar="FILE")
    apply.add_argument("--out", type=Path, metavar="FILE", help="the overlay to write")


def _study_verbs(verbs: Verbs[argparse.ArgumentParser]) -> None:
    """Verbs that simulate."""
    run = _verb(verbs, "run", _run, "run one future under one plan")
    run.add_argument("file", nargs="?", metavar="FILE", help="a scenario file, or one of the library's by name")
    run.add_argument("--future", default="baseline")
    run.add_argument("--plan", default="none")
    run.add_argument("--design-point", type=_at_least(0), metavar="R", help="one design row for all runs")
    _study_options(run, replications=1, parameters="central")
    compare = _verb(verbs, "compare", _compare, "compare plans in futures, on the same people and luck")
    compare.add_argument("file", nargs="?", metavar="FILE", help="a scenario file, or one of the library's by name")
    compare.add_argument("--futures", type=_names, metavar="F,G", help="all, unless given")
    compare.add_argument("--plans", type=_names, metavar="P,Q", help="all, unless given; no_partnership always")
    _study_options(compare, replications=200, parameters="sampled")
    compare.add_argument("--within", type=_seconds, metavar="10m", help="as many blocks as there is time for")
    batch = _verb(verbs, "batch", _batch, "compare the plans of many scenarios")
    batch.add_argument("files", nargs="*", metavar="FILE|DIR")
    _study_options(batch, replications=200, parameters="sampled")
    sensitivity = _verb(verbs, "sensitivity", _sensitivity, "which numbers the answer hangs on, and how much is chance")
    sensitivity.add_argument("file", nargs="?", metavar="FILE", help="a scenario file, or one of the library's by name")
    sensitivity.add_argument("--method", type=_methods, default=(), metavar="M,N", help=f"of {', '.join(METHODS)}")
    sensitivity.add_argument("--outcome", metavar="NAME", help="what the asking party aims at, unless given")
    sensitivity.add_argument("--plans", type=_names, metavar="A[,B]", help="A less B; the best less no_partnership")
    sensitivity.add_argument("--future", metavar="F", help="baseline, unless given")
    sensitivity.add_argument("--within", type=_seconds, metavar="10m", help="as many rows as there is time for")
    _study_options(sensitivity, replications=1000, parameters="sampled")


def _result_verbs(verbs: Verbs[argparse.ArgumentParser]) -> None:
    """Verbs on stored results."""
    discover = _verb(verbs, "discover", _discover, "under which conditions a plan fails, and what foretells it")
    discover.add_argument("dir", type=Path, metavar="DIR")
    discover.add_argument("--outcome", metavar="NAME", help="the first thing that must not happen, unless given")
    discover.add_argument("--threshold", type=float, metavar="X", help="what lies on its bad side has failed")
    discover.add_argument("--plan", metavar="P", help="all, unless given")
    discover.add_argument("--future", metavar="F", help="the first, unless given")
    discover.add_argument("--act", metavar="YAML", help="an action; run a copy of the plan that its signpost triggers")
    value = _verb(verbs, "value", _value, "what each party would gain by finding out a number")
    value.add_argument("dir", type=Path, metavar="DIR")
    value.add_argument("--for", dest="party", metavar="PARTY", help="all parties with an aim, unless given")
    flip = _verb(verbs, "flip", _flip, "the smallest changes that flip the choice, confirmed by runs")
    flip.add_argument("dir", type=Path, metavar="DIR")
    flip.add_argument("--for", dest="party", metavar="PARTY", help="all parties with an aim, unless given")
    flip.add_argument("--replications", type=_at_least(0), metavar="N", help="runs of each plan at each point")
    report = _verb(verbs, "report", _report, "build the report of stored results again")
    report.add_argument("dir", type=Path, metavar="DIR")
    replay = _verb(verbs, "replay", _replay, "run a stored run again, with its event log")
    replay.add_argument("dir", type=Path, metavar="DIR")
    replay.add_argument("run", metavar="RUN_ID", help="its beginning is enough; or future/plan/row")
    diff = _verb(verbs, "diff", _diff, "where two stored runs part, and what followed")
    diff.add_argument("dir", type=Path, metavar="DIR")
    diff.add_argument("first", metavar="RUN_A")
    diff.add_argument("second", metavar="RUN_B")
    verify = _verb(verbs, "verify", _verify, "check the model against what must be true of it")
    verify.add_argument("checks", nargs="*", metavar="CHECK", help="all, unless named")
    verify.add_argument("--planted", action="store_true", help="bend each guarded rule by 5%% and expect to see it")
    verify.add_argument("--seed", type=int, metavar="S", default=20260101, help="another seed for the histories")
    verify.add_argument("--effort", type=float, metavar="X", default=1.0, help="part of the histories to play")


def _verb(
    verbs: Verbs[argparse.ArgumentParser], name: str, do: Callable[[Options], int], text: str
) -> argparse.ArgumentParser:
    """A verb with the options that all verbs have."""
    verb = verbs.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    verb.set_defaults(do=do)
    verb.add_argument("--json", action="store_true", help="machine-readable output, and nothing else on it")
    verb.add_argument("-q", "--quiet", action="store_true", help="no progress and no notices")
    verb.add_argument("-v", "--verbose", action="store_true", help="everything there is to tell")
    return verb


def _study_options(verb: argparse.ArgumentParser, replications: int, parameters: str) -> None:
    """The options of verbs that simulate."""
    add = verb.add_argument
    count = _count_or_auto if verb.prog.endswith(" compare") else _at_least(1)
    more = ", or auto: as many as the decision needs" if count is _count_or_auto else ""
    add("--replications", type=count, metavar="N", help=f"runs of each cell (default {replications}){more}")
    add("--series", type=_at_least(0), metavar="K", help="keep the series of so many first runs (default 200)")
    add(
        "--parameters",
        choices=("central", "sampled"),
        default=parameters,
        help=f"numbers at their centre, or drawn anew in each block (default {parameters})",
    )
    add("--seed", type=int, metavar="S", help="the file's, unless given")
    add("--out", type=Path, metavar="DIR", help="results directory")
    add("--jobs", type=_at_least(1), metavar="N", help="threads; all processors, unless given")
    add("--scheduler", metavar="tcp://HOST:PORT", help="run on this Dask cluster instead of this machine")
    add("--engine", choices=("compiled", "simpy"), default="compiled", help="simpy: one event at a time")
    add("--trace", action="store_true", help="keep the event log")
    add("--extension", metavar="FILE.py:NAME", help="a process of your own beside the model")
    add(
        "--resume",
        "--extend",
        nargs="?",
        const=True,
        metavar="DIR",
        help="go on with the study in DIR, or in --out; with a larger N, extend it",
    )
    add("--status", nargs="?", const=True, metavar="DIR", help="how far the study in DIR, or in --out, is")
    verb.set_defaults(default_replications=replications)


def _at_least(least: int) -> Callable[[str], int]:
    """The type of an option that is a whole number."""

    def read(text: str) -> int:
        if not text.lstrip("+-").isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"got {text!r}, expected a whole number of at least {least}")
        return int(text)

    return read


def _count_or_auto(text: str) -> int | str:
    """A whole number of at least 1, or `auto`."""
    return text if text == AUTO else _at_least(1)(text)


def _seconds(text: str) -> float:
    """The type of an option that is a span of time."""
    from sim.study.planner import DurationError, parse_duration

    try:
        return parse_duration(text)
    except DurationError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _methods(text: str) -> tuple[str, ...]:
    """The type of an option that names methods of sensitivity analysis."""
    found = tuple(_names(text))
    if wrong := [name for name in found if name not in METHODS]:
        raise argparse.ArgumentTypeError(f"got {', '.join(wrong)}, expected some of {', '.join(METHODS)}")
    return found


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _manner(options: Options) -> Manner:
    from analysis.verbs import Manner

    return Manner(options.json, options.quiet, options.verbose)


def _say(answer: Answer, options: Options) -> int:
    """Print what a verb on scenario files answers."""
    print(json.dumps(answer.data, ensure_ascii=False) if options.json else answer.text)
    return answer.status


def _list(options: Options) -> int:
    from sim.scenario.verbs import list_scenarios

    return _say(list_scenarios(), options)


def _new(options: Options) -> int:
    from sim.scenario.verbs import interview, new

    if options.name is not None:
        return _say(new(options.name, options.parent), options)
    if options.parent is not None:
        raise OptionError("--from: a NAME for the new file is needed")
    return _say(interview(lambda question, hint: input(f"{question} ({hint}) ")), options)


def _validate(options: Options) -> int:
    from sim.model.outcomes import OUTCOMES
    from sim.scenario.verbs import validate

    return _say(validate(options.files, OUTCOMES), options)


def _show(options: Options) -> int:
    from sim.model.conversions import conversions
    from sim.scenario.verbs import show

    return _say(show(options.file, options.origin, conversions), options)


def _schema(options: Options) -> int:
    from sim.scenario.verbs import schema

    return _say(schema(), options)


def _explain_name(options: Options) -> int:
    from sim.model.outcomes import OUTCOMES, outcome_of
    from sim.scenario.verbs import explain

    fields = ("label", "definition", "unit", "better", "matters")
    known = dict(OUTCOMES)
    with contextlib.suppress(KeyError):
        known[options.name.rsplit(".", 1)[-1]] = outcome_of(options.name)
    outcomes = {name: {field: getattr(one, field) for field in fields} for name, one in known.items()}
    return _say(explain(options.name, outcomes), options)


def _sheet(options: Options) -> int:
    from sim.scenario.verbs import sheet

    return _say(sheet(options.file, options.out or Path(f"{Path(options.file).stem}.xlsx")), options)


def _apply(options: Options) -> int:
    from sim.scenario.verbs import apply

    return _say(apply(options.sheet, options.file, options.out or options.sheet.with_suffix(".yaml")), options)


def _run(options: Options) -> int:
    return _study(options, "run", [options.future], [options.plan], options.design_point)


def _compare(options: Options) -> int:
    return _study(options, "compare", options.futures, options.plans)


def _study(
    options: Options, kind: str, futures: list[str] | None, plans: list[str] | None, row: int | None = None
) -> int:
    """A study of a file, or one that a folder holds."""
    from analysis import verbs

    folder, file = options.out, options.file
    for given in (options.resume, options.status):
        if isinstance(given, str) and Path(given).is_file():  # in `--resume FILE` the file isn't the folder
            file = given
        elif isinstance(given, str):
            folder = Path(given)
    if folder is None and (options.status is not None or file is None):
        raise OptionError("a scenario file is needed, or the folder of a study: --resume DIR, --status DIR")
    if options.status is not None:
        return verbs.status(folder, _manner(options))
    if file is None and options.resume is None:
        raise OptionError("a scenario file is needed; to go on with a study: --resume DIR")
    auto, within = options.replications == AUTO, getattr(options, "within", None)
    return verbs.study(file, folder, _request(options, kind, futures, plans, row), _manner(options), auto, within)


def _request(
    options: Options, kind: str, futures: list[str] | None, plans: list[str] | None, row: int | None = None
) -> Request:
    from sim.study.study import Request

    resumed = options.resume is not None and not getattr(options, "file", None)
    least = 1 if resumed else options.default_replications  # a folder knows how many it was to have
    return Request(
        kind=kind, futures=futures, plans=plans, replications=_whole(options.replications) or least, design_point=row,
        **({} if options.series is None else {"series": options.series}),
        parameters=options.parameters, seed=options.seed, trace=options.trace, engine=options.engine,
        extension=options.extension, resume=options.resume is not None, jobs=options.jobs,
        scheduler=options.scheduler, command=[Path(sys.argv[0]).name, *sys.argv[1:]],
    )  # fmt: skip


def _whole(count: int | str | None) -> int | None:
    """A number of replications; none where it is left to the study."""
    return count if isinstance(count, int) else None


def _sensitivity(options: Options) -> int:
    from analysis import verbs, verbs_sensitivity

    given = [value for value in (options.status, options.resume) if isinstance(value, str)]
    folder = Path(given[0]) if given else options.out
    if options.status is not None:
        if folder is None:
            raise OptionError("the folder of a study is needed: --status DIR")
        return verbs.status(folder, _manner(options))
    asked = verbs_sensitivity.Asked(options.outcome, options.plans, options.future, options.method, options.within)
    request = _request(options, "sensitivity", None, None)
    return verbs_sensitivity.sensitivity(options.file, folder, request, asked, _manner(options))


def _discover(options: Options) -> int:
    from analysis.verbs_sensitivity import Wanted, discover

    wanted = Wanted(options.outcome, options.threshold, options.future, options.plan, options.act)
    return discover(options.dir, wanted, _manner(options))


def _value(options: Options) -> int:
    from analysis.verbs_sensitivity import value

    return value(options.dir, options.party, _manner(options))


def _flip(options: Options) -> int:
    from analysis.verbs_sensitivity import flip

    return flip(options.dir, options.party, options.replications, _manner(options))


def _batch(options: Options) -> int:
    from analysis import verbs

    given = [value for value in (options.status, options.resume) if isinstance(value, str)]
    named = f"{Path(options.files[0]).stem}-batch" if options.files else "batch"
    out = Path(given[0]) if given else options.out or Path("results") / named
    if options.status is not None:
        return verbs.batch_status(out, _manner(options))
    if not options.files and options.resume is None:
        raise OptionError("scenario files or folders are needed, or the folder of a batch: --resume DIR")
    request = _request(options, "compare", None, None)
    return verbs.batch(options.files, out, request, _manner(options))


def _report(options: Options) -> int:
    from analysis import verbs

    return verbs.report(options.dir, _manner(options))


def _replay(options: Options) -> int:
    from analysis import verbs

    return verbs.replay(options.dir, options.run, _manner(options))


def _diff(options: Options) -> int:
    from analysis import verbs

    return verbs.diff(options.dir, options.first, options.second, _manner(options))


def _verify(options: Options) -> int:
    from sim.verify.report import verify

    say = (lambda _: None) if options.json or options.quiet else print
    found = verify(options.checks, planted=options.planted, seed=options.seed, effort=options.effort, say=say)
    if options.json:
        print(json.dumps(found))
    return DONE if found["passed"] else FAILED


if __name__ == "__main__":
    sys.exit(main())
