"""Founders: who is there when the run begins.

Those in post at the start are the survivors of earlier entrants: the longer ago they entered, the fewer and the less
restless they are. A life table says how many of those who entered τ years ago are still in post, in other work at
home, or abroad, at each level of frailty. A founder's tenure, age, frailty and pending departure are drawn from it.

Unless the scenario is declared stationary, founders exist in posts only; a stationary one also gets those whom its
posts have lost and may get back.
"""

from __future__ import annotations

import math

from sim.engine import clocks
from sim.engine.compiled import part, rule
from sim.engine.distributions import normal_cdf, truncated_normal
from sim.engine.random import child, uniform
from sim.engine.tables import NONE
from sim.model.kinds import Kind, Use
from sim.model.people import create, expose_all, frailty_at, move
from sim.model.posts import open_all, start_work
from sim.model.state import World

__all__ = ["AGES", "CELLS", "NODES", "STATES", "found", "life_table"]

CELLS, WIDTH = 200, 0.25
"""Cells of tenure in a life table, and their width in years."""
NODES, STATES, AGES = 32, 3, 16
"""Levels of frailty and of age at entry, each standing for an equal part of entrants; and states."""
IN_POST, ELSEWHERE, ABROAD = 0, 1, 2
FOUNDER = 1


@rule
def entry_age_of(w: World, cadre: int, rank: float) -> float:
    """The age at which somebody at a rank of entry ages enters a cadre."""
    q = w.cadres[cadre].numbers
    return truncated_normal(rank, q.entry_age, q.entry_age_sd, 20.0)


@rule
def survives(w: World, cadre: int, entered_at: float, tenure: float) -> float:
    """The chance of neither death nor retirement in the years since entering at an age."""
    q = w.cadres[cadre].numbers
    chance = 1.0
    age = entered_at + tenure
    if w.setting.do.mortality and q.mortality_at_40 > 0.0:
        growth = math.log(2.0) / q.mortality_doubles
        at_40 = q.mortality_at_40 / growth
        chance = math.exp(-at_40 * (math.exp(growth * (age - 40.0)) - math.exp(growth * (entered_at - 40.0))))
    if w.setting.do.retirement:
        if q.retirement_age_sd <= 0.0:
            chance = chance if age < max(q.retirement_age, entered_at) else 0.0
        else:
            alive = 1.0 - normal_cdf((entered_at - q.retirement_age) / q.retirement_age_sd)
            working = 1.0 - normal_cdf((age - q.retirement_age) / q.retirement_age_sd)
            chance *= working / alive if alive > 0.0 else 0.0
    return chance


@rule
def preparing_share(w: World, cadre: int, hazard: float) -> float:
    """The share of those with a hazard of applying who are preparing to leave at any moment."""
    if not w.setting.do.preparing:
        return 0.0
    spent = hazard * w.cadres[cadre].numbers.preparing
    return spent / (1.0 + spent)


@rule
def step(w: World, cadre: int, frailty: float, unit: int, cell: int, node: int) -> None:
    """One cell of the life table at one level of frailty: exits and returns, by a classical Runge–Kutta step."""
    c = w.cadres[cadre]
    q = c.numbers
    stay = 1.0 - (q.withdrawn if w.setting.do.preparing else 0.0)
    hazard = frailty * (c.specialise + c.work)
    at_risk = 1.0 - preparing_share(w, cadre, hazard)
    lost = stay * frailty * c.specialise * at_risk
    away = stay * frailty * c.work * at_risk
    other = frailty * c.post * at_risk
    moved = stay * frailty * c.work * (1.0 - preparing_share(w, cadre, frailty * c.work))
    rejoin = q.rejoin if w.setting.do.rejoin else 0.0
    back = q.return_home if w.setting.do.return_home else 0.0
    here = ((unit * CELLS + cell) * NODES + node) * STATES
    x0 = w.states[here]
    y0 = w.states[here + 1]
    z0 = w.states[here + 2]
    x, y, z = x0, y0, z0
    sx, sy, sz = 0.0, 0.0, 0.0
    for stage in range(4):
        dx = -(lost + away + other) * x + rejoin * y + back * z
        dy = other * x - (moved + rejoin) * y
        dz = away * x + moved * y - back * z
        weight = 1.0 if stage == 0 or stage == 3 else 2.0
        sx += weight * dx
        sy += weight * dy
        sz += weight * dz
        h = WIDTH if stage == 2 else 0.5 * WIDTH
        x = x0 + h * dx
        y = y0 + h * dy
        z = z0 + h * dz
    following = here + NODES * STATES
    w.states[following] = x0 + WIDTH / 6.0 * sx
    w.states[following + 1] = y0 + WIDTH / 6.0 * sy
    w.states[following + 2] = z0 + WIDTH / 6.0 * sz


