"""Studies that go wrong, or have little to tell: a page, a terminal and a summary in every case, and clear words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.sensitivity.run import stored
from analysis.verbs import Manner
from analysis.verbs_sensitivity import Asked, Wanted, discover, flip, report, sensitivity, value
from sim.study.results import StoredStudy
from sim.study.study import Request
from tests.analysis.sensitivity.lab import BAD_END, OUTCOME, Loaded, lab, run, use, with_private

FULL = "the pool of people is full"
HOSTILE = '<script>alert("[red]x[/red]")</script>\x1b[31m'


def told(
    loaded: Loaded, out: Path, capsys: pytest.CaptureFixture[str], rows: int = 240, methods: tuple[str, ...] = (),
    plans: list[str] | None = None, everything: bool = True, status: int = 0,
) -> tuple[str, str, dict[str, object]]:  # fmt: skip
    """What a study says on its page, on the terminal and in numbers, after the checks that every one must pass."""
    request = Request("sensitivity", replications=rows, parameters="sampled", jobs=2, command=["test"])
    asked = Asked(plans=plans or ["train_home"], methods=methods)
    found = sensitivity("lab.yaml", out, request, asked, Manner(quiet=True, verbose=everything))
    said = capsys.readouterr()
    assert found == status and said.err == ""
    page, summary = (out / "report.html").read_text(), json.loads((out / "summary.json").read_text())
    assert "nan" not in re.sub(r"<style>.*?</style>", "", page, flags=re.S).lower().split()
    for section in re.findall(r"<section>(.*?)</section>", page, re.S):
        body = re.sub(r"<h2>.*?</h2>", "", section, flags=re.S)
        assert re.search(r"<p>|<table>|<svg|<li>", body), f"an empty panel: {section}"
        assert "<tbody></tbody>" not in body and "<figure><figcaption>" not in body
    assert said.out.strip() and summary["short"]
    return page, said.out, summary


@pytest.mark.long
def test_an_ordinary_study_tells_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded = lab(4, lambda x: 20.0 * (x[0] - 0.6) + 3.0 * x[1], luck=1.0, pact=True)
    use(loaded, monkeypatch)
    page, out, summary = told(loaded, tmp_path, capsys, 220)
    for title in ("Which numbers matter", "Chance and knowledge", "A second opinion", "When it fails",
                  "What to watch", "What to find out", "What would change the advice"):  # fmt: skip
        assert title in page and title in out
    assert "obgyn: x0" in summary["short"][2] and summary["sobol"]["total"]  # type: ignore[index]
    assert summary["flips"][0]["single"][0]["scores"].keys() == {"people.obgyn.x0"}  # type: ignore[index]
    before = (page, (tmp_path / "summary.json").read_bytes())
    assert report(tmp_path, Manner(quiet=True, verbose=True)) == 0
    assert capsys.readouterr().out == out
    assert ((tmp_path / "report.html").read_text(), (tmp_path / "summary.json").read_bytes()) == before


def test_failed_runs_are_named_and_never_left_out_unsaid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where x0 is over 0.95 and x1 under a half, runs fail: one row in forty, and more of the points."""
    loaded = lab(3, lambda x: x[0] + x[1], fails=lambda x: FULL if x[0] > 0.95 and x[1] < 0.5 else "")
    use(loaded, monkeypatch)
    page, out, summary = told(loaded, tmp_path, capsys, status=1)
    design = StoredStudy(tmp_path / "sobol")
    assert design.failed and f"{design.failed:,} of {design.plan.total:,} runs failed" in summary["sobol"]["reason"]  # type: ignore[index]
    for text in (page, " ".join(out.split())):
        assert FULL in text and "baseline/train_home/" in text and "given-data method by name" in text
    lost = StoredStudy(tmp_path).failed
    page, out, summary = told(loaded, tmp_path / "pawn", capsys, methods=("pawn",), status=1)
    left = summary["given"]["pawn"]["left_out"]  # type: ignore[index]
    assert 0 < left <= lost and f"{left} of 240 rows failed and are left out" in page


def test_when_too_many_rows_fail_no_method_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded = lab(3, lambda x: x[0] + x[1], fails=lambda x: FULL if x[0] > 0.7 else "")
    use(loaded, monkeypatch)
    _, out, summary = told(loaded, tmp_path, capsys, methods=("pawn", "delta", "sobol"), status=1)
    assert "is no sample of the parameters any more" in " ".join(out.split())
    assert "reason" in summary["given"]["delta"]  # type: ignore[index]


