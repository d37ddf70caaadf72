"""What may befall a results directory: damage to any file, a full or read-only disk, a second writer, Ctrl-C."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from analysis import verbs
from sim.study.execute import Tally
from sim.study.results import StoredStudy
from sim.study.store import FOLDERS, Store, StoreError
from tests.study.stand_in import compare, stand_in
from tests.study.test_killed import start
from tests.study.test_study import files, rows

BLOCKS = 120
SMALL: dict[str, Any] = {
    "parameters": "sampled",
    "trace": True,
    "futures": ["baseline"],
    "plans": ["train_home", "train_home_bonded"],
}


@pytest.fixture(autouse=True)
def _fake_model(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A study to which nothing has happened, with every table."""
    with pytest.MonkeyPatch.context() as patch:
        stand_in(patch)
        yield compare(tmp_path_factory.mktemp("whole"), BLOCKS, **SMALL).path


def truncate(part: Path) -> None:
    part.write_bytes(part.read_bytes()[: part.stat().st_size // 2])


def empty(part: Path) -> None:
    part.write_bytes(b"")


def flip(part: Path) -> None:
    content = bytearray(part.read_bytes())
    content[len(content) // 3] ^= 16
    part.write_bytes(content)


@pytest.mark.parametrize("damage", [truncate, empty, flip, Path.unlink])
@pytest.mark.parametrize("table", FOLDERS)
def test_damage_to_any_table_is_found_and_run_again(
    table: str, damage: Callable[[Path], object], whole: Path, tmp_path: Path
) -> None:
    hurt = tmp_path / "hurt"
    shutil.copytree(whole, hurt)
    parts = sorted((hurt / f"{table}.parquet").glob("*.parquet"))
    assert parts, "the fake study has every table"
    damage(parts[len(parts) // 2])
    assert files(hurt) != files(whole)
    compare(hurt, BLOCKS, **SMALL)
    assert files(hurt) == files(whole) and rows(hurt) == rows(whole)


def test_a_part_that_was_stored_twice_is_there_once(whole: Path, tmp_path: Path) -> None:
    """What comes from a worker twice has one name."""
    from sim.study.encode import Encoded

    store, part = Store(tmp_path), Store(whole).outcome_parts()[0]
    chunk = Encoded({"outcomes": part.read_bytes()}, 100, 0, 0, 0.0)
    store.add(chunk)
    store.add(chunk)
    assert [found.name for found in store.outcome_parts()] == [part.name]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """A small file system of its own; called again with other options, it changes them."""
    place = tmp_path / "disk"
    place.mkdir()

    def mount(options: str) -> Path:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], capture_output=True, text=True, check=False
        )
        if done.returncode:
            pytest.skip(f"mounting is not allowed here: {done.stderr.strip()}")
        return place

    try:
        yield mount
    finally:
        subprocess.run(["umount", place], capture_output=True, check=False)


@pytest.mark.skipif(not shutil.which("mount"), reason="there is no mount command")
def test_a_full_disk(disk: Callable[[str], Path], whole: Path, tmp_path: Path) -> None:
    out = disk("size=200k") / "out"
    with pytest.raises(StoreError, match="cannot be written: No space left"):
        compare(out, BLOCKS, **SMALL)
    assert not list(out.rglob(".writing-*"))
    kept = StoredStudy(out).ok
    assert 0 < kept < StoredStudy(out).plan.total
    disk("size=50m,remount")
    compare(out, BLOCKS, **SMALL)
    assert files(out) == files(whole)


@pytest.mark.skipif(not shutil.which("mount"), reason="there is no mount command")
def test_a_read_only_disk_can_be_read(disk: Callable[[str], Path], whole: Path) -> None:
    out = disk("size=50m") / "out"
    shutil.copytree(whole, out)
    disk("remount,ro")
    with pytest.raises(StoreError, match="cannot be written: Read-only"):
        compare(out, BLOCKS + 1, **SMALL)
    assert rows(out) == rows(whole) and Store(out).writer() is None


def test_a_second_process_is_told_and_the_first_is_unharmed(tmp_path: Path) -> None:
    first = start(tmp_path / "shared")
    while not (tmp_path / "shared" / "manifest.json").exists():
        time.sleep(0.01)
    first.send_signal(signal.SIGSTOP)  # the first is at work for as long as the second tries
    try:
        with pytest.raises(StoreError, match=f"process {first.pid} on .* is writing here; wait for it"):
            compare(tmp_path / "shared", 1200)
        assert str(first.pid) in str(Store(tmp_path / "shared").writer())
    finally:
        first.send_signal(signal.SIGCONT)
    assert first.wait(120) == 0
    assert Store(tmp_path / "shared").writer() is None
    compare(tmp_path / "alone", 1200)
    assert files(tmp_path / "shared") == files(tmp_path / "alone")


def test_ctrl_c_leaves_what_status_explains_and_resume_finishes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def status() -> dict[str, object]:
        verbs.status(out, verbs.Manner(json=True))
        found: dict[str, object] = json.loads(capsys.readouterr().out)
        return found

    out = tmp_path / "cut"
    process = start(out)
    while not list(out.glob("outcomes.parquet/[!.]*")):
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0  # a study answers an interrupt by ending in order
    found = status()
    left = found["left"]
    assert isinstance(left, int) and 0 < left < 9600 and found["writing"] is None
    verbs.status(out, verbs.Manner())
    said = capsys.readouterr().out
    assert f"{left:,} still to do" in said and f"run_sim.py compare --resume {out}" in said
    compare(out, 1200, resume=True)
    assert status()["left"] == 0
    compare(tmp_path / "whole", 1200)
    assert files(out) == files(tmp_path / "whole")


def test_status_counts_failures_by_cause_and_sees_a_writer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    compare(tmp_path, 20, failing=(3, 5))
    with Store(tmp_path).writing():
        verbs.status(tmp_path, verbs.Manner())
    said = capsys.readouterr().out
    assert "144 of 160 runs done, 16 failed, 0 still to do" in said
    assert "16 failed: the pool of people is full" in said and "is writing here now" in said


def test_progress_knows_what_was_there_before(tmp_path: Path) -> None:
    compare(tmp_path, 30)
    seen: list[tuple[int, int]] = []

    def watch(tally: Tally) -> None:
        seen.append((tally.present, tally.done))

    from sim.study import study
    from sim.study.study import Request, run_study
    from tests.study import fake

    loaded: object = fake.FakeLoaded()
    request = Request("compare", replications=60, jobs=2, command=["test"])
    plan = study.make_plan(loaded, "fake", request)  # type: ignore[arg-type]
    run_study(loaded, plan, tmp_path, request, watch)  # type: ignore[arg-type]
    assert seen[0] == (240, 240) and seen[-1] == (240, 480)
