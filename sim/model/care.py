"""Care of the population: staff times the quality of what they do, against the need. See docs/work.md."""

from __future__ import annotations

import math

from sim.engine.compiled import rule
from sim.model.optional import number
from sim.model.state import World

__all__ = ["coverage", "districts", "quality"]

PER = 1e5


@rule
def quality(w: World, party: int) -> float:
    """Quality of the care that an institution gives, relative to that at clinical capability 1."""
    floor = w.care.quality_floor
    return floor + (1.0 - floor) * w.parties[party].clinical


@rule
def districts(w: World, cadre: int) -> float:
    """Work of residents in districts for a cadre, in full-time equivalents, at the quality of their schools."""
    total = 0.0
    for site in range(len(w.sites)):
        s = w.sites[site]
        g = w.trainings[s.training]
        if g.graduates_to == cadre and s.residents > 0:
            part = min(1.0, g.numbers.months_in_district / g.numbers.training_years)
            total += s.residents * g.numbers.service_by_residents * part * quality(w, w.units[s.unit].party)
    return total


@rule
def coverage(w: World, t: float, cadre: int) -> float:
    """The part of the population's need for a cadre that is met; it saturates as staff grow.

    1 − (1 − c)^x, where x is work times quality relative to the need, and c the coverage at x = 1.
    """
    c = w.cadres[cadre]
    country = w.countries[c.country]
    work = districts(w, cadre)
    for unit in range(c.first_unit, c.last_unit):
        work += w.units[unit].effective * quality(w, w.units[unit].party)
    people = country.population * math.exp(t * math.log1p(country.population_growth))
    need = number(c.numbers.need) * people / PER
    return -math.expm1(math.log1p(-w.care.covered) * work / need)
