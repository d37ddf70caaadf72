"""Functions with known indices through the same runs, store and findings as a real study."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.sensitivity.chance import Split
from analysis.sensitivity.estimates import Estimate
from analysis.sensitivity.findings import Findings
from analysis.sensitivity.given import Given
from analysis.sensitivity.morris import Screening
from analysis.sensitivity.question import ask
from analysis.sensitivity.run import REST, Sizes, remember, run_all, run_pairs, stored
from analysis.sensitivity.sobol import Indices, Pairs
from sim.study.design import Design
from sim.study.execute import Tally
from sim.study.results import StoredStudy
from sim.study.study import Request, make_plan, run_study
from tests.analysis.sensitivity.functions import (
    ishigami,
    ishigami_indices,
    sobol_g,
    sobol_g_indices,
)
from tests.analysis.sensitivity.lab import Lab, Loaded, lab, number, use
from tests.study.test_study import files

ROOT = Path(__file__).resolve().parents[3]


def found_of(
    loaded: Any, sizes: Sizes, out: Path, methods: Sequence[str] = (), plans: Sequence[str] = ("train_home",),
    jobs: int = 2, threshold: float | None = None, progress: Any = lambda _: None,
) -> Findings:  # fmt: skip
    """Every part of a study, run and told as the command does."""
    request = Request("sensitivity", parameters="sampled", jobs=jobs, command=["test"])
    question = ask(loaded, plans=plans, threshold=threshold)
    studies, interrupted = run_all(loaded, question, sizes, out, request, progress)
    remember(studies, methods, sizes.ensemble)
    findings = Findings(studies, loaded, tuple(methods))
    if not interrupted and isinstance(findings.indices, Indices):
        studies, _ = run_pairs(loaded, studies, findings.indices, out, request, progress, lambda _: None)
        findings = Findings(studies, loaded, tuple(methods))
    return findings


def outside(estimates: Sequence[Estimate], truths: Any, slack: float = 0.0) -> list[int]:
    """The places where an interval, widened by some of its width on each side, misses the truth."""
    return [
        place
        for place, (one, truth) in enumerate(zip(estimates, truths, strict=True))
        if not one.low - slack * one.half - 1e-9 <= truth <= one.high + slack * one.half + 1e-9
    ]


def test_ishigami_through_the_pipeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten 90% intervals, each widened to twice its width: each misses with probability 1 in 1,000 under a normal."""
    loaded = lab(4, lambda x: float(ishigami(np.array(x[:3]))), luck=2.0)
    use(loaded, monkeypatch)
    found = found_of(loaded, Sizes(1000, 12, 256), tmp_path)
    whole, first, total = ishigami_indices()
    indices = found.indices
    assert isinstance(indices, Indices) and indices.rows == 256 and indices.replications == 4
    assert outside([indices.variance], [whole], 1.0) == []
    assert outside(indices.first, [*first, 0.0], 1.0) == []
    assert outside(indices.total, [*total, 0.0], 1.0) == []
    assert outside([found.mean], [3.5], 1.0) == []
    assert found.studies.screening is None  # so few numbers need no screening
    pairs = found.pairs
    assert isinstance(pairs, Pairs) and len(pairs.names) == 6
    largest = max(range(6), key=lambda place: pairs.shared[place].value)
    assert pairs.names[largest] == ("obgyn: x0", "obgyn: x2")
    assert outside([pairs.second[largest]], [total[0] - first[0]], 1.0) == []
    assert outside(pairs.shared, [total[2] if place == largest else 0.0 for place in range(6)], 1.0) == []
    split = found.splits["train_home"]
    assert isinstance(split, Split) and outside([split.chance], [8.0], 1.0) == []
    assert outside([split.parameters], [whole], 1.0) == []
    assert outside([split.share], [whole / (whole + 8.0)], 1.0) == []
    given = found.given["pawn"]
    assert isinstance(given, Given) and given.above[:2] == (True, True) and given.rows == 1000


