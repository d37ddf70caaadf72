"""`--replications auto` and `--within`: a study that decides how many blocks it needs, or how many there is time for.

The rules are in sim/study/stopping.py, selection.py and planner.py; here they are applied to a stored study that grows.
What was decided stands in the manifest under `stopping` before the blocks are run, so that whatever interrupts the
study, its intervals are those of the looks that were taken.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from analysis.compare import look_of
from analysis.paired import Choice, Pair, choices, paired, to_resolve, widest
from sim.study.execute import Tally
from sim.study.planner import Resolution, blocks_within, duration, resolutions, sentences
from sim.study.results import StoredStudy
from sim.study.selection import CLAIM
from sim.study.stopping import CAP, PILOT, Decision, Look, decide, few_differ
from sim.study.study import Request, make_plan, run_study

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sim.scenario import Loaded

__all__ = ["AutoError", "AutoResult", "outlook", "run_auto", "run_within"]

WARM_UP = (1, 25, 100)
"""Blocks of the first steps. The first compiles and builds; the clock starts after it, and the next show the pace."""

LINES = 5
"""Pairs of plans that hardly differ and are told of one by one; the manifest names all."""

SELECTION_STEP = 500
"""Blocks that are added at a time while a plan is being selected."""

LOOK_AHEAD = 4.0
"""Beside the time given, the planner tells what so many times as much would resolve."""

UNBOUNDED = 10**9
"""Blocks that `--within` without `auto` may run: the time alone bounds them."""

USUAL = 600.0
"""Seconds that the planner tells of when no time was given."""


class AutoError(ValueError):
    """A study can't decide its own number of blocks; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class AutoResult:
    """What `auto` decided, and why."""

    record: dict[str, Any]
    """As it stands in the manifest under `stopping`."""
    resolutions: tuple[Resolution, ...]
    """What the time given, and more, would resolve; empty where the pilot was not finished."""
    sentences: tuple[str, ...]
    """The same in words."""
    choices: tuple[Choice, ...]
    """The selection of a plan by party and future."""
    look: Look
    """Which interval the stored study calls for."""

    @property
    def claims(self) -> list[str]:
        """What may be claimed of the plans selected."""
        return [f"{one.party}, {one.future}: {one.chosen}; {CLAIM}" for one in self.choices if one.chosen]


class _Growing:
    """A stored study that is run further, step by step, and its clock."""

    def __init__(
        self,
        loaded: Loaded,
        name: str,
        request: Request,
        out: Path,
        within: float | None,
        progress: Callable[[Tally], None],
        notice: Callable[[str], None],
    ) -> None:
        self.loaded, self.request, self.out, self.within = loaded, request, out, within
        self.progress, self.notice = progress, notice
        self.plan = make_plan(loaded, name, replace(request, replications=WARM_UP[0]))
        self.started = math.nan
        self.pace = math.nan
        self.tally = Tally(0)
        self.study: StoredStudy

    def extend(self, blocks: int) -> bool:
        """Run up to so many blocks; False where the user interrupted it."""
        started, first = monotonic(), not self.tally.planned
        plan, request = replace(self.plan, replications=blocks), replace(self.request, replications=blocks)
        self.study, tally = run_study(self.loaded, plan, self.out, request, self.progress, self.notice)
        if math.isnan(self.started):
            self.started = monotonic()  # compiling happens once a version and is no part of the time given
        elif run := tally.ok + tally.failed:
            self.pace = (monotonic() - started) * plan.total / (plan.replications * run)  # second lucks are its part
        if math.isnan(self.pace) and self.blocks > WARM_UP[0]:
            self.pace = self.study.manifest["wall_seconds"] / self.blocks
        total = self.tally
        total.planned, total.interrupted = tally.planned, tally.interrupted
        total.present = tally.present if first else total.present
        for name in ("ok", "failed", "event_count", "cpu_seconds", "wall_seconds"):
            setattr(total, name, getattr(total, name) + getattr(tally, name))
        return not tally.interrupted

    @property
    def blocks(self) -> int:
        """Blocks of the study as it is."""
        return self.study.plan.replications

    @property
    def left(self) -> float:
        """Seconds left of the time given."""
        return math.inf if self.within is None else self.within - (monotonic() - self.started)

    def most(self, at_most: int) -> int:
        """Blocks of the whole study that a cap and the time given leave room for; never fewer than there are."""
        room = at_most
        if self.within is not None and not math.isnan(self.pace):
            room = self.blocks + (blocks_within(self.left, self.pace) if self.left > self.pace else 0)
        return max(self.blocks, min(at_most, room))

    def record(self, record: dict[str, Any]) -> None:
        """Write what was decided into the manifest."""
        store = self.study.store
        with store.writing():
            self.study.manifest = {**store.manifest(), "stopping": record}
            store.write_manifest(self.study.manifest)


