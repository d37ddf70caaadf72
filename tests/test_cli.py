"""The command line on the shipped scenario: verbs, exit statuses, and what lies in the results directory."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import run_sim
import sim
from sim.study.results import StoredStudy

ROOT = Path(__file__).resolve().parent.parent
GHANA = str(ROOT / "scenarios" / "ghana_obgyn.yaml")
EXTENSION = """
import simpy

def clinic(env, world):
    beds = simpy.Resource(env, 1)
    with beds.request() as bed:
        yield bed | env.timeout(0.5)
        yield env.timeout(1.0)
"""


def command(*words: object, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    status = run_sim.main([str(word) for word in words])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_compare_leaves_the_results_of_the_contract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = command(
        "compare", GHANA, "--replications", 12, "--futures", "baseline", "--out", tmp_path, capsys=capsys
    )
    assert status == 0
    assert "Train Ghana's obstetricians abroad, or at home with partners?" in out
    assert "Spread is from luck and from what is not known" in out and "report.html" in out
    held = {path.name for path in tmp_path.iterdir()}
    assert held >= {
        "manifest.json", "scenario.resolved.yaml", "outcomes.parquet", "series.parquet", "controls.parquet",
        "factors.parquet", "summary.json", "report.html",
    }  # fmt: skip
    study = StoredStudy(tmp_path)
    assert study.plans == [
        "no_partnership", "send_abroad", "send_abroad_designed", "train_home", "train_home_bonded",
        "train_home_handover",
    ]  # fmt: skip
    assert study.ok == 84 and len(study.outcomes) == 84  # 12 rows and a second luck of 2, under 6 plans
    assert study.series.groupby("run_id").size().unique() == [85]


def test_the_same_command_finds_its_results_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    first = command("run", GHANA, "--plan", "train_home", capsys=capsys)
    again = command("run", GHANA, "--plan", "train_home", capsys=capsys)
    assert first[1] == again[1] and "1 of 1 runs were there already" in again[2]


def test_json_is_all_there_is_on_standard_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("compare", GHANA, "--replications", 4, "--plans", "train_home", "--futures", "baseline")
    status, out, _ = command(*words, "--out", tmp_path, "--json", capsys=capsys)
    data = json.loads(out)
    assert status == 0 and data["runs"] == {"planned": 8, "ok": 8, "failed": 0}
    status, out, _ = command("compare", "--status", tmp_path, "--json", capsys=capsys)
    assert status == 0 and json.loads(out)["left"] == 0
    status, out, _ = command("compare", "--resume", tmp_path, "--replications", 6, "--json", capsys=capsys)
    assert status == 0 and json.loads(out)["runs"]["ok"] == 14  # a second luck of the first row comes on top
    status, out, _ = command("report", tmp_path, capsys=capsys)
    assert status == 0 and "6 runs each" in out


def test_replay_and_diff(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("compare", GHANA, "--replications", 3, "--plans", "train_home", "--futures", "baseline")
    command(*words, "--out", tmp_path, capsys=capsys)
    run_id = StoredStudy(tmp_path).outcomes.run_id[0]
    status, out, _ = command("replay", tmp_path, run_id, "--json", capsys=capsys)
    assert status == 0 and json.loads(out)["identical"]
    status, out, _ = command("diff", tmp_path, "baseline/train_home/1", "baseline/no_partnership/1", capsys=capsys)
    assert status == 0 and "only in" in out and "intake" in out


def test_sampled_parameters_are_drawn_once_a_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("compare", GHANA, "--replications", 8, "--futures", "baseline", "--parameters", "sampled")
    status, out, _ = command(*words, "--out", tmp_path, capsys=capsys)
    assert status == 0 and "each block draws both once" in " ".join(out.split())
    factors = StoredStudy(tmp_path).factors
    shared = factors[factors.plan.isna()].dropna(axis="columns", how="all")
    assert list(shared.design_point) == list(range(8)) and shared.shape[1] > 50
    assert set(factors.plan.dropna()) == {"train_home_bonded"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["compare"], "a scenario file is needed"),
        (["run", "nothing.yaml"], "no such file"),
        (["compare", GHANA, "--plans", "train_hom"], "did you mean `train_home`"),
        (["run", GHANA, "--extension", "nothing.py:x"], "expected FILE.py:NAME"),
        (["compare", "--status", "nowhere"], "no study here"),
        (["report", "nowhere"], "no study here"),
        (["new", "--from", GHANA], "a NAME"),
    ],
)
def test_wrong_input_is_told_and_nothing_is_written(
    words: list[str],
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = command(*words, capsys=capsys)
    assert status == 2 and said in err and out == "" and "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [["nonsense"], ["run", GHANA, "--replications", "0"], ["run", GHANA, "--seed", "x"]])
def test_wrong_options_end_with_status_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run_sim.main(words)
    assert ended.value.code == 2 and "Traceback" not in capsys.readouterr().err


def test_scenario_verbs_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "ghana_obgyn" in command("list", capsys=capsys)[1]
    assert command("validate", GHANA, capsys=capsys)[0] == 0
    assert "people" in command("explain", "public_practice", capsys=capsys)[1]
    assert json.loads(command("schema", capsys=capsys)[1])["title"] == "Scenario"
    assert "half" in command("show", GHANA, "--origin", capsys=capsys)[1]
    assert command("new", "mine", "--from", GHANA, capsys=capsys)[0] == 0
    assert command("validate", "mine.yaml", capsys=capsys)[0] == 0
    assert command("sheet", GHANA, "--out", "numbers.csv", capsys=capsys)[0] == 0
    status, out, _ = command("apply", "numbers.csv", GHANA, "--json", capsys=capsys)
    assert status == 0 and json.loads(out)["changed"] == []


def test_batch_goes_on_after_a_broken_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a_broken.yaml").write_text("question: [")
    (folder / "b_good.yaml").write_text("title: a\nextends: ghana_obgyn.yaml\nseed: 5\n")
    words = ("batch", folder, "--replications", 2, "--out", tmp_path / "out", "--json")
    status, out, err = command(*words, capsys=capsys)
    assert status == 1 and "a_broken.yaml" in err
    rows = json.loads(out)["scenarios"]
    assert [(row["state"], row["ok"]) for row in rows] == [("not run", 0), ("done", 48)]
    assert "a_broken.yaml" in rows[0]["problem"] and rows[1]["asks"] and rows[1]["answers"]
    page = (tmp_path / "out" / "index.html").read_text()
    assert "b_good/report.html" in page and "Not run:" in page and "Its percentages count simulated histories" in page
    status, out, _ = command("batch", "--extend", tmp_path / "out", "--replications", 3, capsys=capsys)
    assert status == 0 and "72" in out and "index.html" in out
    status, out, _ = command("batch", "--status", tmp_path / "out", capsys=capsys)
    assert status == 0 and "b_good: 72 done, 0 failed, 0 to do" in out


def test_an_extension_runs_beside_the_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "clinic.py"
    file.write_text(EXTENSION)
    words = ("run", GHANA, "--plan", "train_home", "--replications", 2, "--jobs", 1, "--json")
    status, out, _ = command(*words, "--out", tmp_path / "a", "--extension", f"{file}:clinic", capsys=capsys)
    assert status == 0 and json.loads(out)["runs"]["ok"] == 2
    command(*words, "--out", tmp_path / "b", capsys=capsys)
    ours, plain = (StoredStudy(tmp_path / name).outcomes for name in "ab")
    assert set(ours.run_id).isdisjoint(plain.run_id)  # the extension is a part of a run's identity
    name = "ghana.obgyn.public_practice"
    assert list(ours.sort_values("design_point")[name]) == list(plain.sort_values("design_point")[name])


def test_ctrl_c_keeps_what_is_finished(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        sys.executable,
        "run_sim.py",
        "compare",
        GHANA,
        "--replications",
        "20000",
        "--out",
        str(tmp_path),
    ]
    process = subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    while not list(tmp_path.glob("outcomes.parquet/[!.]*")) and process.poll() is None:
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130 and "--resume" in err and "Traceback" not in err
    status, out, _ = command("compare", "--status", tmp_path, capsys=capsys)
    assert status == 0 and "still to do" in out and StoredStudy(tmp_path).ok >= 100


def test_the_python_interface() -> None:
    scenario = sim.load(GHANA)
    found = sim.simulate(scenario, future="baseline", plan="train_home", seed=1, trace=True)
    assert found.outcomes["ghana.obgyn.public_practice"] == found.series["ghana.obgyn.public_practice"].iloc[-1]
    assert found.series.index.name == "time" and found.events is not None and len(found.events) > 100
    assert found.event_count > 100
    again = sim.simulate(scenario, future="baseline", plan="train_home", seed=1)
    assert again.outcomes == found.outcomes and again.events is None


def test_compare_from_python(tmp_path: Path) -> None:
    study = sim.compare(sim.load("ghana_obgyn"), replications=3, futures=["baseline"], out=tmp_path)
    assert len(study.outcomes) == 18
    one = sim.simulate(sim.load("ghana_obgyn"), plan="train_home", design_point=2, parameters="sampled")
    row = study.outcomes[(study.outcomes.plan == "train_home") & (study.outcomes.design_point == 2)]
    assert row["ghana.obgyn.abroad"].item() == one.outcomes["ghana.obgyn.abroad"]
