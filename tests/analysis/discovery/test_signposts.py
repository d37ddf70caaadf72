"""Signposts: a known AUC is found, the best of many noises is not announced, triggers can be run."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import norm

import sim
from analysis.discovery.failure import Failure, failures
from analysis.discovery.landmark import Foretold, auc, foretell
from analysis.discovery.rows import Rows, rows_of
from analysis.discovery.signposts import Landmark, bought, signposts, triggered
from analysis.discovery.triggers import Trigger, write_overlay
from analysis.figures_discovery import roc
from analysis.refusal import Refusal
from sim.scenario import ScenarioError
from sim.study.plan import CellKey
from tests.study import fake
from tests.study.stand_in import compare, stand_in

STEEP, SHIFT = 1.5, -1.0
GHANA = Path(__file__).parents[3] / "scenarios" / "ghana_obgyn.yaml"
ALLOWANCE = {"do": "retention_allowance", "size": "15% of pay", "by": "ministry", "at_most": "3 years"}


def true_auc() -> float:
    """P(score of a failure > score of a success) when failure is logistic in a standard normal score."""
    share = quad(lambda z: norm.pdf(z) * expit(STEEP * z + SHIFT), -9, 9)[0]

    def below(z: float) -> float:
        return float(quad(lambda v: norm.pdf(v) * expit(-STEEP * v - SHIFT), -9, z)[0])

    both = quad(lambda z: norm.pdf(z) * expit(STEEP * z + SHIFT) * below(z), -9, 9)[0]
    return float(both / (share * (1.0 - share)))


def logistic(luck: np.random.Generator, count: int, columns: int) -> tuple[Any, Any]:
    values = luck.normal(size=(count, columns))
    return values, luck.random(count) < expit(STEEP * values[:, 0] + SHIFT)


def test_intervals_cover_a_known_auc() -> None:
    """200 studies of 200 histories; at 88% coverage fewer than 160 cover in 2 of 10,000 seeds (normal: 3.5 s.d.)."""
    truth, luck = true_auc(), np.random.Generator(np.random.PCG64(1))
    covered = 0
    for study in range(200):
        values, fails = logistic(luck, 200, 1)
        found = auc(fails, values[:, 0], study)
        covered += found.low <= truth <= found.high
    assert 160 <= covered <= 196


def test_a_known_sign_is_found_among_noise() -> None:
    """A fixed seed and 800 histories; the AUC of folds lies within three standard errors (0.05) of the truth."""
    values, fails = logistic(np.random.Generator(np.random.PCG64(2)), 800, 10)
    found = foretell(-values, fails, [f"v{i}" for i in range(10)], 2)
    assert isinstance(found, Foretold)
    assert (found.best.name, found.best.below, found.best.p) == ("v0", True, 0.001)
    assert found.held.value == pytest.approx(true_auc(), abs=0.05)
    hits = 1.0 - found.misses[0]
    assert 0.25 < hits - found.false_alarms[0] < 0.6
    assert found.alarmed.sum() == np.count_nonzero(-values[:, 0] <= found.threshold)
    assert "AUC" in roc(found, "year 1")


def test_the_best_of_many_noises_is_not_announced() -> None:
    """100 studies without any sign: p is at most 5% in more than 12 of them in 2 of 1,000 seeds (binomial).

    The best of 20 candidates looks like a sign (AUC over 0.6); of folds it doesn't (0.5, standard error 0.008).
    """
    luck = np.random.Generator(np.random.PCG64(3))
    announced, naive, held = 0, [], []
    for study in range(100):
        values = luck.normal(size=(100, 20))
        found = foretell(values, luck.random(100) < 0.4, [f"v{i}" for i in range(20)], study)
        assert isinstance(found, Foretold)
        announced += found.best.p <= 0.05
        naive.append(found.best.auc)
        held.append(found.held.value)
    assert announced <= 12
    assert np.mean(naive) > 0.6
    assert np.mean(held) < 0.53


def test_too_few_failures_and_constants_are_refused() -> None:
    luck = np.random.Generator(np.random.PCG64(4))
    values, fails = luck.normal(size=(100, 2)), np.arange(100) < 5
    few = foretell(values, fails, ["a", "b"], 1)
    assert isinstance(few, Refusal) and "5 of 100" in few.reason
    constant = foretell(np.ones((100, 2)), np.arange(100) < 50, ["a", "b"], 1)
    assert isinstance(constant, Refusal) and "differs" in constant.reason
    empty = foretell(np.empty((0, 2)), np.empty(0, bool), ["a", "b"], 1)
    assert isinstance(empty, Refusal)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        stand_in(patch)
        yield compare(tmp_path_factory.mktemp("study"), 250, parameters="sampled", failing=(7,))


def no_trigger(metric: str | None = None) -> Any:
    action = SimpleNamespace(when=SimpleNamespace(metric=metric))
    return SimpleNamespace(case=lambda future, plan: SimpleNamespace(contingency=[action], factors=[]))


CELL = CellKey("baseline", "no_partnership")
FAILURE = Failure(fake.OUTCOMES[1], 17.0, below=False)


def test_signposts_of_a_stored_study(study: Any) -> None:
    """The fake model's people abroad are a drifting walk: where it stands at year 10 foretells where it ends."""
    found = signposts(study, CELL, FAILURE, no_trigger(), years=(0.1, 10.0), delay=1.0)
    early, late = found.landmarks
    assert isinstance(early.found, Refusal) and not early.announced
    assert isinstance(late.found, Foretold), late.found
    assert late.announced and late.report == 9.75
    values = study.series_of([FAILURE.outcome])[FAILURE.outcome][CELL]
    assert 7 not in late.blocks and (values[late.blocks, 39] <= 17.0).all()
    assert late.lead is not None and 0.0 < late.lead[0] <= 11.0
    assert found.last_date == 10.0
    said = found.words()
    assert "people" in said[1] or "AUC" in said[1]
    assert "year 10 is the last" in said[2]