@pytest.mark.parametrize("methods", [(), ("sobol", "morris"), ("pawn", "surrogate")])
def test_all_runs_failed(
    methods: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded = lab(3, lambda x: x[0], fails=lambda x: FULL)
    use(loaded, monkeypatch)
    page, _, _ = told(loaded, tmp_path, capsys, 60, methods, status=1)
    assert "failed" in page


@pytest.mark.parametrize("methods", [(), ("sobol", "morris", "pawn", "surrogate")], ids=["all", "named"])
@pytest.mark.parametrize(
    ("count", "effect", "rows", "said"),
    [
        (3, lambda x: 4.0, 240, "so no factor can matter to it here"),
        (3, lambda x: float("nan"), 240, "All"),
        (1, lambda x: x[0], 240, "Only one factor varies"),
        (0, lambda x: 1.0, 240, "No number of this scenario is uncertain"),
        (3, lambda x: x[0] + x[1], 10, "are needed"),
        (3, lambda x: x[0] + x[1], 1, "are needed"),
    ],
    ids=["constant", "nan", "one", "none", "ten", "single"],
)
def test_little_to_tell(
    methods: tuple[str, ...], count: int, effect: Callable[[list[float]], float], rows: int, said: str,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    loaded = lab(count, effect)
    use(loaded, monkeypatch)
    page, out, _ = told(loaded, tmp_path, capsys, rows, methods)
    assert said in page and "Traceback" not in out


@pytest.mark.long
def test_sixty_numbers_fit_their_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded = lab(60, lambda x: 8.0 * x[11] + 4.0 * x[37] - 5.0, luck=0.5)
    use(loaded, monkeypatch)
    page, _, summary = told(loaded, tmp_path, capsys, 100)
    assert "Screening of all numbers" in page and "60 uncertain numbers" in page
    assert len(summary["sobol"]["names"]) == 13  # type: ignore[index]


SECRET = re.compile(r"(?<![\d.])44,?1\d\d(?!\d)")
"""Values of a number from 44,113 to 44,187, however they are written."""


def test_a_private_number_is_told_without_its_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The private number alone decides: it is in the indices, the box, the tree, the value and the flip."""
    plain = lab(3, lambda x: 20.0 * (x[0] - 0.6) + 0.5 * x[1], luck=0.5)
    number = {"unit": "USD a year", "value": 44150.0, "low": 44113.0, "high": 44187.0}
    loaded = with_private(plain, 0, **number)
    use(loaded, monkeypatch)
    page, out, summary = told(loaded, tmp_path, capsys, 220)
    texts = {"page": page, "terminal": out, "summary.json": json.dumps(summary)}
    for verb, file in ((value, "value.json"), (lambda *a: flip(a[0], None, 200, a[2]), "flips.json")):
        assert verb(tmp_path, None, Manner(quiet=True, verbose=True)) == 0
        texts[f"{verb} on the terminal"] = capsys.readouterr().out
        texts[file] = (tmp_path / file).read_text()
    assert discover(tmp_path, Wanted(outcome=OUTCOME, threshold=0.0), Manner(quiet=True, verbose=True)) == 0
    texts["discover on the terminal"] = " ".join(capsys.readouterr().out.split())
    texts["conditions.json"] = (tmp_path / "conditions.json").read_text()
    for where, text in texts.items():
        assert "rivate number" in text or where.endswith((".json", "page")), where
        assert not SECRET.search(text), f"{where}: {SECRET.search(text)}"
    assert "private number 1 is at most its percentile" in texts["discover on the terminal"]
    assert "people.obgyn.x0" not in texts["conditions.json"]
    box = json.loads(texts["conditions.json"])[0]["box"]
    assert box["restrictions"][0]["factor"]["private"] and box["restrictions"][0]["high"] == pytest.approx(0.6, abs=0.1)
    open_one = Loaded(replace(loaded.lab, numbers=[replace(one, private=False) for one in loaded.lab.numbers]))
    use(open_one, monkeypatch)
    study = run(open_one, tmp_path / "open", 220)
    discover(study.path, Wanted(outcome=OUTCOME, threshold=0.0), Manner(json=True, quiet=True))
    assert SECRET.search(capsys.readouterr().out)  # the same study shows them where nothing is private


def test_hostile_names_are_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded = lab(3, lambda x: 20.0 * (x[0] - 0.6), title=HOSTILE, plan_titles={"train_home": HOSTILE})
    numbers = [replace(one, path=f"people.{HOSTILE}.x{place}") for place, one in enumerate(loaded.lab.numbers)]
    loaded = Loaded(replace(loaded.lab, numbers=[replace(one, source=HOSTILE) for one in numbers]))
    use(loaded, monkeypatch)
    page, out, summary = told(loaded, tmp_path, capsys, 120)
    assert "<script" not in page and "&lt;script" in page and "\x1b" not in page + out
    assert "[red]x" in out and "\x1b" not in json.dumps(summary["short"], ensure_ascii=False)


def test_a_file_without_aims_is_told_for_an_outcome(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded = lab(3, lambda x: x[0] + x[1], aims=False)
    use(loaded, monkeypatch)
    request = Request("sensitivity", replications=60, parameters="sampled", jobs=2, command=["test"])
    asked = Asked(outcome=BAD_END, plans=["train_home"])
    assert sensitivity("lab.yaml", tmp_path, request, asked, Manner(json=True, quiet=True)) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["question"]["definition"]["name"] == BAD_END and data["value"] == [] and data["flips"] == []
    assert stored(tmp_path)[0].question.party is None
