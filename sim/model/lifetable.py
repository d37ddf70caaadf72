"""Life tables: of those who entered a cadre some years ago, how many are in post, in other work, or abroad.

One table a cadre, by years since entering (cells) and by frailty (nodes), for people who enter a post at a draw of
entry ages, under the cadre's own hazards. From it come the founders of a run (`founders`).
"""

from __future__ import annotations

import math

from sim.engine.compiled import rule
from sim.engine.distributions import gamma_cdf, normal_cdf, truncated_normal
from sim.model.people import frailty_at
from sim.model.state import World

__all__ = [
    "ABROAD", "AGES", "CELLS", "ELSEWHERE", "IN_POST", "NODES", "STATES", "WIDTH", "cell_at", "draw_age", "draw_rank",
    "draw_tenure", "held", "life_table", "node_of",
]  # fmt: skip

CELLS, WIDTH = 200, 0.25
"""Cells of tenure in a life table, and their width in years."""
NODES, STATES, AGES = 24, 5, 16
"""Levels of frailty; states; and levels of age at entry, each standing for an equal part of entrants."""
IN_POST, ELSEWHERE, ABROAD = 0, 1, 2
SMALLEST = 1e-9
NEGLIGIBLE = 1e-12
FAR = 9.0
"""Standard deviations beyond which a normal has no weight that a double could hold."""


@rule
def entry_age_of(w: World, cadre: int, rank: float) -> float:
    """The age at which somebody at a rank of entry ages enters a cadre."""
    q = w.cadres[cadre].numbers
    return truncated_normal(rank, q.entry_age, q.entry_age_sd, 20.0)


@rule
def still_working(w: World, cadre: int, age: float) -> float:
    """The chance of not having retired by an age; far from the mean it is 0 or 1."""
    q = w.cadres[cadre].numbers
    if not w.setting.do.retirement:
        return 1.0
    if q.retirement_age_sd <= 0.0:
        return 1.0 if age < q.retirement_age else 0.0
    z = (age - q.retirement_age) / q.retirement_age_sd
    if z < -FAR:
        return 1.0
    return 0.0 if z > FAR else 1.0 - normal_cdf(z)


@rule
def cell_at(cadre: int, cell: int, node: int) -> int:
    """Where the states of one cell of tenure and one level of frailty begin."""
    return ((cadre * CELLS + cell) * NODES + node) * STATES


@rule
def held(w: World, at: int, state: int) -> float:
    """How many of those who entered are in a state, whether or not they are preparing to leave."""
    if state == IN_POST:
        return w.states[at] + w.states[at + 1]
    if state == ELSEWHERE:
        return w.states[at + 2] + w.states[at + 3]
    return w.states[at + 4]


@rule
def earlier_value(w: World, cadre: int, cell: int, node: int, state: int, ahead: float, delay: float) -> float:
    """A state some time before a moment `ahead` years into a cell, between the cells known so far."""
    when = min(cell * WIDTH, cell * WIDTH + ahead - delay)
    if when < 0.0:
        return 0.0
    low = int(when / WIDTH)
    part = when / WIDTH - low
    below = w.states[cell_at(cadre, low, node) + state]
    if low >= cell:
        return below
    return below + part * (w.states[cell_at(cadre, low + 1, node) + state] - below)


@rule
def set_node(w: World, cadre: int, node: int) -> None:
    """What a level of frailty makes of a cadre's hazards, and of a stock that leaves at them for one cell."""
    c = w.cadres[cadre]
    q = c.numbers
    n = w.nodes[node]
    n.frailty = mean_frailty(w, q.frailty, node)
    n.special = n.frailty * c.specialise
    n.work = n.frailty * c.work
    n.other = n.frailty * c.post
    rejoin = q.rejoin if w.setting.do.rejoin else 0.0
    home = q.return_home if w.setting.do.return_home else 0.0
    n.kept_post = math.exp(-(n.special + n.work + n.other) * WIDTH)
    n.come_post = mean_kept(n.special + n.work + n.other)
    n.kept_elsewhere = math.exp(-(n.work + rejoin) * WIDTH)
    n.come_elsewhere = mean_kept(n.work + rejoin)
    n.kept_abroad = math.exp(-home * WIDTH)
    n.come_abroad = mean_kept(home)