@rule
def life_table(w: World, unit: int) -> None:
    """Fill a unit's life table, and work out what it implies: expected years in each state, mean tenure and age."""
    u = w.units[unit]
    theta = w.cadres[u.cadre].numbers.frailty
    first = unit * CELLS * NODES * STATES
    for node in range(NODES):
        w.ranks[node] = frailty_at(w, theta, (node + 0.5) / NODES)
        w.states[first + node * STATES] = 1.0 / NODES
        w.states[first + node * STATES + 1] = 0.0
        w.states[first + node * STATES + 2] = 0.0
    for cell in range(CELLS - 1):
        for node in range(NODES):
            step(w, u.cadre, w.ranks[node], unit, cell, node)
    total = w.life[unit * CELLS]
    total.in_post = 0.0
    total.elsewhere = 0.0
    total.abroad = 0.0
    tenure = 0.0
    age = 0.0
    for cell in range(CELLS):
        add_cell(w, unit, cell)
        row = w.life[unit * CELLS + cell]
        before = w.life[unit * CELLS + cell - 1].in_post if cell > 0 else 0.0
        tenure += (row.in_post - before) * (cell + 0.5) * WIDTH
        age += (row.in_post - before) * mean_age(w, u.cadre, (cell + 0.5) * WIDTH)
    last = w.life[unit * CELLS + CELLS - 1]
    u.years_in_post = last.in_post
    u.years_elsewhere = last.elsewhere
    u.years_abroad = last.abroad
    u.mean_tenure = tenure / last.in_post
    u.mean_age = age / last.in_post


@rule
def add_cell(w: World, unit: int, cell: int) -> None:
    """Add one cell of tenure to the running sums of a life table, by the trapezoid of its ends."""
    cadre = w.units[unit].cadre
    row = w.life[unit * CELLS + cell]
    for end in range(2):
        alive = 0.0
        for i in range(AGES):
            alive += survives(w, cadre, entry_age_of(w, cadre, (i + 0.5) / AGES), (cell + end) * WIDTH) / AGES
        at = (unit * CELLS + min(cell + end, CELLS - 1)) * NODES * STATES
        in_post, elsewhere, abroad = 0.0, 0.0, 0.0
        for node in range(NODES):
            in_post += w.states[at + node * STATES]
            elsewhere += w.states[at + node * STATES + 1]
            abroad += w.states[at + node * STATES + 2]
        if end == 0 and cell > 0:
            before = w.life[unit * CELLS + cell - 1]
            row.in_post = before.in_post
            row.elsewhere = before.elsewhere
            row.abroad = before.abroad
        row.in_post += 0.5 * WIDTH * alive * in_post
        row.elsewhere += 0.5 * WIDTH * alive * elsewhere
        row.abroad += 0.5 * WIDTH * alive * abroad


@rule
def mean_age(w: World, cadre: int, tenure: float) -> float:
    """Mean age of those who entered some years ago and are still working."""
    total = 0.0
    weights = 0.0
    for i in range(AGES):
        entered_at = entry_age_of(w, cadre, (i + 0.5) / AGES)
        weight = survives(w, cadre, entered_at, tenure)
        total += weight * (entered_at + tenure)
        weights += weight
    return total / weights if weights > 0.0 else entry_age_of(w, cadre, 0.5) + tenure


@rule
def running_sum(w: World, unit: int, cell: int, state: int) -> float:
    """The running sum of a state in a life table; 0 before the first cell."""
    if cell < 0:
        return 0.0
    row = w.life[unit * CELLS + cell]
    if state == IN_POST:
        return row.in_post
    return row.elsewhere if state == ELSEWHERE else row.abroad


@rule
def draw_tenure(w: World, unit: int, state: int, u: float) -> float:
    """Years since entering of somebody found in a state: the inverse of the life table's running sum."""
    target = u * running_sum(w, unit, CELLS - 1, state)
    low = 0
    high = CELLS - 1
    while low < high:
        middle = (low + high) // 2
        if running_sum(w, unit, middle, state) < target:
            low = middle + 1
        else:
            high = middle
    below = running_sum(w, unit, low - 1, state)
    width = running_sum(w, unit, low, state) - below
    return (low + (target - below) / width if width > 0.0 else float(low)) * WIDTH


@rule
def draw_rank(w: World, unit: int, state: int, tenure: float, u: float) -> float:
    """Where somebody found in a state after some tenure stood among newcomers in frailty."""
    cell = min(CELLS - 1, int(tenure / WIDTH + 0.5))
    at = (unit * CELLS + cell) * NODES * STATES + state
    total = 0.0
    for node in range(NODES):
        total += w.states[at + node * STATES]
    target = u * total
    below = 0.0
    for node in range(NODES):
        weight = w.states[at + node * STATES]
        if below + weight >= target and weight > 0.0:
            return (node + (target - below) / weight) / NODES
        below += weight
    return (NODES - 0.5) / NODES


