"""The parent of every schema class, and the units that its fields carry.

A schema class is three things at once: the manual of its part of a scenario file (its docstrings), the
static type that rules are checked against, and the record layout that compiled rules read. A numeric field
is a plain float in the model's unit; where it came from is kept beside it, in a table of passports.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict

__all__ = [
    "Block",
    "CadreName",
    "Calendar",
    "Count",
    "CountryName",
    "Factor",
    "FutureName",
    "Growth",
    "Hours",
    "MetricName",
    "Money",
    "Month",
    "Months",
    "Name",
    "Number",
    "PartnershipName",
    "PartyName",
    "People",
    "ProgrammeName",
    "Rate",
    "Refers",
    "Share",
    "Unit",
    "Years",
    "share_of",
]


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit of a numeric field: how a planner writes it, and what the model stores.

    Attributes:
        name: the unit of the stored number, as `show` prints it.
        low: the smallest stored number that is allowed.
        high: the largest stored number that is allowed.
        scale: the stored number for a plain `1` in a file.
        of: the word that may follow a share, as in `15% of pay`.
    """

    name: str
    low: float = 0.0
    high: float = float("inf")
    scale: float = 1.0
    of: str = ""


@dataclass(frozen=True, slots=True)
class Refers:
    """A text that must be the name of something declared elsewhere in the file.

    Attributes:
        to: the top-level key that declares the name; `metric` for the name of an outcome.
    """

    to: str


def share_of(whole: str, high: float = 1.0) -> Unit:
    """The unit of a share that may name its whole in a file, as in `15% of pay`; `high` is the largest."""
    return Unit("share", 0.0, high, of=whole)


Share = Annotated[float, Unit("share", 0.0, 1.0)]
"""A part of a whole, stored in [0, 1]: `71%` or `0.71`."""

Rate = Annotated[float, Unit("per year", 0.0, 1e3)]
"""A hazard per person-year: `6% a year` and `{gone: 26%, after: 5 years}` are converted by -ln(1-p)/t."""

Years = Annotated[float, Unit("years", 0.0, 1e3)]
"""A length of time or an age, stored in years: `5 years`, `18 months`; a plain number counts years."""

Months = Annotated[float, Unit("years", 0.0, 1e3, 1.0 / 12.0)]
"""A length of time, stored in years: `5 years`, `18 months`; a plain number counts months."""

Month = Annotated[float, Unit("month", 1.0, 12.0)]
"""A month of the year: 1 is January."""

Count = Annotated[float, Unit("count", 0.0, 1e6)]
"""A number of people, posts or places."""

People = Annotated[float, Unit("people", 0.0, 1e10)]
"""A number of people of a population: `18M`, `450k`, `18000000`."""

Hours = Annotated[float, Unit("hours a week", 0.0, 168.0)]
"""Working time: `10 hours`; a plain number counts hours a week."""

Factor = Annotated[float, Unit("times", 0.0, 1e6)]
"""A multiplier: `x2`, `2`, `0.5`."""

Number = Annotated[float, Unit("number", -1e6, 1e6)]
"""A number without a unit that may be negative, such as an elasticity."""

Growth = Annotated[float, Unit("growth per year", -0.9, 9.0)]
"""Change per year as a fraction: `3% a year`, `-1% a year`, `0.03`."""

Money = Annotated[float, Unit("USD", -1e15, 1e15)]
"""Constant US dollars of the base year: `$3M`, `$120k`, `1500`."""

Calendar = Annotated[float, Unit("date", 1800.0, 2300.0)]
"""A date, stored as a year with its fraction: `1989-01` is 1989.0, `2000-07` is 2000.5."""

Name = str
"""The name of an entry: text of any script, without dots."""

CountryName = Annotated[str, Refers("countries")]
"""The name of a country of the file."""

PartyName = Annotated[str, Refers("parties")]
"""The name of a party of the file."""

CadreName = Annotated[str, Refers("people")]
"""The name of a cadre of the file."""

ProgrammeName = Annotated[str, Refers("programmes")]
"""The name of a programme of the file."""

PartnershipName = Annotated[str, Refers("partnerships")]
"""The name of a partnership of the file."""

FutureName = Annotated[str, Refers("futures")]
"""The name of a future of the file."""

MetricName = Annotated[str, Refers("metric")]
"""The name of an outcome: `country.cadre.metric`, `country.cadre.programme.metric`, `party.metric`, ..."""


class Block(BaseModel):
    """A part of a scenario: frozen, with no unknown keys, documented field by field."""

    model_config = ConfigDict(
        frozen=True,
        defer_build=True,
        extra="forbid",
        use_attribute_docstrings=True,
        validate_by_name=True,
        validate_by_alias=True,
    )
