"""People as the peers see them: doctors with a cadre, a place and what is pending, and visitors from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.case import NEVER, NO_MOTIVE, WAITING

if TYPE_CHECKING:
    from benchmarks.visits import Programme

__all__ = [
    "AFTER", "COME_BACK", "DEBRIEF", "FINISH", "FINISH_ABROAD", "GO_ABROAD", "HOME", "PAPERS", "QUEUE", "START_WORK",
    "STAY", "Doctor", "Traveller",
]  # fmt: skip

START_WORK, GO_ABROAD, COME_BACK, FINISH, FINISH_ABROAD = range(5)
"""What a doctor's place may have in store for a date."""
HOME, PAPERS, QUEUE, STAY, DEBRIEF, AFTER = range(6)
"""How far somebody's exchange is."""


class Traveller:
    """Somebody who may go on an exchange, or a visitor from outside who does nothing else."""

    def __init__(self) -> None:
        self.programme: Programme | None = None
        self.phase = HOME
        self.trip = NEVER
        """When the present phase ends."""
        self.since = 0.0
        """When the wait in the queue began."""
        self.settled = False
        self.cut_short = False


class Doctor(Traveller):
    """Somebody of the home country."""

    def __init__(self, cadre: int, born: float, ends: float, frailty: float, usable: int) -> None:
        Traveller.__init__(self)
        self.cadre = cadre
        self.place = WAITING
        self.born = born
        self.ends = ends
        """The date of retirement or death, whichever comes first."""
        self.next = ends
        """The earliest date in this life: `ends`, `depart`, `due`, `bond_ends` or `trip`."""
        self.frailty = frailty
        self.restless = frailty
        """Frailty times what an exchange leaves behind: the factor on leaving."""
        self.usable = usable
        self.willing = 0.0
        """1 for those who would ever go on an exchange."""
        self.asks = 0.0
        """The same; 0 while they are on one."""
        self.placed = False
        self.bound = 1.0
        self.bond_ends = NEVER
        self.motive = NO_MOTIVE
        self.depart = NEVER
        self.due = NEVER
        self.what = START_WORK
        self.seated = False
        self.resident = False
        self.finishes = NEVER

    def look_ahead(self) -> None:
        """Find the earliest date again, after one of them has changed."""
        self.next = min(self.ends, self.depart, self.due, self.bond_ends, self.trip)
