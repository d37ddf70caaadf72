"""Kaplan-Meier, Aalen-Johansen and restricted means against closed forms; bands that respect blocks; retention."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.failures import failures, longer
from analysis.figures_curves import incidence_chart, retention_chart
from analysis.histories import _finished
from analysis.page_curves import endings_section
from analysis.persons import cast
from analysis.retention import ENDED, LEFT, Group, Retention, retention, years_in_practice
from analysis.say_curves import say_retention, say_years
from analysis.survival import (
    ENOUGH_BLOCKS,
    Band,
    Spells,
    curve,
    estimate,
    grid,
    incidence,
    kept,
    paired,
    restricted_mean,
    restricted_means,
    weights_for,
)
from tests.analysis.partnered import partnered
from tests.analysis.people import HORIZON, people, study_plan
from tests.study import fake

TIMES = np.array([0.0, 1.0, 3.0, 8.0])


def competing(size: int, leaving: float, dying: float, last: float, seed: int) -> Spells:
    """Two exponential causes that compete, cut off between half the horizon and all of it."""
    luck = np.random.Generator(np.random.PCG64(seed))
    left, died = luck.exponential(1.0 / leaving, size), luck.exponential(1.0 / dying, size)
    until = luck.uniform(last / 2.0, last, size)
    time = np.minimum(np.minimum(left, died), until)
    status = np.where(time == until, 0, np.where(left < died, 1, 2))
    return Spells(time, status.astype(np.int64), np.arange(size) % 50, 50)


def test_estimates_meet_the_closed_forms_of_two_competing_exponentials() -> None:
    """40,000 spells; bounds are above four standard errors (at most 0.0025), so chance fails it once in thousands."""
    leaving, dying, last = 0.1, 0.05, 20.0
    spells, total = competing(40_000, leaving, dying, last, 11), leaving + dying
    assert kept(spells, TIMES) == pytest.approx(np.exp(-total * TIMES), abs=0.012)
    assert kept(spells, TIMES, status=1) == pytest.approx(np.exp(-leaving * TIMES), abs=0.012)
    ended = 1.0 - np.exp(-total * TIMES)
    expected = np.array([leaving, dying])[:, None] / total * ended
    assert incidence(spells, TIMES) == pytest.approx(expected, abs=0.012)
    mean = (1.0 - math.exp(-total * 8.0)) / total
    assert restricted_mean(spells, 8.0) == pytest.approx(mean, abs=0.06)


def test_leaving_that_others_prevent_is_not_leaving_among_the_living() -> None:
    """Where death competes, Aalen-Johansen's share that has left is below what Kaplan-Meier alone would say."""
    spells = competing(5_000, 0.1, 0.1, 30.0, 12)
    assert incidence(spells, TIMES)[0][-1] < 1.0 - kept(spells, TIMES, status=1)[-1] - 0.1


spell = st.tuples(st.floats(0.0, 20.0), st.integers(0, 3), st.integers(0, 4))


@given(st.lists(spell, min_size=1, max_size=40))
def test_causes_and_what_is_left_add_up_and_never_turn_back(rows: list[tuple[float, int, int]]) -> None:
    time, status, block = (np.array(column) for column in zip(*rows, strict=True))
    spells = Spells(time.astype(float), status.astype(np.int64), block.astype(np.int64), 5)
    times = grid(20.0)
    shares, left = incidence(spells, times, causes=3), kept(spells, times)
    assert shares.sum(axis=0) + left == pytest.approx(np.ones(times.size))
    assert (np.diff(shares, axis=1) >= -1e-12).all() and (np.diff(left) <= 1e-12).all()
    assert 0.0 <= restricted_mean(spells, 20.0) <= 20.0 + 1e-9


@given(st.lists(spell, min_size=1, max_size=30), st.integers(0, 5))
def test_weights_are_repetitions(rows: list[tuple[float, int, int]], seed: int) -> None:
    time, status, block = (np.array(column) for column in zip(*rows, strict=True))
    spells = Spells(time.astype(float), status.astype(np.int64), block.astype(np.int64), 5)
    counts = np.random.Generator(np.random.PCG64(seed)).integers(0, 3, time.size)
    again = Spells(np.repeat(spells.time, counts), np.repeat(spells.status, counts), np.repeat(spells.block, counts), 5)
    if not counts.any():
        return
    weights = counts.astype(float)
    assert incidence(spells, TIMES, weights, 3) == pytest.approx(incidence(again, TIMES, causes=3))
    assert kept(spells, TIMES, weights) == pytest.approx(kept(again, TIMES))
    assert restricted_mean(spells, 9.0, weights) == pytest.approx(restricted_mean(again, 9.0))


def crowded(seed: int, blocks: int, persons: int) -> Spells:
    """Blocks whose people share a frailty: gamma of mean 1 and variance 0.5, exponential with hazard 0.1 times it."""
    luck = np.random.Generator(np.random.PCG64(seed))
    frailty = np.repeat(luck.gamma(2.0, 0.5, blocks), persons)
    time = luck.exponential(1.0 / (0.1 * frailty))
    seen = np.minimum(time, 10.0)
    status = (time < 10.0).astype(np.int64)
    return Spells(seen, status, np.repeat(np.arange(blocks), persons), blocks)


