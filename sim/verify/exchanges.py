"""Checks of exchanges against queueing theory and thinning: visitors, staff, papers, stays cut short, settling."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model.kinds import Kind
from sim.verify.closed_forms import outcome, series
from sim.verify.harness import Bench, Finding, bend_clock, bend_number, check, compared

__all__ = ["chances", "finite_source", "impatient"]

MONTHS, QUARTERS = 12.0, 4
STAY = 0.1 / MONTHS
Chances = NDArray[np.float64]


def chances(arrival: Callable[[int], float], leaving: Callable[[int], float], most: int = 400) -> Chances:
    """The stationary distribution of a birth-and-death process on 0 to `most`."""
    terms = [1.0]
    for n in range(most):
        terms.append(terms[-1] * arrival(n) / leaving(n + 1))
    return np.array(terms) / math.fsum(terms)


def impatient(servers: int, arrival: float, service: float, impatience: float) -> Chances:
    """M/M/c+M: visitors who leave the queue at a rate of their own (Palm 1957); M/M/c where that is 0."""
    return chances(lambda _: arrival, lambda n: min(n, servers) * service + max(0, n - servers) * impatience)


def finite_source(people: int, servers: int, asks: float, service: float) -> Chances:
    """M/M/c//N: each of N people asks at the same rate whenever they are neither away nor in the queue."""
    return chances(lambda n: (people - n) * asks, lambda n: min(n, servers) * service, people)


def queue_length(chance: Chances, servers: int) -> float:
    """The mean number in the queue."""
    return float(np.maximum(np.arange(len(chance)) - servers, 0) @ chance)


def waits(worker: Any, exchange: int, skipped: int, counted: int) -> NDArray[np.float64]:
    """Years in the queue of the visits to an exchange, in the order in which they were asked for."""
    tables = worker.memory.tables
    visits = tables["visits"][: int(tables["setting"]["visits"][0])]
    mine = visits["waited"][visits["exchange"] == exchange]
    assert len(mine) > skipped + counted
    return np.array(mine[skipped : skipped + counted])


def mean_over(worker: Any, name: str, since: int) -> float:
    """The mean number of people of whom an outcome counts the months, from a report on."""
    months = outcome(worker, name)[since:]
    return float(months[-1] - months[0]) / (len(months) - 1) * QUARTERS / MONTHS


@check("the clock of visitors who ask to come", 6000)
def exchange_queue(bench: Bench) -> list[Finding]:
    """M/M/3 for a place, and for a supervisor: P(wait), the wait, its tail, the queue (Erlang's second formula)."""
    servers, arrival, service = 3, 240.0, 1 / STAY
    chance = impatient(servers, arrival, service, 0.0)
    must_wait, spare = float(chance[servers:].sum()), servers * service - arrival
    long = 2.0 / spare
    theory = {
        "share that waits": must_wait,
        "wait, in mean stays": must_wait / spare / STAY,
        "share that waits for long": must_wait * math.exp(-spare * long),  # first come, first served
        "in the queue": queue_length(chance, servers),
    }
    rows = []
    for worker in bench.histories(bench.cell("exchange_queue"), bend_clock(Kind.VISITOR)):
        row = []
        for i, name in enumerate(("by_place", "by_supervisor")):
            w = waits(worker, i, 300, 2000)
            queue = mean_over(worker, f"guests.{name}.queue_months", 4)
            row += [np.mean(w > 0.0), np.mean(w) / STAY, np.mean(w > long), queue]
        rows.append(row)
    found = np.array(rows)
    quantities = [(f"{what}: {name}", v) for what in ("place", "supervisor") for name, v in theory.items()]
    return [compared(name, found[:, i], v) for i, (name, v) in enumerate(quantities)]


@check("the clock of patience", 600)
def exchange_patience(bench: Bench) -> list[Finding]:
    """M/M/4+M: P(wait), the wait, the queue, and the share that gives up; papers take longer than patience lasts."""
    servers, arrival, service, impatience = 4, 528.0, 1 / STAY, 0.8 / STAY
    chance = impatient(servers, arrival, service, impatience)
    waiting = queue_length(chance, servers)
    rows = []
    for worker in bench.histories(bench.cell("exchange_patience"), bend_clock(Kind.RENEGE)):
        took = waits(worker, 0, 500, 5000)
        gone, asked = (outcome(worker, f"guests.by_place.{name}") for name in ("gave_up", "asked"))
        queue = mean_over(worker, "guests.by_place.queue_months", 4)
        left = (gone[-1] - gone[4]) / 10 / arrival
        rows.append([np.mean(took > 0.0), np.mean(took) / STAY, left, queue, (asked[-1] - asked[4]) / 10])
    theory = {
        "share that waits": float(chance[servers:].sum()),
        "wait, in mean stays": waiting / arrival / STAY,
        "share that gives up": impatience * waiting / arrival,
        "in the queue": waiting,
        "asked in a year": arrival,
    }
    found = np.array(rows)
    return [compared(name, found[:, i], v) for i, (name, v) in enumerate(theory.items())]


