"""Checks that hold under any feedback, with every mechanism on, on the shipped scenario and on busy exchanges.

For each cause and group, the events less the hazard integrated over everyone exposed have mean 0. And each threshold
that is consumed is Exp(1): tested bin by bin with censoring, because those completed by the horizon alone are the
small ones.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.tables import CALENDAR
from sim.model.kinds import CAUSES, FIRST_PERSON_KIND, PERSON_KINDS, Kind
from sim.model.simulate import Cell
from sim.scenario import LIBRARY, load
from sim.verify.harness import Bench, Finding, bend_clock, check, compared, counted

__all__: list[str] = []

SCENARIO, EXCHANGES = "ghana_obgyn", "exchange_alive"
SHIPPED = (SCENARIO, "beirut_residencies")
FEWEST = 200.0
DECILES = 10


def every_case(bench: Bench) -> list[tuple[str, Cell]]:
    """Every future and plan of the shipped scenarios, and the one with busy exchanges."""
    cases = []
    for name in SHIPPED:
        loaded = load(f"{LIBRARY}/{name}.yaml")
        cases += [(f"{name}, {f}, {p}", bench.cell(name, f, p)) for f in loaded.futures for p in loaded.plans]
    return [*cases, ("exchanges", bench.cell(EXCHANGES))]


@check("the count of events of every cause", 1500)
def martingale(bench: Bench) -> list[Finding]:
    """Events less integrated hazard have mean 0: every cause and group, every future and plan of Ghana and Beirut."""
    findings = []
    totals: dict[Kind, list[NDArray[np.float64]]] = {}
    for number, (label, cell) in enumerate(every_case(bench)):
        named = cell.blueprint.groups.named
        # Each case on luck of its own: shared luck would make their sum as uncertain as one of them.
        events, hazard = books(bench, cell, number * bench.replications)
        for i, (kind, group, stratum) in enumerate(named):
            if events[:, i].sum() >= FEWEST:
                quantity = f"{label}: {kind.name.lower()} in group {group}, stratum {stratum}"
                findings.append(counted(quantity, events[:, i] * bench.bend, hazard[:, i]))
        for kind in {kind for kind, _, _ in named}:
            mine = [i for i, (k, _, _) in enumerate(named) if k == kind]
            pair = [events[:, mine].sum(axis=1) * bench.bend, hazard[:, mine].sum(axis=1)]
            totals.setdefault(kind, []).append(np.array(pair))
    for kind, pairs in sorted(totals.items()):
        count, integral = np.sum(pairs, axis=0)
        if count.sum() > 0:
            findings.append(
                compared(f"all cases: {kind.name.lower()}, events less hazard", count - integral, 0.0,
                         margin=margin_of(count.mean()))
            )  # fmt: skip
    return findings


def margin_of(mean: float) -> float:
    """2% of the mean number of events, or what 1,500 histories can resolve of rare ones: 0.15 of its root."""
    return max(0.02 * mean, 0.15 * math.sqrt(mean))


def books(bench: Bench, cell: Cell, first: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The events and the integrated hazard of every clock but the calendar, one row a history."""
    events, hazard = [], []
    for worker in bench.histories(cell, lambda *_: None, first=first):
        clocks = worker.memory.tables["clocks"]
        events.append(clocks["events"][CALENDAR + 1 :].astype(float))
        hazard.append(clocks["exposure"][CALENDAR + 1 :].copy())
    return np.array(events), np.array(hazard)


@check("the size of the thresholds", 2500)
def thresholds(bench: Bench) -> list[Finding]:
    """Consumed thresholds of people's causes are Exp(1): events less exposure in each tenth of the distribution."""
    edges = -np.log1p(-np.arange(DECILES) / DECILES)
    rows: dict[Kind, list[NDArray[np.float64]]] = {kind: [] for kind in CAUSES}
    for cell in (bench.cell(SCENARIO, "baseline", "train_home"), bench.cell(EXCHANGES)):
        for worker in bench.histories(cell, lambda *_: None, trace=True):
            for kind, (spent, done) in consumed(worker).items():
                rows[kind].append(np.array(excess(spent * bench.bend, done, edges)))
    findings = []
    for kind, histories in rows.items():
        events, exposure = np.array(histories).transpose(1, 0, 2)
        for k in range(DECILES):
            if events[:, k].sum() >= FEWEST:
                findings.append(counted(f"{kind.name.lower()}, tenth {k + 1}", events[:, k], exposure[:, k]))
    return findings


def consumed(worker: Any) -> dict[Kind, tuple[NDArray[np.float64], NDArray[np.bool_]]]:
    """What was consumed of every threshold that anyone began to consume, by cause, and whether it was reached."""
    tables = worker.memory.tables
    people = int(tables["setting"]["people"][0])
    log = tables["log"][: int(tables["run"]["logged"][0])]
    found = {}
    for kind in CAUSES:
        first = int(tables["kinds"]["first"][int(kind)])
        slots = tables["slots"][first : first + people * len(PERSON_KINDS) : len(PERSON_KINDS)]
        assert first >= 0 and kind >= FIRST_PERSON_KIND
        reached = log["spent"][log["kind"] == int(kind)]
        read = tables["clocks"]["read"][np.maximum(slots["clock"], 0)]
        exposed = (slots["clock"] > CALENDAR) & (slots["factor"] > 0.0)
        still = np.maximum(0.0, (np.where(exposed, slots["mark"], 0.0) - read) * slots["factor"])
        running = np.where(exposed, slots["owed"] - still, 0.0)
        left = np.where(slots["owed"] >= 0.0, slots["spent"] + running, 0.0)
        left = left[left > 0.0]
        spent = np.concatenate([reached, left])
        found[kind] = (spent, np.arange(len(spent)) < len(reached))
    return found


def excess(
    spent: NDArray[np.float64], done: NDArray[np.bool_], edges: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Events and exposure in each bin of the threshold's scale: equal in the mean where thresholds are Exp(1)."""
    upper = np.append(edges[1:], np.inf)
    exposure = np.array(
        [np.clip(spent, low, high).sum() - low * len(spent) for low, high in zip(edges, upper, strict=True)]
    )
    return np.histogram(spent[done], bins=np.append(edges, np.inf))[0].astype(float), exposure


@check("the clock of leaving to specialise", 3000)
def half_life(bench: Bench) -> list[Finding]:
    """Ghana's published half-life comes out again: of a class, 50% are gone at 4.5 years and 75% at 9.5.

    Both figures are inputs, so this checks the conversion from marginal to conditional rates with everything on:
    frailty, months of preparing, withdrawals, other work at home, deaths. Those who came back had gone. The margin is
    2 points: the conversion leaves out what happens in other work and in the months of waiting for a first post.
    """
    cell = bench.cell(SCENARIO, "baseline", "no_partnership")
    entry = 8.0 / 12.0
    stops = [entry + 4.5, entry + 9.5]
    gone: list[float] = []
    for worker in bench.histories(cell, bend_clock(Kind.SPECIALISE), stops=stops):
        people = worker.memory.tables["people"][: int(worker.memory.tables["setting"]["people"][0])]
        mine = np.abs(people["entered"] - entry) < 1e-6
        gone.append(float(people["left"][mine].mean()))
    x = np.array(gone).reshape(-1, 2)
    published = ((4.5, 0.5), (9.5, 0.75))
    return [compared(f"gone after {t} years", x[:, i], p, margin=0.02) for i, (t, p) in enumerate(published)]
