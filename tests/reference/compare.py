"""Runs the engine beside the reference, both interpreted, on random scripts of verbs and random small worlds.

    NUMBA_DISABLE_JIT=1 python -m tests.reference.compare FIRST COUNT [BUG ...]

Prints one JSON object: for the engine as it is ("none") and for each planted bug, the seeds at which the two runs
differ, and how; with a bug planted, the first only.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from sim.engine import clocks, queue
from sim.engine.compiled import COMPILED
from sim.engine.random import run_key
from sim.model import fire
from sim.model.simulate import build
from tests.engine import script
from tests.reference.bugs import BUGS
from tests.reference.verbs import Fire, Reference
from tests.reference.worlds import small_world

CLOSE = 1e-9
MOST_PEOPLE, MOST_VISITS = 400, 800
COARSE = {"CELLS": 24, "NODES": 4, "AGES": 4}
"""Life tables with few cells take no time to fill; the founders then are others, but the same for both."""
DATES = (script.Kind.EARLY_DATE, script.Kind.LATE_DATE)
HAZARDS = (script.Kind.CAUSE, script.Kind.OTHER_CAUSE)
Log = list[tuple[float, int, int, int, float]]


def program(*packages: str) -> list[ModuleType]:
    """The modules of some packages that are loaded."""
    return [module for name, module in sys.modules.items() if name.startswith(packages)]


@contextmanager
def replaced(names: dict[str, Any]) -> Iterator[None]:
    """Put other functions in the place of verbs, wherever a module of the program has imported them."""
    modules = program("sim.engine", "sim.model")
    originals = {name: getattr(clocks, name, None) or getattr(queue, name) for name in names}
    places = [(m, name) for m in modules for name in names if getattr(m, name, None) is originals[name]]
    for module, name in places:
        setattr(module, name, names[name])
    try:
        yield
    finally:
        for module, name in places:
            setattr(module, name, originals[name])


def nothing(*_: Any) -> None:
    """Stands where the reference has no need of what the engine does."""


def beside(memory: Any, fire: Fire) -> tuple[Reference, Any, dict[str, Any]]:
    """A reference over the tables of a world, and the verbs to put in place of the engine's."""
    w = SimpleNamespace(**vars(memory.world))
    reference = Reference(w, fire)
    w.slots, w.clocks = reference.pending, []
    verbs = {name: getattr(reference, name) for name in Reference.VERBS}
    return reference, w, verbs | {"plant": nothing, "reading": nothing}


def entries(memory: Any) -> Log:
    """The log as plain numbers."""
    log = memory.tables["log"][: int(memory.tables["run"]["logged"][0])]
    columns = [log[name].tolist() for name in ("time", "kind", "who", "detail", "spent")]
    return list(zip(*columns, strict=True))


def difference(engine: Log, reference: Log) -> str:
    """How two logs differ, or nothing."""
    for i, (a, b) in enumerate(zip(engine, reference, strict=False)):
        if a[1:4] != b[1:4] or abs(a[0] - b[0]) > CLOSE or abs(a[4] - b[4]) > CLOSE:
            return f"event {i}: engine {a}, reference {b}"
    return f"{len(engine)} events against {len(reference)}" if len(engine) != len(reference) else ""


def world_of_engine(seed: int) -> tuple[Log, Any]:
    """A random world's run on the engine: the log and the reports."""
    worker = build(small_world(seed), seed).worker(trace=True)
    run = worker.run(0, seed)
    return entries(worker.memory), run.series


def world_of_reference(seed: int) -> tuple[Log, Any]:
    """The same rules on the reference."""
    worker = build(small_world(seed), seed).worker(trace=True)
    worker.people, worker.visits = MOST_PEOPLE, MOST_VISITS
    worker.renew()
    reference, w, verbs = beside(worker.memory, fire.fire)
    with replaced(verbs):
        fire.prepare(w)
        w.run.key = run_key(np.uint64(seed), 0, seed)
        fire.begin(w)
        reference.run(float(w.run.end))
    assert int(w.run.status) == 0, "the reference's table of people is too small"
    return entries(worker.memory), worker.result().series