def run_auto(
    loaded: Loaded,
    name: str,
    request: Request,
    out: Path,
    within_seconds: float | None = None,
    progress: Callable[[Tally], None] = lambda tally: None,
    notice: Callable[[str], None] = lambda text: None,
) -> tuple[StoredStudy, Tally, AutoResult]:
    """Run a comparison to the number of blocks that its decision needs.

    A pilot, doubled until in every pair of plans enough blocks differ; then so many blocks that the 90% interval of
    every pair's mean difference reaches half of what matters to either side; then, while there is time, more blocks for
    the selection of a plan only. The same call on the same folder finds its results again.

    Args:
        loaded: a scenario with a decision.
        name: its short name.
        request: what to run; its number of replications is not used.
        out: the results directory.
        within_seconds: wall seconds to spend at most once the model is compiled, to the accuracy of the pace measured;
            None for no limit.
        progress: called with the tally of each step.
        notice: called with what a user should know.

    Raises:
        AutoError: the scenario lacks something to decide by.
        UnknownNameError: a future or plan isn't in the scenario.
        StoreError: the results directory holds another study or can't be written.
    """
    _check(loaded)
    growing = _Growing(loaded, name, request, out, within_seconds, progress, notice)
    if len({cell.plan for cell in growing.plan.cells}) < 2:
        raise AutoError("auto replications compare plans, and here is only one; name another with --plans")
    record = _earlier(out)
    if record is None or record["blocks"] is None:
        record, found = _pilot(growing)
    else:
        found = ()
    if record["blocks"] is not None and growing.extend(record["blocks"]):
        record = _select(growing, record)
    look = look_of(growing.study)
    looks = sorted({*record["looks"], growing.blocks if look.kind == "sequence" else look.blocks})
    record = {**record, "looks": looks, "sequence_due": look.kind == "sequence"}
    growing.record(record)
    told = tuple(sentences(to_resolve(growing.study), found)) if found else ()
    chosen = () if record["blocks"] is None else tuple(choices(growing.study))
    return growing.study, growing.tally, AutoResult(record, tuple(found), told, chosen, look)


def run_within(
    loaded: Loaded,
    name: str,
    request: Request,
    out: Path,
    seconds: float,
    progress: Callable[[Tally], None] = lambda tally: None,
    notice: Callable[[str], None] = lambda text: None,
) -> tuple[StoredStudy, Tally]:
    """Run as many blocks as there is time for: their number follows from the pace alone, so intervals stay as they are.

    Args:
        loaded: a scenario.
        name: its short name.
        request: what to run; its number of replications is not used.
        out: the results directory; blocks that it holds are not run again.
        seconds: wall seconds to spend once the model is compiled, to the accuracy of the pace measured.
        progress: called with the tally of each step.
        notice: called with what a user should know.
    """
    growing = _Growing(loaded, name, request, out, seconds, progress, notice)
    for blocks in WARM_UP:
        if not growing.extend(blocks if math.isnan(growing.pace) else min(blocks, growing.most(blocks))):
            return growing.study, growing.tally
    if growing.study.manifest["scenario"]["decision"]:
        for line in outlook(growing.study, growing.pace, seconds)[1]:
            notice(line)
    blocks = growing.most(UNBOUNDED)
    notice(f"{duration(seconds)} have room for {blocks:,} blocks")
    if blocks > growing.blocks:
        growing.extend(blocks)
    return growing.study, growing.tally


def outlook(
    study: StoredStudy, seconds_a_block: float, within_seconds: float | None = None
) -> tuple[list[Resolution], list[str]]:
    """What the time given, and four times as much, would resolve, as a study's own blocks foretell; and in words."""
    given = within_seconds or USUAL
    outcomes = to_resolve(study)
    found = resolutions(outcomes, seconds_a_block, [given, LOOK_AHEAD * given], CAP)
    return found, sentences(outcomes, found)


def _check(loaded: Loaded) -> None:
    """See that the scenario says what to decide by; raises AutoError."""
    decision = loaded.scenario.decision
    if decision is None or not decision.aims:
        missing = "a decision" if decision is None else "an aim in its decision"
        raise AutoError(
            f"auto replications need to know which difference matters: the scenario has no `decision.aims`, "
            f"so write {missing} (asked_by, aims: {{PARTY: {{metric, at, better, matters}}}}), or give a number"
        )


def _earlier(out: Path) -> dict[str, Any] | None:
    """What an earlier run in the same folder has decided."""
    from sim.study.store import Store

    store = Store(out)
    found: dict[str, Any] | None = store.manifest().get("stopping") if store.exists else None
    return found


