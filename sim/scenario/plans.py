"""What a planner writes about what may come (futures) and what may be done about it (plans)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from sim.scenario.block import (
    Block,
    CadreName,
    Calendar,
    CountryName,
    Months,
    PartyName,
    ProgrammeName,
    Share,
    Unit,
    Years,
)
from sim.scenario.contingency import Action, Times

__all__ = [
    "Bond",
    "Crisis",
    "DegreeNotRecognised",
    "DestinationRecruits",
    "FundingWithdrawn",
    "Future",
    "PayFalls",
    "Plan",
    "PostsNotFunded",
    "Shock",
]


class DestinationRecruits(Block):
    """Destinations recruit actively: more people leave to work abroad; fewer where `leaving` is below 1."""

    kind: Literal["destination_recruits"]
    """Which of the kinds of shock this is."""
    begins: Calendar = Field(alias="from")
    """When it begins; written `from`."""
    lasts: Years = Field(alias="for")
    """How long it lasts; written `for`."""
    leaving: Times
    """How many times as many leave to work abroad."""
    cadre: CadreName | None = None
    """The only cadre that it touches; all, unless given."""
    country: CountryName | None = None
    """The only country whose people it touches; all, unless given."""


class Crisis(Block):
    """A crisis at home, political or other, that makes people leave to work abroad."""

    kind: Literal["crisis"]
    """Which of the kinds of shock this is."""
    begins: Calendar = Field(alias="from")
    """When it begins; written `from`."""
    lasts: Years = Field(alias="for")
    """How long it lasts; written `for`."""
    leaving: Times
    """How many times as many leave to work abroad."""
    cadre: CadreName | None = None
    """The only cadre that it touches; all, unless given."""
    country: CountryName | None = None
    """The only country that it touches; all, unless given."""


class PayFalls(Block):
    """Pay at home loses its worth in dollars, as when a currency falls: it acts as a fall of pay against pay abroad."""

    kind: Literal["pay_falls"]
    """Which of the kinds of shock this is."""
    begins: Calendar = Field(alias="from")
    """When it begins; written `from`."""
    lasts: Years | None = Field(default=None, alias="for")
    """How long it lasts; for good, unless given. Written `for`."""
    pay: Annotated[float, Unit("times", 1e-3, 1.0)]
    """What is left of pay at home in dollars, as a factor: `x0.2`."""
    cadre: CadreName | None = None
    """The only cadre that it touches; all, unless given."""
    country: CountryName | None = None
    """The only country that it touches; all, unless given."""


class PostsNotFunded(Block):
    """No vacancy is funded for a time: whoever leaves is not replaced."""

    kind: Literal["posts_not_funded"]
    """Which of the kinds of shock this is."""
    begins: Calendar = Field(alias="from")
    """When it begins; written `from`."""
    lasts: Years = Field(alias="for")
    """How long it lasts; written `for`."""
    party: PartyName | None = None
    """The only employer that it touches; all, unless given."""
    cadre: CadreName | None = None
    """The only cadre that it touches; all, unless given."""


class FundingWithdrawn(Block):
    """A donor gives notice before the date that was agreed."""

    kind: Literal["funding_withdrawn"]
    """Which of the kinds of shock this is."""
    begins: Calendar = Field(alias="from")
    """When it gives notice; written `from`."""
    notice: Months
    """How long after that the payments end."""
    programme: ProgrammeName | None = None
    """The only programme that it touches; all that a donor pays for, unless given."""


class DegreeNotRecognised(Block):
    """The degree of a programme at home loses its recognition abroad: later graduates cannot use it there."""

    kind: Literal["degree_not_recognised"]
    """Which of the kinds of shock this is."""
    begins: Calendar = Field(alias="from")
    """When it begins; written `from`."""
    programme: ProgrammeName
    """Whose degree."""
    intake: bool = True
    """Whether the programme goes on taking people in."""


Shock = Annotated[
    DestinationRecruits | Crisis | PayFalls | PostsNotFunded | FundingWithdrawn | DegreeNotRecognised,
    Field(discriminator="kind"),
]
"""Something that happens to the partnership, at a date."""


class Bond(Block):
    """Graduates owe years of service at home."""

    years: Years
    """The service owed."""
    served: Share
    """The share of those bonded who serve in full."""


class Future(Block):
    """A set of changes that nobody in the partnership chooses.

    In a file the changes stand beside `shocks`, each under its full path:
    `{people.obgyn.return_home: 3% a year}`.
    """

    title: str = ""
    """One line for tables."""
    shocks: list[Shock] = []
    """What happens, and when."""
    changes: dict[str, JsonValue] = {}
    """The new central values, by full path."""


class Plan(Block):
    """What is signed and what is done.

    In a file its changes stand beside the other keys, each under its full path.
    """

    title: str = ""
    """One line for tables."""
    start: list[ProgrammeName] | None = None
    """The programmes that run from the start, in place of `signed`."""
    bond: Bond | None = None
    """What graduates of programmes at home owe; nothing, unless given."""
    contingency: list[Action] = []
    """What is done later, and when."""
    changes: dict[str, JsonValue] = {}
    """The new central values, by full path."""
