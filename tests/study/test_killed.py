"""A study that is killed at any moment goes on to the same bytes; so does one on a full disk."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.study.results import StoredStudy
from sim.study.store import StoreError
from tests.study.stand_in import compare, stand_in
from tests.study.test_study import files

KILLS = int(os.environ.get("SIM_KILLS", "4"))
ROOT = Path(__file__).resolve().parents[2]
STUDY = """
import sys
import pytest
from tests.study.stand_in import compare, stand_in
stand_in(pytest.MonkeyPatch())
print("ready", flush=True)
compare(sys.argv[1], 1200)
"""


@pytest.fixture(autouse=True)
def _fake_model(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch)


def start(out: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", STUDY, out], cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    return process


def test_kill_at_random_moments(tmp_path: Path) -> None:
    when = random.Random(2)
    stopped = 0
    for _ in range(KILLS):
        process = start(tmp_path / "killed")
        time.sleep(when.uniform(0.05, 0.6))
        process.send_signal(signal.SIGKILL)
        stopped += process.wait() == -signal.SIGKILL
    assert stopped
    compare(tmp_path / "killed", 1200)
    compare(tmp_path / "whole", 1200)
    assert files(tmp_path / "killed") == files(tmp_path / "whole")
    found = StoredStudy(tmp_path / "killed")
    assert found.ok == found.plan.total and found.outcomes.run_id.is_unique


def test_a_full_disk_is_told_and_the_study_goes_on(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000, before[1]))
    try:
        with pytest.raises(StoreError, match="cannot be written"):
            compare(tmp_path / "full", 250)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    compare(tmp_path / "full", 250)
    compare(tmp_path / "whole", 250)
    assert files(tmp_path / "full") == files(tmp_path / "whole")


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        compare(tmp_path / "file" / "out", 5)
