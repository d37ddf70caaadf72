"""The manifest: what was run, with which versions, how it went, and what the names in the results mean."""

from __future__ import annotations

import platform
import shlex
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.scenario.exchange import Exchange
from sim.study.execute import Tally
from sim.study.plan import StudyPlan

if TYPE_CHECKING:
    from sim.scenario import Loaded

__all__ = ["about", "begin", "finish"]

_LIBRARIES = ("numpy", "numba", "llvmlite", "simpy", "pyarrow", "pydantic")


def begin(loaded: Loaded, plan: StudyPlan, names: Sequence[str], kind: str, command: list[str]) -> dict[str, Any]:
    """The manifest of a study that starts now; `names` are its outcomes, `command` is what was typed."""
    return {
        "format": 1,
        "kind": kind,
        "command": shlex.join(command),
        "plan": plan.as_json(),
        "identity": plan.identity,
        "scenario": about(loaded),
        "outcomes": describe(names),
        "ratios": ratios(names),
        "versions": {"python": platform.python_version()} | {name: _version(name) for name in _LIBRARIES},
        "machine": {"system": platform.platform(), "processor": _processor()},
        "started": _now(),
        "finished": None,
        "runs": {"planned": plan.total, "ok": 0, "failed": 0},
        "wall_seconds": 0.0,
        "cpu_seconds": 0.0,
    }


def finish(manifest: dict[str, Any], tally: Tally, ok: int, failed: int) -> dict[str, Any]:
    """The manifest after an execution; seconds add up over resumptions."""
    complete = ok + failed >= tally.planned
    return {
        **manifest,
        "finished": _now() if complete else None,
        "runs": {"planned": tally.planned, "ok": ok, "failed": failed},
        "wall_seconds": round(manifest["wall_seconds"] + tally.wall_seconds, 3),
        "cpu_seconds": round(manifest["cpu_seconds"] + tally.cpu_seconds, 3),
    }


def describe(names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Label, unit, direction and smallest difference that matters of each outcome, by its full name."""
    from sim.model.outcomes import outcome_of

    found: dict[str, dict[str, Any]] = {}
    for name in names:
        outcome = outcome_of(name)
        fields = {field: getattr(outcome, field) for field in ("label", "unit", "better", "matters")}
        found[name] = fields | {"note": outcome.definition}
    return found


def ratios(names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The ratios that can be made of some outcomes: the full names of their parts, and what they mean."""
    from sim.model.outcomes import RATIOS

    held = dict.fromkeys(names)
    found: dict[str, dict[str, Any]] = {}
    for group in dict.fromkeys(name.rpartition(".")[0] for name in held):
        for ratio in RATIOS.values():
            over, under = f"{group}.{ratio.over}", f"{group}.{ratio.under}"
            if over in held and under in held:
                meaning = {"label": ratio.label, "unit": ratio.unit, "better": ratio.better, "note": ratio.definition}
                found[f"{group}.{ratio.name}"] = {"over": over, "under": under, **meaning}
    return found


def about(loaded: Loaded) -> dict[str, Any]:
    """What a report says of the scenario; published figures that the file marks private are kept back."""
    scenario = loaded.scenario
    whole = scenario.model_dump(mode="json", include={"title", "question", "reviewed_by", "start", "years"})
    decision = scenario.decision.model_dump(mode="json") if scenario.decision else None
    private = [path for path, passport in loaded.passports.items() if passport.private]
    kept_back = {path.split(".")[1] for path in private if path.startswith("targets.")}
    return {
        **whole,
        "decision": decision,
        "targets": {
            name: target.model_dump(mode="json") for name, target in scenario.targets.items() if name not in kept_back
        },
        "futures": {name: future.title for name, future in scenario.futures.items()},
        "plans": {name: plan.title for name, plan in scenario.plans.items()},
        "names": {key: country.name for key, country in scenario.countries.items()}
        | {key: party.name for key, party in scenario.parties.items()},
        "parties": {key: party.kind for key, party in scenario.parties.items()},
        "partnerships": {key: partnership.title for key, partnership in scenario.partnerships.items()},
        "hosts": {key: one.hosts for key, one in scenario.programmes.items() if isinstance(one, Exchange)},
        "withheld": len(private),
    }


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "not installed"


def _processor() -> str:
    """The kind of processor; the last bits of logarithms depend on it."""
    if sys.platform == "linux":
        for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