@rule
def mean_kept(out: float) -> float:
    """What remains at the end of a cell of a constant flow into it, under a constant hazard of leaving."""
    return WIDTH if out <= 0.0 else (1.0 - math.exp(-out * WIDTH)) / out


@rule
def step(w: World, cadre: int, cell: int, node: int, delay: float, back_out: float, moved: float) -> None:
    """One cell of the life table at one level of frailty, by an exponential step, taken twice: never negative.

    States: in post and at risk of applying, in post and preparing, in other work and at risk, there and preparing,
    abroad. Whoever applies departs, or withdraws, after the months of preparing: a delay equation. Of those who
    prepare in other work the part `moved` is back in post when the time comes.
    """
    q = w.cadres[cadre].numbers
    n = w.nodes[node]
    rejoin = q.rejoin if w.setting.do.rejoin else 0.0
    home = q.return_home if w.setting.do.return_home else 0.0
    here = cell_at(cadre, cell, node)
    x0, y0, z0 = w.states[here], w.states[here + 2], w.states[here + 4]
    # Departures are those who applied a delay ago, taken at the middle of the cell: at its ends they may jump.
    applied = earlier_value(w, cadre, cell, node, 0, 0.5 * WIDTH, delay)
    applied_there = earlier_value(w, cadre, cell, node, 2, 0.5 * WIDTH, delay)
    x, y, z = x0, y0, z0
    for _ in range(2):
        mean_x, mean_y, mean_z = 0.5 * (x0 + x), 0.5 * (y0 + y), 0.5 * (z0 + z)
        ready = mean_x if delay <= 0.0 else applied
        ready_there = mean_y if delay <= 0.0 else applied_there
        due = (n.special + n.work) * ready
        due_there = n.work * ready_there
        x = x0 * n.kept_post + n.come_post * (back_out * (due + moved * due_there) + rejoin * mean_y + home * mean_z)
        y = y0 * n.kept_elsewhere + n.come_elsewhere * (n.other * mean_x + back_out * (1.0 - moved) * due_there)
        z = z0 * n.kept_abroad + n.come_abroad * (1.0 - back_out) * (n.work * ready + due_there)
    following = cell_at(cadre, cell + 1, node)
    w.states[following] = x
    w.states[following + 2] = y
    w.states[following + 4] = z
    prepare_some(w, cadre, cell + 1, node, rejoin, delay)


@rule
def prepare_some(w: World, cadre: int, cell: int, node: int, rejoin: float, delay: float) -> None:
    """Those preparing are those who applied within the months of preparing: Simpson's rule over that window."""
    window = min(delay, cell * WIDTH)
    here = cell_at(cadre, cell, node)
    rate = w.nodes[node].special + w.nodes[node].work
    in_post = 0.0
    there = 0.0
    for i in range(3):
        ago = 0.5 * i * window
        weight = (4.0 if i == 1 else 1.0) / 6.0
        from_there = w.nodes[node].work * earlier_value(w, cadre, cell, node, 2, 0.0, ago)
        stayed = 1.0 if rejoin * ago == 0.0 else math.exp(-rejoin * ago)
        in_post += weight * (rate * earlier_value(w, cadre, cell, node, 0, 0.0, ago) + from_there * (1.0 - stayed))
        there += weight * from_there * stayed
    w.states[here + 1] = in_post * window
    w.states[here + 3] = there * window


@rule
def rank_of(node: int) -> float:
    """The rank at which a level of frailty begins: levels are narrow among the restless, who decide most."""
    left = 1.0 - float(node) / NODES
    return 1.0 - left * left


@rule
def node_of(rank: float) -> int:
    """The level of frailty to which a rank belongs."""
    return min(NODES - 1, int(NODES * (1.0 - math.sqrt(1.0 - rank))))


