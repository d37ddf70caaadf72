"""A party's choice read from a stored study, and what can't be answered said in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analysis.figures_value import flip_distances, value_bars
from analysis.value import say
from analysis.value.choice import WEIGHTED, Choice, Refused, choices
from analysis.value.confirm import confirm
from analysis.value.evppi import values
from analysis.value.factors import Factor
from analysis.value.flip import margin
from analysis.value.grades import first_to_measure, rests_on
from sim.scenario.passports import Passport
from sim.study.results import StoredStudy
from tests.analysis.value import known
from tests.study.stand_in import compare, stand_in


def number(draw: str, grade: str, private: bool = False) -> Factor:
    passport = Passport(
        f"people.{draw}", draw, "share", 0.25, 0.1, 0.5, "logit-normal", source="chen2012", grade=grade, private=private
    )
    return Factor(draw, (passport,))


FACTORS: Mapping[str, Factor] = {"x0": number("x0", "D"), "x1": number("x1", "B"), "x2": number("x2", "C")}


@pytest.fixture(scope="module")
def choice() -> Choice:
    return known.choice(1000, (-1.0, 0.3, 0.0), luck=1.0)


def test_a_choice_is_read_from_a_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fake model's plans differ by 21 years × their effect: the bond is best, by about 1 over training at home."""
    stand_in(monkeypatch)
    study = compare(tmp_path / "a", 250, parameters="sampled")
    assert study.draws == ["drain", "plans.bond.served"] and study.scores.shape == (250, 2)
    found = choices(study)
    assert [one.future for one in found] == ["baseline", "doors_open_abroad"]
    for one in found:
        assert isinstance(one, Choice)
        assert one.recommended == "train_home_bonded" and one.gains.shape == (250, 3)
        assert one.rivals[one.nearest] == "train_home"
        assert one.gains.mean(axis=0).max() == pytest.approx(-1.05, abs=0.3)
    study.manifest["scenario"]["decision"]["weights"] = {"baseline": 0.5, "doors_open_abroad": 0.5}
    weighed = choices(study)[-1]
    assert isinstance(weighed, Choice) and weighed.future == WEIGHTED
    halves = [one.gains.mean(axis=0) for one in found if isinstance(one, Choice)]
    assert weighed.gains.mean(axis=0) == pytest.approx((halves[0] + halves[1]) / 2.0)


@pytest.mark.parametrize(
    ("parameters", "rows", "words"), [("central", 210, "central numbers"), ("sampled", 120, "need 200")]
)
def test_what_cannot_be_answered_is_refused(
    parameters: str, rows: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch)
    study: StoredStudy = compare(tmp_path / "a", rows, parameters=parameters)
    found = choices(study)
    assert found and all(isinstance(one, Refused) and words in one.why for one in found)
    assert isinstance(found[0], Refused) and say.refusal(found[0]).startswith("ministry (baseline): not answered")
    study.manifest["scenario"]["decision"] = None
    assert choices(study) == []


def test_sentences_of_value(choice: Choice) -> None:
    found = values(choice)
    first = first_to_measure(found)
    assert first is not None and first.name == "x0"
    text = say.first_sentence(first, choice, FACTORS)
    assert "more people in public practice in 2010-01 to ministry" in text
    assert "now 25%, probably 10% to 50%; its number is a guess (grade D), source chen2012" in text
    inert = next(one for one in found if one.name == "x2")
    assert "worth nothing that can be told from luck" in say.value_sentence(inert, choice, FACTORS["x2"])
    rests = rests_on(choice, FACTORS)
    assert rests.shares is not None and rests.shares["grades C and D"] == pytest.approx(1.0 / 1.09, abs=0.06)
    assert say.rests_sentence(rests, choice).startswith("2 of the 3 uncertain numbers are of grade C or D.")
    assert value_bars(choice, found, FACTORS).startswith("<svg")
    assert value_bars(choice, [inert], FACTORS) == ""


def test_sentences_of_flips(choice: Choice) -> None:
    found = margin(choice)
    said = {
        tuple(flip.scores): confirm(choice, flip, lambda plan, point, runs: np.zeros(runs)) for flip in found.single
    }
    lines = say.margin_sentences(found, FACTORS, said)
    assert "falls below" in lines[0] and "(now 25%; that is the" in lines[0] and "Not confirmed" in lines[0]
    assert "no runs were made there" in lines[-1]
    private = say.margin_sentences(found, {name: number(name, "D", private=True) for name in FACTORS})
    assert not any("%" in line.replace("90%", "") or "people:" in line for line in private)
    assert flip_distances(found, FACTORS, said).startswith("<svg")
    none = replace(found, single=(), joint=None)
    assert say.margin_sentences(none, FACTORS)[0].startswith("No single number within its range")
    assert flip_distances(none, FACTORS) == ""