def test_sobol_g_through_the_pipeline_and_its_screening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six factors, five of the g function; intervals at twice their width miss in 1 of 1,000 each."""
    loaded = lab(6, lambda x: float(sobol_g(np.array(x[:5]))))
    use(loaded, monkeypatch)
    found = found_of(loaded, Sizes(200, 20, 256), tmp_path / "sobol")
    _, first, total = sobol_g_indices()
    indices = found.indices
    assert isinstance(indices, Indices)
    assert outside(indices.first, [*first, 0.0], 1.0) == [] and outside(indices.total, [*total, 0.0], 1.0) == []
    assert indices.total[5] == Estimate(0.0, 0.0, 0.0)  # without luck an inert number is exactly inert
    found = found_of(loaded, Sizes(200, 20, 0), tmp_path / "morris", ("morris",))
    screening = found.screening
    assert isinstance(screening, Screening) and screening.trajectories == 20 and found.indices is None
    assert screening.beyond_chance is not None and screening.beyond_chance[5] is False
    sizes = [one.value for one in screening.mu_star]
    assert sorted(range(6), key=lambda place: -sizes[place])[:3] == [0, 1, 2] and sizes[5] == 0.0


def test_a_linear_function_has_its_morris_measures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every elementary effect is the slope over the grid's range, whatever the trajectory."""
    loaded = lab(3, lambda x: 5.0 * x[0] - 2.0 * x[1])
    use(loaded, monkeypatch)
    found = found_of(loaded, Sizes(40, 10, 0), tmp_path, ("morris",)).screening
    assert isinstance(found, Screening)
    assert [one.value for one in found.mu] == pytest.approx([4.5, -1.8, 0.0])
    assert [one.value for one in found.sigma] == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)


def test_what_two_plans_have_in_common_cancels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The common part is a hundred times the difference, and so is luck: neither is in the indices."""
    effects = {
        "no_partnership": lambda x: 0.0,
        "train_home": lambda x: 100.0 * x[2] + x[0],
        "send_abroad": lambda x: 100.0 * x[2] - x[1],
    }
    loaded = Loaded(Lab([number(place) for place in range(3)], effects, common=100.0))
    use(loaded, monkeypatch)
    found = found_of(loaded, Sizes(200, 0, 128), tmp_path, ("sobol",), ("train_home", "send_abroad"))
    indices = found.indices
    assert isinstance(indices, Indices)
    assert outside([indices.variance], [2.0 / 12.0], 1.0) == []
    assert outside(indices.total, [0.5, 0.5, 0.0], 1.0) == []
    assert abs(indices.total[2].value) < 1e-9
    assert outside([found.mean], [1.0], 1.0) == []


def test_the_chance_of_failing_has_its_own_indices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past a threshold that only the first number decides, all of the probability's variance is its own."""
    loaded = lab(3, lambda x: 10.0 * (x[0] > 0.5) + x[1])
    use(loaded, monkeypatch)
    found = found_of(loaded, Sizes(200, 0, 128), tmp_path, ("sobol",))
    indices = found.failing(5.0, "train_home")
    assert isinstance(indices, Indices)
    assert outside([indices.variance], [0.25], 1.0) == []
    assert indices.total[0].value == pytest.approx(1.0, abs=0.15) and indices.total[1].value == 0.0


