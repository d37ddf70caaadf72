"""Event-driven SimPy at its best: a process a doctor that sleeps until its next event.

Constant hazards compete through one exponential draw of their sum. Leaving for work abroad grows
exponentially, and its time is found by inverting the integral: no rejected proposals, as thinning would have.
A doctor is interrupted only when somebody else's event changes their state: a post falls free, or a training
place is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import Any

import simpy

from benchmarks.case import NEVER, NO_MOTIVE, OTHER, POST, SPECIALISE, WORK, Case, Founder
from benchmarks.doctor import Doctor
from benchmarks.hospital import Hospital

__all__ = ["EventHospital", "run_events"]

DATE = -1


class EventHospital(Hospital):
    """The hospital in continuous time."""

    def __init__(self, env: simpy.Environment, case: Case, founders: list[Founder], seed: int) -> None:
        self.env = env
        self.processes: dict[Doctor, simpy.Process] = {}
        self.searches: tuple[dict[simpy.Event, None], ...] = ({}, {})
        self.on_fill = (lambda event: self.found(event, 0), lambda event: self.found(event, 1))
        self.rates = case.rates_at(0.0)
        super().__init__(case, founders, seed)
        env.process(self.classes())
        env.process(self.intakes_every_year())

    def begin(self, doctor: Doctor) -> None:
        """A doctor's process starts."""
        self.processes[doctor] = self.env.process(self.life(doctor))

    def changed(self, doctor: Doctor) -> None:
        """Wake a doctor whose plans somebody else has changed."""
        process = self.processes.get(doctor)
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
            else:
                self.happens(doctor, cause)
        del self.processes[doctor]

    def plan(self, doctor: Doctor, now: float) -> tuple[float, int]:
        """How long until the next event of a doctor, and which it is."""
        specialise, work, post, other = self.rates[doctor.cadre][doctor.place][doctor.usable]
        luck, wait, cause = self.luck, doctor.next - now, DATE
        if wait < 0.0:
            wait = 0.0
        if doctor.motive != NO_MOTIVE:
            specialise = work = post = 0.0
        else:
            frailty = doctor.frailty
            specialise = 0.0 if doctor.placed else frailty * specialise
            post *= frailty * doctor.bound
            work *= frailty * doctor.bound
        steady = specialise + post + other
        if steady > 0.0:
            struck = luck.expovariate(steady)
            if struck < wait:
                u = luck.random() * steady
                wait = struck
                cause = SPECIALISE if u < specialise else POST if u < specialise + post else OTHER
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


def run_events(case: Case, founders: list[Founder], seed: int) -> dict[str, float]:
    """One run."""
    env = simpy.Environment()
    hospital = EventHospital(env, case, founders, seed)
    # SimPy leaves out what happens at `until`; our horizon includes it.
    env.run(until=case.years + 1e-9)
    return hospital.outcomes()
