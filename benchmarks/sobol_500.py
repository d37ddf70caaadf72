"""How long a full Sobol study of a hospital takes: `python -m benchmarks.sobol_500` prints a section for results.md.

Twenty uncertain numbers, 1,024 rows, 4 replications of every point: 22 points a row make 90,112 runs for first-order
and total indices of one plan, twice as many for the difference of two. Ours is measured from end to end, storing and
bootstrap included. The usual way, the same design on a SimPy model of this hospital, takes a day or two of processor
time and is worked out.
"""

from __future__ import annotations

import argparse
import resource
import shlex
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analysis.sensitivity.question import Question, ask
from analysis.sensitivity.run import LUCKS, draws_of
from analysis.sensitivity.sobol import Indices, sobol
from benchmarks.__main__ import machine
from benchmarks.peers import say, verdict
from benchmarks.time_to_answer import peers
from sim.scenario import Loaded
from sim.study.api import load
from sim.study.cells import adopt, cell_for
from sim.study.design import Design
from sim.study.study import Request, make_plan, run_study, source_of

FILE = Path(__file__).resolve().parent / "sobol_500.yaml"
ROWS = 1024
FACTORS = 20
QUESTIONS: tuple[tuple[str, tuple[str, ...], float], ...] = (
    ("one plan", ("bonded",), 360.0),
    ("difference of two", ("bonded", "none"), 720.0),
)
"""What is asked, of which plans, and within how many seconds it is meant to be known on two cores."""


def study(loaded: Loaded, question: Question, rows: int) -> tuple[float, float, int, Indices]:
    """Run the design, store it, and work out every index; seconds on the clock and of the processors, runs, indices."""
    groups = tuple((draw,) for draw in draws_of(loaded, question))
    assert len(groups) == FACTORS, f"{FILE.name} has {len(groups)} uncertain numbers"
    design = Design("sobol", groups, rows, LUCKS, loaded.scenario.seed)
    request = Request(
        "design", [question.future], question.plans, series=0, design=design, command=["benchmarks.sobol_500"]
    )
    plan = make_plan(loaded, FILE.stem, request)
    with tempfile.TemporaryDirectory() as folder:
        wall, cpu = time.monotonic(), time.process_time()
        stored, tally = run_study(loaded, plan, Path(folder) / "study", request)
        assert tally.failed == 0, f"{tally.failed} runs failed"
        found = sobol([group[0] for group in groups], question.blocks(stored).transpose(1, 0, 2), stored.plan.seed)
        assert isinstance(found, Indices), str(found)
        return time.monotonic() - wall, time.process_time() - cpu, tally.ok, found


def warm(loaded: Loaded) -> float:
    """Compile and build what a first run needs, and give the processor seconds that a point costs before it runs."""
    question = ask(loaded, plans=QUESTIONS[0][1])
    groups = tuple((draw,) for draw in draws_of(loaded, question))
    design = Design("sobol", groups, 32, LUCKS, loaded.scenario.seed)
    plan = make_plan(loaded, FILE.stem, Request("design", [question.future], question.plans, design=design))
    adopt(loaded)
    worker: Any = cell_for(source_of(loaded, plan), plan.cells[0]).worker()
    worker.run(0, 0, design.uniforms(0))
    started = time.process_time()
    for point in range(100, 300):
        worker.prepare(design.luck_row(point), design.uniforms(point))
    return (time.process_time() - started) / 200.0


def table(rows: int, asked: Sequence[str]) -> list[str]:
    """The studies, the usual way beside them, and what is found."""
    loaded = load(str(FILE))
    point = warm(loaded)
    theirs = peers()
    lines = ["| question | runs | seconds on the clock | processor seconds | ms a run | target, seconds | |"]
    lines.append("|---|---|---|---|---|---|---|")
    notes, usual = [], []
    for name, plans, target in QUESTIONS:
        if name not in asked:
            continue
        say(f"Sobol: {name}")
        wall, cpu, runs, found = study(loaded, ask(loaded, plans=plans), rows)
        reached = "" if rows < ROWS else verdict(wall <= target)
        row = [name, f"{runs:,}", f"{wall:.0f}", f"{cpu:.0f}", f"{cpu / runs * 1e3:.2f}", f"{target:.0f}", reached]
        lines.append(f"| {' | '.join(row)} |")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
        notes.append(f"{told(name, found)} Peak memory by then {peak:.0f} MB.")
        for peer, seconds in theirs:
            hours, ratio = seconds * runs / 3600.0, seconds * runs / cpu
            usual.append(f"| {name} | {peer} ({seconds * 1e3:.0f} ms a run) | {hours:,.1f} | {ratio:,.0f} |")
    head = ["", "| question | the usual way, worked out | processor hours | times ours |", "|---|---|---|---|"]
    tail = f"Writing a point's parameters and deriving rates and life tables from them takes {point * 1e3:.2f} ms, "
    tail += f"once for its {LUCKS} replications."
    return [*lines, *head, *usual, "", *notes, "", tail]


def told(name: str, found: Indices) -> str:
    """The largest total indices, and how well the least known one is known."""
    places: Sequence[int] = found.top(3)
    largest = ", ".join(
        f"{found.names[place].rsplit('.', 1)[-1]} {found.total[place].value:.2f} "
        f"({found.total[place].low:.2f}–{found.total[place].high:.2f})"
        for place in places
    )
    every = [*found.first, *found.total]
    shown = sum(found.shown(one) for one in every)
    return (
        f"- {name}: largest total indices {largest} (90% intervals); {shown} of {len(every)} indices are known to "
        f"± 0.1, the widest to ± {max(one.half for one in every):.2f}."
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the section."""
    names = [name for name, _, _ in QUESTIONS]
    options = argparse.ArgumentParser(prog="python -m benchmarks.sobol_500", description=__doc__)
    options.add_argument("--rows", type=int, default=ROWS, help="fewer, for a try")
    options.add_argument("--only", choices=names, help="one question; both, unless given")
    given = options.parse_args(arguments)
    where, what, _, *busy = machine()
    command = shlex.join(["python", "-m", "benchmarks.sobol_500", *(sys.argv[1:] if arguments is None else arguments)])
    head = ["## A Sobol study", "", where, what, f"- command: `{command}`", *busy, ""]
    print("\n".join([*head, *table(given.rows, [given.only] if given.only else names)]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
