"""The comparison: `python benchmarks/peers.py` measures everything at once and writes benchmarks/results.md.

`--quick` makes fewer repeats, writes nothing, and prints the same page.
"""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from benchmarks.agents import run_mesa  # noqa: E402
from benchmarks.agreement import ERROR, MARGIN, Difference, compare, our_outcomes  # noqa: E402
from benchmarks.case import Case, Founder  # noqa: E402
from benchmarks.events import run_events  # noqa: E402
from benchmarks.inputs import benchmark_cell, founders_of, read_case  # noqa: E402
from benchmarks.measure import (  # noqa: E402
    cold_compile,
    interleaved,
    lines_of_rules,
    peak_memory,
    scaling,
    second_start,
)
from benchmarks.monthly import run_each, run_one  # noqa: E402
from sim.model.simulate import Worker  # noqa: E402

LATER = 100_000
"""Peers take their founders from replications that our own sample does not contain."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Another program of the same model.

    Attributes:
        name: what it is called in the tables.
        run: one run, from the case, the founders and a seed to the outcomes.
        monthly: whether it steps monthly.
        target: how many times faster our engine is meant to be; None for a peer without a target.
    """

    name: str
    run: Callable[[Case, list[Founder], int], dict[str, float]]
    monthly: bool
    target: float | None


PEERS = [
    Peer("SimPy monthly, a process a doctor", run_each, True, 100.0),
    Peer("SimPy monthly, one process", run_one, True, None),
    Peer("Mesa", run_mesa, True, 50.0),
    Peer("SimPy event-driven", run_events, False, 10.0),
]


def say(text: str) -> None:
    """Progress, on standard error."""
    print(text, file=sys.stderr, flush=True)


def verdict(reached: bool) -> str:
    """Whether a target was reached."""
    return "reached" if reached else "**missed**"


def speed(worker: Worker, case: Case, repeats: int) -> list[str]:
    """The table of seconds a run."""
    founders = [founders_of(worker, LATER + n) for n in range(repeats)]
    events = worker.run(0, 0).event_count
    tasks: list[Callable[[int], object]] = [lambda n: worker.run(0, n)]
    tasks += [lambda n, p=peer: p.run(case, founders[n], n) for peer in PEERS]  # type: ignore[misc]
    seconds = interleaved(tasks, repeats, [30, *([1] * len(PEERS))])
    ours = seconds[0]
    lines = ["| program | ms a run | µs an event | times ours | target | |", "|---|---|---|---|---|---|"]
    lines.append(f"| this engine | {ours * 1e3:.2f} | {ours / events * 1e6:.2f} | 1 | | |")
    for peer, s in zip(PEERS, seconds[1:], strict=True):
        goal = "| " if peer.target is None else f"{peer.target:.0f} | {verdict(s / ours >= peer.target)}"
        row = [peer.name, f"{s * 1e3:.0f}", f"{s / events * 1e6:.1f}", f"{s / ours:.0f}", goal]
        lines.append(f"| {' | '.join(row)} |")
    return [
        *lines,
        "",
        f"A run has about {events:,} events (those of our engine, quarterly reports included).",
    ]


def agreement(worker: Worker, case: Case, runs: int) -> list[str]:
    """The table of mean outcomes, and what the tests say."""
    ours = [our_outcomes(worker, n) for n in range(5 * runs)]
    tables: list[list[Difference]] = []
    for peer in PEERS:
        say(f"agreement: {peer.name}")
        theirs = [peer.run(case, founders_of(worker, LATER + n), n) for n in range(runs)]
        tables.append(compare(ours, theirs, peer.monthly))
    lines = ["| outcome | this engine | " + " | ".join(peer.name for peer in PEERS) + " |"]
    lines.append("|---" * (len(PEERS) + 2) + "|")
    for row in zip(*tables, strict=True):
        cells = [f"{d.theirs:.1f} ± {d.reach:.1f}{'' if d.agrees else ' **differs**'}" for d in row]
        lines.append(f"| {row[0].name.replace('_', ' ')} | {row[0].ours:.1f} | {' | '.join(cells)} |")
    lines += ["", f"Means over {5 * runs} runs of ours and {runs} of each peer.", ""]
    for peer, table in zip(PEERS, tables, strict=True):
        failed = [d.name for d in table if not d.agrees]
        what = f"differs in {', '.join(failed)}" if failed else "agrees"
        allowed = f"within {MARGIN:.0%} or one person" if peer.monthly else "with no margin"
        lines.append(f"- {peer.name}: **{what}** ({allowed}; simultaneous error rate {ERROR:.0%}).")
    return lines


