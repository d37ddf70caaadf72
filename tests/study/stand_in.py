"""The fake model in the place of the real one, for a test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.study import cells, manifest, study
from sim.study.results import StoredStudy
from sim.study.study import Request, run_study
from tests.study import fake

__all__ = ["compare", "stand_in"]


def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let studies run the fake model until the test ends."""
    monkeypatch.setattr(cells, "build_cell", fake.build_cell)
    for module in (cells, study):
        monkeypatch.setattr(module, "model_version", lambda: "m1")
    monkeypatch.setattr(manifest, "describe", fake.describe)
    monkeypatch.setattr(cells, "_cells", {})
    monkeypatch.setattr(cells, "_scenarios", {})


def compare(out: Path, replications: int = 250, failing: tuple[int, ...] = (), **more: Any) -> StoredStudy:
    """A comparison of the fake model's plans; in the rows of `failing` every run fails."""
    loaded: Any = fake.FakeLoaded(failing)
    request = Request("compare", replications=replications, jobs=2, command=["test"], **more)
    return run_study(loaded, study.make_plan(loaded, "fake", request), out, request)[0]
