"""Ratios of means: their intervals on cases with a known answer, and where there is nothing to divide by."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from analysis.ratios import ratio_difference, ratio_of_means, ratios
from tests.analysis.partnered import COSTS, partnered

STUDIES, BLOCKS = 4000, 60


@pytest.mark.parametrize("working", [1.0, 0.6])
def test_nine_in_ten_intervals_hold_the_true_ratio(working: float) -> None:
    """Skewed work, cost in proportion with a noise of its own, and runs without any work: the truth is 3.

    Of 4,000 studies 88 to 92% must hold it; at 90% the count's standard deviation is 0.5%, so chance fails this once
    in 30,000 seeds.
    """
    luck = np.random.default_rng(1)
    held = 0
    for _ in range(STUDIES):
        under = luck.gamma(4.0, 1.0, BLOCKS) * (luck.uniform(size=BLOCKS) < working)
        found = ratio_of_means(3.0 * under * luck.gamma(20.0, 1.0 / 20.0, BLOCKS), under)
        held += found.low <= 3.0 <= found.high
    assert 0.88 <= held / STUDIES <= 0.92


def test_differences_of_ratios_hold_the_truth_and_use_the_pairing() -> None:
    """Two plans share the luck of their blocks: ratios 3 and 2 differ by 1 in 88 to 92% of 2,000 studies."""
    luck = np.random.default_rng(2)
    held, widths = 0, []
    for _ in range(2000):
        under = luck.gamma(4.0, 1.0, BLOCKS)
        noise = luck.gamma(20.0, 1.0 / 20.0, BLOCKS)
        first, second = (3.0 * under * noise, under), (2.0 * under * noise, under)
        found = ratio_difference(first, second)
        held += found.low <= 1.0 <= found.high
        apart = [ratio_of_means(*pair) for pair in (first, second)]
        widths.append((found.high - found.low) / math.hypot(*(one.high - one.low for one in apart)))
    assert 0.88 <= held / 2000 <= 0.92
    assert np.mean(widths) < 0.5


def test_fieller_agrees_with_the_roots_of_its_quadratic() -> None:
    luck = np.random.default_rng(3)
    under = luck.gamma(2.0, 1.0, 40)
    over = 5.0 * under + luck.normal(size=40)
    found = ratio_of_means(over, under)
    t = 1.684875  # the 95th percentile of Student's t with 39 degrees of freedom
    for bound in (found.low, found.high):
        rest = over - bound * under
        assert abs(rest.mean()) * math.sqrt(40) / rest.std(ddof=1) == pytest.approx(t, rel=1e-5)


def test_nothing_to_divide_by_is_no_ratio() -> None:
    none = ratio_of_means(np.ones(5), np.zeros(5))
    assert math.isnan(none.value) and none.dividing == 0 and none.blocks == 5
    assert math.isnan(ratio_of_means(np.empty(0), np.empty(0)).value)
    rare = ratio_of_means(np.eye(1, 50)[0], np.eye(1, 50)[0])  # one run of fifty has any
    assert rare.value == 1.0 and math.isnan(rare.low) and math.isnan(rare.high) and rare.dividing == 1


def test_ratios_of_a_study_divide_sums_by_plan_and_future(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = partnered(monkeypatch, tmp_path)
    rows = {(row.definition.name, row.future): row for row in ratios(study)}
    local = rows["ghana.obgyn.local_cost_per_year", "baseline"]
    visiting = rows["ghana.obgyn.visiting_cost_per_year", "doors_open_abroad"]
    for row, cost in ((local, COSTS["local"]), (visiting, COSTS["visiting"])):
        found = row.values["train_home"]
        assert found.low < cost < found.high and found.value == pytest.approx(cost, rel=0.05)
    assert local.differences["train_home"].word == "about the same"
    assert math.isnan(visiting.values["send_abroad"].value)  # nobody visits
    assert visiting.differences == {} and visiting.values["train_home"].dividing < 100
    per_graduate = rows["ghana.obgyn.day_school.cost_per_graduate", "baseline"].values
    assert per_graduate["train_home"].value == 1e4 == per_graduate["train_home"].low
    assert not any(name.startswith("ministry") for name, _ in rows)
