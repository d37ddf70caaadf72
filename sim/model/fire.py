"""The one file that knows every rule: what happens when an event fires, and the loop that fires them.

The loop stands beside the table of rules because a rule handed over as an argument could not be kept compiled.
"""

from __future__ import annotations

import math

import numpy as np

from sim.engine import clocks, lines, log, queue
from sim.engine.compiled import entry, part
from sim.engine.random import child, run_key, uniform
from sim.engine.tables import GOING, NONE
from sim.model import (
    careers,
    endings,
    exchange,
    founders,
    funding,
    lifetable,
    measures,
    month,
    policy,
    posts,
    rates,
    stays,
    streams,
    training,
    triggers,
)
from sim.model.kinds import Kind
from sim.model.state import World

__all__ = ["advance", "draw", "prepare", "take_action"]

UNPREPARED, PREPARED, FOUNDED = 0, 1, 2
QUARTERS = 4.0
SEAT = 3


@part
def fire(w: World, t: float, kind: int, who: int) -> None:
    """What each kind of event does."""
    w.setting.firing = kind
    if kind == Kind.FILL:
        posts.fill(w, t, who)
    elif kind == Kind.SPECIALISE or kind == Kind.WORK_ABROAD:
        careers.apply_to_leave(w, t, who, kind)
    elif kind == Kind.DEPART:
        careers.depart(w, t, who)
    elif kind == Kind.LEAVE_POST:
        careers.leave_post(w, t, who)
    elif kind == Kind.REJOIN:
        careers.rejoin(w, t, who)
    elif kind == Kind.RETURN:
        careers.come_home(w, t, who)
    elif kind == Kind.GIVE_UP:
        careers.give_up(w, t, who)
    elif kind == Kind.SETTLE:
        stays.settle(w, t, who)
    elif kind == Kind.GRACE_ENDS:
        stays.grace_ends(w, t, who)
    elif kind == Kind.BOND_ENDS:
        careers.bond_ends(w, t, who)
    elif kind == Kind.RETIRE:
        careers.retire(w, t, who)
    elif kind == Kind.DIE:
        careers.die(w, t, who)
    elif kind == Kind.START_WORK:
        posts.start_work(w, t, who)
    elif kind == Kind.GO_ABROAD:
        training.go_abroad(w, t, who)
    elif kind == Kind.COME_BACK:
        training.come_back(w, t, who)
    elif kind == Kind.FINISH:
        training.finish(w, t, who)
    elif kind == Kind.DROP_OUT:
        training.drop_out(w, t, who)
    elif kind == Kind.INTAKE:
        training.intake(w, t, who)
    elif kind == Kind.ENTER:
        streams.enter(w, t, who)
    elif kind == Kind.NEW_POSTS:
        posts.grow(w, t, who)
    elif kind == Kind.NOTICE:
        triggers.told(w, t, triggers.Event.NOTICE, who)
    elif kind == Kind.FUNDING_ENDS:
        triggers.told(w, t, triggers.Event.FUNDING_ENDS, who)
        endings.funding_ends(w, t, who)
    elif kind == Kind.POLICY:
        log.note(w, w.policies[who].ending)
        policy.happens(w, t, who)
    elif kind == Kind.CONSENT:
        log.note(w, 1 if triggers.decide(w, t, who) else 0)
    elif kind == Kind.REQUEST:
        exchange.request(w, t, who)
    elif kind == Kind.VISITOR:
        exchange.visitor_asks(w, t, who)
    elif kind == Kind.PAPERS:
        exchange.papers_come(w, t, who)
    elif kind == Kind.RENEGE:
        exchange.renege(w, t, who)
    elif kind == Kind.STAY_ENDS:
        exchange.stay_ends(w, t, who)
    elif kind == Kind.EARLY_END:
        exchange.early_end(w, t, who)
    elif kind == Kind.DEBRIEFED:
        exchange.debriefed(w, t, who)
    elif kind == Kind.EFFECT_ENDS:
        exchange.effect_ends(w, t, who)
    elif kind == Kind.CLOSE:
        month.close(w, t)
    elif kind == Kind.REPORT:
        report(w, t)


