"""Event-driven SimPy at its best: a process a doctor that sleeps until its next event.

Constant hazards compete through one exponential draw of their sum. Leaving for work abroad grows
exponentially, and its time is found by inverting the integral: no rejected proposals, as thinning would have.
A doctor is interrupted only when somebody else's event changes their state: a post falls free, a training place or
a place on an exchange is theirs.

Morale changes the hazards of everybody in post each month. Waking them all would cost more than everything else, so
their waits are drawn at a ceiling a little above the present hazard, and what is proposed is accepted in proportion
(thinning; Lewis & Shedler 1979). Only when the hazard has reached the ceiling, or is far below it, do they plan anew.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import Any

import simpy

from benchmarks.case import ASK, IN_POST, NEVER, NO_MOTIVE, OTHER, POST, SPECIALISE, WORK, Case, Founder
from benchmarks.doctor import HOME, Doctor, Traveller
from benchmarks.hospital import Hospital
from benchmarks.visits import Programme

__all__ = ["EventHospital", "run_events"]

DATE = -1
ABOVE = 1.05
BELOW = 0.9
"""How far above the present hazard the ceiling is put, and how far below the hazard may fall until it is put anew."""


class EventHospital(Hospital):
    """The hospital in continuous time."""

    def __init__(self, env: simpy.Environment, case: Case, founders: list[Founder], seed: int) -> None:
        self.env = env
        self.processes: dict[Traveller, simpy.Process] = {}
        self.searches: tuple[dict[simpy.Event, None], ...] = ({}, {})
        self.on_fill = (lambda event: self.found(event, 0), lambda event: self.found(event, 1))
        self.ceiling = [1.0, 1.0]
        self.rates = case.rates_at(0.0)
        super().__init__(case, founders, seed)
        env.process(self.classes())
        env.process(self.intakes_every_year())
        for programme in self.exchanges.programmes:
            if programme.numbers.visitors > 0.0:
                env.process(self.visitors_come(programme))
        if self.books is not None:
            env.process(self.closes())

    def begin(self, doctor: Doctor) -> None:
        """A doctor's process starts."""
        self.processes[doctor] = self.env.process(self.life(doctor))

    def begin_visit(self, visitor: Traveller) -> None:
        """A visitor's process starts."""
        self.processes[visitor] = self.env.process(self.visit(visitor))

    def changed(self, person: Traveller) -> None:
        """Wake somebody whose plans somebody else has changed."""
        process = self.processes.get(person)
        if process is not None and process is not self.env.active_process:
            process.interrupt()

    def life(self, doctor: Doctor) -> Generator[simpy.Event, Any, None]:
        """From event to event until retirement or death."""
        env, timeout, plan = self.env, self.env.timeout, self.plan
        while doctor in self.doctors:
            wait, cause = plan(doctor, env.now)
            try:
                yield timeout(wait)
            except simpy.Interrupt:
                continue
            self.now = env.now
            if cause == DATE:
                self.dated(doctor)
            elif self.accepts(doctor, cause):
                self.happens(doctor, cause)
        del self.processes[doctor]

    def accepts(self, doctor: Doctor, cause: int) -> bool:
        """Whether what was proposed at the ceiling happens at the present hazard."""
        if doctor.place != IN_POST or (cause != WORK and cause != POST):
            return True
        climate, ceiling = self.climate[doctor.cadre], self.ceiling[doctor.cadre]
        return climate == ceiling or self.luck.random() * ceiling < climate

    def visit(self, visitor: Traveller) -> Generator[simpy.Event, Any, None]:
        """From date to date until a visitor has gone."""
        env = self.env
        while visitor.phase != HOME:
            try:
                yield env.timeout(max(0.0, visitor.trip - env.now))
            except simpy.Interrupt:
                continue
            self.now = env.now
            self.exchanges.dated(visitor)
        del self.processes[visitor]

    def plan(self, doctor: Doctor, now: float) -> tuple[float, int]:
        """How long until the next event of a doctor, and which it is."""
        specialise, work, post, other, ask = self.rates[doctor.cadre][doctor.place][doctor.usable]
        luck, wait, cause = self.luck, doctor.next - now, DATE
        if wait < 0.0:
            wait = 0.0
        if doctor.motive != NO_MOTIVE:
            specialise = work = post = ask = 0.0
        else:
            restless = doctor.restless
            specialise = 0.0 if doctor.placed else restless * specialise
            post *= restless * doctor.bound
            work *= restless * doctor.bound
            ask *= doctor.asks
        steady = specialise + post + other + ask
        if steady > 0.0:
            struck = luck.expovariate(steady)
            if struck < wait:
                u = luck.random() * steady
                wait = struck
                cause = SPECIALISE if u < specialise else POST if u < specialise + post else OTHER
                if u >= steady - ask:
                    cause = ASK
        if work > 0.0:
            growth = self.case.growth[doctor.cadre]
            struck = luck.expovariate(work * math.exp(growth * now))
            if growth != 0.0:
                left = growth * struck
                struck = math.log1p(left) / growth if left > -1.0 else NEVER
            if struck < wait:
                wait, cause = struck, WORK
        return wait, cause

    def search_begins(self, cadre: int) -> None:
        """One more search, which may be called off."""
        search = self.env.timeout(self.luck.expovariate(self.case.posts[cadre].search_rate))
        search.callbacks.append(self.on_fill[cadre])
        self.searches[cadre][search] = None

    def search_ends(self, cadre: int) -> None:
        """The longest search is called off; its timeout passes unheard."""
        search = next(iter(self.searches[cadre]))
        del self.searches[cadre][search]
        search.callbacks.clear()

    def found(self, search: simpy.Event, cadre: int) -> None:
        """A search has found somebody."""
        del self.searches[cadre][search]
        self.now = self.env.now
        self.fill(cadre)

    def classes(self) -> Generator[simpy.Event, Any, None]:
        """The school's graduates, every year."""
        yield self.env.timeout(self.case.class_month / 12.0)
        while True:
            self.now = self.env.now
            self.new_class()
            yield self.env.timeout(1.0)

    def intakes_every_year(self) -> Generator[simpy.Event, Any, None]:
        """The residency's intake, every year."""
        yield self.env.timeout(self.case.residency.month / 12.0)
        while True:
            self.now = self.env.now
            self.intake()
            yield self.env.timeout(1.0)

    def visitors_come(self, programme: Programme) -> Generator[simpy.Event, Any, None]:
        """Visitors ask to come, one after the other."""
        while True:
            yield self.env.timeout(self.luck.expovariate(programme.numbers.visitors))
            self.now = self.env.now
            self.arrive(programme)

    def closes(self) -> Generator[simpy.Event, Any, None]:
        """The books, every month."""
        for month in range(1, self.case.months + 1):
            yield self.env.timeout(max(0.0, month / 12.0 - self.env.now))
            self.now = self.env.now
            self.close_books()
            self.follow_climate()

    def follow_climate(self) -> None:
        """Put the ceiling of leaving anew where the hazard has left its reach, and wake those whom it concerns."""
        moved = [not BELOW * top <= now <= top for now, top in zip(self.climate, self.ceiling, strict=True)]
        if any(moved):
            for cadre, (now, up) in enumerate(zip(self.climate, moved, strict=True)):
                self.ceiling[cadre] = ABOVE * now if up else self.ceiling[cadre]
            self.rates = self.case.rates_at(0.0, self.ceiling)
            for doctor in self.doctors:
                if doctor.place == IN_POST and moved[doctor.cadre]:
                    self.changed(doctor)


def run_events(case: Case, founders: list[Founder], seed: int) -> dict[str, float]:
    """One run."""
    env = simpy.Environment()
    hospital = EventHospital(env, case, founders, seed)
    # SimPy leaves out what happens at `until`; our horizon includes it.
    env.run(until=case.years + 1e-9)
    return hospital.outcomes()
