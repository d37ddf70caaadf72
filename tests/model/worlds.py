"""Scenario files that tests of the model write."""

from __future__ import annotations

from pathlib import Path

from sim.scenario import LIBRARY as FOLDER

__all__ = ["LIBRARY", "written"]

LIBRARY = Path(FOLDER)


def written(folder: Path, text: str) -> Path:
    """A scenario file with this text."""
    path = folder / "scenario.yaml"
    path.write_text(text, encoding="utf-8")
    return path