@part
def report(w: World, t: float) -> None:
    """A quarter ends, or the run: report, and say when the next report is due."""
    measures.report(w, t)
    if endings.judge_goals(w, t):
        measures.rewrite(w, t)
    if t < w.run.end:
        triggers.watch(w, t)
        following = min((math.floor(t * QUARTERS + 1e-9) + 1.0) / QUARTERS, w.run.end)
        clocks.at(w, following, Kind.REPORT, 0)
    else:
        for c in range(len(w.clocks)):
            clocks.reading(w, t, c)


@entry
def prepare(w: World) -> None:
    """Turn the numbers of a design point into rates and life tables. No luck has a part in it."""
    queue.plant(w)
    for cadre in range(len(w.cadres)):
        c = w.cadres[cadre]
        c.pay_raised = 1.0
        c.openness = 1.0
    for cadre in range(len(w.cadres)):
        rates.derive(w, cadre)
    month.prepare(w)
    rates.set_all(w, 0.0)
    for cadre in range(len(w.cadres)):
        lifetable.life_table(w, cadre)
    for unit in range(len(w.units)):
        u = w.units[unit]
        for ordinal in range(u.capacity):
            w.seats[u.first_seat + ordinal].key = child(u.key, SEAT, ordinal)
    w.setting.founded = PREPARED


@part
def begin(w: World) -> None:
    """The world at time 0: empty lines and slots, the founders, and the first dates."""
    w.setting.firing = NONE
    for line in range(len(w.lines)):
        lines.empty(w, line)
    for seat in range(len(w.seats)):
        clocks.owner(w, Kind.FILL, seat)
        w.seats[seat].holder = NONE
        w.links[seat].line = NONE
    for row in range(len(w.policies)):
        clocks.owner(w, Kind.POLICY, row)
    for row in range(len(w.triggers)):
        clocks.owner(w, Kind.CONSENT, row)
    for row in range(len(w.programmes)):
        clocks.owner(w, Kind.NOTICE, row)
        clocks.owner(w, Kind.FUNDING_ENDS, row)
        funding.start(w, row)
    for row in range(len(w.trainings)):
        clocks.owner(w, Kind.INTAKE, row)
    for row in range(len(w.exchanges)):
        clocks.owner(w, Kind.VISITOR, row)
    clocks.owner(w, Kind.CLOSE, 0)
    clocks.owner(w, Kind.REPORT, 0)
    founders.found(w)
    for unit in range(len(w.units)):
        clocks.owner(w, Kind.NEW_POSTS, unit)
        if w.units[unit].numbers.new_posts_a_year > 0.0 and not w.setting.stationary:
            clocks.at(w, 1.0, Kind.NEW_POSTS, unit)
    for stream in range(len(w.streams)):
        clocks.owner(w, Kind.ENTER, stream)
        streams.start(w, stream)
    policy.schedule(w)
    month.start(w)
    clocks.at(w, 0.0, Kind.REPORT, 0)
    w.setting.founded = FOUNDED


@entry
def advance(w: World, seed: np.uint64, row: int, replication: int, until: float, most: int) -> None:
    """Fire what is due, up to and including a time; the first call of a run makes the founders.

    It returns earlier after `most` events, after an event of a kind that is watched (`run.seen` holds its name), or
    when a table was full (`run.status`).

    Args:
        seed, row, replication: what keys the run's luck; looked at by the first call only.
        until: years since the start.
        most: the largest number of events to fire.
    """
    if w.setting.founded == PREPARED:
        w.run.key = run_key(seed, row, replication)
        begin(w)
    w.run.seen = NONE
    fired = 0
    while fired < most and w.run.status == GOING:
        clock = queue.first_clock(w)
        t = w.clocks[clock].time
        if not t <= until:
            break
        w.run.now = t
        name = clocks.take(w, clock)
        kind = name >> clocks.NAME_BITS
        who = name & clocks.LOW_BITS
        log.record(w, t, kind, who)
        fire(w, t, kind, who)
        w.run.steps += 1
        fired += 1
        if (w.run.watched >> kind) & 1:
            w.run.seen = name
            break


@entry
def take_action(w: World, t: float, row: int) -> None:
    """An extension acts now: the dated change in this row of the table happens."""
    clocks.owner(w, Kind.POLICY, row)
    policy.happens(w, t, row)


@entry
def draw(w: World, entity: np.uint64, purpose: int, count: int) -> float:
    """A uniform number of this run, keyed like any other."""
    return uniform(w.run.key, entity, purpose, count)
