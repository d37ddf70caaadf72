"""Every wrong file ends in messages with file, line and field: never a traceback, never a silent default."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.model.outcomes import OUTCOMES
from sim.scenario import ScenarioError, load, problems

GHANA = "extends: ghana_obgyn.yaml\n"
DOCTOR = GHANA + "people:\n  medical_officer:\n"
HOME = GHANA + "programmes:\n  home_residency:\n"

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{b}: &{b} [" + ", ".join([f"*{a}"] * 9) + "]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)

# name: (text of the file, line of the first problem or 0 for any, words that the messages must hold)
WRONG: dict[str, tuple[str | bytes, int, tuple[str, ...]]] = {
    "unknown top-level key": (GHANA + "strat: 1990\n", 2, ("unknown key `strat`", "did you mean `start`?")),
    "unknown field": (DOCTOR + "    fraility: 0.2\n", 4, ("`fraility`", "did you mean `frailty`?")),
    "unknown field without a near one": (DOCTOR + "    zzzz: 1\n", 4, ("`zzzz`", "one of ")),
    "unknown part of a passport": (
        DOCTOR + "    frailty: {value: 0.2, lwo: 0.1, high: 1}\n",
        4,
        ("`lwo`", "`low`"),
    ),
    "wrong unit: years for a share": (HOME + "    exam_pass: 5 years\n", 4, ("`5 years`", "a share such as")),
    "wrong unit: a rate for a share": (HOME + "    exam_pass: 60% a year\n", 4, ("a share such as",)),
    "wrong unit: a share for years": (HOME + "    training_years: 50%\n", 4, ("a time such as",)),
    "wrong unit: a share for a rate": (DOCTOR + "    rejoin: 5%\n", 4, ("a rate such as",)),
    "wrong unit: money for a count": (HOME + "    places_per_year: $4\n", 4, ("a number such as",)),
    "wrong unit: a count for money": (DOCTOR + "    pay_home: 5 cows\n", 4, ("an amount such as",)),
    "wrong unit: a share of something else": (
        GHANA
        + "plans:\n  p: {contingency: [{when: {date: 1995-01}, do: raise_pay, cadre: obgyn, size: 15% of runs}]}\n",
        3,
        ("size", "15% of pay"),
    ),
    "text for a number": (DOCTOR + "    frailty: lots\n", 4, ("`lots`", "a multiplier such as")),
    "a list for a number": (DOCTOR + "    frailty: [1, 2]\n", 4, ("a list", "a multiplier such as")),
    "a mapping for a text": (GHANA + "title: {a: b}\n", 2, ("a mapping", "text")),
    "a text for a mapping": (GHANA + "people: doctors\n", 2, ("`doctors`", "a mapping of names")),
    "a mapping for a list": (HOME + "    sites: {a: b}\n", 4, ("a mapping", "a list")),
    "a number for on and off": (GHANA + "switches: {frailty: 2}\n", 2, ("`2`", "on or off")),
    "nothing for a number": (DOCTOR + "    frailty:\n", 4, ("frailty", "nothing")),
    "low above high": (
        DOCTOR + "    frailty: {value: 0.2, low: 0.5, high: 0.1}\n",
        4,
        ("low", "at most `high`"),
    ),
    "value outside": (
        DOCTOR + "    frailty: {value: 3, low: 0.1, high: 1}\n",
        4,
        ("between `low` and `high`",),
    ),
    "low without high": (DOCTOR + "    frailty: {value: 0.2, low: 0.1}\n", 4, ("`low` and `high` together",)),
    "spread without a median": (DOCTOR + "    frailty: {low: 0.1, high: 1}\n", 4, ("`value`, the median",)),
    "unknown distribution": (
        DOCTOR + "    frailty: {value: 0.2, low: 0.1, high: 1, dist: cauchy}\n",
        4,
        ("dist", "log-normal"),
    ),
    "a spread that touches 0": (
        DOCTOR + "    frailty: {value: 0.2, low: 0, high: 1}\n",
        4,
        ("low", "above 0"),
    ),
    "a spread that touches 100%": (
        HOME + "    exam_pass: {value: 60%, low: 1%, high: 100%}\n",
        4,
        ("below 100%",),
    ),
    "a value beside a flat distribution": (
        DOCTOR + "    frailty: {value: 0.2, low: 0.1, high: 1, dist: uniform}\n",
        4,
        ("the middle of `low` and `high` (0.55)",),
    ),
    "a flat rate from a share": (
        DOCTOR + "    rejoin: {gone: 15%, after: 2 years, low: 10%, high: 20%, dist: uniform}\n",
        4,
        ("another family",),
    ),
    "a rate from all": (
        DOCTOR + "    rejoin: {gone: 50%, after: 2 years, low: 10%, high: 100%, dist: normal}\n",
        4,
        ("less than 100%",),
    ),
    "a billion posts": (
        GHANA + "parties: {ministry: {posts: {obgyn: {established: 1e9}}}}\n",
        2,
        ("between 0 and 1e+06",),
    ),
    "a value and a count": (HOME + "    exam_pass: {value: 60%, count: 3, of: 5}\n", 4, ("beside `count`",)),
    "a choice with a spread": (
        DOCTOR + "    frailty: {choice: [1, 2], low: 1, high: 2}\n",
        4,
        ("the key `low`",),
    ),
    "a share after a time": (HOME + "    exam_pass: {value: 60%, after: 3 years}\n", 4, ("the key `after`",)),
    "a unit that is a list": (HOME + "    training_years: {value: 5, unit: [a]}\n", 4, ("a unit such as",)),
    "a switch with a spread": (
        GHANA + "switches: {exam: {choice: [on, off], low: 0}}\n",
        2,
        ("the key `low`",),
    ),
    "a wrong grade": (DOCTOR + "    frailty: {value: 0.2, grade: E, why: x}\n", 4, ("`E`", "A, B, C or D")),
    "a grade without a source": (
        DOCTOR + "    frailty: {value: 0.2, grade: A}\n",
        4,
        ("a source for grade A",),
    ),
    "an unknown source": (
        DOCTOR + "    frailty: {value: 0.2, source: dovlo1998, grade: C}\n",
        4,
        ("`dovlo1998`", "`dovlo1999`"),
    ),
    "a source that is a list": (DOCTOR + "    frailty: {value: 0.2, source: [a]}\n", 4, ("source", "text")),
    "probability above 1": (HOME + "    exam_pass: 120%\n", 4, ("`120%`", "between 0% and 100%")),
    "probability below 0": (HOME + "    exam_pass: -0.2\n", 4, ("between 0% and 100%",)),
    "a negative time": (HOME + "    training_years: -5 years\n", 4, ("between 0 and 1000",)),
    "all gone at once": (
        DOCTOR + "    leave_country: {gone: 100%, after: 4 years}\n",
        4,
        ("less than 100%",),
    ),
    "gone after no time": (
        DOCTOR + "    leave_country: {gone: 10%, after: 0 years}\n",
        4,
        ("a time above 0",),
    ),
    "gone without after": (DOCTOR + "    leave_country: {gone: 10%}\n", 4, ("`after` beside `gone`",)),
    "gone as a plain share": (DOCTOR + "    leave_country: 10%\n", 4, ("`6% a year`",)),
    "more counted than there were": (HOME + "    return_home: {count: 31, of: 30}\n", 4, ("at most 30",)),
    "counted of none": (HOME + "    return_home: {count: 0, of: 0}\n", 4, ("above 0",)),
    "count without of": (HOME + "    return_home: {count: 3}\n", 4, ("`of` beside `count`",)),
    "a choice of one": (DOCTOR + "    frailty: {choice: [1]}\n", 4, ("at least two values",)),
    "a choice of words": (DOCTOR + "    frailty: {choice: [a, b]}\n", 4, ("values that are each",)),
    "not a number": (DOCTOR + "    frailty: .nan\n", 4, ("`.nan`", "a multiplier")),
    "nan by name": (DOCTOR + "    frailty: nan\n", 4, ("`nan`",)),
    "infinite": (DOCTOR + "    frailty: .inf\n", 4, ("`.inf`",)),
    "infinite by overflow": (DOCTOR + "    frailty: 1e999\n", 4, ("a finite number",)),
    "horizon 0": (GHANA + "years: 0\n", 2, ("years", "`0`")),
    "horizon far too long": (GHANA + "years: 5000\n", 2, ("between",)),
    "start outside the range": (GHANA + "start: 0989-01\n", 2, ("between 1800 and 2300",)),
    "a month that does not exist": (GHANA + "start: 1989-13\n", 2, ("a date such as",)),
    "a day that does not exist": (GHANA + "start: 1989-02-30\n", 2, ("a date such as",)),
    "a negative seed": (GHANA + "seed: -1\n", 2, ("a whole number",)),
    "a seed with a fraction": (GHANA + "seed: 1.5\n", 2, ("a whole number",)),
    "missing party": (HOME + "    sites: [acra_school]\n", 4, ("`acra_school`", "`accra_school`")),
    "missing cadre": (HOME + "    admits: medical_oficer\n", 4, ("`medical_officer`",)),
    "missing country": (DOCTOR + "    country: gana\n", 4, ("`ghana`",)),
    "missing programme in a plan": (
        GHANA + "plans: {p: {start: [home_residenc]}}\n",
        2,
        ("`home_residency`",),
    ),
    "missing programme in signed": (GHANA + "signed: [nowhere]\n", 2, ("a name from `programmes`",)),
    "missing employer": (GHANA + "streams: {ghana_candidates: {employer: minstry}}\n", 2, ("`ministry`",)),
    "missing party in the decision": (
        GHANA + "decision: {asked_by: nobody}\n",
        2,
        ("asked_by", "a name from"),
    ),
    "aims of a stranger": (
        GHANA + "decision: {aims: {stranger: {metric: ghana.obgyn.x, at: 2000-01, better: more}}}\n",
        2,
        ("`stranger`",),
    ),
    "a review by a stranger": (GHANA + "reviewed_by: {stranger: fine}\n", 2, ("`stranger`",)),
    "posts for a missing cadre": (
        GHANA + "parties: {ministry: {posts: {nurse: {established: 4}}}}\n",
        2,
        ("`nurse`", "a name from `people`"),
    ),
    "a metric of a missing country": (
        GHANA + "decision: {aims: {ministry: {metric: gana.obgyn.public_practice}}}\n",
        2,
        ("did you mean `ghana.obgyn.public_practice`?",),
    ),
    "a metric without an entity": (
        GHANA + "decision: {aims: {ministry: {metric: practice}}}\n",
        2,
        ("the full name of an outcome",),
    ),
    "a metric that no model has": (
        GHANA + "decision: {aims: {ministry: {metric: ghana.obgyn.public_practise}}}\n",
        2,
        ("`ghana.obgyn.public_practise`", "`ghana.obgyn.public_practice`"),
    ),
    "better in no direction": (
        GHANA + "decision: {aims: {ministry: {better: higher}}}\n",
        2,
        ("one of more, less",),
    ),
    "weights that do not sum": (
        GHANA + "decision: {weights: {baseline: 50%, hiring_freeze: 30%}}\n",
        2,
        ("80%", "100% in all"),
    ),
    "a must-not without a level": (
        GHANA + "decision: {must_not: [{metric: ghana.obgyn.public_practice, in_more_than: 10% of runs}]}\n",
        2,
        ("either `below` or `above`",),
    ),
    "a circle of cadres": (DOCTOR + "    trained_from: obgyn\n", 4, ("a circle",)),
    "a cadre without leaving": (
        GHANA + "people: {medical_officer: {leave_country: null}}\n",
        0,
        ("leave_country", "`trained_from`"),
    ),
    "funded above established": (
        GHANA + "parties: {ministry: {posts: {obgyn: {funded: 90}}}}\n",
        2,
        ("funded", "at most `established` (80)"),
    ),
    "filled above funded": (
        GHANA + "parties: {ministry: {posts: {obgyn: {filled: 81}}}}\n",
        2,
        ("filled", "at most `funded` (80)"),
    ),
    "retired before entry": (DOCTOR + "    entry_age: 70 years\n", 4, ("an age below `retirement_age`",)),
    "abroad beyond the end": (
        HOME + "    months_abroad_after: 6 years\n",
        4,
        ("within the 5 years of training",),
    ),
    "training at home nowhere": (HOME + "    sites: []\n", 4, ("the schools that train at home",)),
    "the same site twice": (HOME + "    sites: [accra_school, accra_school]\n", 4, ("twice",)),
    "graduates of no new cadre": (HOME + "    graduates: medical_officer\n", 4, ("another cadre",)),
    "an unknown preset": (HOME + "    preset: training_at_hom\n", 4, ("`training_at_home`",)),
    "an unknown kind of programme": (HOME + "    kind: trainig\n", 4, ("one of training",)),
    "a shock of no kind": (GHANA + "futures: {f: {shocks: [{from: 1990-01}]}}\n", 2, ("`kind`: one of",)),
    "a shock of a wrong kind": (
        GHANA + "futures: {f: {shocks: [{kind: post_not_funded, from: 1990-01, for: 1 year}]}}\n",
        2,
        ("`posts_not_funded`",),
    ),
    "a shock before the start": (
        GHANA + "futures: {f: {shocks: [{kind: posts_not_funded, from: 1970-01, for: 1 year}]}}\n",
        2,
        ("a date within the run",),
    ),
    "a shock without an end": (
        GHANA + "futures: {f: {shocks: [{kind: posts_not_funded, from: 1990-01}]}}\n",
        2,
        ("shocks.0.for",),
    ),
    "a shock that ends before it starts": (
        GHANA + "futures: {f: {shocks: [{kind: posts_not_funded, from: 1990-01, for: -1 year}]}}\n",
        2,
        ("between 0 and 1000",),
    ),
    "an action of no kind": (GHANA + "plans: {p: {contingency: [{when: {date: 1990-01}}]}}\n", 2, ("`do`: one of",)),
    "a change of nothing": (
        GHANA + "futures: {f: {people.obgyn.frality: 0.2}}\n",
        2,
        ("`people.obgyn.frality`", "`people.obgyn.frailty`"),
    ),
    "a change of an unknown cadre": (
        GHANA + "futures: {f: {people.obgin.frailty: 0.2}}\n",
        2,
        ("`people.obgyn.frailty`",),
    ),
    "a change of a whole part": (
        GHANA + "futures: {f: {people.obgyn: {frailty: 0.2}}}\n",
        2,
        ("a whole part",),
    ),
    "a change of the horizon": (GHANA + "futures: {f: {years.x: 3}}\n", 2, ("the full path of a value",)),
    "a change to a wrong unit": (
        GHANA + "futures: {f: {people.obgyn.frailty: 5 years}}\n",
        2,
        ("a multiplier",),
    ),
    "a future that contradicts": (
        GHANA + "futures: {f: {parties.ministry.posts.obgyn.funded: 100}}\n",
        2,
        ("at most `established` (80)",),
    ),
    "changes to baseline": (
        GHANA + "futures: {baseline: {people.obgyn.frailty: 0.1}}\n",
        2,
        ("always exists",),
    ),
    "changes to no_partnership": (GHANA + "plans: {no_partnership: {start: []}}\n", 2, ("always exists",)),
    "a name with a dot": (GHANA + "countries: {a.b: {name: X}}\n", 2, ("without dots",)),
    "an empty name": (GHANA + "countries: {'': {name: X}}\n", 2, ("a name of 1 to 200",)),
    "a name of 300 letters": (
        GHANA + f"countries: {{{'a' * 300}: {{name: X}}}}\n",
        2,
        ("a name of 1 to 200",),
    ),
    "a name with a control character": (GHANA + 'countries: {"a\\eb": {name: X}}\n', 2, ("\\x1b",)),
    "no parent": ("extends: nowhere.yaml\n", 1, ("`nowhere.yaml`",)),
    "a parent with a near name": ("extends: ghana_obgin.yaml\n", 1, ("`ghana_obgyn.yaml`",)),
    "a parent that is a list": ("extends: [a, b]\n", 1, ("a list", "the path of a scenario file")),
    "itself as parent": ("extends: case.yaml\n", 1, ("a circle",)),
    "overlays that are no list": (GHANA + "overlays: x.yaml\n", 2, ("a list of files",)),
    "an overlay that is missing": (GHANA + "overlays: [x.yaml]\n", 2, ("`x.yaml`",)),
    "duplicate key": (GHANA + "seed: 1\nseed: 2\n", 3, ("a second time", "line 2")),
    "duplicate name": (GHANA + "futures:\n  a: {}\n  a: {}\n", 4, ("a second time",)),
    "an alias bomb": (BOMB, 0, ("aliases written out",)),
    "an alias to itself": ("a: &a [*a]\n", 1, ("an anchor that is complete",)),
    "an alias to nothing": ("a: *b\n", 1, ("`*b`",)),
    "a merge key": (GHANA + "countries:\n  <<: {a: {name: b}}\n", 3, ("merge key", "overlays")),
    "a tag that runs code": ("title: !!python/object/apply:os.system [echo]\n", 1, ("never runs code",)),
    "a tag of one's own": ("title: !secret x\n", 1, ("the tag",)),
    "3,000 nested lists": ("a: " + "[" * 3000 + "]" * 3000, 1, ("levels",)),
    "3,000 nested mappings": ("a: " + "{a: " * 3000 + "}" * 3000, 1, ("levels",)),
    "binary": (b"\x7fELF\x00\x00\x01", 1, ("a binary file",)),
    "not UTF-8": (b"title: caf\xe9\n", 1, ("not UTF-8", "0xe9")),
    "UTF-16": ("title: x\n".encode("utf-16"), 1, ("UTF-16",)),
    "10 MB": ("# x" * 3_400_000, 1, ("at most 2000000 bytes",)),
    "tabs": ("people:\n\tobgyn: {}\n", 2, ("a tab", "spaces")),
    "empty": ("", 1, ("an empty file",)),
    "only a comment": ("# nothing\n", 1, ("an empty file",)),
    "a list": ("- a\n- b\n", 1, ("a list", "a mapping of keys")),
    "one word": ("hello\n", 1, ("a mapping of keys",)),
    "two documents": ("title: a\n---\ntitle: b\n", 2, ("a second document",)),
    "an open bracket": ("title: [a\n", 0, ("not YAML",)),
    "an open quote": ('title: "a\n', 0, ("not YAML",)),
    "a control character": (b"title: a\x01b\n", 1, ("a character that YAML does not allow",)),
    "a list as key": ("? [a, b]\n: c\n", 0, ("as a key",)),
    "nothing as key": (GHANA + "countries: {~: {name: x}}\n", 0, ("as a key",)),
    "no start at all": ("title: x\n", 0, ("start", "years", "people")),
}


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "case.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize("name", WRONG)
def test_each_is_explained(name: str, tmp_path: Path) -> None:
    text, line, words = WRONG[name]
    path = written(tmp_path, text)
    with pytest.raises(ScenarioError) as raised:
        load(path, metrics=OUTCOMES)
    messages = [str(problem) for problem in raised.value.problems]
    for word in words:
        assert any(word in message for message in messages), messages
    for problem in raised.value.problems:
        assert problem.line > 0 and problem.got and problem.expected
        assert str(problem).isprintable()
    if line:
        assert (path.name, line) in {(Path(p.file).name, p.line) for p in raised.value.problems}
    assert list(tmp_path.iterdir()) == [path], "nothing is written"


def test_there_are_enough_of_them() -> None:
    assert len(WRONG) >= 60


def test_a_missing_file_and_a_folder_are_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a long path would be cut
    (tmp_path / "ghana.yaml").write_text("title: x")
    assert "no such file" in str(problems(tmp_path / "gana.yaml")[0])
    assert "ghana.yaml" in str(problems(Path("gana.yaml"))[0])
    assert "a folder" in str(problems(tmp_path)[0])


def test_a_device_is_not_read() -> None:
    assert "a device or a pipe" in str(problems("/dev/zero")[0])


def test_a_tower_of_parents_ends_in_a_message(tmp_path: Path) -> None:
    for number in range(400):
        (tmp_path / f"p{number}.yaml").write_text(f"extends: p{number + 1}.yaml\n")
    assert "more than 50 files" in str(problems(tmp_path / "p0.yaml")[0])


def test_a_longer_circle_of_parents(tmp_path: Path) -> None:
    for name, parent in (("a", "b"), ("b", "c"), ("c", "a")):
        (tmp_path / f"{name}.yaml").write_text(f"extends: {parent}.yaml\n")
    assert "a.yaml -> b.yaml -> c.yaml -> a.yaml" in str(problems(tmp_path / "a.yaml")[0])


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    text = (
        GHANA
        + "years: 0\nstrat: 1\npeople:\n  obgyn:\n    frailty: lots\n    country: gana\n"
        + "futures:\n  f: {people.obgyn.frality: 1}\n"
    )
    found = [problem for problem in problems(written(tmp_path, text)) if problem.severity == "error"]
    assert [problem.line for problem in found] == [2, 3, 6, 7, 9]
