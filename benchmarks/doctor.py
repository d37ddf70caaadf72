"""A doctor as the peers see one: a cadre, a place, and what is pending."""

from __future__ import annotations

from benchmarks.case import NEVER, NO_MOTIVE, WAITING

__all__ = ["COME_BACK", "FINISH", "FINISH_ABROAD", "GO_ABROAD", "START_WORK", "Doctor"]

START_WORK, GO_ABROAD, COME_BACK, FINISH, FINISH_ABROAD = range(5)
"""What a doctor's place may have in store for a date."""


class Doctor:
    """Somebody."""

    def __init__(self, cadre: int, born: float, ends: float, frailty: float, usable: int) -> None:
        self.cadre = cadre
        self.place = WAITING
        self.born = born
        self.ends = ends
        """The date of retirement or death, whichever comes first."""
        self.next = ends
        """The earliest date in this life: `ends`, `depart`, `due` or `bond_ends`."""
        self.frailty = frailty
        self.usable = usable
        self.placed = False
        self.bound = 1.0
        self.bond_ends = NEVER
        self.motive = NO_MOTIVE
        self.depart = NEVER
        self.due = NEVER
        self.what = START_WORK
        self.seated = False
        self.settled = False
        self.resident = False
        self.finishes = NEVER

    def look_ahead(self) -> None:
        """Find the earliest date again, after one of them has changed."""
        self.next = min(self.ends, self.depart, self.due, self.bond_ends)
