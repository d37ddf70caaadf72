"""Posts and people as every peer shares them: who enters, who is hired, who waits, and who gives a post up.

Plain Python objects, as a user of SimPy or Mesa would write them. How time passes is left to the peers: they
override the hooks at the end.
"""

from __future__ import annotations

import math
import random
from collections import deque

from benchmarks.case import DOCTOR, IN_POST, NEVER, WAITING, Case, Founder
from benchmarks.doctor import HOME, START_WORK, Doctor, Traveller

__all__ = ["Posts"]


class Posts:
    """One employer with posts for two cadres, and a yearly class of graduates."""

    def __init__(self, case: Case, founders: list[Founder], seed: int) -> None:
        self.case = case
        self.luck = random.Random(seed)
        self.now = 0.0
        self.vacant = [0, 0]
        self.working = [0, 0]
        self.hired = [0, 0]
        self.waiting: tuple[deque[Doctor], deque[Doctor]] = (deque(), deque())
        self.residents = 0
        self.residents_away = 0
        self.doctors: dict[Doctor, None] = {}
        self.count = dict.fromkeys(case.counts, 0)
        for founder in founders:
            self.settle_in(founder)
        for cadre, posts in enumerate(case.posts):
            for _ in range(posts.established - sum(d.seated for d in self.doctors if d.cadre == cadre)):
                self.open_post(cadre)

    def settle_in(self, founder: Founder) -> None:
        """Take over somebody who is there at the start."""
        doctor = self.make(founder.cadre, founder.born, founder.ends, founder.frailty, founder.usable)
        doctor.place = IN_POST
        doctor.seated = True
        doctor.motive = founder.motive
        doctor.depart = founder.depart
        doctor.look_ahead()
        self.working[founder.cadre] += 1
        self.joins(doctor)
        self.doctors[doctor] = None
        self.begin(doctor)

    def enter(self, cadre: int) -> Doctor:
        """A newcomer to a cadre."""
        numbers, luck = self.case.cadres[cadre], self.luck
        age = luck.normalvariate(numbers.entry_age, numbers.entry_age_sd)
        while age < 20.0:
            age = luck.normalvariate(numbers.entry_age, numbers.entry_age_sd)
        retires = luck.normalvariate(numbers.retirement_age, numbers.retirement_age_sd)
        while retires < age:
            retires = luck.normalvariate(numbers.retirement_age, numbers.retirement_age_sd)
        growth = numbers.mortality_growth
        now = numbers.mortality_at_40 * math.exp(growth * (age - 40.0))
        dies = age + math.log1p(growth * luck.expovariate(1.0) / now) / growth
        frailty = luck.gammavariate(1.0 / numbers.frailty, numbers.frailty)
        born = self.now - age
        usable = int(luck.random() < numbers.degree_usable_abroad)
        doctor = self.make(cadre, born, born + min(retires, dies), frailty, usable)
        self.joins(doctor)
        self.doctors[doctor] = None
        return doctor

    def new_class(self) -> None:
        """The year's graduates of the medical school look for a first post."""
        for _ in range(self.case.class_size):
            doctor = self.enter(DOCTOR)
            self.seek(doctor)
            doctor.look_ahead()
            self.begin(doctor)

    def fill(self, cadre: int) -> None:
        """A search succeeds: somebody from outside takes one of the vacant posts."""
        self.vacant[cadre] -= 1
        self.count["from_outside"] += 1
        doctor = self.enter(cadre)
        doctor.seated = True
        self.start_work(doctor)
        self.begin(doctor)

    def start_work(self, doctor: Doctor) -> None:
        """Somebody starts in a post."""
        doctor.due = NEVER
        doctor.place = IN_POST
        self.working[doctor.cadre] += 1
        self.hired[doctor.cadre] += 1
        self.at_work(doctor.cadre)

    def hire(self, doctor: Doctor) -> None:
        """A post is promised; work starts after clearance."""
        doctor.seated = True
        doctor.place = WAITING
        doctor.what = START_WORK
        doctor.due = self.now + self.case.posts[doctor.cadre].clearance

    def seek(self, doctor: Doctor) -> None:
        """Somebody looks for a post, and finds one or waits."""
        cadre = doctor.cadre
        if self.vacant[cadre]:
            self.vacant[cadre] -= 1
            self.search_ends(cadre)
            self.hire(doctor)
        else:
            doctor.place = WAITING
            doctor.due = NEVER
            self.waiting[cadre].append(doctor)

    def vacate(self, doctor: Doctor) -> None:
        """Somebody gives up a post, or a place in the line for one."""
        if doctor.seated:
            doctor.seated = False
            if doctor.place == IN_POST:
                self.working[doctor.cadre] -= 1
            if doctor.phase != HOME:
                self.stays_home(doctor)
            self.open_post(doctor.cadre)
        elif doctor.place == WAITING:
            self.waiting[doctor.cadre].remove(doctor)

    def open_post(self, cadre: int) -> None:
        """A post falls vacant: it goes to whoever has waited longest, else a search begins."""
        if self.waiting[cadre]:
            first = self.waiting[cadre].popleft()
            self.hire(first)
            first.look_ahead()
            self.changed(first)
        else:
            self.vacant[cadre] += 1
            self.search_begins(cadre)

    def joins(self, doctor: Doctor) -> None:
        """Hook: somebody comes into being."""

    def at_work(self, cadre: int) -> None:
        """Hook: one more of a cadre is at work."""

    def stays_home(self, doctor: Doctor) -> None:
        """Hook: whoever gives up a post gives up the exchange that went with it."""

    def span(self, years: float) -> float:
        """Hook: how long a length of time drawn by luck takes here."""
        return years

    def make(self, cadre: int, born: float, ends: float, frailty: float, usable: int) -> Doctor:
        """Hook: the peer's own class of doctor."""
        return Doctor(cadre, born, ends, frailty, usable)

    def begin(self, doctor: Doctor) -> None:
        """Hook: a doctor's life in the simulation begins."""

    def changed(self, person: Traveller) -> None:
        """Hook: somebody else's decision has changed what this person does next."""

    def search_begins(self, cadre: int) -> None:
        """Hook: one more post of this cadre is searched for."""

    def search_ends(self, cadre: int) -> None:
        """Hook: one post fewer is searched for."""
