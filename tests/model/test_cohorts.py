"""Graduates by cohort: the parts add up, names and checks know them, and a second programme does not lose anybody."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.model.outcomes import OUTCOMES, names, outcome_of
from sim.model.simulate import Run, build
from sim.scenario import load
from sim.scenario.training import cohort_names
from tests.model.worlds import LIBRARY, written
from tests.reference.worlds import small_world

PARTS = [metric for metric, one in OUTCOMES.items() if one.of == "cohort"]
COHORTS = cohort_names([1989, 1991, 1992, 2000])
BEIRUT = LIBRARY / "beirut_residencies.yaml"


def played(seed: int) -> tuple[list[str], Run]:
    """A random world, whose programmes have cohorts from its first year to its last."""
    cell = build(small_world(seed), seed)
    return cell.outcomes, cell.worker().run(0, seed)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(0, 1_000_000))
def test_cohorts_add_up_to_all_graduates(seed: int) -> None:
    outcomes, run = played(seed)
    value = dict(zip(outcomes, run.values.tolist(), strict=True))
    prefixes = {name.rpartition(".")[0] for name in outcomes if name.endswith(".first_jobs_at_home")}
    assert prefixes
    for prefix in prefixes:
        for part in PARTS:
            total = sum(value[f"{prefix}.{part}_{cohort}"] for cohort in COHORTS)
            assert total == pytest.approx(value[f"{prefix}.{part}"], abs=1e-9), f"{prefix}.{part}"
        graduates, first = value[f"{prefix}.graduates"], value[f"{prefix}.first_jobs_at_home"]
        assert value[f"{prefix}.left_later"] <= first <= graduates
        assert 0.0 <= value[f"{prefix}.graduates_in_country"] <= graduates


def test_some_worlds_have_graduates_who_begin_at_home_and_leave_later() -> None:
    """Without them the test above would say little."""
    found = [played(seed) for seed in range(20)]
    for part in PARTS:
        values = [v for names_, run in found for n, v in zip(names_, run.values, strict=True) if n.endswith(f".{part}")]
        assert sum(values) > 0.0, part


def test_cohorts_have_names_labels_and_definitions() -> None:
    found = [one.name for one in names(load(BEIRUT).scenario)]
    name = "lebanon.radiologist.radiology_residency.graduates_in_country_2004_2008"
    assert name in found
    assert outcome_of(name).label == "graduates in the country, 2004 to 2008"
    assert "2004 to 2008" in outcome_of(name).definition
    with pytest.raises(KeyError):
        outcome_of("lebanon.radiologist.radiology_residency.residents_2004_2008")


def file(folder: Path, cohorts: str, metric: str) -> Path:
    """Beirut with other cohorts, and a target that names an outcome."""
    target = f"{{metric: lebanon.radiologist.radiology_residency.{metric}, at: 2010-01, count: 1, of: 2, role: target}}"
    text = f"extends: {BEIRUT}\nprogrammes: {{radiology_residency: {{cohorts: {cohorts}}}}}\n"
    return written(folder, text + f"targets: {{radiology_2004_2008: null, radiology_2009_2016: null, "
                   f"radiology_2017_2020: null, radiology_2021_2024: null, one: {target}}}\n")  # fmt: skip


@pytest.mark.parametrize(
    ("cohorts", "metric", "said"),
    [
        ("[2004, 2010]", "graduates_2004_2009", ""),
        ("[2004, 2010]", "graduates_in_country_2004_2009", ""),
        ("[2004, 2010]", "graduates_2004_2008", "the full name of an outcome"),
        ("[2004, 2010]", "residents_2004_2009", "the full name of an outcome"),
        ("[2004]", "graduates", "two years or more in ascending order"),
        ("[2010, 2004]", "graduates", "two years or more in ascending order"),
        ("[2004, noon]", "graduates", "a whole number"),
    ],
)
def test_what_a_file_may_say_of_cohorts(tmp_path: Path, cohorts: str, metric: str, said: str) -> None:
    from sim.scenario import problems

    found = [one for one in problems(file(tmp_path, cohorts, metric), metrics=OUTCOMES) if one.severity == "error"]
    assert (not found) if said == "" else any(said in one.expected for one in found), found


def test_too_many_cohorts_are_refused(tmp_path: Path) -> None:
    from sim.scenario import problems

    years = list(range(1900, 1970))
    found = problems(file(tmp_path, str(years), "graduates"), metrics=OUTCOMES)
    assert any("programmes and cohorts together" in one.expected for one in found)
