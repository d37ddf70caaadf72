"""The service desk against the formulas of queueing theory, and against Ciw.

The unit is a replication; the error rate of each check is 0.1%, by Student's t over replications. Every check
is made again with each rate bent by 5%, and must then fail.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import ciw
import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from tests.engine.toy import memory, simulate

ERROR_RATE = 0.001
BENT = 1.05
CIW_REPLICATIONS, CIW_UNTIL, CIW_WARM = 24, 450.0, 50.0


@dataclass(frozen=True)
class Queue:
    """M/M/c, or M/M/c+M where `impatience` is positive: rates per unit of time."""

    servers: int
    arrival: float
    service: float
    impatience: float


@dataclass(frozen=True)
class Study:
    """How a queue is simulated: the warm-up is many relaxation times, the rest long against a busy period."""

    replications: int
    warm: float
    until: float


DELAY, LOSS = Queue(3, 2.1, 1.0, 0.0), Queue(4, 4.4, 1.0, 0.8)
STUDIES = {DELAY: Study(400, 200.0, 3000.0), LOSS: Study(600, 30.0, 2000.0)}


def erlang_c(q: Queue) -> dict[str, float]:
    """P(wait) by Erlang's second formula, and the mean wait that follows from it."""
    load = q.arrival / q.service
    full = load**q.servers / math.factorial(q.servers) * q.servers / (q.servers - load)
    waited = full / (sum(load**k / math.factorial(k) for k in range(q.servers)) + full)
    return {"waited": waited, "wait": waited / (q.servers * q.service - q.arrival), "left": 0.0}


def erlang_a(q: Queue) -> dict[str, float]:
    """The stationary distribution of M/M/c+M (Palm 1957), summed until its tail is nothing."""
    terms = [1.0]
    for n in range(1, 400):
        leaving = min(n, q.servers) * q.service + max(0, n - q.servers) * q.impatience
        terms.append(terms[-1] * q.arrival / leaving)
    chance = np.array(terms) / math.fsum(terms)
    waiting = float(np.maximum(np.arange(len(chance)) - q.servers, 0) @ chance)
    return {
        "waited": float(chance[q.servers :].sum()),  # arrivals see the queue as it is at any time
        "wait": waiting / q.arrival,
        "left": q.impatience * waiting / q.arrival,
    }


@cache
def simulated(q: Queue, study: Study) -> dict[str, npt.NDArray[np.float64]]:
    """Each measure, one value a replication."""
    m = memory(int(1.3 * q.arrival * study.until) + 100)
    start = m.start()
    rows = []
    for replication in range(study.replications):
        m.reset(start)
        rates = q.arrival, 1.0 / q.service, q.impatience
        rows.append(simulate(replication, study.until, study.warm, q.servers, *rates, m))
    return {name: np.array([row[name] for row in rows]) for name in ("wait", "waited", "left")}


def agrees(values: npt.NDArray[np.float64], theory: float) -> bool:
    """Whether a theoretical mean lies in the interval of confidence 1 − ERROR_RATE."""
    half = stats.t.isf(ERROR_RATE / 2, len(values) - 1) * values.std(ddof=1) / math.sqrt(len(values))
    return bool(abs(values.mean() - theory) <= half)


CHECKS: list[tuple[Queue, Callable[[Queue], dict[str, float]], str]] = [
    (DELAY, erlang_c, "waited"), (DELAY, erlang_c, "wait"),
    (LOSS, erlang_a, "waited"), (LOSS, erlang_a, "wait"), (LOSS, erlang_a, "left"),
]  # fmt: skip


@pytest.mark.parametrize(("queue", "formula", "measure"), CHECKS)
def test_the_desk_agrees_with_theory(queue: Queue, formula: Callable[[Queue], dict[str, float]], measure: str) -> None:
    assert agrees(simulated(queue, STUDIES[queue])[measure], formula(queue)[measure])


RATES = ("arrival", "service", "impatience")


@pytest.mark.parametrize(
    ("queue", "formula", "measure", "rate"),
    [(*check, rate) for check in CHECKS for rate in RATES if getattr(check[0], rate) > 0.0],
)
def test_a_rate_bent_by_five_percent_is_refused(
    queue: Queue, formula: Callable[[Queue], dict[str, float]], measure: str, rate: str
) -> None:
    bent = replace(queue, **{rate: getattr(queue, rate) * BENT})
    assert not agrees(simulated(bent, STUDIES[queue])[measure], formula(queue)[measure])


def test_the_formulas_agree_where_patience_is_endless() -> None:
    patient = replace(DELAY, impatience=1e-12)
    for name, value in erlang_c(DELAY).items():
        assert erlang_a(patient)[name] == pytest.approx(value, abs=1e-9)


def in_ciw(seed: int) -> dict[str, float]:
    """The queue with impatience in Ciw: one replication."""
    ciw.seed(seed)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(LOSS.arrival)],
        service_distributions=[ciw.dists.Exponential(LOSS.service)],
        reneging_time_distributions=[ciw.dists.Exponential(LOSS.impatience)],
        number_of_servers=[LOSS.servers],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(CIW_UNTIL)
    records = simulation.get_all_records(only=["service", "renege"])
    counted = [r for r in records if r.arrival_date >= CIW_WARM]
    waits = np.array([r.waiting_time for r in counted])
    left = np.mean([r.record_type == "renege" for r in counted])
    return {"wait": float(waits.mean()), "waited": float((waits > 0.0).mean()), "left": float(left)}


@cache
def all_in_ciw() -> list[dict[str, float]]:
    return [in_ciw(seed) for seed in range(CIW_REPLICATIONS)]


@pytest.mark.parametrize("bent", [False, True])
def test_the_desk_agrees_with_ciw(bent: bool) -> None:
    """Welch's test of the means over replications, error rate 0.1% a measure; refused with bent arrivals."""
    ours = simulated(replace(LOSS, arrival=LOSS.arrival * BENT) if bent else LOSS, STUDIES[LOSS])
    for measure in ("wait", "waited", "left"):
        theirs = [row[measure] for row in all_in_ciw()]
        same = stats.ttest_ind(theirs, ours[measure], equal_var=False).pvalue > ERROR_RATE
        assert same != bent, measure
