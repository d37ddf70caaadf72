"""The results directory: parts that are whole or absent, one writer at a time, and a manifest.

A part is named by the hash of its bytes, written to a temporary file, synced and renamed. A part of outcomes
is written after the parts that belong to it, so it vouches for the whole chunk: whatever stops the program,
what is there is right, and what is not there is run again.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.study.encode import METADATA, Encoded, part_name
from sim.study.plan import Block, CellKey, StudyPlan

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["FOLDERS", "Store", "StoreError", "read_part"]

FOLDERS = ("outcomes", "series", "people", "controls", "factors", "events")
"""The tables of a study; each is a folder of parts."""


class StoreError(Exception):
    """A results directory cannot be used; the message says why and what to do."""


class Store:
    """A results directory."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)

    def folder(self, name: str) -> Path:
        """The folder of a table's parts."""
        return self.path / f"{name}.parquet"

    @property
    def exists(self) -> bool:
        """Whether a study was started here."""
        return (self.path / "manifest.json").is_file()

    def manifest(self) -> dict[str, Any]:
        """The manifest; raises StoreError where there is none."""
        try:
            manifest: dict[str, Any] = json.loads((self.path / "manifest.json").read_text("utf-8"))
        except FileNotFoundError:
            raise StoreError(f"{self.path}: no study here (manifest.json is missing)") from None
        except (OSError, ValueError) as error:
            raise StoreError(f"{self.path / 'manifest.json'}: cannot be read: {error}") from None
        return manifest

    def plan(self) -> StudyPlan:
        """The plan of the study that lies here."""
        try:
            return StudyPlan.from_json(self.manifest()["plan"])
        except (KeyError, TypeError) as error:
            raise StoreError(f"{self.path}: not a study of this program ({error})") from None

    def write_text(self, name: str, text: str) -> None:
        """Replace a small file as a whole."""
        self._put(self.path / name, text.encode("utf-8"))

    def write_manifest(self, manifest: dict[str, Any]) -> None:
        """Replace the manifest."""
        self.write_text("manifest.json", json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the directory as its only writer; raises StoreError when somebody else does."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock = open(self.path / ".lock", "a+b")  # noqa: SIM115 - held as long as the study runs
        except OSError as error:
            raise StoreError(f"{self.path}: cannot be written: {error.strerror}") from None
        with lock:
            if not _lock(lock.fileno()):
                writer = self.writer() or "another process"
                raise StoreError(f"{self.path}: {writer} is writing here; wait for it, or choose another --out")
            lock.truncate(0)
            lock.write(f"process {os.getpid()} on {platform.node()}".encode())
            lock.flush()
            yield

    def writer(self) -> str | None:
        """Who is writing here now, or None."""
        try:
            with open(self.path / ".lock", "rb") as lock:
                return None if _lock(lock.fileno(), tries=1) else lock.read().decode() or "another process"
        except OSError:
            return None

    def add(self, chunk: Encoded) -> None:
        """Keep a chunk; its outcomes go last."""
        for name, content in chunk.parts.items():
            self._put(self.folder(name) / part_name(content), content)

    def _put(self, target: Path, content: bytes) -> None:
        temporary = target.parent / f".writing-{target.name}"
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with open(temporary, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, target)
            _sync_folder(target.parent)
        except OSError as error:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise StoreError(f"{target}: cannot be written: {error.strerror}") from None

    def outcome_parts(self) -> list[Path]:
        """The parts of outcomes, in order of name."""
        return sorted(self.folder("outcomes").glob("[!.]*.parquet"))

    def companions(self, part: Path) -> dict[str, Path]:
        """The parts that belong to a part of outcomes, by table."""
        return {name: self.folder(name) / file for name, file in _metadata(part)["with"].items()}

    def mend(self, plan: StudyPlan) -> int:
        """Remove what is damaged or not of this plan; returns the number of chunks that are lost."""
        cells = {plan.cell_identity(cell) for cell in plan.cells}
        for folder in FOLDERS:
            for leftover in self.folder(folder).glob(".writing-*"):
                leftover.unlink()
        lost = 0
        vouched: set[Path] = set()
        for part in self.outcome_parts():
            whole = _intact(part) and all(map(_intact, self.companions(part).values()))
            if whole and _metadata(part)["cell"] in cells:
                vouched.update(self.companions(part).values())
            else:
                part.unlink()
                lost += 1
        for folder in FOLDERS[1:]:
            for part in set(self.folder(folder).glob("*.parquet")) - vouched:
                part.unlink()
        return lost

    def present(self, plan: StudyPlan) -> dict[CellKey, set[int]]:
        """The places of the blocks that are stored, by cell of the plan."""
        cells = {plan.cell_identity(cell): cell for cell in plan.cells}
        found: dict[CellKey, set[int]] = {cell: set() for cell in plan.cells}
        for part in self.outcome_parts():
            cell = cells.get(_metadata(part)["cell"])
            if cell is not None:
                rows = read_part(part, ["design_point", "replication"]).to_pydict()
                pairs = zip(rows["design_point"], rows["replication"], strict=True)
                found[cell].update(plan.index(Block(*pair)) for pair in pairs)
        for indices in found.values():
            indices.discard(-1)
        return found


def read_part(part: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Columns of a part; raises StoreError for a damaged one."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(part) as file:  # the whole-dataset reader would load pandas first
            return file.read(columns=columns if columns is None else list(columns))
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f"{part}: damaged; --resume runs it again ({type(error).__name__})") from None


def _metadata(part: Path) -> dict[str, Any]:
    """What a part says of itself; raises StoreError for a damaged one."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        data: dict[str, Any] = json.loads((pq.read_metadata(part).metadata or {})[METADATA.encode()])
    except (OSError, KeyError, ValueError, pa.ArrowException) as error:
        raise StoreError(f"{part}: damaged; --resume runs it again ({type(error).__name__})") from None
    return data


def _intact(part: Path) -> bool:
    """Whether a part's bytes are those of its name."""
    return part.is_file() and part_name(part.read_bytes()) == part.name


def _sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut, where the system lets folders be synced."""
    if sys.platform != "win32":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _lock(handle: int, tries: int = 3) -> bool:
    """Take the writer's lock of an open file; the system frees it when the process ends, however it ends.

    Somebody who only looks whether a study is being written holds the lock for a moment; so a writer tries again.
    """
    for attempt in range(tries):
        if attempt:
            time.sleep(0.05)
        if _locked(handle):
            return True
    return False


def _locked(handle: int) -> bool:
    """Whether the lock of an open file could be taken at once."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