def test_sixty_numbers_are_screened_and_the_rest_moves_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three of sixty matter: the screening finds them, and the others together have nothing."""
    loaded = lab(60, lambda x: 8.0 * x[11] + 4.0 * x[37] + 2.0 * x[59])
    use(loaded, monkeypatch)
    found = found_of(loaded, Sizes(300, 10, 64), tmp_path)
    screening, indices = found.screening, found.indices
    assert isinstance(screening, Screening) and len(screening.names) == 60
    assert isinstance(indices, Indices) and len(indices.names) == 13 and indices.names[-1] == REST
    draws = [group[0] for group in found.studies.sobol.plan.design.groups if len(group) == 1]  # type: ignore[union-attr]
    assert {"people.obgyn.x11", "people.obgyn.x37", "people.obgyn.x59"} <= set(draws)
    assert indices.total[-1].value == 0.0
    ordered = [indices.names[place] for place in indices.top(3)]
    assert ordered == [found.labels[f"people.obgyn.x{place}"] for place in (11, 37, 59)]
    assert outside([indices.total[indices.top(1)[0]]], [64.0 / 84.0], 1.0) == []
    given = found.given["pawn"]
    assert isinstance(given, Given) and len(given.names) == 20  # the second opinion is offered the largest


def test_threads_do_not_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = lab(3, lambda x: x[0] + x[1] * x[2], luck=1.0)
    use(loaded, monkeypatch)
    for jobs in (1, 2):
        found_of(loaded, Sizes(60, 0, 32), tmp_path / str(jobs), ("sobol",), jobs=jobs)
    one, two = files(tmp_path / "1"), files(tmp_path / "2")
    assert one == two and any(name.startswith("sobol/") for name in one)


def test_more_rows_leave_the_first_points_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = lab(3, lambda x: x[0] + x[1] * x[2], luck=1.0)
    use(loaded, monkeypatch)
    found_of(loaded, Sizes(60, 0, 32), tmp_path, ("sobol",))
    small = StoredStudy(tmp_path / "sobol").outcomes
    grown = found_of(loaded, Sizes(90, 0, 64), tmp_path, ("sobol",))
    large = grown.studies.sobol
    assert large is not None and large.plan.design is not None and large.plan.design.size == 64
    again = large.outcomes[large.outcomes.run_id.isin(small.run_id)].reset_index(drop=True)
    assert again.equals(small)
    found_of(loaded, Sizes(90, 0, 64), tmp_path / "once", ("sobol",))
    assert large.outcomes.equals(StoredStudy(tmp_path / "once" / "sobol").outcomes)
    assert grown.ensemble.outcomes.equals(StoredStudy(tmp_path / "once").outcomes)


@pytest.mark.parametrize("part", ["", "sobol", "sobol_pairs"])
def test_an_interrupt_is_kept_and_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    """Stopped in the ensemble, in the design, or in the pairs, a study goes on to the same bytes."""
    loaded = lab(3, lambda x: 9.0 * x[0] + 9.0 * x[1] * x[2], luck=1.0)
    use(loaded, monkeypatch)

    def stop(tally: Tally) -> None:
        if (tmp_path / "cut" / part / "outcomes.parquet").is_dir():
            raise KeyboardInterrupt

    found_of(loaded, Sizes(240, 0, 64), tmp_path / "cut", ("sobol",), progress=stop)
    cut = StoredStudy(tmp_path / "cut" / part)
    assert 0 < cut.ok < cut.plan.total and not list(cut.path.glob("*/outcomes.parquet"))
    remembered, methods, _ = stored(tmp_path / "cut")
    assert remembered.question.plan == "train_home" and methods == ("sobol",)
    for name in ("cut", "whole"):
        found_of(loaded, Sizes(240, 0, 64), tmp_path / name, ("sobol",))
    assert files(tmp_path / "cut") == files(tmp_path / "whole")
    assert StoredStudy(tmp_path / "cut" / "sobol_pairs").manifest["finished"]


STUDY = """
import sys, time
from pathlib import Path
import pytest
from tests.analysis.sensitivity.test_pipeline import killed_lab, found_of
from analysis.sensitivity.run import Sizes
loaded = killed_lab(pytest.MonkeyPatch())
print("ready", flush=True)
found_of(loaded, Sizes(200, 0, 64), Path(sys.argv[1]), ("sobol",))
"""


def killed_lab(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The same laboratory in this process and in one that will be killed."""
    loaded = lab(3, lambda x: x[0] + x[1] * x[2], luck=1.0)
    loaded.hash = "the same in every process"
    use(loaded, monkeypatch)
    return loaded


def test_a_killed_study_goes_on_to_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = killed_lab(monkeypatch)
    stopped = 0
    for wait in (0.15, 0.4, 0.7):
        words = [sys.executable, "-c", STUDY, str(tmp_path / "killed")]
        process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)})
        assert process.stdout is not None and process.stdout.readline() == b"ready\n"
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        stopped += process.wait() == -signal.SIGKILL
        process.stdout.close()
    assert stopped
    for name in ("killed", "whole"):
        found_of(loaded, Sizes(200, 0, 64), tmp_path / name, ("sobol",))
    assert files(tmp_path / "killed") == files(tmp_path / "whole")


def test_a_design_study_asks_for_its_points(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of a design get a uniform number for every draw, and points of a row share the row's luck."""
    loaded = lab(2, lambda x: 10.0 * x[0] + x[1])
    use(loaded, monkeypatch)
    design = Design("sobol", (("people.obgyn.x0",), ("people.obgyn.x1",)), 4, 2, 7)
    request = Request("design", ["baseline"], ["train_home"], design=design, series=0, command=["test"])
    study, _ = run_study(loaded, make_plan(loaded, "lab", request), tmp_path, request)
    rows = study.outcomes.sort_values(["design_point", "replication"])
    at = [design.uniforms(point) for point in range(design.total)]
    expected = [10.0 * one["people.obgyn.x0"] + one["people.obgyn.x1"] for one in at for _ in range(2)]
    assert rows["ghana.obgyn.public_practice"].to_numpy() == pytest.approx(expected, abs=1e-12)