def engine(repeats: int) -> list[str]:
    """Scaling, memory, compilation and start-up of our engine."""
    say("scaling")
    sizes = scaling([1, 10, 100], repeats)
    lines = ["| seats | events a run | ms a run | µs an event |", "|---|---|---|---|"]
    for seats, events, seconds in sizes:
        lines.append(f"| {seats:,} | {events:,} | {seconds * 1e3:.1f} | {seconds / events * 1e6:.2f} |")
    costs = [seconds / events for _, events, seconds in sizes]
    say("memory, compilation, start")
    peak, world = peak_memory(100)
    compiling, rules = cold_compile(), lines_of_rules()
    start = second_start(3)
    grown, line = costs[-1] / costs[0], compiling / rules * 1e3
    memory = f"{peak:.0f} MB, of which the world {world:.0f} MB"
    compiled = f"{compiling:.1f} s of processor time, {line:.1f} ms a line"
    wall, busy = start or (float("nan"), float("nan"))
    started = f"{wall:.2f} s, {busy:.2f} s of it processor time"
    rows = [
        ("an event at 50,000 seats against 500", f"{grown:.2f} times", "3.5 times", grown <= 3.5),
        ("peak memory of a process with 50,000 seats", memory, "500 MB", peak <= 500.0),
        (f"cold compilation of {rules:,} lines of rules", compiled, "20 ms a line", line <= 20.0),
        ("second start of `run_sim.py run`", started, "2 s", wall <= 2.0),
    ]  # fmt: skip
    lines += ["", "| what | measured | target | |", "|---|---|---|---|"]
    return lines + [f"| {what} | {got} | at most {most} | {verdict(ok)} |" for what, got, most, ok in rows]


def machine() -> list[str]:
    """Where and with what the figures were made."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    cpu = next((x.split(":", 1)[1].strip() for x in lines if "model name" in x), platform.processor())
    packages = [f"{name} {importlib.metadata.version(name)}" for name in ("numba", "numpy", "simpy", "mesa")]
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    return [
        f"- {datetime.date.today().isoformat()}, {cpu}, {os.cpu_count()} cores, load before: {load}",
        f"- {platform.system()}, Python {platform.python_version()}, {', '.join(packages)}",
        f"- command: `{' '.join(['python benchmarks/peers.py', *sys.argv[1:]])}`",
    ]


def main() -> int:
    """Measure, print, and write the page; 1 if a peer turns out to simulate something else."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repeats; writes nothing")
    quick = parser.parse_args().quick
    say("reading the scenario; compiles if needed")
    cell = benchmark_cell()
    case, worker = read_case(cell), cell.worker()
    worker.run(0, 0)
    page = ["# Results", "", "What was compared, and how, stands in [README.md](README.md).", "", *machine()]
    say("speed")
    page += ["", "## Speed", "", *speed(worker, case, 5 if quick else 15)]
    outcomes = agreement(worker, case, 40 if quick else 120)
    page += ["", "## Agreement", "", *outcomes]
    page += ["", "## The engine alone", "", *engine(3 if quick else 7)]
    text = "\n".join(page) + "\n"
    print(text)
    if not quick:
        (HERE / "results.md").write_text(text)
    return int(any("differs" in line for line in outcomes))


if __name__ == "__main__":
    sys.exit(main())