@check("the rate at which staff ask to go", 2000)
def exchange_staff(bench: Bench) -> list[Finding]:
    """M/M/2//6: stays in a year, P(wait), the wait, the queue, and who is away, among six of one's own staff."""
    people, servers, asks, service = 6, 2, 12.0, 24.0
    chance = finite_source(people, servers, asks, service)
    seen = finite_source(people - 1, servers, asks, service)  # whoever asks sees the others
    waiting = queue_length(chance, servers)
    there = float(np.minimum(np.arange(people + 1), servers) @ chance)
    rows = []
    for worker in bench.histories(bench.cell("exchange_staff"), bend_number("exchanges", "numbers", "asks")):
        took = waits(worker, 0, 40, 700)
        begun = outcome(worker, "employer.exchange.delivered")
        now = [mean_over(worker, f"employer.exchange.{name}", 4) for name in ("queue_months", "exchange_months")]
        now.append(float(np.mean(outcome(worker, "here.doctor.public_practice")[5:] / people)))
        rows.append([(begun[-1] - begun[4]) / 20, np.mean(took > 0.0), np.mean(took) * service, *now])
    theory = {
        "stays in a year": service * there,
        "share that waits": float(seen[servers:].sum()),
        "wait, in mean stays": waiting / there,
        "in the queue": waiting,
        "on a stay": there,
        "share at work": 1 - there / people,
    }
    found = np.array(rows)
    return [compared(name, found[:, i], v) for i, (name, v) in enumerate(theory.items())]


@check("the clock of stays cut short", 1500)
def exchange_papers(bench: Bench) -> list[Finding]:
    """Thinning: visa and licence together take 18 months and grant 72%; a stay of half a year is cut short at 0.5."""
    names = ("asked", "refused", "delivered", "cut_short", "exchange_months", "there")
    found = series(bench, "exchange_papers", Kind.EARLY_END, *(f"guests.by_place.{name}" for name in names))
    granted, takes, term, cut, years, arrival = 0.72, 1.5, 0.5, 0.5, 11.0, 240.0
    begun = granted * arrival  # a year, from `takes` on
    late = 1 - math.exp(-cut * term)
    mean = late / cut
    # Who began at s has had min(T - s, term) years in which to end early.
    young = term - mean
    theory = {
        "asked": arrival * years,
        "refused": (1 - granted) * arrival * (years - takes),
        "delivered": begun * (years - takes),
        "cut_short": begun * ((years - takes - term) * late + young),
        "exchange_months": MONTHS * begun * ((years - takes - term) * mean + (term - mean) / cut),
        "there": begun * mean,
    }
    return [compared(name, found[i][:, -1], theory[name], 0.02 * theory[name]) for i, name in enumerate(names)]


@check("the clock of settling abroad", 2000)
def exchange_settling(bench: Bench) -> list[Finding]:
    """Of stays of two years 30% end in settling, of stays of three months, within their grace, none."""
    cell = bench.cell("exchange_settle")
    excess, settled, short, asked = [], [], [], []
    for worker in bench.histories(cell, bend_clock(Kind.SETTLE)):
        long_begun = outcome(worker, "employer.exchange.delivered")
        stayed = outcome(worker, "employer.exchange.settled_there")[-1]
        settled.append(stayed)
        excess.append(stayed - 0.3 * long_begun[-9])  # two years earlier
        short.append(outcome(worker, "employer.short.settled_there")[-1])
        asked.append(outcome(worker, "employer.short.asked")[-1] - 3 * outcome(worker, "employer.exchange.asked")[-1])
    size = float(np.mean(settled))
    return [
        compared("settled after two years, less 30%", excess, 0.0, margin=0.02 * size),
        compared("settled after three months", short, 0.0, margin=0.001),
        compared(
            "requests for the short stay, less three times those for the long", asked, 0.0, margin=0.02 * 20 * size
        ),
    ]
