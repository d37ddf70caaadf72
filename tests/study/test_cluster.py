"""A study on two Dask workers of this machine: the same parts as on threads, also when a worker is killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import run_sim
from sim.study import cells, cluster, study
from sim.study.cluster import ClusterError
from sim.study.execute import Tally
from sim.study.results import StoredStudy
from sim.study.study import Request, run_study
from tests.study import fake
from tests.study.stand_in import compare, stand_in
from tests.study.test_study import files

distributed = pytest.importorskip("distributed", reason="the extra [cluster] is not installed")
LOOPBACK: dict[str, Any] = {
    "host": "127.0.0.1",
    "dashboard_address": None,
    "silence_logs": "CRITICAL",
    "threads_per_worker": 1,
    "preload": ["tests.study.on_worker"],
}


@pytest.fixture(autouse=True)
def _fake_model(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch)


@pytest.fixture(scope="module")
def local() -> Iterator[Any]:
    """Two worker processes; a nanny starts another where one is lost."""
    with distributed.LocalCluster(n_workers=2, **LOOPBACK) as found:
        yield found


def on(address: str, out: Path, progress: Any = lambda tally: None, **more: Any) -> tuple[StoredStudy, Tally]:
    loaded: Any = fake.FakeLoaded()
    request = Request("compare", replications=300, scheduler=address, command=["test"], **more)
    return run_study(loaded, study.make_plan(loaded, "fake", request), out, request, progress)


def test_same_parts_when_a_worker_is_killed_midway(local: Any, tmp_path: Path) -> None:
    killed: list[int] = []

    def kill(tally: Tally) -> None:
        if tally.ok >= 500 and not killed:
            killed.append(next(iter(local.workers.values())).pid)
            os.kill(killed[0], signal.SIGKILL)

    found, tally = on(local.scheduler_address, tmp_path / "cluster", kill)
    assert killed and found.ok == tally.ok == 2400 and found.failed == 0
    compare(tmp_path / "threads", 300)
    assert files(tmp_path / "cluster") == files(tmp_path / "threads")


def test_an_interrupt_on_a_cluster_keeps_what_is_finished(local: Any, tmp_path: Path) -> None:
    def interrupt(tally: Tally) -> None:
        if tally.ok >= 500:
            raise KeyboardInterrupt

    found, tally = on(local.scheduler_address, tmp_path / "cut", interrupt)
    assert tally.interrupted and 500 <= found.ok < 2400
    compare(tmp_path / "cut", 300)  # what a cluster began, threads may finish
    compare(tmp_path / "threads", 300)
    assert files(tmp_path / "cut") == files(tmp_path / "threads")


def test_where_a_study_runs_is_no_part_of_its_identity() -> None:
    loaded: Any = fake.FakeLoaded()
    here, there = (study.make_plan(loaded, "a", Request("compare", scheduler=at)) for at in (None, "tcp://x:1"))
    assert here == there


def test_a_worker_of_another_version_gets_nothing_to_do(
    local: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (cells, study):
        monkeypatch.setattr(module, "model_version", lambda: "m2")
    with pytest.raises(ClusterError, match=r"tcp://.* another version .model m1, here m2.; install the same"):
        on(local.scheduler_address, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_worker_that_joins_later_with_another_version_is_refused(
    local: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(study, "model_version", lambda: "m2")  # the probe passes, the first chunk does not
    with pytest.raises(ClusterError, match="came later has another version: model m1, expected m2"):
        on(local.scheduler_address, tmp_path / "out")


def test_an_extension_must_be_the_same_on_the_workers(
    local: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "clinic.py"
    file.write_text("def clinic(env, world): yield env.timeout(1)\n")
    where = f"{file}:clinic"
    with cluster.cluster(local.scheduler_address, where) as (pool, threads):
        assert threads >= 1 and pool.submit(sum, (1, 2)).result() == 3
    here = cells.extension_hash(where)
    monkeypatch.setattr(cells, "extension_hash", lambda where: here)
    file.unlink()  # as on a worker that doesn't see the file
    missing = pytest.raises(ClusterError, match=f"extension none, here {here}")
    with missing, cluster.cluster(local.scheduler_address, where):
        pass


@pytest.mark.parametrize("address", ["nonsense", "10.0.0.1:8786", "tcp://host", "tcp://host:port", "http://host:80"])
def test_an_address_that_is_none_is_told(address: str, tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match=r"expected tcp://HOST:PORT"):
        on(address, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_nobody_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    with pytest.raises(ClusterError, match="no Dask scheduler answers"):
        on("tcp://127.0.0.1:9", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_scheduler_without_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    with (
        distributed.LocalCluster(n_workers=0, **LOOPBACK) as empty,
        pytest.raises(ClusterError, match="has no workers"),
    ):
        on(empty.scheduler_address, tmp_path / "out")


def test_a_scheduler_that_is_lost_leaves_a_store_to_go_on_with(tmp_path: Path) -> None:
    with distributed.LocalCluster(n_workers=1, **LOOPBACK) as short:

        def stop(tally: Tally) -> None:
            if tally.ok >= 500:
                short.close()

        with pytest.raises(ClusterError, match="scheduler was lost; what was finished is kept"):
            on(short.scheduler_address, tmp_path, stop)
    assert 500 <= StoredStudy(tmp_path).ok < 2400
    assert compare(tmp_path, 300).ok == 2400


def test_the_command_says_what_is_wrong(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status = run_sim.main(["run", "ghana_obgyn", "--scheduler", "nonsense", "--out", str(tmp_path / "out")])
    assert status == 2 and "expected tcp://HOST:PORT" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr("importlib.import_module", missing)
    with pytest.raises(ClusterError, match=r"\[cluster\]"), cluster.cluster("tcp://127.0.0.1:9"):
        pass
