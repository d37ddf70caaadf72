"""A study from start to end: choose cells, open the results directory, run what is missing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.study.cells import Source, adopt, cell_for, extension_hash, model_version, read_extension
from sim.study.design import Design
from sim.study.execute import Tally, default_jobs, execute, executor
from sim.study.manifest import about, begin, finish
from sim.study.plan import SERIES_KEPT, CellKey, StudyPlan
from sim.study.protocol import Engine, Parameters
from sim.study.results import StoredStudy
from sim.study.store import Store, StoreError

if TYPE_CHECKING:
    from sim.scenario import Loaded

__all__ = ["NO_PARTNERSHIP", "Request", "choose_cells", "default_out", "make_plan", "reopen", "run_study"]

NO_PARTNERSHIP = "no_partnership"
"""The plan that every other is compared with: the same people without the partnership."""


class UnknownNameError(ValueError):
    """A future or plan that the scenario doesn't have."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a user asks of a study; what is None is decided by the scenario."""

    kind: str
    """The verb: `run`, `compare`, `sensitivity`; `design` for the points that one of these adds."""
    futures: Sequence[str] | None = None
    """Futures to run; all, unless given."""
    plans: Sequence[str] | None = None
    """Plans to run; all, unless given."""
    replications: int = 200
    """Number of blocks."""
    design_point: int | None = None
    """The design row that all blocks share; None gives each block its own."""
    series: int = SERIES_KEPT
    """For how many first blocks of a cell the series is kept."""
    design: Design | None = None
    """Where the parameters of each block stand, when that is planned and not drawn."""
    parameters: Parameters = "central"
    seed: int | None = None
    """The scenario's, unless given."""
    trace: bool = False
    engine: Engine = "compiled"
    extension: str | None = None
    """An analyst's process, as `FILE.py:NAME`."""
    resume: bool = False
    """Whether to go on in a folder even if the scenario has changed; cells that did not are kept."""
    jobs: int | None = None
    """Threads (processes with an extension); all processors, unless given. On a cluster: chunks at once."""
    scheduler: str | None = None
    """The address of a Dask cluster that runs the study; this machine does, unless given."""
    question: Mapping[str, Any] | None = None
    """What a study is to answer, kept in its manifest from the start: so the folder of one that was killed knows it."""
    command: Sequence[str] = field(default_factory=lambda: sys.argv)
    """What was typed, for the manifest."""

    @property
    def compares(self) -> bool:
        """Whether plans are compared, so that each has its counterpart without the partnership."""
        return self.kind in ("compare", "sensitivity")


def choose_cells(loaded: Loaded, request: Request) -> tuple[CellKey, ...]:
    """The cells of a request, identical ones once; where plans are compared, `no_partnership` always and first.

    Raises:
        UnknownNameError: a future or plan isn't in the scenario.
    """
    try:
        futures = [loaded.canonical_future(name) for name in request.futures or loaded.futures]
        plans = [loaded.canonical_plan(name) for name in request.plans or loaded.plans]
    except KeyError as error:
        raise UnknownNameError(error.args[0]) from None
    if request.compares:
        plans = [NO_PARTNERSHIP, *plans]
    cells = [CellKey(future, plan) for future in futures for plan in plans]
    return tuple(dict.fromkeys(cells))


def make_plan(loaded: Loaded, name: str, request: Request) -> StudyPlan:
    """The runs that a request stands for; raises UnknownNameError or ExtensionError."""
    read_extension(request.extension)  # a mistake is told before anything runs
    cells = choose_cells(loaded, request)
    drawn = request.parameters == "sampled" and request.design_point is None and request.design is None
    return StudyPlan(
        scenario=name,
        scenario_hash=loaded.hash,
        model_version=model_version(),
        seed=loaded.scenario.seed if request.seed is None else request.seed,
        cells=cells,
        case_hashes=tuple(loaded.case(cell.future, cell.plan).hash for cell in cells),
        replications=request.design.total * request.design.lucks if request.design else request.replications,
        twice=drawn and request.compares,
        series=request.series,
        watched=watched(loaded),
        design=request.design,
        design_point=request.design_point,
        parameters="sampled" if request.design else request.parameters,
        trace=request.trace,
        engine=request.engine,
        extension=request.extension,
        extension_hash=extension_hash(request.extension),
    )


def watched(loaded: Loaded) -> tuple[tuple[str, float], ...]:
    """The outcomes that the decision asks for before the horizon, with their dates in years since the start."""
    scenario = loaded.scenario
    if scenario.decision is None:
        return ()
    decision = scenario.decision.model_dump(mode="json")
    limits = decision["must_not"]
    asked = [(wish["metric"], wish["at"]) for wish in (*decision["aims"].values(), *limits)]
    asked += [
        (limit["metric"], scenario.start)
        for limit in limits
        if any((limit.get(side) or {}).get("relative") for side in ("below", "above"))
    ]
    since = [(metric, float(at) - float(scenario.start)) for metric, at in asked if at is not None]
    return tuple(sorted({pair for pair in since if 0.0 <= pair[1] < scenario.years}))


