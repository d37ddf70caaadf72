"""Cells by name, built once in each process, from a scenario that travels as text."""

from __future__ import annotations

import importlib.util
import tempfile
import threading
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.study.plan import CellKey
from sim.study.protocol import Cell, Engine

if TYPE_CHECKING:
    from sim.scenario import Case, Loaded

__all__ = [
    "ExtensionError", "Source", "VersionError", "adopt", "cell_for", "extension_hash", "factor_columns",
    "model_version", "read_extension",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """What a worker needs to build any cell of a study; it can be sent to another process."""

    scenario_hash: str
    """The scenario's hash."""
    resolved_yaml: str
    """The scenario, self-contained."""
    seed: int
    """The study's seed."""
    reference: CellKey
    """The cell whose uncertain parameters are stored once for all cells."""
    engine: Engine = "compiled"
    """The driver of the calendar."""
    extension: str | None = None
    """An analyst's process, as `FILE.py:NAME`."""
    model_version: str = ""
    """The version of the model that must run it; any, unless given."""


class ExtensionError(ValueError):
    """An extension can't be used; the message says why."""


class VersionError(Exception):
    """A worker's version of the model is not the study's: its runs would be other runs."""


_lock = threading.Lock()
_scenarios: dict[str, Loaded] = {}
_cells: dict[tuple[Source, CellKey], Cell] = {}


def adopt(loaded: Loaded) -> None:
    """Let this process use a scenario that is loaded already."""
    _scenarios[loaded.hash] = loaded


def build_cell(case: Case, seed: int, engine: Engine, extension: Any) -> Cell:
    """A cell of the model that this program ships."""
    from sim.model.simulate import build

    return build(case, seed, engine=engine, extension=extension)


@cache
def model_version() -> str:
    """The hash of the engine's and the model's sources, as this process found them."""
    from sim.model.simulate import version

    return version()


def extension_hash(where: str | None) -> str:
    """The hash of an extension's file; empty without one, and where the file isn't there."""
    file = Path(where.rpartition(":")[0]) if where else None
    return blake2b(file.read_bytes(), digest_size=8).hexdigest() if file is not None and file.is_file() else ""


def read_extension(where: str | None) -> Any:
    """The process that `FILE.py:NAME` stands for; raises ExtensionError.

    The file is the analyst's own program and runs as such; a scenario file can't name one.
    """
    if where is None:
        return None
    file, _, name = where.rpartition(":")
    if not file or not Path(file).is_file():
        raise ExtensionError(f"extension {where!r}: expected FILE.py:NAME with a file that exists")
    spec = importlib.util.spec_from_file_location(f"extension_{Path(file).stem}", file)
    if spec is None or spec.loader is None:
        raise ExtensionError(f"extension {where!r}: not a Python file")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        return getattr(module, name)
    except AttributeError as error:
        raise ExtensionError(f"extension {where!r}: {error}") from None
    except Exception as error:
        raise ExtensionError(f"extension {where!r}: {type(error).__name__}: {error}") from error


def cell_for(source: Source, key: CellKey) -> Cell:
    """The cell of a study; built at the first call in this process.

    Raises:
        VersionError: this process has another version of the model than the study.
    """
    place = (source, key)
    with _lock:
        if place not in _cells:
            if source.model_version and source.model_version != model_version():
                raise VersionError(f"model {model_version()}, expected {source.model_version}")
            _cells[place] = build_cell(_case(source, key), source.seed, source.engine, read_extension(source.extension))
        return _cells[place]


def factor_columns(source: Source, key: CellKey) -> tuple[list[str], list[str], bool]:
    """The uncertain parameters to store for a cell, the draws behind them, and whether they hold for every cell.

    Most parameters are the same in all cells; a cell of its own stores only what its future or plan changes.
    """
    own = _case(source, key).factors
    if key != source.reference:
        shared = _case(source, source.reference).passports
        own = [passport for passport in own if shared.get(passport.address) != passport]
    draws = dict.fromkeys(passport.draw_key for passport in own)
    return [passport.address for passport in own], list(draws), key == source.reference


def _case(source: Source, key: CellKey) -> Case:
    """The scenario under a future and a plan."""
    if source.scenario_hash not in _scenarios:
        from sim.scenario import load

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "scenario.yaml"
            path.write_text(source.resolved_yaml, encoding="utf-8")
            adopt(load(path))
    return _scenarios[source.scenario_hash].case(key.future, key.plan)
