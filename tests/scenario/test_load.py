"""Loading: inheritance, passports, cases, meaning and its hash."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sim.scenario import LIBRARY, Loaded, ScenarioError, load, problems
from sim.scenario.training import Training

GHANA = LIBRARY / "ghana_obgyn.yaml"
PARTS = ("bases", "evidence")
SHIPPED = sorted(p for p in LIBRARY.rglob("*.yaml") if p.parent.name not in PARTS and p.stem != "defaults")


def case(folder: Path, text: str, name: str = "case.yaml") -> Loaded:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return load(path)


@pytest.fixture(scope="module")
def ghana() -> Loaded:
    return load(GHANA)


def test_the_shipped_scenarios_load_without_a_complaint() -> None:
    for path in SHIPPED:
        assert [str(p) for p in problems(path) if p.severity != "info"] == []


def test_values_stand_in_the_models_units(ghana: Loaded) -> None:
    s = ghana.scenario
    assert (s.start, s.years, s.seed) == (1989.0, 21.0, 1989)
    assert s.people["medical_officer"].leave_country is not None
    assert s.people["medical_officer"].leave_country.gone == 0.5
    assert s.people["medical_officer"].leave_country.after == 4.5
    assert s.people["obgyn"].leave_country is None
    assert s.people["obgyn"].preparing == 0.5
    assert s.people["obgyn"].leave_post.gone == pytest.approx(0.023)
    assert s.people["obgyn"].pay_abroad == 60_000.0
    assert s.parties["ministry"].posts["obgyn"].clearance == pytest.approx(5.5 / 12.0)
    assert s.parties["ministry"].posts["obgyn"].outsiders is False
    home, away = s.programmes["home_residency"], s.programmes["overseas_residency"]
    assert isinstance(home, Training) and home.months_abroad == 0.25
    assert away.return_home == pytest.approx(0.10459, abs=1e-5)


def test_every_number_keeps_its_passport(ghana: Loaded) -> None:
    one = ghana.passports["people.medical_officer.leave_country"]
    assert (one.address, one.unit) == ("people.medical_officer.leave_country.after", "years")
    assert (one.low, one.value, one.high, one.kind) == (4.0, 4.5, 5.3, "log-normal")
    assert (one.source, one.grade, one.text) == ("dovlo1999", "B", "50% after 4.5 years")
    back = ghana.passports["programmes.overseas_residency.return_home"]
    assert (back.counts, back.kind) == ((3.0, 30.0), "beta")
    assert back.value == back.quantile(0.5)
    plain = ghana.passports["years"]
    assert (plain.grade, plain.why, plain.uncertain) == ("D", "stated by the author", False)
    for one in ghana.passports.values():
        assert one.file and one.line, one
        assert not one.uncertain or one.quantile(0.5) == pytest.approx(one.value, rel=1e-9), one


def test_the_origin_of_a_value_is_the_file_that_set_it(ghana: Loaded) -> None:
    assert Path(ghana.origins["people.obgyn.frailty"].split(":")[0]).name == "defaults.yaml"
    assert Path(ghana.origins["people.obgyn.country"].split(":")[0]).name == "ghana_1989.yaml"
    file, line = ghana.origins["years"].split(":")
    assert GHANA.read_text().splitlines()[int(line) - 1].startswith("years")
    assert Path(file).name == GHANA.name


def test_futures_and_plans(ghana: Loaded) -> None:
    assert ghana.futures == [
        "baseline",
        "nobody_takes_over",
        "doors_open_abroad",
        "hiring_freeze",
    ]
    assert ghana.canonical_future("as_it_happened") == "baseline"
    assert ghana.plans == [
        "no_partnership",
        "send_abroad",
        "send_abroad_designed",
        "train_home",
        "train_home_bonded",
        "train_home_handover",
    ]
    assert ghana.canonical_plan("none") == "no_partnership"
    with pytest.raises(KeyError, match="train_home"):
        ghana.case("baseline", "train_hom")
    with pytest.raises(KeyError, match="hiring_freeze"):
        ghana.case("hiring_freze", "none")


def test_a_case_holds_what_a_run_needs(ghana: Loaded) -> None:
    one = ghana.case("doors_open_abroad", "train_home_bonded")
    assert one.starts == ["home_residency", "accra_visits", "kumasi_visits", "accra_exchange", "kumasi_exchange"]
    assert one.bond is not None
    assert (one.bond.years, one.bond.served) == (3.0, 0.71)
    assert [(s.kind, s.begins, s.model_dump()["lasts"]) for s in one.shocks] == [("destination_recruits", 1998.0, 5.0)]
    assert one.passports["bond.served"].address == "bond.served"
    assert one.passports["shocks.0.lasts"].path == "shocks.0.for"
    assert one.factors == sorted(one.factors, key=lambda p: p.address)
    assert "bond.served" not in ghana.case("baseline", "train_home").passports
    assert ghana.case("as_it_happened", "none") is ghana.case("baseline", "no_partnership")


def test_signed_programmes_run_under_none_and_where_a_plan_does_not_say(tmp_path: Path) -> None:
    text = "extends: ghana_obgyn.yaml\nsigned: [home_residency]\nplans: {p: {people.obgyn.rejoin: 9% a year}}\n"
    found = case(tmp_path, text)
    assert found.plans[:2] == ["no_partnership", "none"]
    assert found.case("baseline", "none").starts == ["home_residency"]
    assert found.case("baseline", "p").starts == ["home_residency"]
    assert found.case("baseline", "no_partnership").starts == []


def test_changes_reach_the_case_with_their_passports(tmp_path: Path) -> None:
    found = case(
        tmp_path,
        "extends: ghana_obgyn.yaml\nfutures:\n"
        "  better:\n"
        "    people.obgyn.return_home: {value: 5% a year, low: 2% a year, high: 12% a year, why: hope}\n"
        "  calm:\n"
        "    switches.frailty: off\n"
        "    people.medical_officer.leave_country: {gone: 26%, after: 5 years}\n",
    )
    better = found.case("better", "none")
    assert better.scenario.people["obgyn"].return_home == pytest.approx(0.0513, abs=1e-4)
    assert better.passports["people.obgyn.return_home"].why == "hope"
    assert found.scenario.people["obgyn"].return_home == pytest.approx(0.01005, abs=1e-4)
    calm = found.case("calm", "none").scenario
    assert calm.switches.frailty is False
    leave = calm.people["medical_officer"].leave_country
    assert leave is not None
    assert (leave.gone, leave.after) == (0.26, 5.0)
    assert found.scenario.futures["calm"].changes["switches.frailty"] is False


def test_a_future_and_a_plan_that_contradict_each_other(tmp_path: Path) -> None:
    found = case(
        tmp_path,
        "extends: ghana_obgyn.yaml\nfutures: {small: {parties.ministry.posts.obgyn.established: 85}}\n"
        "plans:\n"
        "  big:\n"
        "    parties.ministry.posts.obgyn.established: 100\n"
        "    parties.ministry.posts.obgyn.funded: 85\n",
    )
    assert found.case("small", "big").scenario.parties["ministry"].posts["obgyn"].established == 100.0
    broken = case(
        tmp_path,
        "extends: ghana_obgyn.yaml\nfutures: {small: {parties.ministry.posts.obgyn.funded: 9, "
        "parties.ministry.posts.obgyn.filled: 9}}\nplans: {p: {parties.ministry.posts.obgyn.filled: 40}}\n",
    )
    with pytest.raises(ScenarioError, match="at most `funded` \\(9\\)"):
        broken.case("small", "p")


def test_overlays_come_after_the_file_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("seed: 2\nyears: 9\n")
    (tmp_path / "b.yaml").write_text("seed: 3\npeople: {obgyn: {frailty: 0.9}}\n")
    found = case(tmp_path, "extends: ghana_obgyn.yaml\noverlays: [a.yaml, b.yaml]\nseed: 1\n" + "decision: null\n")
    assert (found.scenario.seed, found.scenario.years, found.scenario.decision) == (3, 9.0, None)
    assert found.scenario.people["obgyn"].frailty == 0.9


def test_null_takes_away_what_was_inherited(tmp_path: Path) -> None:
    text = "extends: ghana_obgyn.yaml\nplans: {send_abroad: null}\npeople: {obgyn: {trained_from: null, "
    found = case(tmp_path, text + "leave_country: 2% a year}}\n")
    assert "send_abroad" not in found.plans
    assert found.scenario.people["obgyn"].trained_from is None
    assert load_text(tmp_path, found.resolved_yaml()).hash == found.hash


def load_text(folder: Path, text: str) -> Loaded:
    return case(folder, text, "resolved.yaml")


def test_a_source_beside_numbers_covers_plain_ones_of_its_own_file_only(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(
        "extends: ghana_obgyn.yaml\npeople:\n  obgyn:\n    source: chen2012\n    grade: C\n"
        "    frailty: 0.2\n    rejoin: 3% a year\n    withdrawn: {value: 5%, low: 2%, high: 40%, why: mine}\n"
    )
    found = case(tmp_path, "extends: base.yaml\npeople: {obgyn: {rejoin: 4% a year}}\n")
    assert found.passports["people.obgyn.frailty"].source == "chen2012"
    assert (found.passports["people.obgyn.rejoin"].source, found.passports["people.obgyn.rejoin"].grade) == (
        "",
        "D",
    )
    assert (
        found.passports["people.obgyn.withdrawn"].source,
        found.passports["people.obgyn.withdrawn"].why,
    ) == (
        "",
        "mine",
    )
    again = load_text(tmp_path, found.resolved_yaml())
    assert again.passports["people.obgyn.frailty"].source == "chen2012"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_the_resolved_file_means_the_same(path: Path, tmp_path: Path) -> None:
    first = load(path)
    again = load_text(tmp_path, first.resolved_yaml())
    assert again.hash == first.hash
    assert again.scenario.model_dump(exclude={"sources"}) == first.scenario.model_dump(exclude={"sources"})
    assert again.resolved_yaml() == first.resolved_yaml()
    for future in first.futures:
        for plan in first.plans:
            assert again.case(future, plan).hash == first.case(future, plan).hash
    keys = (
        "path",
        "address",
        "unit",
        "value",
        "low",
        "high",
        "kind",
        "source",
        "grade",
        "why",
        "group",
        "text",
    )
    for name, one in first.passports.items():
        other = again.passports[name]
        assert [getattr(other, key) for key in keys] == [getattr(one, key) for key in keys]


def test_comments_layout_and_the_order_of_keys_change_nothing(tmp_path: Path, ghana: Loaded) -> None:
    base = {"a": "people: {obgyn: {frailty: 0.2, rejoin: 3% a year}}", "b": "seed: 4", "c": "years: 22.0"}
    one = case(tmp_path, "extends: ghana_obgyn.yaml\n" + "\n".join(base.values()))
    two = case(
        tmp_path,
        "# note\nyears: 22   # twenty-two\nseed: 4\ntitle: another\n"
        "people:\n  obgyn:\n    rejoin: 3% per year\n    frailty: x0.20\nextends: ghana_obgyn.yaml\n",
    )
    assert one.hash == two.hash != ghana.hash
    assert one.case("baseline", "train_home").hash == two.case("baseline", "train_home").hash
    assert list(one.scenario.people) == list(two.scenario.people)


def test_a_number_or_its_spread_changes_the_hash(tmp_path: Path, ghana: Loaded) -> None:
    text = "extends: ghana_obgyn.yaml\npeople: {obgyn: {frailty: {value: 0.15, low: 0.05, high: 0.8, why: x}}}\n"
    assert case(tmp_path, text).hash != ghana.hash


def test_a_plan_of_its_own_leaves_the_other_cases_alone(tmp_path: Path, ghana: Loaded) -> None:
    more = case(tmp_path, "extends: ghana_obgyn.yaml\nplans: {new: {start: [home_residency]}}\n")
    assert more.hash != ghana.hash
    assert more.case("baseline", "train_home").hash == ghana.case("baseline", "train_home").hash


def test_names_of_any_script_are_text(tmp_path: Path) -> None:
    names = [
        "Łódź 大学",
        "مستشفى",
        "🩺 clinic",
        'say "hi"',
        "it's",
        "no",
        "a" * 200,
        "- dash",
        "#hash",
        "{x}",
    ]
    parties = {name: {"name": name} for name in names}
    import json

    lines = [
        f"  {json.dumps(n, ensure_ascii=False)}: {{name: {json.dumps(n)}, kind: school, country: ghana}}"
        for n in parties
    ]
    found = case(tmp_path, "extends: ghana_obgyn.yaml\nparties:\n" + "\n".join(lines) + "\n")
    assert set(names) <= set(found.scenario.parties)
    again = load_text(tmp_path, found.resolved_yaml())
    assert again.hash == found.hash
    assert all(again.scenario.parties[name].name == name for name in names)


def test_no_is_text_and_numbers_may_be_names(tmp_path: Path) -> None:
    found = case(tmp_path, "extends: ghana_obgyn.yaml\ncountries: {no: {name: no}, '007': {name: 007}}\n")
    assert found.scenario.countries["no"].name == "no"
    assert found.scenario.countries["007"].name == "007"
    assert load_text(tmp_path, found.resolved_yaml()).hash == found.hash


def test_an_empty_baseline_may_be_written_out(tmp_path: Path) -> None:
    found = case(tmp_path, "extends: ghana_obgyn.yaml\nfutures: {baseline: {}}\n")
    assert found.futures.count("baseline") == 1


def test_structural_choices(tmp_path: Path) -> None:
    found = case(
        tmp_path,
        "extends: ghana_obgyn.yaml\nswitches: {frailty: {choice: [on, off], why: contested}}\n"
        "people: {obgyn: {waiting_leave: {choice: [x1, x2], why: contested}}}\n",
    )
    assert found.scenario.switches.frailty is True
    assert found.passports["switches.frailty"].options == (1.0, 0.0)
    assert found.passports["people.obgyn.waiting_leave"].options == (1.0, 2.0)
    assert {"switches.frailty", "people.obgyn.waiting_leave"} <= {p.path for p in found.case().factors}


def test_other_ways_to_write_the_same_leaving(tmp_path: Path) -> None:
    def leave(text: str) -> Loaded:
        return case(tmp_path, f"extends: ghana_obgyn.yaml\npeople: {{medical_officer: {{leave_country: {text}}}}}\n")

    key = "people.medical_officer.leave_country"
    one = leave("6% a year").scenario.people["medical_officer"].leave_country
    assert one is not None
    assert (one.gone, one.after) == (0.06, 1.0)
    two = leave("{value: 6% a year, low: 2% a year, high: 15% a year, why: x}").passports[key]
    assert two.address == f"{key}.gone"
    assert (two.low, two.high) == pytest.approx((0.02, 0.15))
    three = leave("{gone: 26%, after: 5 years, low: 10%, high: 50%, why: x}").passports[key]
    assert (three.address, three.low, three.high, three.kind) == (f"{key}.gone", 0.1, 0.5, "logit-normal")
    four = leave("{count: 9, of: 44, after: 5 years, why: x}").passports[key]
    assert (four.address, four.kind) == (f"{key}.gone", "beta")


def test_a_rate_may_be_a_cumulative_share(tmp_path: Path) -> None:
    text = "people: {obgyn: {rejoin: {gone: 26%, after: 5 years, low: 3 years, high: 9 years, why: x}}}\n"
    one = case(tmp_path, "extends: ghana_obgyn.yaml\n" + text).passports["people.obgyn.rejoin"]
    assert (one.low, one.value, one.high) == pytest.approx((0.033456, 0.060221, 0.100368), rel=1e-4)
    assert one.kind == "log-normal"


def test_loading_is_light() -> None:
    code = (
        f"import sys\nfrom sim.scenario import load\nload({str(GHANA)!r})\n"
        "print([m for m in ('numpy', 'pandas', 'scipy', 'matplotlib', 'openpyxl') if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=LIBRARY.parent)
    assert done.stdout.strip() == "[]"


def test_a_narrow_guess_is_told_to_a_user_and_refused_in_a_shipped_file(tmp_path: Path) -> None:
    text = "extends: ghana_obgyn.yaml\npeople: {obgyn: {frailty: {value: 0.2, low: 0.15, high: 0.3, why: x}}}\n"
    warnings = [p for p in case(tmp_path, text).warnings if p.severity == "warning"]
    assert ["a guess that is wide" in str(p) for p in warnings] == [True]