def test_many_resamples_at_once_are_the_librarys_one_by_one() -> None:
    """With ties, spells cut off, a cause that never occurs in a resample, and weights of 0."""
    spells, times = competing(300, 0.2, 0.1, 9.0, 3), grid(9.0, 0.5)
    spells = Spells(np.ceil(spells.time * 4.0) / 4.0, spells.status, spells.block, spells.blocks)
    drawn = weights_for(1, "resamples", spells.blocks, 12).astype(float)[:, spells.block]
    drawn[3, spells.status == 2] = 0.0
    for place, row in enumerate(drawn):
        assert kept(spells, times, drawn, 1)[place] == pytest.approx(kept(spells, times, row, 1), abs=1e-9)
        alone = incidence(spells, times, row, 3)
        assert incidence(spells, times, drawn, 3)[place] == pytest.approx(alone, abs=1e-9)
        mean = restricted_mean(spells, 7.3, row)
        assert restricted_means(spells, 7.3, drawn)[place] == pytest.approx(mean, abs=1e-9)


def test_bands_cover_where_people_of_a_block_share_their_luck() -> None:
    """Survival at 5 years is (1 + 0.25)^-2 = 0.64. Of 200 studies of 50 blocks 80% to 97% must cover: the exact
    coverage is near 89%, so chance fails it about once in 3,000. As if people were independent, most bands miss."""
    truth, at, covered, naive = 1.25**-2, np.array([5.0]), 0, 0
    for seed in range(200):
        spells = crowded(1_000 + seed, 50, 30)
        (band,) = Band.of(seed, "test", 50).curves(spells, at, lambda some, weights: kept(some, at, weights))
        covered += band.low[0] <= truth <= band.high[0]
        half = 1.645 * math.sqrt(band.value[0] * (1.0 - band.value[0]) / 1_500)
        naive += abs(band.value[0] - truth) <= half
    assert 160 <= covered <= 194
    assert naive < 120


def test_months_move_a_resample_by_less_than_a_hundredth() -> None:
    spells = competing(4_000, 0.1, 0.05, 20.0, 5)
    months, counts = spells.months
    once = np.asarray(counts.sum(axis=1)).ravel()
    assert incidence(months, TIMES, once, 2) == pytest.approx(incidence(spells, TIMES), abs=0.01)
    assert once.sum() == 4_000


def test_resamples_follow_from_the_seed_and_are_shared_between_plans() -> None:
    assert (weights_for(7, "x", 30) == weights_for(7, "x", 30)).all()
    assert (weights_for(7, "x", 30) != weights_for(8, "x", 30)).any()
    assert (weights_for(7, "x", 30).sum(axis=1) == 30).all()
    spells = crowded(3, 40, 10)
    band = Band.of(7, "x", 40)
    same = paired([band.means(spells, 8.0), band.means(spells, 8.0)])
    assert (same.value, same.low, same.high) == (0.0, 0.0, 0.0)


def test_too_few_blocks_give_no_interval() -> None:
    spells = crowded(3, ENOUGH_BLOCKS - 1, 10)
    found = Band.of(7, "x", ENOUGH_BLOCKS - 1).curves(spells, TIMES, lambda some, weights: kept(some, TIMES, weights))
    assert all(map(math.isnan, found[0].low)) and not any(map(math.isnan, found[0].value))
    assert math.isnan(estimate(1.0, np.empty(0)).low)


def test_a_curve_is_read_at_the_step_before() -> None:
    found = curve(np.array([0.0, 1.0]), np.array([1.0, 0.5]), np.empty((0, 2)))
    assert (found.at(0.9).value, found.at(1.0).value, found.at(9.0).value) == (1.0, 0.5, 0.5)


@pytest.fixture(scope="module")
def stayed() -> list[Retention]:
    found = cast(people(60), study_plan(60), "baseline")
    return retention(found, "baseline", 7, HORIZON)


def test_retention_has_levels_groups_and_cohorts(stayed: list[Retention]) -> None:
    assert {one.level for one in stayed} == {"public practice", "the country"}
    home = [one for one in stayed if one.group.label == "trained at home"]
    assert {one.plan for one in home} == {"train_home"}
    assert {one.group.first for one in home} == {None, 0.0, 5.0, 10.0}
    founders = next(one for one in stayed if one.group == Group("specialists at the start"))
    assert founders.followed == HORIZON
    for one in stayed:
        assert one.left.value[-1] + one.ended.value[-1] <= 1.0 + 1e-9
        assert all(low <= high for low, high in zip(one.kept.low, one.kept.high, strict=True))
        assert one.kept.value[-1] <= 1.0 - one.left.value[-1] + 1e-9