@rule
def mean_frailty(w: World, variance: float, node: int) -> float:
    """Mean frailty of newcomers between two ranks: for a gamma of mean 1, a difference of the next gamma's shares."""
    if not w.setting.do.frailty or variance <= 0.0:
        return 1.0
    shape = 1.0 / variance
    below = 0.0
    above = 1.0
    if node > 0:
        below = gamma_cdf(shape + 1.0, frailty_at(w, variance, rank_of(node)) * shape)
    if node < NODES - 1:
        above = gamma_cdf(shape + 1.0, frailty_at(w, variance, rank_of(node + 1)) * shape)
    return (above - below) / (rank_of(node + 1) - rank_of(node))


@rule
def nobody(w: World, cadre: int, cell: int, node: int) -> None:
    """Nobody of working life is left after this tenure."""
    for state in range(STATES):
        w.states[cell_at(cadre, cell, node) + state] = 0.0


@rule
def life_table(w: World, cadre: int) -> None:
    """Fill a cadre's life table, and work out what it implies: expected years in each state, mean tenure and age."""
    c = w.cadres[cadre]
    q = c.numbers
    delay = q.preparing if w.setting.do.preparing else 0.0
    back_out = q.withdrawn if w.setting.do.preparing else 0.0
    moved = 1.0 - math.exp(-q.rejoin * delay) if w.setting.do.rejoin else 0.0
    for node in range(NODES):
        set_node(w, cadre, node)
        first = cell_at(cadre, 0, node)
        for state in range(STATES):
            w.states[first + state] = 0.0
        w.states[first] = rank_of(node + 1) - rank_of(node)
    working_lives(w, cadre)
    for cell in range(CELLS - 1):
        working = mean_alive(w, cadre, cell) > 0.0
        for node in range(NODES):
            if working:
                step(w, cadre, cell, node, delay, back_out, moved)
            else:
                nobody(w, cadre, cell + 1, node)
    start = w.life[cadre * CELLS]
    start.in_post = 0.0
    start.elsewhere = 0.0
    start.abroad = 0.0
    tenure = 0.0
    age = 0.0
    for cell in range(CELLS):
        add_cell(w, cadre, cell)
        row = w.life[cadre * CELLS + cell]
        before = w.life[cadre * CELLS + cell - 1].in_post if cell > 0 else 0.0
        tenure += (row.in_post - before) * (cell + 0.5) * WIDTH
        age += (row.in_post - before) * (mean_age(w, cadre, cell) + 0.5 * WIDTH)
    last = w.life[cadre * CELLS + CELLS - 1]
    c.years_in_post = last.in_post
    c.years_elsewhere = last.elsewhere
    c.years_abroad = last.abroad
    c.mean_tenure = tenure / last.in_post
    c.mean_age = age / last.in_post


@rule
def alive_at(w: World, cadre: int, cell: int) -> int:
    """Where the chances of still working after some tenure begin, one for each level of age at entry."""
    return (cadre * (CELLS + 1) + cell) * AGES


@rule
def working_lives(w: World, cadre: int) -> None:
    """For each tenure and level of age at entry, the chance of neither death nor retirement since."""
    q = w.cadres[cadre].numbers
    growth = math.log(2.0) / q.mortality_doubles
    older = math.exp(growth * WIDTH)
    for i in range(AGES):
        entered_at = entry_age_of(w, cadre, (i + 0.5) / AGES)
        first = still_working(w, cadre, entered_at)
        at_entry = (
            q.mortality_at_40 / growth * math.exp(growth * (entered_at - 40.0)) if w.setting.do.mortality else 0.0
        )
        hazard = at_entry
        chance = 1.0
        for cell in range(CELLS + 1):
            if chance > NEGLIGIBLE and cell > 0:
                working = still_working(w, cadre, entered_at + cell * WIDTH)
                chance = math.exp(at_entry - hazard) * (working / first if first > 0.0 else 0.0)
            w.alive[alive_at(w, cadre, cell) + i] = chance if chance > NEGLIGIBLE else 0.0
            hazard *= older


