"""Training programmes: yearly intakes, supervisors, a time abroad, drop-out, the examination, graduation, the bond.

Candidates are the same people under every plan; a yearly draw among those in post or waiting decides who is admitted.
At home, a school takes in as many as its places and its supervisors allow, and graduates who stay become
supervisors.
"""

from __future__ import annotations

import math

from sim.engine import clocks
from sim.engine.compiled import rule
from sim.engine.log import note
from sim.engine.random import uniform
from sim.engine.tables import NONE
from sim.model.careers import leave_at_once, leave_programme
from sim.model.dates import next_month
from sim.model.funding import extent
from sim.model.kinds import Kind, Place, Use
from sim.model.people import move, place_of
from sim.model.posts import seek, vacate
from sim.model.state import World
from sim.model.stays import stay_abroad

__all__ = ["come_back", "drop_out", "finish", "go_abroad", "intake", "start", "supervisors_of"]

MOTIVES = (int(Kind.WORK_ABROAD), int(Kind.SPECIALISE))
"""Why people leave the country."""


@rule
def lasting_supervisors(w: World, site: int) -> float:
    """Supervisors of a school who stay: its own specialists at work, and its part of those whom partners provide."""
    s = w.sites[site]
    g = w.trainings[s.training]
    provided = g.numbers.visiting_supervisors * extent(w, g.programme)
    return w.units[s.unit].working + provided / max(1, g.sites)


@rule
def supervisors_of(w: World, site: int) -> float:
    """All supervisors of a school, visitors on exchange included."""
    g = w.trainings[w.sites[site].training]
    return lasting_supervisors(w, site) + g.visiting / max(1, g.sites)


@rule
def start(w: World, t: float, training: int) -> None:
    """A programme starts; its first intake is in the first intake month from now."""
    g = w.trainings[training]
    for site in range(g.first_site, g.first_site + g.sites):
        w.sites[site].supervisors_at_start = lasting_supervisors(w, site)
    clocks.at(w, next_month(w, t, g.numbers.intake_month), Kind.INTAKE, training)


@rule
def places_at(w: World, site: int) -> int:
    """Places of a school this year: they grow with supervisors who stay; with visitors, supervisors cap residents."""
    s = w.sites[site]
    g = w.trainings[s.training]
    places = g.numbers.places_per_year / g.sites * extent(w, g.programme)
    room = 1e9
    if w.setting.do.supervisors:
        supervisors = supervisors_of(w, site)
        if supervisors < g.numbers.minimum_supervisors:
            return 0
        if g.grows and s.supervisors_at_start > 0.0:
            places *= lasting_supervisors(w, site) / s.supervisors_at_start
        room = math.floor(supervisors * g.numbers.residents_per_supervisor + 1e-9) - s.residents
    u = uniform(w.run.key, w.trainings[s.training].key ^ w.units[s.unit].key, Use.PLACES, g.intakes)
    return int(max(0.0, min(room, math.floor(places + u))))


@rule
def eligible(w: World, who: int, training: int) -> bool:
    """Whether somebody is a candidate: of the cadre, in post or waiting for one, not about to leave for work."""
    p = w.people[who]
    if p.cadre != w.trainings[training].admits or p.applied == Kind.WORK_ABROAD:
        return False
    place = place_of(w, who)
    return place == Place.IN_POST or place == Place.WAITING


@rule
def sink(w: World, entries: int) -> None:
    """Restore the heap of the best scores, the worst of them on top, after its top was replaced."""
    i = 0
    while True:
        worst = i
        for j in (2 * i + 1, 2 * i + 2):
            if j < entries and w.ballot[j].score > w.ballot[worst].score:
                worst = j
        if worst == i:
            return
        swap(w, i, worst)
        i = worst


@rule
def swap(w: World, i: int, j: int) -> None:
    """Exchange two entries of the ballot."""
    a = w.ballot[i]
    b = w.ballot[j]
    score = a.score
    person = a.person
    a.score = b.score
    a.person = b.person
    b.score = score
    b.person = person


