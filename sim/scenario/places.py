"""What a planner writes about countries, their institutions, posts and yearly candidates."""

from __future__ import annotations

from typing import Literal

from sim.scenario.block import (
    Block,
    CadreName,
    Count,
    CountryName,
    Growth,
    Month,
    Months,
    Name,
    PartyName,
    People,
    Share,
    Years,
)
from sim.scenario.money import Finance

__all__ = ["Capability", "Country", "Party", "Posts", "Stream"]


class Country(Block):
    """A country with a health workforce of its own."""

    name: str
    """The country's name, as tables print it."""
    region: Name | None = None
    """The region that retention `in the region` counts."""
    population: People | None = None
    """People in the country at the start; coverage of care is not worked out unless it is given."""
    population_growth: Growth
    """Growth of the population per year."""


class Posts(Block):
    """An employer's posts for one cadre."""

    established: Count
    """Posts that exist."""
    funded: Count | None = None
    """Posts with money; only these are searched for. All, unless given."""
    filled: Count | None = None
    """Posts filled at the start; drawn from equilibrium unless given."""
    mean_age: Years | None = None
    """Mean age of the people in post at the start; from equilibrium unless given."""
    mean_tenure: Years | None = None
    """Mean years in the cadre of the people in post at the start; from equilibrium unless given."""
    new_posts_a_year: Count = 0.0
    """Posts established and funded each year after the start."""
    search: Months
    """Mean time to find someone from outside for a vacant, funded post."""
    outsiders: bool
    """Whether anyone from outside can be found; where not, posts wait for graduates and returners."""
    clearance: Months
    """Time between being chosen and starting work, where a ministry posts people."""
    required: Count | None = None
    """Full-time equivalents that the work needs; the posts established at the start, unless given."""
    weight: Count
    """How often this employer is chosen among those with a vacancy, relative to the others."""


class Capability(Block):
    """What an institution can do, from 0 to 1, in three domains: the level that it holds by itself."""

    clinical: Share
    """Care of patients."""
    education: Share
    """Teaching."""
    research: Share
    """Research."""


class Party(Block):
    """An institution or body that takes part: hospital, school, ministry, donor, ..."""

    name: str
    """The party's name, as tables print it."""
    kind: Literal[
        "hospital",
        "academic_centre",
        "school",
        "ministry",
        "agency",
        "accreditor",
        "college",
        "company",
        "donor",
    ]
    """What it is."""
    country: CountryName
    """Where it is."""
    public: bool = True
    """Whether working for it counts as public practice."""
    posts: dict[CadreName, Posts] = {}
    """Its posts, by cadre."""
    paid_by: PartyName | None = None
    """The party that pays its staff, where it is another: a ministry."""
    staff: Count | None = None
    """People who could learn from partners; those in its posts in this file, unless given."""
    capability: Capability
    """What it can do at the start."""
    reputation: Share
    """How well it is thought of, from 0 to 1, at the start."""
    finance: Finance
    """Its money."""


class Stream(Block):
    """A country's or school's yearly candidates: the same people under every plan."""

    cadre: CadreName
    """The cadre they enter."""
    employer: PartyName
    """The party where they look for a first post."""
    per_year: Count
    """Candidates in the first year."""
    growth: Growth = 0.0
    """Growth of that number per year."""
    month: Month
    """The month of the year in which they enter, 1 to 12."""
