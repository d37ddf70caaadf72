"""Work, morale and learning: the limiting cases of docs/work.md, and levels that stay in range whatever happens."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sim
from sim.model.learning import teaches
from sim.scenario import Loaded
from tests.model.worlds import LIBRARY, written

GHANA = f"extends: {LIBRARY / 'ghana_obgyn.yaml'}\n"
LEVELS = ("morale", "coverage", "capability_clinical", "capability_education", "capability_research", "reputation")


def ghana(folder: Path, text: str = "") -> Loaded:
    return sim.load(written(folder, GHANA + text))


@settings(deadline=None)
@given(gap=st.floats(0.0, 1.0))
def test_nothing_is_learnt_from_a_gap_of_nothing_or_of_everything(gap: float) -> None:
    assert teaches(0.0) == teaches(1.0) == 0.0 and teaches(0.5) == 1.0
    assert 0.0 <= teaches(gap) <= 1.0 and teaches(gap) == pytest.approx(teaches(1.0 - gap))


def test_morale_relaxes_to_where_a_constant_workload_puts_it(tmp_path: Path) -> None:
    """Everything stands still but work: without a change of work, morale stays where it was."""
    text = "extends: verify/alone.yaml\nswitches: {workload: on, morale: on}\n"
    quiet = sim.simulate(sim.load(written(tmp_path, text))).series["employer.doctor.morale"]
    assert (quiet == 0.6).all()
    text += "parties: {employer: {posts: {doctor: {established: 400, filled: 200, required: 400}}}}\n"
    text += "morale: {workload: 0.2, follows: 2 years, level: 60%}\n"
    text += "streams: {new: {cadre: doctor, employer: employer, per_year: 200, month: 1}}\nyears: 5\n"
    run = sim.simulate(sim.load(written(tmp_path, text))).series
    work, morale = run["employer.doctor.workload"], run["employer.doctor.morale"]
    assert work.iloc[0] == 1.0 and work.iloc[2] == pytest.approx(0.5)
    # The newcomers of the first day halve the workload from the first close on: one level, one exponential.
    expected = 0.8 + (0.6 - 0.8) * math.exp(-1.0 / 2.0)
    assert morale.loc[1.0] == pytest.approx(expected, abs=1e-12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), plan=st.sampled_from(["no_partnership", "train_home", "send_abroad"]))
def test_levels_stay_in_their_range(tmp_path_factory: pytest.TempPathFactory, seed: int, plan: str) -> None:
    scenario = sim.load(LIBRARY / "ghana_obgyn.yaml")
    series = sim.simulate(scenario, plan=plan, seed=seed, parameters="sampled", design_point=seed).series
    for name in series.columns:
        if name.rpartition(".")[2] in LEVELS:
            assert series[name].between(0.0, 1.0).all(), name
        assert series[name].notna().all(), name


def test_the_ledger_of_hours_adds_up_to_the_time_given(tmp_path: Path) -> None:
    run = sim.simulate(ghana(tmp_path), plan="train_home", seed=3).series
    for school in ("accra_school", "kumasi_school"):
        hours = [run[f"{school}.obgyn.hours_{kind}"] for kind in ("bought_out", "donated", "taken")]
        assert all((h.diff().dropna() >= 0.0).all() for h in hours)
        assert hours[1].iloc[-1] > 0.0
        # Residents and visitors at the split of the file: a fifth bought out, two fifths donated, the rest taken; what
        # is away on exchange comes on top of the first and the last.
        assert hours[0].iloc[-1] >= 0.5 * hours[1].iloc[-1] - 1e-6
        assert hours[2].iloc[-1] >= hours[1].iloc[-1] - 1e-6


def test_without_posts_or_need_there_is_no_division_by_nothing(tmp_path: Path) -> None:
    text = "parties: {kumasi_school: {posts: {obgyn: {established: 1, filled: 0}}}}\n"
    run = sim.simulate(ghana(tmp_path, text), plan="train_home", seed=5)
    assert all(math.isfinite(value) for value in run.outcomes.values())
