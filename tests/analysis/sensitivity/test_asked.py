"""What the commands on sensitivity are asked, on a laboratory: options, resumption, status, mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import run_sim
from sim.study.results import StoredStudy
from tests.analysis.sensitivity.lab import OUTCOME, Lab, Loaded, number, use


@pytest.fixture(autouse=True)
def _laboratory(monkeypatch: pytest.MonkeyPatch) -> None:
    effects = {
        "no_partnership": lambda x: 0.0,
        "train_home": lambda x: 9.0 * x[0] + x[1],
        "send_abroad": lambda x: 2.0 * x[2],
    }
    loaded = Loaded(Lab([number(place) for place in range(3)], effects, pact=True))
    loaded.path = Path("lab.yaml")
    use(loaded, monkeypatch)


def command(*words: object, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    status = run_sim.main([str(word) for word in words])
    said = capsys.readouterr()
    return status, said.out, said.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--outcome", "ghana.obgyn.public_practise"], f"did you mean {OUTCOME!r}"),
        (["--plans", "train_hom"], "expected one of no_partnership, train_home"),
        (["--plans", "train_home,send_abroad,no_partnership"], "expected one plan, or two to compare"),
        (["--plans", "train_home,train_home"], "expected one plan, or two different ones"),
        (["--future", "basline"], "did you mean 'baseline'"),
    ],
)
def test_a_wrong_question_is_told_and_nothing_is_written(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = command("sensitivity", "lab.yaml", *words, capsys=capsys)
    assert status == 2 and said in err and out == "" and "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [(["--method", "sobo"], "sobol"), (["--within", "soon"], "soon"), (["--replications", "0"], "at least 1")],
)
def test_a_wrong_option_ends_with_status_2(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run_sim.main(["sensitivity", "lab.yaml", *words])
    assert ended.value.code == 2 and said in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [["sensitivity"], ["sensitivity", "--status"], ["sensitivity", "--resume", "nowhere"],
     ["sensitivity", "--status", "nowhere"], ["value", "nowhere"], ["flip", "nowhere"], ["discover", "nowhere"]],
)  # fmt: skip
def test_without_a_study_there_is_nothing_to_do(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = command(*words, capsys=capsys)
    assert status == 2 and err and out == "" and list(tmp_path.iterdir()) == []


def test_a_study_from_start_to_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The plan is left to the runs: all plans are run, and stay when the folder is gone on with."""
    first = ("sensitivity", "lab.yaml", "--method", "sobol,pawn", "--replications", 128, "--out", tmp_path, "-q")
    status, out, err = command(*first, "--json", capsys=capsys)
    assert status == 0 and err == ""
    data = json.loads(out)
    assert data["question"]["plan"] == "train_home"
    assert set(data["given"]) == {"pawn"} and data["sobol"]["rows"] == 128
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert data == {"out": str(tmp_path), **summary}
    before = {run_id for run_id, _, _ in StoredStudy(tmp_path).runs()}
    status, out, _ = command("sensitivity", "--status", tmp_path, capsys=capsys)
    assert status == 0 and "sobol: 2,560 of 2,560 runs done" in out.replace("5,120", "2,560") and "sobol pairs" in out
    status, out, _ = command("sensitivity", "--status", tmp_path, "--json", capsys=capsys)
    designs = json.loads(out)["designs"]
    assert set(designs) == {"sobol", "sobol_pairs"} and all(one["planned"] == one["ok"] for one in designs.values())
    status, out, _ = command("sensitivity", "--resume", tmp_path, "-q", "--json", capsys=capsys)
    assert status == 0 and json.loads(out)["sobol"]["rows"] == 128
    study = StoredStudy(tmp_path)
    assert {run_id for run_id, _, _ in study.runs()} == before and len(study.plans) == 3
    status, out, _ = command("sensitivity", "--extend", tmp_path, "--replications", 256, "-q", "--json", capsys=capsys)
    grown = StoredStudy(tmp_path)
    assert status == 0 and json.loads(out)["sobol"]["rows"] == 256 and grown.plan.replications == 256
    assert before < {run_id for run_id, _, _ in grown.runs()} and set(grown.outcomes.scenario) == {"lab"}
    other = ("sensitivity", "lab.yaml", "--outcome", "ghana.obgyn.abroad", "--out", tmp_path, "-q")
    status, out, err = command(*other, capsys=capsys)
    assert status == 2 and "another question" in err
    for party, said in (("ministry", 0), ("minstry", 2)):
        status, _, err = command("value", tmp_path, "--for", party, "--json", capsys=capsys)
        assert status == said and (said == 0 or "expected one of ministry" in err)
    status, out, _ = command("flip", tmp_path, "--replications", 0, "--json", capsys=capsys)
    assert status == 0 and json.loads(out)["flips"][0]["confirmed"] == {}
    status, out, _ = command("discover", tmp_path, "--outcome", OUTCOME, "--threshold", 2, "--plan", "train_home",
                             "--json", capsys=capsys)  # fmt: skip
    assert status == 0 and json.loads(out)["conditions"][0]["plan"] == "train_home"
    for words, told in (
        (("--outcome", "ghana.obgyn.public_practise"), OUTCOME), (("--plan", "train_hom"), "train_home"),
        (("--act", "[1"), "not YAML"), (("--act", "{by: me}"), "expected a mapping"), (("--future", "x"), "baseline"),
    ):  # fmt: skip
        kept = sorted(path.name for path in tmp_path.iterdir())
        status, out, err = command("discover", tmp_path, *words, capsys=capsys)
        assert status == 2 and told in err and out == "" and sorted(path.name for path in tmp_path.iterdir()) == kept


def test_as_many_rows_as_there_is_time_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("sensitivity", "lab.yaml", "--method", "pawn", "--within", "2s", "--plans", "train_home")
    status, _, err = command(*words, "--out", tmp_path, capsys=capsys)
    study = StoredStudy(tmp_path)
    assert status == 0 and "have room for" in err and study.plan.replications >= 100 and study.ok == study.plan.total
