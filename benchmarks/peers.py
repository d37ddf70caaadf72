"""The peers beside our engine: the tables of speed and of agreement for a case."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.agents import run_mesa
from benchmarks.agreement import ERROR, MARGIN, Difference, compare, our_outcomes
from benchmarks.case import Case, Founder
from benchmarks.events import run_events
from benchmarks.inputs import founders_of
from benchmarks.measure import interleaved
from benchmarks.monthly import run_each, run_one
from sim.model.simulate import Worker

__all__ = ["agreement", "say", "speed", "verdict"]

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


def speed(worker: Worker, case: Case, everything: Worker | None, repeats: int) -> list[str]:
    """The table of seconds a run; `everything` is our engine with what the peers do not model on as well."""
    founders = [founders_of(worker, LATER + n) for n in range(repeats)]
    events = worker.run(0, 0).event_count
    names = ["this engine"] + (["this engine, everything on"] if everything else [])
    workers = [worker] + ([everything] if everything else [])
    tasks: list[Callable[[int], object]] = [lambda n, w=w: w.run(0, n) for w in workers]  # type: ignore[misc]
    tasks += [lambda n, p=peer: p.run(case, founders[n], n) for peer in PEERS]  # type: ignore[misc]
    seconds = interleaved(tasks, repeats, [30] * len(workers) + [1] * len(PEERS))
    ours = seconds[0]
    lines = ["| program | ms a run | µs an event | times ours | target | |", "|---|---|---|---|---|---|"]
    targets = [None] * len(workers) + [peer.target for peer in PEERS]
    for name, s, target in zip(names + [peer.name for peer in PEERS], seconds, targets, strict=True):
        goal = "| " if target is None else f"{target:.0f} | {verdict(s / ours >= target)}"
        row = [name, f"{s * 1e3:.2f}", f"{s / events * 1e6:.2f}", f"{s / ours:.1f}", goal]
        lines.append(f"| {' | '.join(row)} |")
    text = f"A run has about {events:,} events (those of our engine, monthly closes and quarterly reports included)."
    return [*lines, "", text]


def number(x: float) -> str:
    """A mean with as many decimals as its size calls for."""
    return f"{x:,.0f}" if abs(x) >= 10_000.0 else f"{x:.1f}" if abs(x) >= 2.0 else f"{x:.3f}"


def agreement(worker: Worker, case: Case, runs: int) -> tuple[list[str], bool]:
    """The table of mean outcomes and what the tests say; and whether every peer agrees."""
    ours = [our_outcomes(worker, n) for n in range(5 * runs)]
    tables: list[list[Difference]] = []
    for peer in PEERS:
        say(f"agreement: {peer.name}")
        theirs = [peer.run(case, founders_of(worker, LATER + n), n) for n in range(runs)]
        tables.append(compare(ours, theirs, peer.monthly))
    lines = ["| outcome | this engine | " + " | ".join(peer.name for peer in PEERS) + " |"]
    lines.append("|---" * (len(PEERS) + 2) + "|")
    for row in zip(*tables, strict=True):
        cells = [f"{number(d.theirs)} ± {number(d.reach)}{'' if d.agrees else ' **differs**'}" for d in row]
        lines.append(f"| {row[0].name.replace('_', ' ')} | {number(row[0].ours)} | {' | '.join(cells)} |")
    lines += ["", f"Means over {5 * runs} runs of ours and {runs} of each peer.", ""]
    for peer, table in zip(PEERS, tables, strict=True):
        failed = [d.name for d in table if not d.agrees]
        what = f"differs in {', '.join(failed)}" if failed else "agrees"
        allowed = f"within {MARGIN:.0%} or as README.md says" if peer.monthly else "with no margin"
        lines.append(f"- {peer.name}: **{what}** ({allowed}; simultaneous error rate {ERROR:.0%}).")
    return lines, all(d.agrees for table in tables for d in table)