def default_out(plan: StudyPlan, kind: str) -> Path:
    """A folder named after what is run: the same command finds its results again."""
    short = blake2b(f"{plan.identity}{plan.replications}".encode(), digest_size=4).hexdigest()
    safe = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in plan.scenario)[:60]
    return Path("results") / f"{safe}-{kind}-{short}"


def run_study(
    loaded: Loaded,
    plan: StudyPlan,
    out: Path,
    request: Request,
    progress: Callable[[Tally], None] = lambda tally: None,
    notice: Callable[[str], None] = lambda text: None,
) -> tuple[StoredStudy, Tally]:
    """Run what the folder doesn't hold yet, and keep its manifest; raises StoreError, or ClusterError."""
    source = source_of(loaded, plan)
    adopt(loaded)
    store = Store(out)
    with _pool(plan, request) as (pool, jobs), store.writing():
        if store.exists:
            plan = _continued(store.plan(), plan, request)
            if lost := store.mend(plan):
                notice(f"{lost} parts were damaged or out of date and are removed; their runs are done again")
            manifest = {**store.manifest(), "plan": plan.as_json(), "identity": plan.identity}
            manifest["scenario"] = about(loaded)
        else:
            cells = [cell_for(source, key) for key in plan.cells]
            names = list(dict.fromkeys(name for cell in cells for name in cell.outcomes))
            manifest = begin(loaded, plan, names, request.kind, list(request.command))
        if request.question is not None:
            manifest.setdefault("question", dict(request.question))
        store.write_text("scenario.resolved.yaml", source.resolved_yaml)
        store.write_manifest(manifest)
        tally = execute(source, plan, store, pool, jobs, progress)
        study = StoredStudy(out)
        study.manifest = finish(manifest, tally, study.ok, study.failed)
        store.write_manifest(study.manifest)
    return study, tally


@contextmanager
def _pool(plan: StudyPlan, request: Request) -> Iterator[tuple[Executor, int]]:
    """Who runs the chunks, and how many are to be under way at once."""
    if request.scheduler is not None:
        from sim.study.cluster import cluster

        with cluster(request.scheduler, plan.extension) as (pool, threads):
            yield pool, request.jobs or 2 * threads  # a worker shall find its next chunk at hand
        return
    jobs = request.jobs or default_jobs()
    with executor(jobs, processes=plan.extension is not None or plan.engine != "compiled") as pool:
        yield pool, jobs


def source_of(loaded: Loaded, plan: StudyPlan) -> Source:
    """What workers need to build the cells of a plan."""
    resolved = loaded.resolved_yaml()
    return Source(loaded.hash, resolved, plan.seed, plan.cells[0], plan.engine, plan.extension, plan.model_version)


_MAY_CHANGE = ("scenario", "scenario_hash", "cells", "case_hashes", "replications", "engine", "watched")
"""What a study may change when it is resumed; cells that stay the same are kept."""


def _continued(there: StudyPlan, plan: StudyPlan, request: Request) -> StudyPlan:
    """The plan with which a folder's study goes on; raises StoreError if it is another study."""
    changed = [name for name in plan.as_json() if getattr(there, name) != getattr(plan, name)]
    allowed: tuple[str, ...] = _MAY_CHANGE if request.resume else ("scenario", "replications", "engine")
    if there.design and plan.design and there.design.identity == plan.design.identity:
        allowed += ("design",)  # another size of the same design: its first points are the same
    if different := [name.replace("_", " ") for name in changed if name not in allowed]:
        hint = "choose another --out"
        if set(changed) <= set(_MAY_CHANGE):
            hint += ", or --resume to keep the cells that are still the same"
        raise StoreError(f"the folder holds another study (different {', '.join(different)}); {hint}")
    larger = max(there, plan, key=lambda one: one.replications)
    return replace(plan, replications=larger.replications, design=larger.design)


def reopen(out: Path, request: Request) -> tuple[Loaded, StudyPlan]:
    """The scenario and plan of a folder, to go on with; raises StoreError if the model has changed since."""
    plan = Store(out).plan()
    file = out / "scenario.resolved.yaml"
    loaded = _read(file, file.stat().st_mtime_ns)
    if plan.model_version != model_version():
        raise StoreError(f"{out}: was run by another version of the model; start a new study")
    return loaded, replace(plan, replications=max(plan.replications, request.replications))


@lru_cache(4)
def _read(file: Path, written: int) -> Loaded:
    """A stored scenario, read once as long as the file stays what it is: reading takes a second or two."""
    from sim.scenario import load

    return load(file)
