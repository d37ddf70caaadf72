"""Which groups of people there are, which causes act on each, and on which clock.

A clock exists only where its cause can act: every clock costs time in every run.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sim.engine.tables import CALENDAR, NONE
from sim.model.kinds import CAUSES, FIRST_CAUSE, Kind, Place
from sim.scenario import Scenario
from sim.scenario.exchange import Exchange
from sim.scenario.training import Training

__all__ = ["Groups"]

ACTS = {
    Place.IN_POST: (Kind.SPECIALISE, Kind.WORK_ABROAD, Kind.LEAVE_POST, Kind.REQUEST),
    Place.WAITING: (Kind.SPECIALISE, Kind.WORK_ABROAD, Kind.GIVE_UP),
    Place.ELSEWHERE: (Kind.WORK_ABROAD, Kind.REJOIN),
    Place.TRAINING_HOME: (Kind.WORK_ABROAD, Kind.DROP_OUT),
    Place.ON_EXCHANGE: (Kind.SETTLE,),
    Place.TRAINING_ABROAD: (Kind.SETTLE, Kind.DROP_OUT),
    Place.ABROAD: (Kind.RETURN,),
    Place.SETTLED: (),
    Place.RETIRED: (),
    Place.DEAD: (),
}
"""The causes that act on people in a place (docs/model.md, causes by state)."""

SWITCHES = {
    Kind.SPECIALISE: "leave_to_specialise",
    Kind.WORK_ABROAD: "leave_to_work",
    Kind.LEAVE_POST: "leave_post",
    Kind.REJOIN: "rejoin",
    Kind.RETURN: "return_home",
    Kind.DROP_OUT: "drop_out",
    Kind.SETTLE: "settle",
    Kind.GIVE_UP: "give_up_waiting",
    Kind.REQUEST: "exchange",
}
"""The switch of each cause."""

CADRE_GROUPS = {
    "waiting": Place.WAITING,
    "elsewhere": Place.ELSEWHERE,
    "abroad": Place.ABROAD,
    "settled": Place.SETTLED,
    "self_training": Place.TRAINING_ABROAD,
    "gone_retired": Place.RETIRED,
    "gone_dead": Place.DEAD,
}
"""The groups that every cadre has, by the field that refers to them."""


class Groups:
    """The groups of a scenario and their clocks.

    Attributes:
        rows: the fields of each group.
        exposed: the clock of each (group, cause, stratum), flat, or NONE.
        clocks: how many clocks there are, the calendar included.
        named: (kind, group, stratum) of each clock from the second on; searches carry their unit as group, and
            arrivals, patience and stays cut short their exchange.
    """

    def __init__(
        self,
        s: Scenario,
        cadres: list[str],
        units: list[tuple[str, str]],
        trainings: Mapping[str, Training],
        exchanges: Mapping[str, Exchange],
        unrecognised: Collection[str],
    ) -> None:
        self.scenario, self.cadres, self.units = s, cadres, units
        self.trainings, self.exchanges = list(trainings.values()), list(exchanges.values())
        self.loses_recognition = [name in unrecognised for name in trainings]
        self.rows: list[dict[str, int]] = []
        self.exposed: list[int] = []
        self.clocks = CALENDAR + 1
        self.named: list[tuple[Kind, int, int]] = []
        self.of_cadre = {
            cadre: {field: self.add(place, cadre) for field, place in CADRE_GROUPS.items()} for cadre in cadres
        }
        self.of_unit = [self.add(Place.IN_POST, cadre, unit=i) for i, (_, cadre) in enumerate(units)]
        self.of_training = [self.add_training(i, training) for i, training in enumerate(self.trainings)]
        self.of_exchange = [self.add_exchange(i, exchange) for i, exchange in enumerate(self.exchanges)]
        self.searches = [
            self.clock(Kind.FILL, i, 1) if s.parties[party].posts[cadre].outsiders else NONE
            for i, (party, cadre) in enumerate(units)
        ]

    def add_training(self, i: int, training: Training) -> tuple[int, int]:
        """The groups of a programme's residents at home, and of those abroad."""
        home = self.add(Place.TRAINING_HOME, training.admits, training=i) if training.place == "home" else NONE
        return home, self.add(Place.TRAINING_ABROAD, training.admits, training=i)

    def add_exchange(self, i: int, exchange: Exchange) -> tuple[int, int, int, int]:
        """The group of staff on a stay, and the clocks of arrivals, of patience and of stays cut short."""
        if not self.scenario.switches.exchange:
            return NONE, NONE, NONE, NONE
        own = exchange.cadre is not None
        group = self.add(Place.ON_EXCHANGE, exchange.cadre or "", exchange=i) if own else NONE
        arrivals = NONE if own else self.clock(Kind.VISITOR, i, 1)
        return group, arrivals, self.clock(Kind.RENEGE, i, 1), self.clock(Kind.EARLY_END, i, 1)

    def add(self, place: Place, cadre: str, unit: int = NONE, training: int = NONE, exchange: int = NONE) -> int:
        """One more group, with a clock for each cause that can act on it."""
        group = len(self.rows)
        row = {
            "place": place,
            "cadre": self.cadres.index(cadre),
            "unit": unit,
            "training": training,
            "exchange": exchange,
        }
        self.rows.append(row)
        for cause in CAUSES:
            first = self.clock(cause, group, 1) if self.can_act(cause, row) else NONE
            second = first
            if first != NONE and cause == Kind.WORK_ABROAD and self.has_strata(cadre):
                second = self.clock(cause, group, 0)
            self.exposed += [second, first]
        assert len(self.exposed) == (group + 1) * 2 * len(CAUSES) and CAUSES[0] == FIRST_CAUSE
        return group

    def clock(self, kind: Kind, group: int, stratum: int) -> int:
        """One more clock."""
        self.named.append((kind, group, stratum))
        self.clocks += 1
        return self.clocks - 1

    def can_act(self, cause: Kind, row: Mapping[str, int]) -> bool:
        """Whether a cause can act on the people of a group."""
        if cause not in ACTS[Place(row["place"])] or not getattr(self.scenario.switches, SWITCHES[cause]):
            return False
        cadre = self.cadres[row["cadre"]]
        if cause == Kind.SPECIALISE:
            return self.leaves(cadre) and any(c.trained_from == cadre for c in self.scenario.people.values())
        if cause == Kind.WORK_ABROAD:
            return self.leaves(cadre)
        if cause == Kind.DROP_OUT and row["place"] == Place.TRAINING_ABROAD:
            return row["training"] != NONE and self.trainings[row["training"]].place == "abroad"
        if cause == Kind.REQUEST:
            return any((one.sends, one.cadre) == self.units[row["unit"]] for one in self.exchanges)
        return True

    def leaves(self, cadre: str) -> bool:
        """Whether a cadre's people leave the country at all, by their own numbers or by those of a former cadre."""
        careers = self.scenario.people[cadre]
        if careers.leave_country is not None:
            return True
        return careers.trained_from is not None and self.leaves(careers.trained_from)

    def has_strata(self, cadre: str) -> bool:
        """Whether some of a cadre's people may hold a degree that is not accepted abroad."""
        if self.scenario.people[cadre].degree_usable_abroad < 1.0:
            return True
        return any(
            training.graduates == cadre and (training.degree_usable_abroad < 1.0 or loses)
            for training, loses in zip(self.trainings, self.loses_recognition, strict=True)
        )