def test_a_delay_longer_than_what_is_left_comes_too_late(study: Any) -> None:
    assert signposts(study, CELL, FAILURE, no_trigger(), years=(10.0,), delay=30.0).last_date is None


def test_values_with_a_trigger_are_no_candidates(study: Any) -> None:
    loaded = no_trigger(fake.COLUMNS[1])
    assert triggered(loaded, CELL) == {fake.COLUMNS[1]}
    (one,) = signposts(study, CELL, FAILURE, loaded, years=(10.0,)).landmarks
    assert isinstance(one.found, Foretold)
    assert [sign.name for sign in one.found.signs] == [fake.COLUMNS[0]]


def test_what_acting_bought_is_paired_and_only_of_the_alarmed(study: Any) -> None:
    (one,) = signposts(study, CELL, FAILURE, no_trigger(), years=(10.0,)).landmarks
    assert isinstance(one, Landmark) and isinstance(one.found, Foretold)
    better = CellKey("baseline", "train_home")
    found = bought(study, CELL, better, FAILURE, one)
    alarmed = one.blocks[one.found.alarmed]
    expected = (failures(study, better, FAILURE) - failures(study, CELL, FAILURE))[alarmed].mean()
    assert found.pairs == alarmed.size and found.mean == pytest.approx(expected)
    assert found.high < 0.0


def test_rows_of_a_stored_study(study: Any) -> None:
    found = rows_of(study, CELL, FAILURE)
    assert isinstance(found, Rows)
    assert found.dropped == 1 and 7 not in found.points and found.y.size == 249
    assert [factor.name for factor in found.factors] == ["people.obgyn.drain"]  # the other one is constant
    assert "above 17" in found.failure


def test_a_relative_failure_is_judged_where_the_start_is_known(study: Any) -> None:
    fails = failures(study, CELL, Failure(fake.OUTCOMES[0], 0.5, relative=True))
    assert np.isnan(fails[7]) and np.isfinite(fails[[0, 199, 200, 249]]).all()  # a limit keeps the start of every run
    with pytest.raises(KeyError, match="isn't known"):
        failures(study, CELL, Failure("ghana.obgyn.any_left", 0.5, at=1999.0))


def test_a_trigger_becomes_a_plan_that_loads(tmp_path: Path) -> None:
    loaded = sim.load(GHANA)
    trigger = Trigger("ghana.obgyn.public_practice", True, 14.5, "6 months")
    assert trigger.yaml() == "when: {metric: ghana.obgyn.public_practice, below: 14.5, for: 6 months}"
    name = write_overlay(loaded, "train_home_handover", trigger, ALLOWANCE, tmp_path / "watched.yaml")
    found = sim.load(tmp_path / "watched.yaml")
    before, after = loaded.case("baseline", "train_home_handover"), found.case("baseline", name)
    assert after.starts == before.starts and after.contingency[:-1] == before.contingency
    when = after.contingency[-1].when
    assert when.below is not None and (when.metric, when.below.value, when.lasts) == (trigger.metric, 14.5, 0.5)
    assert found.case("baseline", "train_home_handover").hash == before.hash  # the plan itself is as it was
    assert [path.name for path in tmp_path.iterdir()] == ["watched.yaml"]


@pytest.mark.parametrize(
    ("metric", "action"),
    [("ghana.obgyn.nothing", ALLOWANCE), ("ghana.obgyn.coverage", {"do": "pray"})],
)
def test_a_wrong_trigger_or_action_writes_nothing(tmp_path: Path, metric: str, action: dict[str, str]) -> None:
    with pytest.raises(ScenarioError):
        write_overlay(sim.load(GHANA), "train_home", Trigger(metric, True, 0.05), action, tmp_path / "x.yaml")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match="already"):
        trigger = Trigger("ghana.obgyn.coverage", True, 0.05)
        write_overlay(sim.load(GHANA), "train_home", trigger, ALLOWANCE, tmp_path / "x.yaml", "send_abroad")
