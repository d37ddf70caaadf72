"""Any stored run once more with its event log, and where two runs first part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.study.cells import adopt, cell_for
from sim.study.plan import Block, CellKey
from sim.study.results import StoredStudy
from sim.study.study import Request, reopen, source_of

__all__ = [
    "PERSON", "Event", "Link", "Parting", "Replay", "UnknownRunError", "aligned", "chain", "locate", "part", "replay",
    "rows_of",
]  # fmt: skip

Event = tuple[float, str, str, str]
"""Time in years since the start, event, entity, detail."""

SAME_TIME = 1e-9
"""Years; an event that a plan doesn't touch may differ in the last bit of its time."""

PERSON = "person"
"""What a person's number stands behind, in a log."""


class UnknownRunError(ValueError):
    """No stored run has this name, or several have."""


@dataclass(frozen=True, slots=True)
class Replay:
    """A run once more."""

    run_id: str
    cell: CellKey
    block: Block
    events: list[Event]
    identical: bool
    """Whether the outcomes are those stored, bit for bit."""
    people: dict[int, int] = field(default_factory=dict)
    """The row of each person in the log of this run, by the person's name; empty for a model that keeps no people."""


@dataclass(frozen=True, slots=True)
class Parting:
    """Where two runs part, and what followed."""

    shared: list[Event]
    """The events that both runs begin with."""
    only_first: list[Event]
    """Events of the first run, after the parting, that the second doesn't have."""
    only_second: list[Event]

    @property
    def at(self) -> Event | None:
        """The first event that only one of them has; None where both have the same."""
        return min(self.only_first[:1] + self.only_second[:1], key=lambda event: event[0], default=None)


@dataclass(frozen=True, slots=True)
class Link:
    """One person, post or programme whose history differs between two runs."""

    entity: str
    first: list[Event]
    """Its events that only the first run has."""
    second: list[Event]

    @property
    def since(self) -> float:
        """Years since the start at which it first differs."""
        return min(events[0][0] for events in (self.first, self.second) if events)


def locate(study: StoredStudy, name: str) -> tuple[str, CellKey, Block]:
    """The run of an id, of the beginning of one, or of `future/plan/row`; raises UnknownRunError."""
    found = [run for run in study.runs() if run[0].startswith(name) or name == _place(run)]
    if len(found) != 1:
        many = f"{len(found):,} runs begin with it" if found else "it isn't here"
        raise UnknownRunError(
            f"run {name!r}: {many}; expected a run_id of {study.store.folder('outcomes')}, or future/plan/row"
        )
    return found[0]


def _place(run: tuple[str, CellKey, Block]) -> str:
    _, cell, block = run
    row = f"{cell.future}/{cell.plan}/{block.design_point}"
    return f"{row}/{block.replication}" if block.replication else row


def replay(study: StoredStudy, name: str) -> Replay:
    """Run a stored run again, traced; raises UnknownRunError, or StoreError for another model version."""
    run_id, key, block = locate(study, name)
    loaded, plan = reopen(study.path, Request(study.manifest["kind"], replications=0))
    adopt(loaded)
    cell = cell_for(source_of(loaded, plan), key)
    index = plan.index(block)
    stored = np.array([study.column(name)[key][index] for name in cell.outcomes])
    worker = cell.worker(trace=True)
    run = worker.run(block.design_point, block.replication, plan.parameters)
    same = stored.tobytes() == run.values.tobytes()
    return Replay(run_id, key, block, cell.event_rows(run), same, _people(worker))


def rows_of(study: StoredStudy, name: str) -> dict[int, int]:
    """The row of each person of a stored run, by the person's name; raises as `replay` does."""
    return replay(study, name).people


def _people(worker: Any) -> dict[int, int]:
    """Names and rows of the people whom a run has left in its worker's memory."""
    memory = getattr(worker, "memory", None)
    if memory is None:
        return {}
    keys = memory.tables["people"]["key"][: int(memory.tables["setting"][0]["people"])]
    return {int(key): row for row, key in enumerate(np.asarray(keys, np.uint64).view(np.int64))}


def aligned(events: Sequence[Event], people: Mapping[int, int], others: Mapping[int, int]) -> list[Event]:
    """A log in which people have the numbers that they have in another run.

    A person's number is a row, which says in what order people came; the same person may have another number in
    another run. Somebody whom the other run lacks has their own number with a star behind it.
    """
    numbers = {row: f"{PERSON}{others[name]}" if name in others else f"{PERSON}{row}*" for name, row in people.items()}

    def named(entity: str) -> str:
        number = entity.removeprefix(PERSON)
        return numbers.get(int(number), entity) if entity.startswith(PERSON) and number.isdecimal() else entity

    return [(time, kind, named(entity), detail) for time, kind, entity, detail in events]


def part(first: Sequence[Event], second: Sequence[Event]) -> Parting:
    """The first event at which two logs part, and the events of each that the other lacks from there on."""
    shared = 0
    while shared < min(len(first), len(second)) and _same(first[shared], second[shared]):
        shared += 1
    rest_first, rest_second = list(first[shared:]), list(second[shared:])
    return Parting(
        list(first[:shared]),
        _without(rest_first, Counter(map(_key, rest_second))),
        _without(rest_second, Counter(map(_key, rest_first))),
    )


def chain(parting: Parting) -> list[Link]:
    """What followed a parting, entity by entity, in the order in which they first differ.

    Luck is shared, so whatever differs follows from the parting event or from what the plans and futures do later.
    """
    entities = dict.fromkeys(event[2] for event in sorted(parting.only_first + parting.only_second))
    sides: list[dict[str, list[Event]]] = [{}, {}]
    for side, events in zip(sides, (parting.only_first, parting.only_second), strict=True):
        for event in events:
            side.setdefault(event[2], []).append(event)
    return [Link(entity, sides[0].get(entity, []), sides[1].get(entity, [])) for entity in entities]


def _same(one: Event, other: Event) -> bool:
    return one[1:] == other[1:] and abs(one[0] - other[0]) <= SAME_TIME


def _key(event: Event) -> tuple[float, str, str, str]:
    """An event whose time is rounded well above its last bit."""
    return (round(event[0], 7), *event[1:])


def _without(events: list[Event], others: Counter[Event]) -> list[Event]:
    """The events that are not among the others, counted one for one."""
    left = []
    for event in events:
        if others[_key(event)]:
            others[_key(event)] -= 1
        else:
            left.append(event)
    return left
