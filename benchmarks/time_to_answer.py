"""How long until the difference of two plans is known: `python -m benchmarks.time_to_answer` prints a section.

Ours is measured from end to end: common random numbers, `auto`, storing included. The usual way (independent seeds,
a SimPy model, as many runs of both plans as the same half-width takes) is worked out, since it would take hours: the
peer's measured seconds a run, times the runs that the variance of the plans under independent luck asks for.
"""

from __future__ import annotations

import datetime
import os
import sys
import tempfile
from pathlib import Path

import numpy as np

from analysis.auto import run_auto
from benchmarks.__main__ import BUSY
from benchmarks.events import run_events
from benchmarks.inputs import CAREERS, benchmark_cell, founders_of, read_case
from benchmarks.measure import interleaved
from benchmarks.monthly import run_each
from benchmarks.peers import LATER, say
from sim.study.api import load
from sim.study.plan import CellKey
from sim.study.stopping import PILOT, Z
from sim.study.study import Request

CASE = Path(__file__).resolve().parent / "answer_500.yaml"
PLANS = "bonded", "none"
METRIC = "home.specialist.in_country"
REPEATS = 5


def peers() -> list[tuple[str, float]]:
    """Processor seconds a run of two SimPy models of this hospital, measured in turns."""
    worker = benchmark_cell(CAREERS).worker()
    case = read_case(worker.cell)
    founders = [founders_of(worker, LATER + n) for n in range(REPEATS)]
    tasks = [lambda n, run=run: run(case, founders[n], n) for run in (run_each, run_events)]
    names = "SimPy monthly, a process a doctor", "SimPy event-driven"
    return list(zip(names, interleaved(tasks, REPEATS, [1, 1]), strict=True))


def answer() -> list[str]:
    """Our study, and what the usual way would take for the same half-width."""
    loaded = load(str(CASE))
    request = Request("compare", plans=PLANS, parameters="central", command=["benchmarks.time_to_answer"])
    with tempfile.TemporaryDirectory() as folder:
        study, tally, found = run_auto(loaded, CASE.stem, request, Path(folder) / "study", notice=say)
        values = study.column(METRIC)
        first, second = (values[CellKey("baseline", loaded.canonical_plan(plan))] for plan in PLANS)
    half = loaded.scenario.decision.aims["hospital"].matters.value / 2.0  # type: ignore[union-attr]
    paired, separate = (first - second).var(ddof=1), first.var(ddof=1) + second.var(ddof=1)
    reached = Z * float(np.sqrt(paired / first.size))
    runs = 2 * int(np.ceil(Z**2 * separate / half**2))
    alone = 2 * max(PILOT, int(np.ceil(Z**2 * paired / half**2)))
    lines = [
        f"Specialists in the country after 20 years, with a bond less without, to ± {half:g} people or less "
        f"(90%): it is {(first - second).mean():.2f} ± {reached:.2f}. Correlation of the plans under shared luck "
        f"{np.corrcoef(first, second)[0, 1]:.2f}, variance ratio {separate / paired:.1f}.",
        "",
        "| way | runs | processor seconds | times ours |",
        "|---|---|---|---|",
        f"| this engine, shared luck, `auto` ({study.plan.replications:,} blocks of {len(study.plan.cells)} plans, "
        f"{tally.wall_seconds:.1f} s on the clock) | {tally.ok:,} | {tally.cpu_seconds:.1f} | 1.0 |",
        f"| this engine, shared luck, these two plans alone | {alone:,} | {alone * tally.cpu_seconds / tally.ok:.1f} | "
        f"{alone / tally.ok:.2f} |",
        f"| this engine, independent seeds | {runs:,} | {runs * tally.cpu_seconds / tally.ok:.1f} | "
        f"{runs / tally.ok:.1f} |",
    ]
    for name, seconds in peers():
        cost = runs * seconds
        lines.append(f"| {name}, independent seeds ({seconds * 1e3:.0f} ms a run) | {runs:,} | {cost:,.0f} | "
                     f"{cost / tally.cpu_seconds:,.0f} |")  # fmt: skip
    note = "All rows but the first are worked out: measured seconds a run times the runs for the same half-width, "
    note += (
        "two plans, from the variances of our runs. Ours ran every plan that `compare` always runs, and stored them; "
    )
    note += f"it was decided by {found.record['driver']['plan']} against {found.record['driver']['against']}."
    return [*lines, "", note]


def main() -> int:
    """Print the section."""
    load_before = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    head = f"- {datetime.date.today().isoformat()}, {os.cpu_count()} cores, load before: {load_before}; "
    head += "command: `python -m benchmarks.time_to_answer`"
    busy = ["**Preliminary**: the machine was busy with other work.", ""] if os.getloadavg()[0] > BUSY else []
    print("\n".join(["## Time to answer", "", head, "", *busy, *answer()]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