@rule
def mean_alive(w: World, cadre: int, cell: int) -> float:
    """The share of entrants still of working life after some tenure."""
    total = 0.0
    for i in range(AGES):
        total += w.alive[alive_at(w, cadre, cell) + i]
    return total / AGES


@rule
def add_cell(w: World, cadre: int, cell: int) -> None:
    """Add one cell of tenure to the running sums of a life table, by the trapezoid of its ends."""
    row = w.life[cadre * CELLS + cell]
    if cell > 0:
        before = w.life[cadre * CELLS + cell - 1]
        row.in_post = before.in_post
        row.elsewhere = before.elsewhere
        row.abroad = before.abroad
    for end in range(2):
        weight = 0.5 * WIDTH * mean_alive(w, cadre, cell + end)
        for node in range(NODES):
            at = cell_at(cadre, min(cell + end, CELLS - 1), node)
            row.in_post += weight * held(w, at, IN_POST)
            row.elsewhere += weight * held(w, at, ELSEWHERE)
            row.abroad += weight * held(w, at, ABROAD)


@rule
def mean_age(w: World, cadre: int, cell: int) -> float:
    """Mean age of those who entered some years ago and are still working."""
    total = 0.0
    weights = 0.0
    for i in range(AGES):
        weight = w.alive[alive_at(w, cadre, cell) + i]
        total += weight * (entry_age_of(w, cadre, (i + 0.5) / AGES) + cell * WIDTH)
        weights += weight
    return total / weights if weights > 0.0 else entry_age_of(w, cadre, 0.5) + cell * WIDTH


@rule
def running_sum(w: World, cadre: int, cell: int, state: int) -> float:
    """The running sum of a state in a life table; 0 before the first cell."""
    if cell < 0:
        return 0.0
    row = w.life[cadre * CELLS + cell]
    if state == IN_POST:
        return row.in_post
    return row.elsewhere if state == ELSEWHERE else row.abroad


@rule
def draw_tenure(w: World, cadre: int, state: int, u: float) -> float:
    """Years since entering of somebody found in a state: the inverse of the life table's running sum."""
    target = u * running_sum(w, cadre, CELLS - 1, state)
    low = 0
    high = CELLS - 1
    while low < high:
        middle = (low + high) // 2
        if running_sum(w, cadre, middle, state) < target:
            low = middle + 1
        else:
            high = middle
    below = running_sum(w, cadre, low - 1, state)
    width = running_sum(w, cadre, low, state) - below
    return (low + (target - below) / width if width > 0.0 else float(low)) * WIDTH


@rule
def draw_rank(w: World, cadre: int, state: int, tenure: float, u: float) -> float:
    """Where somebody found in a state after some tenure stood among newcomers in frailty."""
    cell = min(CELLS - 1, int(tenure / WIDTH + 0.5))
    total = 0.0
    for node in range(NODES):
        total += held(w, cell_at(cadre, cell, node), state)
    target = u * total
    below = 0.0
    for node in range(NODES):
        weight = held(w, cell_at(cadre, cell, node), state)
        if below + weight >= target and weight > 0.0:
            return rank_of(node) + (target - below) / weight * (rank_of(node + 1) - rank_of(node))
        below += weight
    return 0.5 * (rank_of(NODES - 1) + 1.0)


@rule
def draw_age(w: World, cadre: int, tenure: float, u: float) -> float:
    """Age of somebody who entered some years ago and still works."""
    first = alive_at(w, cadre, min(CELLS, int(tenure / WIDTH + 0.5)))
    total = 0.0
    for i in range(AGES):
        total += w.alive[first + i]
    target = u * total
    below = 0.0
    rank = 0.5
    for i in range(AGES):
        weight = w.alive[first + i]
        if below + weight >= target and weight > 0.0:
            rank = (i + (target - below) / weight) / AGES
            break
        below += weight
    return entry_age_of(w, cadre, min(max(rank, SMALLEST), 1.0 - SMALLEST)) + tenure