def test_who_left_when_the_run_began_was_never_at_risk_and_who_settles_at_once_is() -> None:
    rows = people(30)
    founders = (rows["origin"] == "founder") & rows["qualified"].isna()
    before = retention(cast(rows, study_plan(30), "baseline"), "baseline", 7, HORIZON)
    rows.loc[founders, "left_country"] = 0.0
    graduates = rows["qualified"].notna()
    rows.loc[graduates, "left_country"] = rows.loc[graduates, "qualified"]
    after = retention(cast(rows, study_plan(30), "baseline"), "baseline", 7, HORIZON)
    label = "specialists at the start"
    assert any(one.group.label == label and one.level == "the country" for one in before)
    assert not any(one.group.label == label and one.level == "the country" for one in after)
    at_once = next(one for one in after if one.group.label == "all who qualified" and one.level == "the country")
    assert at_once.kept.value[0] == 0.0 and at_once.left.value[0] == 1.0


def test_statuses_of_careers_are_told_apart() -> None:
    assert (LEFT, ENDED) == (1, 2)
    rows = people(30)
    rows.loc[:, ["left_public", "left_country"]] = np.nan
    rows.loc[:, "ended"] = 15.0
    found = retention(cast(rows, study_plan(30), "baseline"), "baseline", 7, HORIZON)
    founders = next(one for one in found if one.group.label == "specialists at the start")
    assert founders.kept.value[-1] == 1.0 and founders.left.value[-1] == 0.0
    assert founders.ended.at(15.0).value == 1.0 and founders.ended.at(14.5).value == 0.0
    years = years_in_practice(cast(rows, study_plan(30), "baseline"), "baseline", 7, HORIZON)
    stays = next(one for one in years if one.group.label == "specialists at the start")
    assert (stays.own.value, stays.other.value, stays.years.value) == pytest.approx((15.0, 15.0, 0.0))
    assert "Nobody left." in say_retention(founders, 1989.0, 5.0)


def test_who_qualified_abroad_without_a_programme_did_so_on_their_own() -> None:
    """As the model stores it: trained abroad, and no word for the programme, in categories."""
    rows = people(30)
    graduates = rows["qualified"].notna()
    alone = graduates & (rows["plan"] != "train_home")
    rows.loc[alone, "programme"] = None
    rows = rows.astype({"programme": "category", "trained": "category"})
    found = retention(cast(rows, study_plan(30), "baseline"), "baseline", 7, HORIZON)
    groups = {(one.plan, one.group.label) for one in found}
    assert ("send_abroad", "trained abroad on their own") in groups and ("train_home", "trained at home") in groups
    assert ("send_abroad", "trained abroad by a programme") not in groups
    settled = pd.Series({"qualified": 7.0, "programme": math.nan, "trained": "abroad"})
    said = _finished(7.0, "1", settled)
    assert said == "finishes training on their own abroad and settles there"


def test_years_in_practice_differ_between_plans_as_planted() -> None:
    """Hazards of 0.12 and 0.05: the bound is six standard errors wide."""
    found = years_in_practice(cast(people(60), study_plan(60), "baseline"), "baseline", 7, HORIZON)
    one = next(
        one for one in found
        if (one.plan, one.group.label, one.level) == ("send_abroad", "all who qualified", "public practice")
    )  # fmt: skip
    assert one.against == "no_partnership" and one.years.high < 0.0
    assert "fewer" in say_years(one, 1989.0)
    same = next(one for one in found if one.plan == "train_home" and one.group.label == "specialists at the start")
    assert same.years.low <= 0.0 <= same.years.high


def test_endings_by_cause_tell_success_from_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = partnered(monkeypatch, tmp_path, replications=40)
    found = failures(study)
    assert found and all(one.runs == 40 for one in found)
    one = found[0]
    outcomes = {cause.cause: cause.outcome for cause in one.causes}
    assert outcomes == {"handed_over": "success", "funder_exit": "failure"}
    shares = {cause.cause: cause.curve.value[-1] for cause in one.causes}
    ended = study.column("pact.ended_funder_exit")
    cell = next(cell for cell in study.plan.cells if (cell.future, cell.plan) == (one.future, one.plan))
    assert shares["funder_exit"] == pytest.approx(ended[cell].mean())
    assert one.failed.value[-1] == pytest.approx(shares["funder_exit"])
    assert one.years.value == pytest.approx(study.column("pact.lasted")[cell].mean())
    assert all(math.isfinite(one.years.low) for one in longer(study))
    json.dumps([asdict(one) for one in found])


def test_hostile_titles_stay_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stayed: list[Retention]) -> None:
    study = partnered(monkeypatch, tmp_path, replications=25)
    study.manifest["scenario"]["plans"]["train_home"] = f"{fake.HOSTILE} $x$ \x1b[31m"
    study.manifest["scenario"]["partnerships"]["pact"] = fake.HOSTILE
    found = failures(study)
    text = incidence_chart(found, {one.plan: fake.HOSTILE for one in found})
    text += retention_chart([one for one in stayed if one.group.first is None], {"train_home": fake.HOSTILE}, "share")
    assert "<script" not in text and "&lt;script" in text
    sections = endings_section(study, found, longer(study))
    assert sections and "\x1b" not in json.dumps(sections) and "\\u001b" not in json.dumps(sections)
