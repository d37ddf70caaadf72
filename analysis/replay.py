"""Any stored run once more with its event log, and where two runs first part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.study.cells import adopt, cell_for
from sim.study.plan import Block, CellKey
from sim.study.results import StoredStudy
from sim.study.study import Request, reopen, source_of

__all__ = ["Event", "Parting", "Replay", "UnknownRunError", "locate", "part", "replay"]

Event = tuple[float, str, str, str]
"""Time in years since the start, event, entity, detail."""

SAME_TIME = 1e-9
"""Years; an event that a plan doesn't touch may differ in the last bit of its time."""


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


@dataclass(frozen=True, slots=True)
class Parting:
    """Where two runs part, and what followed."""

    shared: list[Event]
    """The events that both runs begin with."""
    only_first: list[Event]
    """Events of the first run, after the parting, that the second doesn't have."""
    only_second: list[Event]


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
    run = cell.worker(trace=True).run(block.design_point, block.replication, plan.parameters)
    return Replay(run_id, key, block, cell.event_rows(run), stored.tobytes() == run.values.tobytes())


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
