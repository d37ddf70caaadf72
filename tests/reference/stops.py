"""Random worlds in which programmes stop and start again at any moment, counted again after each event.

    NUMBA_DISABLE_JIT=1 python -m tests.reference.stops FIRST COUNT [careless]

Prints one JSON object: how many programmes were stopped, and what was found amiss. `careless` plants a bug: whoever
is told that nothing comes of a request is not asked again.
"""

from __future__ import annotations

import json
import random
import sys
from typing import Any

import numpy as np

from sim.engine.compiled import COMPILED
from sim.engine.tables import GOING, NONE
from sim.model import exchange, lifetable, programmes, visits
from sim.model.fire import advance
from sim.model.kinds import CAUSES, Kind, Phase
from sim.model.simulate import build
from tests.reference.compare import COARSE, MOST_PEOPLE, MOST_VISITS
from tests.reference.counts import Tables, complaints
from tests.reference.worlds import small_world


def play(seed: int) -> tuple[int, list[str]]:
    """A world until it ends or something is amiss: how many programmes were stopped, and what it is."""
    r = random.Random(f"stops {seed}")
    worker = build(small_world(seed), seed).worker()
    worker.people, worker.visits = MOST_PEOPLE, MOST_VISITS
    worker.renew()
    worker.prepare(0, "central")
    tables, w = worker.memory.tables, worker.memory.world
    run = tables["run"][0]
    stopped, before = 0, NONE
    while run["steps"] != before:
        before = int(run["steps"])
        advance(w, np.uint64(seed), 0, seed, float(run["end"]), 1)
        assert run["status"] == GOING
        if len(tables["programmes"]) and r.random() < 0.1:
            stopped += switch(w, float(run["now"]), r.randrange(len(tables["programmes"])))
        found = complaints(tables) + silenced(Tables(tables))
        if found:
            return stopped, [f"world {seed}, t = {run['now']}: {found[:3]}"]
    return stopped, []


def switch(w: Any, t: float, which: int) -> int:
    """Stop a programme that runs, or start one that does not; 1 if it was stopped."""
    if w.programmes[which].running:
        programmes.stop(w, t, which)
        return 1
    programmes.start(w, t, which)
    return 0


def silenced(w: Tables) -> list[str]:
    """Requests that outlived their programme, and people who could ask to go and are kept from it."""
    found = []
    running = w.programmes["running"][w.exchanges["programme"]]
    if (running[w.visits["exchange"][w.visits["phase"] <= Phase.QUEUE]] == 0).any():
        found.append("somebody waits for a programme that has stopped")
    clock = w.exposed.reshape(-1, len(CAUSES), 2)[w.people["group"], CAUSES.index(Kind.REQUEST), w.people["usable"]]
    free = (w.people["visit"] == NONE) & (w.people["applied"] == NONE) & (clock != NONE)
    if (free & (w.slots_of(Kind.REQUEST, len(w.people))["clock"] != clock)).any():
        found.append("somebody who may ask to go cannot")
    return found


def main() -> None:
    assert not COMPILED, "programmes can be stopped from outside in interpreted rules only"
    for name, value in COARSE.items():
        setattr(lifetable, name, value)
    first, count, *careless = sys.argv[1:]
    if careless:
        exchange.close_request = visits.drop
    played = [play(seed) for seed in range(int(first), int(first) + int(count))]
    print(json.dumps({"stopped": sum(s for s, _ in played), "found": [said for _, found in played for said in found]}))


if __name__ == "__main__":
    main()