@rule
def draw_candidates(w: World, training: int, places: int) -> int:
    """Fill the ballot with the winners of this year's draw, in ascending order of their lots.

    Returns:
        How many there are: `places`, or fewer if candidates are short.
    """
    g = w.trainings[training]
    places = min(places, len(w.ballot))
    entries = 0
    for who in range(w.setting.people):
        if places == 0 or not eligible(w, who, training):
            continue
        lot = uniform(w.run.key, w.people[who].key ^ g.key, Use.ADMIT, g.intakes)
        if entries < places:
            w.ballot[entries].score = lot
            w.ballot[entries].person = who
            i = entries
            entries += 1
            while i > 0 and w.ballot[(i - 1) // 2].score < w.ballot[i].score:
                swap(w, i, (i - 1) // 2)
                i = (i - 1) // 2
        elif lot < w.ballot[0].score:
            w.ballot[0].score = lot
            w.ballot[0].person = who
            sink(w, entries)
    for last in range(entries - 1, 0, -1):
        swap(w, 0, last)
        sink(w, last)
    return entries


@rule
def intake(w: World, t: float, training: int) -> None:
    """A year's intake: every school's places are filled in turn from the draw."""
    g = w.trainings[training]
    if not w.programmes[g.programme].running:
        return
    clocks.at(w, t + 1.0, Kind.INTAKE, training)
    if g.at_home:
        total = 0
        for site in range(g.first_site, g.first_site + g.sites):
            total += places_at(w, site)
        winners = draw_candidates(w, training, total)
        rank = 0
        for site in range(g.first_site, g.first_site + g.sites):
            for _ in range(places_at(w, site)):
                if rank < winners:
                    # A place filled here can take nobody's post there, so the count of places stands.
                    admit(w, t, w.ballot[rank].person, training, site)
                    rank += 1
    else:
        u = uniform(w.run.key, g.key, Use.PLACES, g.intakes)
        places = g.numbers.places_per_year * extent(w, g.programme)
        winners = draw_candidates(w, training, int(math.floor(places + u)))
        for rank in range(winners):
            admit(w, t, w.ballot[rank].person, training, NONE)
    g.intakes += 1


@rule
def admit(w: World, t: float, who: int, training: int, site: int) -> None:
    """A candidate takes up a training place; an application to leave in order to specialise is dropped."""
    g = w.trainings[training]
    p = w.people[who]
    p.applied = NONE
    clocks.cancel(w, Kind.DEPART, who)
    vacate(w, t, who)
    p.training = training
    p.site = site
    p.attempts = 0
    g.admitted += 1
    q = g.numbers
    if g.at_home:
        p.placed = 1
        w.sites[site].residents += 1
        move(w, t, who, g.home)
        if q.months_abroad > 0.0 and q.months_abroad_after < q.training_years:
            clocks.at(w, t + q.months_abroad_after, Kind.GO_ABROAD, who)
    else:
        stay_abroad(w, t, who, g.abroad, q.training_years, q.settle_grace)
    clocks.at(w, t + q.training_years, Kind.FINISH, who)


@rule
def go_abroad(w: World, t: float, who: int) -> None:
    """A resident at home leaves for the months at a partner abroad."""
    p = w.people[who]
    g = w.trainings[p.training]
    g.rotations += 1
    stay_abroad(w, t, who, g.abroad, g.numbers.months_abroad, g.numbers.settle_grace)
    clocks.at(w, p.away, Kind.COME_BACK, who)


@rule
def stays_there(w: World, who: int) -> None:
    """Somebody whom a programme sent abroad has settled there: one more who has left the country."""
    p = w.people[who]
    w.trainings[p.training].not_returned += 1
    w.cadres[p.cadre].emigrated += 1
    p.applied = NONE
    clocks.cancel(w, Kind.DEPART, who)


@rule
def come_back(w: World, t: float, who: int) -> None:
    """The months at a partner end: the resident comes back, or has settled there."""
    p = w.people[who]
    clocks.cancel(w, Kind.GRACE_ENDS, who)
    if p.settled:
        stays_there(w, who)
        leave_programme(w, who)
        move(w, t, who, w.cadres[p.cadre].settled)
    else:
        move(w, t, who, w.trainings[p.training].home)


@rule
def drop_out(w: World, t: float, who: int) -> None:
    """Somebody gives up training and goes back to their former work."""
    p = w.people[who]
    c = w.cadres[p.cadre]
    w.trainings[p.training].dropped_out += 1
    c.dropped_out += 1
    if p.settled:
        stays_there(w, who)
        leave_programme(w, who)
        move(w, t, who, c.settled)
    else:
        leave_programme(w, who)
        if p.abroad:
            c.returned += 1
        seek(w, t, who)


@rule
def finish(w: World, t: float, who: int) -> None:
    """Training ends: by the examination at home, or by the end of the stay abroad."""
    p = w.people[who]
    if p.training != NONE and w.trainings[p.training].at_home:
        q = w.trainings[p.training].numbers
        passed = not w.setting.do.exam or uniform(w.run.key, p.key, Use.EXAM, p.attempts) < q.exam_pass
        p.attempts += 1
        note(w, 1 if passed else 0)
        if not passed:
            clocks.at(w, t + q.exam_again, Kind.FINISH, who)
        elif place_of(w, who) == Place.TRAINING_HOME:
            graduate_at_home(w, t, who)
        else:
            clocks.at(w, p.away, Kind.FINISH, who)  # still at the partner abroad
    else:
        finish_abroad(w, t, who)


@rule
def become(w: World, t: float, who: int, cadre: int) -> None:
    """Somebody joins the cadre of specialists."""
    p = w.people[who]
    p.cadre = cadre
    p.joined = t
    p.qualified = t
    p.left_public = math.nan
    p.left_country = math.nan
    p.left_cause = NONE
    w.cadres[cadre].entered += 1


@rule
def graduate(w: World, t: float, who: int, training: int) -> None:
    """Somebody graduates from a programme: one more in each of its cohorts that the date falls into."""
    p = w.people[who]
    g = w.trainings[training]
    p.trained = training
    for row in range(g.first_cohort, g.last_cohort):
        c = w.cohorts[row]
        if c.begins <= t and t < c.ends:
            c.graduated += 1
            c.at_home += 1 - p.abroad
            p.cohorts |= 1 << row


@rule
def starts_at_home(w: World, who: int, training: int) -> None:
    """A graduate's first step is at home."""
    p = w.people[who]
    g = w.trainings[training]
    for row in range(g.first_cohort, g.last_cohort):
        if (p.cohorts >> row) & 1:
            w.cohorts[row].first_jobs_at_home += 1
            p.practised |= 1 << row


@rule
def graduate_at_home(w: World, t: float, who: int) -> None:
    """A resident becomes a specialist: a first job abroad at once, or a post at home, bound if a bond is in force."""
    p = w.people[who]
    training = p.training
    g = w.trainings[training]
    site = p.site
    leave_programme(w, who)
    become(w, t, who, g.graduates_to)
    p.site = site
    accepted = uniform(w.run.key, p.key ^ g.key, Use.DEGREE, 0) < g.numbers.degree_usable_abroad
    p.usable = 1 if accepted and not g.unrecognised else 0
    p.placed = 1 - p.usable  # a degree that is accepted abroad opens the next step there, where there is one
    graduate(w, t, who, training)
    if w.setting.do.bond and w.setting.bond_years > 0.0:
        p.bound = 1.0 - w.setting.bond_served
        clocks.at(w, t + w.setting.bond_years, Kind.BOND_ENDS, who)
    waiting = w.cadres[p.cadre].waiting
    for cause in MOTIVES:
        if leave_at_once(w, t, who, waiting, cause, g.numbers.first_job_abroad):
            return
    starts_at_home(w, who, training)
    seek(w, t, who)


@rule
def finish_abroad(w: World, t: float, who: int) -> None:
    """A stay for training abroad ends: a specialist comes home, or settles."""
    p = w.people[who]
    training = p.training
    clocks.cancel(w, Kind.GRACE_ENDS, who)
    if training != NONE:
        if p.settled:
            stays_there(w, who)
        become(w, t, who, w.trainings[training].graduates_to)
        graduate(w, t, who, training)
    else:
        become(w, t, who, w.cadres[p.cadre].becomes)
    leave_programme(w, who)
    p.usable = 1
    c = w.cadres[p.cadre]
    note(w, p.settled)
    if p.settled:
        move(w, t, who, c.settled)
    else:
        c.returned += 1
        seek(w, t, who)
        if training != NONE:
            starts_at_home(w, who, training)