@rule
def draw_age(w: World, unit: int, tenure: float, u: float) -> float:
    """Age of somebody who entered some years ago and still works, shifted to the declared mean if there is one."""
    n = w.units[unit]
    total = 0.0
    for i in range(AGES):
        total += survives(w, n.cadre, entry_age_of(w, n.cadre, (i + 0.5) / AGES), tenure)
    target = u * total
    below = 0.0
    rank = 0.5
    for i in range(AGES):
        weight = survives(w, n.cadre, entry_age_of(w, n.cadre, (i + 0.5) / AGES), tenure)
        if below + weight >= target and weight > 0.0:
            rank = (i + (target - below) / weight) / AGES
            break
        below += weight
    age = entry_age_of(w, n.cadre, min(max(rank, 1e-9), 1.0 - 1e-9)) + tenure
    if not math.isnan(n.numbers.mean_age):
        age += n.numbers.mean_age - n.mean_age
    return age


@rule
def founder(w: World, unit: int, state: int, slot: int) -> int:
    """Create the slot-th founder of a unit in a state, who is as yet nowhere."""
    n = w.units[unit]
    key = child(n.key, FOUNDER + state, slot)
    tenure = draw_tenure(w, unit, state, uniform(w.run.key, key, Use.FOUNDER_TENURE, 0))
    if not math.isnan(n.numbers.mean_tenure):
        tenure *= n.numbers.mean_tenure / n.mean_tenure
    age = draw_age(w, unit, tenure, uniform(w.run.key, key, Use.ENTRY_AGE, 0))
    rank = draw_rank(w, unit, state, tenure, uniform(w.run.key, key, Use.FRAILTY, 0))
    return create(w, 0.0, key, n.cadre, age, tenure, rank)


@rule
def already_preparing(w: World, who: int) -> None:
    """Some founders have applied to leave before the run begins."""
    p = w.people[who]
    c = w.cadres[p.cadre]
    in_post = p.group != c.elsewhere
    special = c.specialise if in_post else 0.0
    share = preparing_share(w, p.cadre, p.frailty * (special + c.work))
    u = uniform(w.run.key, p.key, Use.PREPARING, 0)
    if u >= share:
        return
    motive = uniform(w.run.key, p.key, Use.PREPARING, 1)
    p.applied = Kind.SPECIALISE if motive * (special + c.work) < special else Kind.WORK_ABROAD
    withdraws = uniform(w.run.key, p.key, Use.WITHDRAWS, 0)
    p.will_withdraw = 1 if withdraws < c.numbers.withdrawn else 0
    p.applications = 1
    clocks.at(w, u / share * c.numbers.preparing, Kind.DEPART, who)
    expose_all(w, 0.0, who)


@rule
def found_posts(w: World, unit: int) -> None:
    """Fill a unit's posts: the declared number of them, or each with its chance in equilibrium."""
    n = w.units[unit]
    vacant = 0.0
    if n.search_clock != NONE:
        vacant = n.numbers.search / (n.numbers.search + n.years_in_post)
    declared = not math.isnan(n.numbers.filled)
    for ordinal in range(n.seats):
        s = w.seats[n.first_seat + ordinal]
        if declared:
            filled = ordinal < n.numbers.filled
        else:
            filled = ordinal < n.funded and uniform(w.run.key, s.key, Use.FOUNDER_STATE, 0) >= vacant
        if filled:
            who = founder(w, unit, IN_POST, ordinal)
            if who == NONE:
                return
            s.holder = who
            w.people[who].seat = n.first_seat + ordinal
            start_work(w, 0.0, who)
            already_preparing(w, who)
    open_all(w, 0.0, unit)


@rule
def found_others(w: World, unit: int) -> None:
    """In a stationary scenario: those whom the unit's posts have lost to other work and to places abroad."""
    n = w.units[unit]
    c = w.cadres[n.cadre]
    for state in range(ELSEWHERE, ABROAD + 1):
        years = n.years_elsewhere if state == ELSEWHERE else n.years_abroad
        expected = n.working * years / n.years_in_post
        count = int(math.floor(expected + uniform(w.run.key, n.key, Use.FOUNDER_COUNT, state)))
        for slot in range(count):
            who = founder(w, unit, state, slot)
            if who == NONE:
                return
            move(w, 0.0, who, c.elsewhere if state == ELSEWHERE else c.abroad)
            if state == ELSEWHERE:
                already_preparing(w, who)


@part
def found(w: World) -> None:
    """Create everyone who is there at the start."""
    for unit in range(len(w.units)):
        found_posts(w, unit)
        if w.setting.stationary:
            found_others(w, unit)
