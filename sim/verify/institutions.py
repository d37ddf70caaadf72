"""Checks of what institutions learn and forget, from a scenario file."""

from __future__ import annotations

import math

from sim.verify.closed_forms import outcome
from sim.verify.harness import Bench, Finding, bend_number, check, compared

__all__: list[str] = []


@check("how fast capability is forgotten", 2)
def capability(bench: Bench) -> list[Finding]:
    """Capability under a constant contact for a term, then none: the solution of C' = (C0 − C)/τ + Λ(1 − C)."""
    own, tau, contact = 0.4, 3.0, 8.0 / 10.0
    rate = contact * -math.log(1.0 - 0.4) * 0.5
    last = 4.0

    def expected(t: float) -> float:
        taught = min(t, last)
        both = rate + 1.0 / tau
        level = (own / tau + rate) / both
        reached = level + (own - level) * math.exp(-both * taught)
        return own + (reached - own) * math.exp(-(t - taught) / tau)

    rows = [
        outcome(worker, "employer.capability_education")
        for worker in bench.histories(bench.cell("capability"), bend_number("learning", "forgets"))
    ]
    return [
        compared(f"capability after {t} years", [row[int(4 * t)] for row in rows], expected(t), margin=1e-9)
        for t in (1, 4, 6, 10)
    ]