def _pilot(growing: _Growing) -> tuple[dict[str, Any], list[Resolution] | tuple[()]]:
    """Run the pilot until it settles the number of blocks; returns the record, and what time would resolve."""
    unsettled: dict[str, Any] = {"pilot": PILOT, "blocks": None, "selection_blocks": 0, "looks": []}
    target = WARM_UP[0]
    for step in (*WARM_UP[1:], PILOT):
        if not growing.extend(target):
            return unsettled, ()
        growing.record(unsettled)  # from here on an interrupted study knows that it was one
        target = min(step, growing.most(CAP))
    while True:
        if not growing.extend(target):
            return {**unsettled, "pilot": max(PILOT, target)}, ()
        pairs, differences = paired(growing.study)
        if not pairs:
            raise AutoError("no aim of the decision is defined under two plans, so there is no difference to resolve")
        decision = decide(differences, _matters(pairs), growing.most(CAP), widest(pairs, differences))
        if decision.settled:
            break
        few = decision.differ[decision.driver]
        growing.notice(f"{pairs[decision.driver]}: {few} of {decision.pilot:,} blocks differ; the pilot is doubled")
        target = decision.blocks
    found, told = outlook(growing.study, growing.pace, growing.within)
    record = _decided(growing, decision, pairs)
    for line in (*told, *_words(record, pairs[decision.driver], growing.pace)):
        growing.notice(line)
    growing.record(record)
    return record, found


def _matters(pairs: list[Pair]) -> NDArray[np.float64]:
    import numpy as np

    return np.array([pair.matters for pair in pairs])


def _decided(growing: _Growing, decision: Decision, pairs: list[Pair]) -> dict[str, Any]:
    """What the manifest keeps of a decision."""
    from sim.study.intervals import ENOUGH_DIFFER

    driver = pairs[decision.driver]
    few = [
        f"{pair}: {few_differ(count, decision.pilot)}"
        for pair, count in zip(pairs, decision.differ, strict=True)
        if count < min(ENOUGH_DIFFER, decision.pilot / 2.0)
    ]
    by_time = growing.within is not None and decision.blocks < CAP
    return {
        "pilot": decision.pilot,
        "blocks": decision.blocks,
        "wanted": int(decision.wanted) if math.isfinite(decision.wanted) else None,
        "driver": {name: getattr(driver, name) for name in ("party", "metric", "future", "plan", "against", "matters")},
        "capped": ("time" if by_time else "blocks") if decision.capped else None,
        "few_differ": few,
        "within_seconds": growing.within,
        "seconds_a_block": growing.pace,
        "selection_blocks": 0,
        "looks": [],
        "selection": [],
    }


def _words(record: dict[str, Any], driver: Pair, pace: float) -> list[str]:
    """A decision for readers."""
    blocks: int = record["blocks"]
    left = max(0, blocks - record["pilot"])
    told = [f"{blocks:,} blocks, after a pilot of {record['pilot']:,}; {duration(left * pace)} to go"] if left else []
    if record["capped"]:
        cause = "the time given" if record["capped"] == "time" else f"the cap of {CAP:,} blocks"
        wanted = "more" if record["wanted"] is None else f"{record['wanted']:,}"
        told.append(f"stopped by {cause} at {blocks:,} blocks; {driver} would need {wanted}")
    else:
        told.append(f"{driver} needs the most: {record['wanted']:,} blocks")
    few: list[str] = record["few_differ"]
    more = [f"and {len(few) - LINES} more pairs that hardly differ (manifest.json)"] if len(few) > LINES else []
    return [*told, *few[:LINES], *more]


def _select(growing: _Growing, record: dict[str, Any]) -> dict[str, Any]:
    """Run more blocks while the selection of a plan asks for them and there is time; intervals do not use them."""
    planned: int = record["blocks"]
    while growing.blocks <= max(planned, record["selection_blocks"]):
        open_ones = [one.selection for one in choices(growing.study) if not one.selection.ended]
        # a batch is of blocks in which no run failed, so it may take more of the study's
        asked = max((math.ceil(one.at_most * growing.blocks / max(1, one.batches)) for one in open_ones), default=0)
        target = min(growing.most(CAP), growing.blocks + SELECTION_STEP, asked)
        if target <= growing.blocks:
            break
        record = {**record, "selection_blocks": target}
        growing.record(record)
        if not growing.extend(target):
            break
    told = [
        {
            "party": one.party,
            "future": one.future,
            "matters": one.matters,
            "survivors": list(one.survivors),
            "chosen": one.chosen,
            "batches": one.selection.batches,
        }
        for one in choices(growing.study)
    ]
    return {**record, "selection": told}
