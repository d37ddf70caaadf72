"""The kinds of event, the places where a person can be, and the purposes of random draws.

The order of `Kind` is the order in which events at the same instant happen: decisions before newcomers, newcomers
before what happens to people, people before posts and intakes, and reports last, so that they see everything.
"""

from __future__ import annotations

from enum import IntEnum

__all__ = ["CAUSES", "PERSON_KINDS", "Kind", "Place", "Pool", "Use"]


class Kind(IntEnum):
    """What can happen. A person's kinds stand together, dates before causes."""

    POLICY = 0
    ENTER = 1
    NEW_POSTS = 2
    DIE = 3
    RETIRE = 4
    DEPART = 5
    GO_ABROAD = 6
    GRACE_ENDS = 7
    COME_BACK = 8
    FINISH = 9
    BOND_ENDS = 10
    START_WORK = 11
    SPECIALISE = 12
    WORK_ABROAD = 13
    LEAVE_POST = 14
    REJOIN = 15
    RETURN = 16
    DROP_OUT = 17
    SETTLE = 18
    GIVE_UP = 19
    FILL = 20
    INTAKE = 21
    REPORT = 22


FIRST_PERSON_KIND = Kind.DIE
LAST_PERSON_KIND = Kind.GIVE_UP
PERSON_KINDS = [k for k in Kind if FIRST_PERSON_KIND <= k <= LAST_PERSON_KIND]
"""Kinds whose entity is a person."""

FIRST_CAUSE = Kind.SPECIALISE
CAUSES = [k for k in PERSON_KINDS if k >= FIRST_CAUSE]
"""Kinds that happen by a hazard, not on a date."""


class Place(IntEnum):
    """Where a person is; everybody is in exactly one place."""

    IN_POST = 0
    WAITING = 1
    ELSEWHERE = 2
    TRAINING_HOME = 3
    TRAINING_ABROAD = 4
    ABROAD = 5
    SETTLED = 6
    RETIRED = 7
    DEAD = 8


class Use(IntEnum):
    """What a random number is for. Kinds are purposes too: these begin where they end."""

    ENTRY_AGE = 100
    FRAILTY = 101
    RETIREMENT = 102
    DEATH = 103
    DEGREE = 104
    WITHDRAWS = 105
    SEEK = 106
    ADMIT = 107
    EXAM = 108
    PLACES = 109
    CANDIDATES = 110
    FOUNDER_COUNT = 111
    FOUNDER_TENURE = 112
    FOUNDER_STATE = 113
    PREPARING = 114
    EXTENSION = 115


class Pool(IntEnum):
    """Tables that may turn out too small; the run is then repeated with twice the rows."""

    PEOPLE = 0
