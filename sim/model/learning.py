"""Capability: what an institution can do in three domains, learnt from partners and lost with time and people.

There is something to learn from a gap in level (nothing without one, nothing when it is too wide to bridge) and from
a difference in approach, which peers have too. Both sides learn. See docs/work.md.
"""

from __future__ import annotations

import math

from sim.engine.compiled import formula, rule
from sim.engine.tables import NONE
from sim.model.funding import extent
from sim.model.optional import given, number
from sim.model.state import World

__all__ = ["capability", "learning_rate", "mean_capability", "start", "step", "teaches"]

CLINICAL, EDUCATION, RESEARCH = 0, 1, 2


@rule
def own_level(w: World, party: int, domain: int) -> float:
    """The capability that an institution holds by itself."""
    q = w.parties[party].capability
    if domain == CLINICAL:
        return q.clinical
    return q.education if domain == EDUCATION else q.research


@rule
def capability(w: World, party: int, domain: int) -> float:
    """The capability of an institution now."""
    p = w.parties[party]
    if domain == CLINICAL:
        return p.clinical
    return p.education if domain == EDUCATION else p.research


@rule
def set_capability(w: World, party: int, domain: int, level: float) -> None:
    """Set the capability of an institution."""
    p = w.parties[party]
    if domain == CLINICAL:
        p.clinical = level
    elif domain == EDUCATION:
        p.education = level
    else:
        p.research = level


@rule
def mean_capability(w: World, party: int) -> float:
    """The mean of the three domains."""
    p = w.parties[party]
    return (p.clinical + p.education + p.research) / 3.0


@rule
def start(w: World) -> None:
    """Every institution begins at its own level."""
    for party in range(len(w.parties)):
        for domain in range(3):
            set_capability(w, party, domain, own_level(w, party, domain))


@formula
def teaches(gap: float) -> float:
    """How much a gap in level teaches, of the most that any gap does: nothing at 0 and at 1, most at one half."""
    return 4.0 * gap * (1.0 - gap)


@rule
def learning_rate(w: World, learner: int, source: int, domain: int, agreement: int) -> float:
    """How fast the rest is learnt with a partner beside each member of staff, per year.

    What a gap in level teaches, plus what a difference in approach teaches; times what comes across.
    """
    gap = max(0.0, capability(w, source, domain) - capability(w, learner, domain))
    most = -math.log1p(-w.learning.from_gap)
    rate = most * teaches(gap)
    if agreement == NONE:
        return rate
    q = w.agreements[agreement].numbers
    return q.delivery * (rate - math.log1p(-w.learning.from_difference) * q.difference)


@rule
def learn(w: World, learner: int, source: int, domain: int, agreement: int, contact: float) -> None:
    """Enter into a party's sums that some people of another, in full-time equivalents, are with its staff."""
    p = w.parties[learner]
    amount = contact / p.staff * learning_rate(w, learner, source, domain, agreement)
    if domain == CLINICAL:
        p.learns_clinical += amount
    elif domain == EDUCATION:
        p.learns_education += amount
    else:
        p.learns_research += amount


@rule
def meet(w: World, here: int, there: int, domain: int, agreement: int, contact: float) -> None:
    """People of two institutions work together: each learns from the other."""
    if here != there:
        learn(w, here, there, domain, agreement, contact)
        learn(w, there, here, domain, agreement, contact)


@rule
def count_staff(w: World) -> None:
    """Who could learn: a party's people in post, or as many as the file says."""
    for party in range(len(w.parties)):
        p = w.parties[party]
        p.staff = 0.0
        p.exits = 0
        p.learns_clinical = 0.0
        p.learns_education = 0.0
        p.learns_research = 0.0
    for unit in range(len(w.units)):
        u = w.units[unit]
        w.parties[u.party].staff += u.working + u.away
        w.parties[u.party].exits += u.exits
        u.exits = 0
    for party in range(len(w.parties)):
        p = w.parties[party]
        if given(p.staff_given):
            p.staff = number(p.staff_given)
        p.staff = max(1.0, p.staff)


@rule
def count_meetings(w: World) -> None:
    """Who is with whom: on exchanges, and as visiting supervisors of a training programme."""
    for exchange in range(len(w.exchanges)):
        e = w.exchanges[exchange]
        if e.there > 0:
            agreement = w.programmes[e.programme].partnership
            meet(w, e.hosts, e.sends, e.domain, agreement, float(e.there))
    for site in range(len(w.sites)):
        s = w.sites[site]
        g = w.trainings[s.training]
        h = w.programmes[g.programme]
        if h.running and g.partner != NONE:
            visitors = g.numbers.visiting_supervisors * extent(w, g.programme) / g.sites
            meet(w, w.units[s.unit].party, g.partner, CLINICAL, h.partnership, visitors)
            meet(w, w.units[s.unit].party, g.partner, EDUCATION, h.partnership, visitors)


@rule
def learnt(w: World, party: int, domain: int) -> float:
    """The sum of what a party learns in a domain, per year."""
    p = w.parties[party]
    if domain == CLINICAL:
        return p.learns_clinical
    return p.learns_education if domain == EDUCATION else p.learns_research


@rule
def step(w: World, years: float) -> None:
    """Capability after some years of what goes on now, by an exact step; what was learnt leaves with people."""
    count_staff(w)
    if not w.setting.do.learning:
        return
    count_meetings(w)
    forgets = 1.0 / w.learning.forgets
    for party in range(len(w.parties)):
        p = w.parties[party]
        stayed = max(0.0, 1.0 - p.exits / (p.staff + p.exits))
        for domain in range(3):
            own = own_level(w, party, domain)
            now = capability(w, party, domain)
            rate = learnt(w, party, domain)
            if rate == 0.0 and now == own:
                continue
            if now > own:
                now = own + (now - own) * stayed
            level = (forgets * own + rate) / (forgets + rate)
            now = level + (now - level) * math.exp(-(forgets + rate) * years)
            set_capability(w, party, domain, now)