def script_of(seed: int) -> tuple[list[script.Line], int]:
    """A random script and the number of its clocks; with few entities, most commands find something to change."""
    r = random.Random(f"script {seed}")
    op, clock_count = script.Op, r.randint(2, 6)
    lines = [script.Line(0.0, op.SET_RATE, clock=c, x=r.uniform(0.1, 1.0)) for c in range(1, clock_count)]
    for _ in range(r.randint(20, 80)):
        what = r.choice([*op, op.EXPOSE, op.EXPOSE, op.SET_FACTOR])
        on_date = what in (op.AT, op.CANCEL) or (what == op.ASK and r.random() < 0.5)
        kind = r.choice(DATES if on_date else HAZARDS)
        x = r.choice([0.0, 0.25, 1.0, 2.5] if what == op.AT else [0.0, 0.2, 0.5, 1.5])
        y = r.uniform(0.5, 2.0) if what == op.CONSUME else r.choice([0.0, 0.4, -0.6])
        when = r.randrange(4 * int(script.END)) / 4.0
        lines.append(script.Line(when, what, kind, r.randrange(3), r.randrange(1, clock_count), x, y))
    return lines, clock_count


def script_of_engine(seed: int) -> tuple[Log, list[int]]:
    """A random script played by the engine: the log and the answers."""
    m = script.memory(*script_of(seed))
    script.play(m.world, np.uint64(seed))
    return entries(m), m.tables["script"]["answer"].tolist()


def script_of_reference(seed: int) -> tuple[Log, list[int]]:
    """The same script on the reference."""
    m = script.memory(*script_of(seed))
    reference, w, verbs = beside(m, script.fire)
    w.run.key = np.uint64(seed)
    with replaced(verbs):
        script.begin(w)
        reference.run(script.END)
    return entries(m), m.tables["script"]["answer"].tolist()


CASES: dict[str, tuple[Callable[[int], Any], Callable[[int], Any]]] = {
    "script": (script_of_engine, script_of_reference),
    "world": (world_of_engine, world_of_reference),
}


def differs(name: str, seed: int, bug: str, known: dict[tuple[str, int], Any]) -> str:
    """How one run of the engine, with a bug planted, differs from the reference; nothing if it does not."""
    ours, theirs = CASES[name]
    if (name, seed) not in known:
        known[name, seed] = theirs(seed)
    log, outcome = known[name, seed]
    try:
        with replaced(BUGS[bug]):
            our_log, our_outcome = ours(seed)
    except Exception as error:  # a bug may well bring the rules down
        return f"{name} {seed}: {type(error).__name__}: {error}"
    said = difference(our_log, log)
    if not said and not np.allclose(our_outcome, outcome, rtol=CLOSE, atol=CLOSE):
        said = "same events, but other reports or answers"
    return f"{name} {seed}: {said}" if said else ""


def main() -> None:
    assert not COMPILED, "verbs can be replaced in interpreted rules only"
    for module in program("sim.model"):
        for name in COARSE.keys() & vars(module).keys():
            setattr(module, name, COARSE[name])
    first, count, *bugs = sys.argv[1:]
    runs = [(name, seed) for name in CASES for seed in range(int(first), int(first) + int(count))]
    known: dict[tuple[str, int], Any] = {}
    found = {"none": [said for run in runs if (said := differs(*run, "none", known))]}
    for bug in bugs:
        found[bug] = list(islice((said for run in runs if (said := differs(*run, bug, known))), 1))
    events = {name: sum(len(known[k][0]) for k in known if k[0] == name) for name in ("script", "world")}
    kinds = sorted({e[1] for k in known if k[0] == "world" for e in known[k][0]})
    print(json.dumps({"found": found, "events": events, "kinds": kinds}))


if __name__ == "__main__":
    main()
