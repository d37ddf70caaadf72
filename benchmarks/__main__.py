"""The comparison: `python -m benchmarks` measures everything at once and writes benchmarks/results.md.

`--quick` makes fewer repeats, writes nothing, and prints the same page.
"""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import os
import platform
import sys
from pathlib import Path

from benchmarks.inputs import CAREERS, PARTNERSHIP, benchmark_cell, read_case
from benchmarks.measure import EVERYTHING, cold_compile, lines_of_rules, peak_memory, scaling, second_start
from benchmarks.peers import agreement, say, speed, verdict

HERE = Path(__file__).resolve().parent
BUSY = 1.0
"""A load of the machine, before anything is measured, from which on the page calls itself preliminary."""


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
    memory = f"{peak:.0f} MB; the world's tables reserve {world:.0f} MB"
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
    busy = ["", "**Preliminary**: the machine was busy with other work."] if os.getloadavg()[0] > BUSY else []
    return [
        f"- {datetime.date.today().isoformat()}, {cpu}, {os.cpu_count()} cores, load before: {load}",
        f"- {platform.system()}, Python {platform.python_version()}, {', '.join(packages)}",
        f"- command: `{' '.join(['python -m benchmarks', *sys.argv[1:]])}`",
        *busy,
    ]


def compared(title: str, path: Path, everything: bool, quick: bool) -> tuple[list[str], bool]:
    """The sections of a case; and whether every peer agrees."""
    say(f"{title}: reading the scenario; compiles if needed")
    cell = benchmark_cell(path)
    case, worker = read_case(cell), cell.worker()
    whole = benchmark_cell(path, EVERYTHING).worker() if everything else None
    worker.run(0, 0)
    say(f"{title}: speed")
    page = ["", f"## {title}: speed", "", *speed(worker, case, whole, 5 if quick else 15)]
    lines, agrees = agreement(worker, case, 40 if quick else 120)
    return [*page, "", f"## {title}: agreement", "", *lines], agrees


def main() -> int:
    """Measure, print, and write the page; 1 if a peer turns out to simulate something else."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repeats; writes nothing")
    quick = parser.parse_args().quick
    page = ["# Results", "", "What was compared, and how, stands in [README.md](README.md).", "", *machine()]
    whole, first = compared("Careers, exchange, work and money", PARTNERSHIP, True, quick)
    careers, second = compared("Careers alone", CAREERS, False, quick)
    page += [*whole, *careers, "", "## The engine alone", "", *engine(3 if quick else 7)]
    text = "\n".join(page) + "\n"
    print(text)
    if not quick:
        (HERE / "results.md").write_text(text)
    return int(not (first and second))


if __name__ == "__main__":
    sys.exit(main())
