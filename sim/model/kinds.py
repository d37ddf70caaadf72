"""The kinds of event, the places where a person can be, what reports measure, and the purposes of random draws.

The order of `Kind` is the order in which events at the same instant happen: decisions before newcomers, newcomers
before what happens to people, people before posts and intakes, then the month's books, and reports last, so that
they see everything.
"""

from __future__ import annotations

from enum import IntEnum, auto

__all__ = [
    "CAUSES",
    "PERSON_KINDS",
    "VISIT_KINDS",
    "Cause",
    "Kind",
    "Measure",
    "Origin",
    "Phase",
    "Place",
    "Pool",
    "ProgrammeKind",
    "Use",
]


class Kind(IntEnum):
    """What can happen. A person's kinds stand together, dates before causes."""

    POLICY = 0
    CONSENT = auto()
    NOTICE = auto()
    FUNDING_ENDS = auto()
    ENTER = auto()
    NEW_POSTS = auto()
    VISITOR = auto()
    DIE = auto()
    RETIRE = auto()
    DEPART = auto()
    GO_ABROAD = auto()
    GRACE_ENDS = auto()
    COME_BACK = auto()
    FINISH = auto()
    BOND_ENDS = auto()
    START_WORK = auto()
    SPECIALISE = auto()
    WORK_ABROAD = auto()
    LEAVE_POST = auto()
    REJOIN = auto()
    RETURN = auto()
    DROP_OUT = auto()
    SETTLE = auto()
    GIVE_UP = auto()
    REQUEST = auto()
    PAPERS = auto()
    RENEGE = auto()
    STAY_ENDS = auto()
    EARLY_END = auto()
    DEBRIEFED = auto()
    EFFECT_ENDS = auto()
    FILL = auto()
    INTAKE = auto()
    CLOSE = auto()
    REPORT = auto()


FIRST_PERSON_KIND = Kind.DIE
LAST_PERSON_KIND = Kind.REQUEST
PERSON_KINDS = [k for k in Kind if FIRST_PERSON_KIND <= k <= LAST_PERSON_KIND]
"""Kinds whose entity is a person."""

VISIT_KINDS = [Kind.PAPERS, Kind.RENEGE, Kind.STAY_ENDS, Kind.EARLY_END, Kind.DEBRIEFED, Kind.EFFECT_ENDS]
"""Kinds whose entity is a visit: somebody's request to go on an exchange, and what became of it."""

FIRST_CAUSE = Kind.SPECIALISE
CAUSES = [k for k in PERSON_KINDS if k >= FIRST_CAUSE]
"""Kinds that happen by a hazard, not on a date."""


class Place(IntEnum):
    """Where a person is; everybody is in exactly one place."""

    IN_POST = 0
    WAITING = 1
    ELSEWHERE = 2
    TRAINING_HOME = 3
    ON_EXCHANGE = 4
    TRAINING_ABROAD = 5
    ABROAD = 6
    SETTLED = 7
    RETIRED = 8
    DEAD = 9


class Origin(IntEnum):
    """Where a person comes from; it keys who they are."""

    FOUNDER = 0
    STREAM = 1
    OUTSIDER = 2


class ProgrammeKind(IntEnum):
    """The kinds of programme."""

    TRAINING = 0
    EXCHANGE = 1


class Phase(IntEnum):
    """How far a visit is."""

    PAPERS = 0
    QUEUE = 1
    STAY = 2
    AFTER = 3
    OVER = 4


class Measure(IntEnum):
    """The measures; their words, units and directions stand in `outcomes`."""

    IN_COUNTRY = 0
    PUBLIC_PRACTICE = 1
    WAITING = 2
    ELSEWHERE = 3
    IN_TRAINING = 4
    TRAINING_ABROAD = 5
    ABROAD = 6
    VACANT_POSTS = 7
    CLINICAL_FTE = 8
    PUBLIC_YEARS = 9
    APPLICATIONS = 10
    EMIGRATED = 11
    RETURNED = 12
    LEFT_PUBLIC = 13
    REJOINED = 14
    RETIRED = 15
    DIED = 16
    DEFAULTED = 17
    TIME_TO_FILL = 18
    RESIDENTS = 21
    ADMITTED = 22
    DROPPED_OUT = 23
    NOT_RETURNED = 24
    SUPERVISORS = 25
    DISTRICT_FTE = 26
    COVERAGE = 27
    AT_WORK = 40
    WORK_DONE = 41
    SHORTAGE = 42
    WORKLOAD = 43
    MORALE = 44
    HOURS_BOUGHT_OUT = 45
    HOURS_DONATED = 46
    HOURS_TAKEN = 47
    CLINICAL = 50
    EDUCATION = 51
    RESEARCH = 52
    REPUTATION = 53
    GRADUATES = 55
    GRADUATES_IN_COUNTRY = 56
    FIRST_JOBS_AT_HOME = 57
    LEFT_LATER = 58
    YEARS_BEFORE_LEAVING = 59
    ASKED = 60
    REFUSED = 61
    GAVE_UP = 62
    DELIVERED = 63
    CUT_SHORT = 64
    SETTLED_THERE = 65
    EXCHANGE_MONTHS = 66
    IN_QUEUE = 67
    THERE = 68
    QUEUE_MONTHS = 69
    PAYROLL = 100
    PAYROLL_PAID = 101
    ARREARS = 102
    CASH = 103
    PRESENT_VALUE = 104
    SPENT = 105
    RECEIVED = 106
    INSOLVENT = 107
    TRAINING_LOST = 108
    LOCAL_COST = 110
    PUBLIC_COST = 111
    VISITING_COST = 112
    VISITING_YEARS = 113
    COST = 120
    FUNDED = 121
    RAN_ON = 122
    OBSERVED = 123
    ACCOUNT = 130
    LASTED = 131
    ENDED = 132
    ENDED_WELL = 133
    ENDED_BADLY = 134
    ENDED_BY = 140
    """The first of as many measures as there are causes of an ending."""


class Cause(IntEnum):
    """Why a partnership ended. The first two are successes; a term that has run out is neither."""

    GOALS_MET = 0
    HANDED_OVER = 1
    EXPIRED = 2
    NEVER_STARTED = 3
    FADED = 4
    FUNDER_EXIT = 5
    ACCOUNT_EXHAUSTED = 6
    PARTY_INSOLVENT = 7
    COVENANT = 8
    TARGETS_MISSED = 9
    STRATEGIC_EXIT = 10


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
    WILLING = 116
    ASKS_FOR = 117
    REFUSED = 118
    STAY = 119
    MARGIN = 120
    LIMIT = 121
    AGREES = 122


class Pool(IntEnum):
    """Tables that may turn out too small; the run is then repeated with twice the rows."""

    PEOPLE = 0
    VISITS = 1
