"""A service desk on the engine: c servers, first come first served, customers who may lose patience.

It shows that the engine needs no hospital, and gives the queueing formulas something to check.
"""

from __future__ import annotations

import math
from enum import IntEnum

import numpy as np

from sim.engine import clocks, lines, queue, random
from sim.engine.compiled import entry, rule
from sim.engine.distributions import exponential
from sim.engine.log import record
from sim.engine.tables import FULL, NONE, EngineWorld
from sim.engine.world import Layout, Memory, Row, Table


class Kind(IntEnum):
    ARRIVE = 0
    FINISH = 1
    RENEGE = 2


ARRIVALS, IMPATIENCE = 1, 2
CUSTOMER = 7


class Desk(Row):
    servers: int
    busy: int
    arrived: int
    gone: int
    served: int
    mean_service: float
    from_time: float
    waits: float
    counted: int
    waited: int


class Customer(Row):
    key: np.uint64
    came: float


class World(EngineWorld):
    desk: Desk
    people: Table[Customer]


@rule
def serve(w: World, t: float, who: int) -> None:
    p = w.people[who]
    w.desk.busy += 1
    if p.came >= w.desk.from_time:
        w.desk.counted += 1
        w.desk.waits += t - p.came
        if t > p.came:
            w.desk.waited += 1
    service = w.desk.mean_service * exponential(random.uniform(w.run.key, p.key, Kind.FINISH, 0))
    clocks.at(w, t + service, Kind.FINISH, who)


@rule
def arrive(w: World, t: float) -> None:
    who = w.desk.arrived
    if who == len(w.people):
        w.run.status = FULL
        return
    w.desk.arrived += 1
    p = w.people[who]
    p.key = random.child(np.uint64(CUSTOMER), 0, who)
    p.came = t
    clocks.owner(w, Kind.FINISH, who)
    clocks.owner(w, Kind.RENEGE, who)
    w.links[who].line = NONE
    clocks.expose(w, t, Kind.ARRIVE, 0, np.uint64(CUSTOMER), ARRIVALS, 1.0)
    if w.desk.busy < w.desk.servers:
        serve(w, t, who)
    else:
        lines.join(w, 0, who)
        if w.clocks[IMPATIENCE].rate > 0.0:
            clocks.expose(w, t, Kind.RENEGE, who, p.key, IMPATIENCE, 1.0)


@rule
def finish(w: World, t: float) -> None:
    w.desk.busy -= 1
    w.desk.served += 1
    following = lines.first(w, 0)
    if following != NONE:
        lines.leave(w, following)
        clocks.withdraw(w, t, Kind.RENEGE, following)
        serve(w, t, following)


@rule
def renege(w: World, t: float, who: int) -> None:
    lines.leave(w, who)
    p = w.people[who]
    if p.came >= w.desk.from_time:
        w.desk.counted += 1
        w.desk.waits += t - p.came
        w.desk.waited += 1
        w.desk.gone += 1


@rule
def fire(w: World, t: float, kind: int, who: int) -> None:
    if kind == Kind.ARRIVE:
        arrive(w, t)
    elif kind == Kind.FINISH:
        finish(w, t)
    elif kind == Kind.RENEGE:
        renege(w, t, who)


@entry
def run(w: World, key: np.uint64, until: float, arrival: float, impatience: float) -> None:
    w.run.key = key
    w.run.end = until
    queue.plant(w)
    lines.empty(w, 0)
    clocks.owner(w, Kind.ARRIVE, 0)
    clocks.set_rate(w, 0.0, ARRIVALS, arrival, 0.0)
    clocks.set_rate(w, 0.0, IMPATIENCE, impatience, 0.0)
    clocks.expose(w, 0.0, Kind.ARRIVE, 0, np.uint64(CUSTOMER), ARRIVALS, 1.0)
    while w.run.status == 0:
        c = queue.first_clock(w)
        t = w.clocks[c].time
        if t > until:
            break
        w.run.now = t
        name = clocks.take(w, c)
        w.run.steps += 1
        kind = name >> clocks.NAME_BITS
        who = name & clocks.LOW_BITS
        record(w, t, kind, who)
        fire(w, t, kind, who)


LAYOUT = Layout(World)


def memory(customers: int, log: int = 0) -> Memory:
    """A desk's memory, with its slots laid out: the arrival's, then two for each customer."""
    m = LAYOUT.memory(
        {"people": customers, "links": customers, "slots": 1 + 2 * customers, "clocks": 3, "order": 8, "lines": 1,
         "kinds": 3, "log": log},
        pools={"people", "links", "slots", "log"},
    )  # fmt: skip
    kinds = m.tables["kinds"]
    kinds["first"] = [0, 1, 2]
    kinds["stride"] = [1, 2, 2]
    return m


def simulate(
    seed: int, until: float, warm: float, servers: int, arrival: float, service: float, impatience: float, m: Memory
) -> dict[str, float]:
    """Mean wait of all who came after the warm-up, the shares that waited and that left unserved."""
    m.tables["desk"]["servers"] = servers
    m.tables["desk"]["mean_service"] = service
    m.tables["desk"]["from_time"] = warm
    run(m.world, np.uint64(seed), until, arrival, impatience)
    desk = m.tables["desk"][0]
    if m.tables["run"]["status"][0]:
        raise MemoryError("more customers than the table holds")
    n = max(1, int(desk["counted"]))
    return {"wait": desk["waits"] / n, "waited": desk["waited"] / n, "left": desk["gone"] / n, "n": n, "inf": math.inf}
